# SPDX-License-Identifier: AGPL-3.0-only
"""Strips and notes on a series (docs/tranches.md) by brute force.

Every question is answered from the series' settled days, one by one: no level is kept, nothing is
searched, nothing is carried. Calls take the absolute clock `now` [unix s] in time order; a refused
call raises `ModelRevert` and changes nothing.
"""

from dataclasses import dataclass
from enum import Enum, auto

from .errors import Cause, require
from .ledger import SettledDay
from .meter import MeterModel
from .series import SeriesModel
from .terms import SeriesTerms
from .units import DAY_SECONDS, Q128, WAD, Account, ceil_div, day_of, day_start

NO_FACE = 2**256 - 1
MAX_FACE = 1 << 75
AUCTION_DAYS = 5
COVER_DAYS = 180


class State(Enum):
    """What is known of a note."""

    OPEN = auto()
    MET = auto()
    UNMET = auto()


@dataclass(frozen=True)
class TrancheTerms:
    """Terms of a product; face in base units per TH/s, `NO_FACE` for a strip."""

    start_day: int
    maturity_day: int
    face: int = NO_FACE
    grace_days: int = 0

    @property
    def is_strip(self) -> bool:
        """Return whether SENIOR goes by days alone."""
        return self.face == NO_FACE

    def check(self, series: SeriesTerms, next_day: int, end_day: int, now: int) -> None:
        """Refuse terms that are not allowed; `next_day` and `end_day` are the series' now."""
        require(day_of(now) <= self.start_day and next_day <= self.start_day, Cause.INVALID_TERMS)
        require(self.start_day < self.maturity_day < 2**32, Cause.INVALID_TERMS)
        if self.is_strip:
            require(self.grace_days == 0, Cause.INVALID_TERMS)
            return
        require(0 < self.face < MAX_FACE, Cause.INVALID_TERMS)
        require(self.grace_days in (10, 30), Cause.INVALID_TERMS)
        settling = ceil_div(series.grace_seconds + series.output_deadline_seconds, DAY_SECONDS)
        needed = COVER_DAYS + settling + self.grace_days + AUCTION_DAYS
        require(end_day >= self.maturity_day + needed, Cause.INVALID_TERMS)


@dataclass(frozen=True)
class Outcome:
    """Where a day's money is divided; rates are [base units x 2^128 per unit of work].

    SENIOR has all of the days before `day`, of that day `paid` and `arrears`; JUNIOR the rest.
    """

    state: State
    day: int = 0
    paid: int = 0
    arrears: int = 0
    shortfall: int = 0


class TranchesModel:
    """One product of one series."""

    def __init__(
        self, series: SeriesModel, terms: TrancheTerms, place: Account, tokens: tuple[str, str]
    ) -> None:
        """Start without a token; `place` is the product's address, `tokens` SENIOR's, JUNIOR's."""
        self.series = series
        self.terms = terms
        self.place = place
        zero = series.parties.zero
        self.senior = MeterModel(frozenset({zero, place, tokens[0]}))
        self.junior = MeterModel(frozenset({zero, place, tokens[1]}))
        self.noted: Outcome | None = None
        self.noted_day = 0
        self.cash = 0
        self.tokens = 0
        self.is_void_noted = False
        self.last_redeemer: Account | None = None
        self.claimed: dict[tuple[bool, Account], int] = {}
        self.collected = 0
        self.paid_in = 0
        self.paid_out = 0

    # The outcome

    def outcome(self) -> Outcome:
        """Return what settled days say; once noted it must never be anything else."""
        found = self._found()
        if self.noted is not None and found != self.noted:
            raise AssertionError(f"noted {self.noted}, now {found}")
        return found

    def _found(self) -> Outcome:
        terms, ledger = self.terms, self.series.ledger
        if terms.is_strip:
            return Outcome(State.OPEN)
        left = ceil_div(terms.face * Q128, DAY_SECONDS * WAD)
        for settled in self._days():
            if settled.paid_rate + settled.short_rate >= left:
                paid = min(left, settled.paid_rate)
                return Outcome(State.MET, settled.day, paid, left - paid)
            left -= settled.paid_rate + settled.short_rate
        last = min(terms.maturity_day, self.series.end_day)
        if ledger.next_day < last:
            return Outcome(State.OPEN)
        return Outcome(State.UNMET, terms.maturity_day, shortfall=left)

    def _days(self) -> list[SettledDay]:
        """Return the settled days of the term."""
        terms = self.terms
        return [
            settled
            for settled in self.series.ledger.days
            if terms.start_day <= settled.day < terms.maturity_day
        ]

    def note(self, now: int) -> Outcome:
        """Note the outcome, as every call does first."""
        found = self.outcome()
        if self.noted is None and found.state is not State.OPEN:
            self.noted = found
            self.noted_day = day_of(now)
        return found

    @property
    def auction_day(self) -> int:
        """Return the first day on which JUNIOR of a noted unmet note can be bought."""
        return self.noted_day + 1 + self.terms.grace_days

    def is_void(self, now: int) -> bool:
        """Return whether JUNIOR has fallen to SENIOR."""
        if self.noted is None or self.noted.state is not State.UNMET:
            return False
        return day_of(now) >= self.auction_day + AUCTION_DAYS

    def is_auction(self, now: int) -> bool:
        """Return whether JUNIOR can be bought."""
        if self.noted is None or self.noted.state is not State.UNMET:
            return False
        return self.auction_day <= day_of(now) < self.auction_day + AUCTION_DAYS

    def is_free(self, now: int) -> bool:
        """Return whether JUNIOR is redeemed at no cost."""
        if self.terms.is_strip:
            return day_of(now) >= self.terms.maturity_day
        return self.outcome().state is State.MET

    def cost(self, amount: int) -> int:
        """Return what an amount of JUNIOR [TH/s, 18 dec] owes [base units]."""
        return ceil_div(amount * DAY_SECONDS * self.outcome().shortfall, Q128)

    def remaining(self, now: int) -> int:
        """Return what one SENIOR has still to get [base units], of a strip [token-days, 18 dec]."""
        terms = self.terms
        if terms.is_strip:
            first = max(now, day_start(terms.start_day))
            end = day_start(min(terms.maturity_day, self.series.end_day))
            return max(end - first, 0) * WAD // DAY_SECONDS
        found = self.outcome()
        if found.state is State.MET or self.is_void(now):
            return 0
        if found.state is State.UNMET:
            return self.cost(WAD)
        if self.series.ledger.next_day < terms.start_day:
            return terms.face
        earned = sum(day.paid_rate + day.short_rate for day in self._days())
        left = ceil_div(terms.face * Q128, DAY_SECONDS * WAD) - earned
        return ceil_div(left * DAY_SECONDS * WAD, Q128)

    # Clocks of the two meters

    def senior_time(self, now: int) -> int:
        """Return the time SENIOR's meter goes by [unix s]."""
        terms = self.terms
        return min(max(now, day_start(terms.start_day)), day_start(terms.maturity_day))

    def junior_time(self, now: int) -> int:
        """Return the time JUNIOR's meter goes by [unix s]."""
        first = self.terms.maturity_day if self.terms.is_strip else self.terms.start_day
        return max(now, day_start(first))

    # Tokens

    def split(self, owner: Account, amount: int, senior_to: str, junior_to: str, now: int) -> None:
        """Turn tokens [TH/s, 18 dec] into SENIOR and JUNIOR."""
        require(amount > 0, Cause.NOTHING_DUE)
        require(day_of(now) >= self.terms.start_day, Cause.NOT_STARTED)
        require(day_of(now) < self.terms.maturity_day, Cause.TERM_OVER)
        require(self.outcome().state is State.OPEN, Cause.DECIDED)
        require(senior_to not in self.senior.refused, Cause.INVALID_ADDRESS)
        require(junior_to not in self.junior.refused, Cause.INVALID_ADDRESS)
        self.series.transfer(owner, self.place, amount, now)
        self.senior.mint(senior_to, amount, self.senior_time(now))
        self.junior.mint(junior_to, amount, self.junior_time(now))

    def merge(self, owner: Account, amount: int, now: int) -> None:
        """Turn SENIOR and JUNIOR [TH/s, 18 dec] back into tokens."""
        found = self.outcome()
        require(not self._would_be_void(found, now), Cause.VOID)
        for meter in (self.senior, self.junior):
            require(meter.balance(owner) >= amount, Cause.INSUFFICIENT_BALANCE)
        self.note(now)
        self.senior.burn(owner, amount, self.senior_time(now))
        self.junior.burn(owner, amount, self.junior_time(now))
        self.series.transfer(self.place, owner, amount, now)

    def transfer(self, is_senior: bool, sender: str, to: str, amount: int, now: int) -> None:
        """Transfer SENIOR or JUNIOR [TH/s, 18 dec]."""
        meter, time = self._meter(is_senior, now)
        meter.transfer(sender, to, amount, time)

    def redeem_junior(
        self, holder: Account, amount: int, max_cost: int, now: int, *, receiver: str | None = None
    ) -> int:
        """Turn JUNIOR [TH/s, 18 dec] into tokens; return what is paid for it [base units]."""
        found = self.outcome()
        cost = 0
        if found.state is State.UNMET:
            require(not self._would_be_void(found, now), Cause.VOID)
            cost = self.cost(amount)
            require(cost <= max_cost, Cause.COSTS_MORE)
        else:
            require(self.is_free(now), Cause.NOT_REDEEMABLE)
        require(self.junior.balance(holder) >= amount, Cause.INSUFFICIENT_BALANCE)
        self.note(now)
        self.junior.burn(holder, amount, self.junior_time(now))
        self.cash += cost
        self.paid_in += cost
        self.series.transfer(self.place, receiver or holder, amount, now)
        return cost

    def redeem_junior_for(
        self, holder: Account, amount: int, max_cost: int, now: int, *, has_code: bool
    ) -> int:
        """Redeem for somebody else, who has code or not."""
        self_service = has_code and not self.is_auction(now)
        require(not self_service, Cause.NOT_ALLOWED)
        return self.redeem_junior(holder, amount, max_cost, now)

    def buy_junior(
        self, buyer: Account, holder: Account, amount: int, minimum: int, now: int
    ) -> tuple[int, int]:
        """Buy JUNIOR [TH/s, 18 dec]; return (tokens for the buyer, what it pays [base units])."""
        require(self.is_auction(now), Cause.NO_AUCTION)
        elapsed = now - day_start(self.auction_day)
        bought = amount * elapsed // (AUCTION_DAYS * DAY_SECONDS)
        require(bought >= minimum, Cause.FEWER_TOKENS)
        require(self.junior.balance(holder) >= amount, Cause.INSUFFICIENT_BALANCE)
        cost = self.cost(amount)
        self.junior.burn(holder, amount, self.junior_time(now))
        self.cash += cost
        self.paid_in += cost
        self.series.transfer(self.place, buyer, bought, now)
        self.series.transfer(self.place, holder, amount - bought, now)
        return bought, cost

    def redeem_senior(self, owner: Account, amount: int, now: int) -> tuple[int, int]:
        """Turn SENIOR [TH/s, 18 dec] of an unmet note into (cash [base units], tokens)."""
        found = self.outcome()
        is_void = self.is_void(now)
        unmet = found.state is State.UNMET
        require(is_void or (unmet and self.junior.supply == 0), Cause.NOT_VOID)
        require(0 < amount <= self.senior.supply, Cause.NOTHING_DUE)
        require(self.senior.balance(owner) >= amount, Cause.INSUFFICIENT_BALANCE)
        self.note(now)
        self._note_void(now)
        supply = self.senior.supply
        cash, tokens = self.cash * amount // supply, self.tokens * amount // supply
        self.cash -= cash
        self.tokens -= tokens
        self.paid_out += cash
        self.senior.burn(owner, amount, self.senior_time(now))
        if self.senior.supply == 0:
            self.last_redeemer = owner
        self.series.transfer(self.place, owner, tokens, now)
        return cash, tokens

    def _would_be_void(self, found: Outcome, now: int) -> bool:
        return found.state is State.UNMET and self.noted is not None and self.is_void(now)

    def _note_void(self, now: int) -> None:
        if self.is_void(now) and not self.is_void_noted:
            self.is_void_noted = True
            self.tokens = self.junior.supply

    def _meter(self, is_senior: bool, now: int) -> tuple[MeterModel, int]:
        if is_senior:
            return self.senior, self.senior_time(now)
        return self.junior, self.junior_time(now)

    # Money

    def entitled_q128(self, is_senior: bool, account: Account) -> int:
        """Return all an account's tranche has earned so far [base units x 2^128]."""
        meter = self.senior if is_senior else self.junior
        found = self.outcome()
        return sum(
            meter.ths(account, settled.day) * self._rate(is_senior, settled, found)
            for settled in self.series.ledger.days
        )

    def _rate(self, is_senior: bool, settled: SettledDay, found: Outcome) -> int:
        """Return what of a day is a tranche's [base units x 2^128 per unit of work]."""
        terms, everything = self.terms, settled.paid_rate + settled.repaid_rate
        if settled.day < terms.start_day:
            return 0
        in_term = settled.day < terms.maturity_day
        if terms.is_strip:
            return everything if in_term == is_senior else 0
        senior = 0
        if found.state is State.OPEN or settled.day < found.day:
            senior = everything if in_term else 0
        elif settled.day == found.day and found.state is State.MET:
            senior = found.paid + min(settled.repaid_rate, found.arrears)
        if is_senior:
            return senior
        if found.state is State.OPEN:
            return 0
        unmet = found.state is State.UNMET and self.noted is not None
        if unmet and settled.day >= self.auction_day + AUCTION_DAYS:
            return 0
        return everything - senior

    def claimable(self, is_senior: bool, account: Account) -> int:
        """Return what an account can claim [base units]."""
        earned = self.entitled_q128(is_senior, account) // Q128
        return earned - self.claimed.get((is_senior, account), 0)

    def claim(
        self,
        is_senior: bool,
        account: Account,
        caller: Account,
        now: int,
        *,
        has_code: bool = False,
        observed: int | None = None,
    ) -> int:
        """Claim and return the amount [base units]; `observed` as in `SeriesModel.claim`."""
        require(caller == account or not has_code, Cause.NOT_ALLOWED)
        due = self.claimable(is_senior, account)
        amount = due if observed is None else observed
        if not 0 <= amount <= due:
            raise AssertionError(f"claimed {amount} of {due}")
        require(due > 0 or observed is not None, Cause.NOTHING_DUE)
        self.note(now)
        key = (is_senior, account)
        self.claimed[key] = self.claimed.get(key, 0) + amount
        self.paid_out += amount
        return amount

    def pool_due(self) -> int:
        """Return what the tokens held have earned since JUNIOR is void, not yet collected."""
        void_day = self.auction_day + AUCTION_DAYS
        earned = sum(
            self.series.meter.ths(self.place, settled.day)
            * (settled.paid_rate + settled.repaid_rate)
            for settled in self.series.ledger.days
            if settled.day >= void_day
        )
        return earned // Q128 - self.collected

    def collect_pool(self, now: int, *, observed: int | None = None) -> int:
        """Add what the forfeited tokens earned to the pool, or pay the last redeemer."""
        require(self.is_void(now), Cause.NOT_VOID)
        due = self.pool_due()
        amount = due if observed is None else observed
        if not 0 <= amount <= due:
            raise AssertionError(f"collected {amount} of {due}")
        require(due > 0 or observed is not None, Cause.NOTHING_DUE)
        self.note(now)
        self._note_void(now)
        self.collected += amount
        if self.last_redeemer is None:
            self.cash += amount
        else:
            self.paid_out += amount
        return amount
