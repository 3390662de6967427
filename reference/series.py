# SPDX-License-Identifier: AGPL-3.0-only
"""One series: token, distributor and ledger together (rules.md §§2-6).

Calls take the absolute clock `now` [unix s]; calls of one series come in time order. A refused call
raises `ModelRevert` and changes nothing.
"""

from dataclasses import dataclass
from fractions import Fraction

from .day_reward import NOTHING_OWED, DayReward, day_reward, is_unprofitable
from .errors import Cause, require
from .facts import FactSource, FinalPrices, Output
from .ledger import Ledger, SettledDay
from .meter import MeterModel
from .silence import Silence, declare
from .terms import FleetRegister, SeriesTerms
from .units import (
    DAY_SECONDS,
    MAX_SUPPLY_THS,
    Q128,
    Account,
    ceil_div,
    day_of,
    is_over,
)

MINT_PAUSE_SECONDS = 7 * DAY_SECONDS
NOTICE_SECONDS = DAY_SECONDS
MOST_UNSETTLED_DAYS = 64


@dataclass(frozen=True)
class Parties:
    """The addresses a series knows."""

    zero: Account
    token: Account
    distributor: Account
    issuer: Account
    guardian: Account

    @property
    def refused(self) -> frozenset[Account]:
        """Return the addresses that can receive neither tokens nor rewards."""
        return frozenset({self.zero, self.token, self.distributor})


class SeriesModel:
    """A series of hashrate tokens whose rewards are paid in one reward token."""

    def __init__(
        self,
        terms: SeriesTerms,
        oracle: FactSource,
        parties: Parties,
        fleets: FleetRegister,
        decimals: int,
        now: int,
    ) -> None:
        """Start a series at `now` [unix s]; `decimals` are the reward token's."""
        terms.check(oracle.first_day, now)
        require(8 <= decimals <= 18, Cause.INVALID_TERMS)
        self.terms = terms
        self.parties = parties
        self.decimals = decimals
        self.meter = MeterModel(parties.refused)
        self.ledger = Ledger(terms.start_day)
        self.end_day = terms.end_day
        self.closed = False
        self.silence: Silence | None = None
        self.mint_paused_until = 0
        self.payouts: dict[Account, Account] = {}
        self.opted_in: set[Account] = set()
        self.claimed: dict[Account, int] = {}
        self._oracle = oracle
        self._fleets = fleets

    # Tokens

    def mint(self, to: Account, amount: int, now: int) -> None:
        """Mint `amount` [TH/s, 18 dec] for the issuer's customer (rules.md §5)."""
        require(amount > 0, Cause.NOTHING_TO_MINT)
        after = self.meter.supply + amount
        attested = self._oracle.attested_ths(self.parties.token, self.terms.attestation_days, now)
        require(not self.closed, Cause.CLOSED)
        require(day_of(now) < self.end_day, Cause.ENDED)
        require(now >= self.mint_paused_until, Cause.MINT_PAUSED)
        require(after <= MAX_SUPPLY_THS, Cause.SUPPLY_TOO_LARGE)
        require(after <= attested, Cause.OVER_ATTESTED)
        require(self.ledger.arrears == 0, Cause.ARREARS)
        require(self.ledger.bond_drawn == 0, Cause.BOND_DRAWN)
        require(self.ledger.bond >= self.bond_needed(after), Cause.BOND_TOO_SMALL)
        require(to not in self.parties.refused, Cause.INVALID_ADDRESS)
        require(not self._is_overdue(now), Cause.NOT_SETTLED)
        self._fleets.bind(self.terms.fleet_id, self.parties.token)
        self.meter.mint(to, amount, now)

    def _is_overdue(self, now: int) -> bool:
        """Return whether the next day's money is due, from the bond if need be, or too old."""
        day = self.ledger.next_day
        if day_of(now) > day + MOST_UNSETTLED_DAYS:
            return True
        due_at = self.due_at(day, now) if day < self.end_day else None
        return due_at is not None and now >= due_at

    def due_at(self, day: int, now: int) -> int | None:
        """Return when the bond starts to pay for a final day [unix s], None if it is not final."""
        final_at = self.final_at_of(day, now)
        if final_at is None:
            return None
        due_at = final_at + self.terms.grace_seconds
        output = None if self._is_silent_on(day) else self._output_in_time(day, final_at)
        return due_at if output is None else max(due_at, output.final_at + NOTICE_SECONDS)

    def burn(self, account: Account, amount: int, now: int) -> None:
        """Burn `amount` [TH/s, 18 dec]."""
        self.meter.burn(account, amount, now)

    def transfer(self, sender: Account, to: Account, amount: int, now: int) -> None:
        """Transfer `amount` [TH/s, 18 dec]."""
        self.meter.transfer(sender, to, amount, now)

    def pause_minting(self, caller: Account, now: int) -> None:
        """Pause minting for seven days."""
        require(caller == self.parties.guardian, Cause.NOT_ALLOWED)
        self.mint_paused_until = now + MINT_PAUSE_SECONDS

    def bond_needed(self, supply: int) -> int:
        """Return the bond [base units] a supply [TH/s, 18 dec] needs."""
        return ceil_div(self.terms.bond_per_th * supply, 10**18)

    # Money in

    def fund(self, received: int) -> int:
        """Add what arrived [base units] to escrow, arrears first; return what was repaid."""
        require(not self.closed, Cause.CLOSED)
        self.ledger.escrow += received
        return self.ledger.repay()

    def repay_arrears(self) -> int:
        """Go on repaying from escrow; return what was repaid [base units]."""
        return self.ledger.repay()

    def post_bond(self, received: int) -> None:
        """Add what arrived [base units] to the bond."""
        require(not self.closed, Cause.CLOSED)
        require(self.ledger.arrears == 0, Cause.ARREARS)
        self.ledger.post_bond(received)

    def release_bond(self, caller: Account, now: int) -> int:
        """Return the bond that is not needed to the issuer [base units]."""
        require(caller == self.parties.issuer, Cause.NOT_ALLOWED)
        require(not self.closed, Cause.CLOSED)
        require(self.ledger.arrears == 0, Cause.ARREARS)
        require(self.ledger.bond_drawn == 0, Cause.BOND_DRAWN)
        require(not self._is_overdue(now), Cause.NOT_SETTLED)
        today = day_of(now)
        unsettled = range(self.ledger.next_day, today)
        works = [self.meter.supply_ths(day) for day in (*unsettled, today)]
        held = max(self.meter.supply, ceil_div(max(works), DAY_SECONDS))
        released = self.ledger.bond - self.bond_needed(held)
        require(released > 0, Cause.NOTHING_TO_RELEASE)
        self.ledger.release_bond(released)
        return released

    # Settlement

    def settle(self, max_days: int, now: int) -> list[SettledDay]:
        """Settle up to `max_days` days in order and return them; an empty list if none can be."""
        self.ledger.repay()
        if self.ledger.escrow and self.ledger.arrears:
            return []
        settled: list[SettledDay] = []
        while len(settled) < max_days and self._settle_next(now):
            settled.append(self.ledger.days[-1])
        return settled

    def reward_of(self, day: int, now: int) -> DayReward | None:
        """Return what a day's settlement would use at `now`, None while facts are missing."""
        if not is_over(day, now):
            return None
        total = self.meter.supply_ths(day)
        if total == 0:
            return NOTHING_OWED
        if self.silence is not None and self._is_silent_on(day):
            if self.silence.mean is None:
                return DayReward(work=total, gross=0, fee=0, reward=0, deemed=True)
            return day_reward(self.terms, self.silence.mean, None, total, self.decimals)
        final = self._oracle.final_prices(day, now)
        if final is None:
            return None
        return self._reported_or_deemed(day, final, total, now)

    def final_at_of(self, day: int, now: int) -> int | None:
        """Return F_d [unix s], None while the day is not final."""
        if self.silence is not None and self.silence.covers(day):
            return self.silence.called_at
        final = self._oracle.final_prices(day, now)
        return final.final_at if final else None

    def _reported_or_deemed(
        self, day: int, final: FinalPrices, total: int, now: int
    ) -> DayReward | None:
        output = self._output_in_time(day, final.final_at)
        if output is None and now <= final.final_at + self.terms.output_deadline_seconds:
            return None
        if output is not None and now < output.final_at:
            return None
        return day_reward(self.terms, final.prices, output, total, self.decimals)

    def _output_in_time(self, day: int, final_at: int) -> Output | None:
        """Return the output a day settles by, as posted now; None if there is none in time."""
        output = self._oracle.posted_output(self.parties.token, day)
        deadline = final_at + self.terms.output_deadline_seconds
        return output if output is not None and output.final_at <= deadline else None

    def _is_silent_on(self, day: int) -> bool:
        return self.silence is not None and self.silence.covers(day)

    def _settle_next(self, now: int) -> bool:
        day = self.ledger.next_day
        owed = self.reward_of(day, now) if day < self.end_day else None
        if owed is None:
            return False
        if self.ledger.escrow < owed.reward:
            due_at = self.due_at(day, now)
            if due_at is None or now < due_at:
                return False
        self.ledger.pay(self.meter.supply_ths(day), owed.reward, owed.deemed)
        return True

    # Entitlements and claims

    def entitled_q128(self, account: Account) -> int:
        """Return the entitlement by the contract's rates [base units x 2^128]."""
        return self.ledger.entitled_q128(lambda day: self.meter.ths(account, day))

    def entitled_base_units(self, account: Account) -> int:
        """Return everything the account could ever have claimed so far [base units]."""
        return self.entitled_q128(account) // Q128

    def exact_entitlement(self, account: Account) -> Fraction:
        """Return the exact fair share of everything paid and repaid so far [base units]."""
        return self.ledger.exact_entitlement(lambda day: self.meter.ths(account, day))

    def claimable(self, account: Account) -> int:
        """Return the entitlement not yet claimed [base units]."""
        return self.entitled_base_units(account) - self.claimed.get(account, 0)

    def pending_q128(self, account: Account) -> int:
        """Return the entitlement not yet paid out, with its fraction [base units x 2^128]."""
        return self.entitled_q128(account) - self.claimed.get(account, 0) * Q128

    def claim(
        self,
        account: Account,
        caller: Account,
        *,
        has_code: bool = False,
        observed: int | None = None,
    ) -> tuple[Account, int]:
        """Claim and return (receiver, amount [base units]).

        A claim that stopped after its bounded walk passes the amount it paid as `observed`; the
        model then only holds it to be at most what is claimable.
        """
        chosen = account in self.payouts or account in self.opted_in
        require(caller == account or not has_code or chosen, Cause.NOT_ALLOWED)
        due = self.claimable(account)
        amount = due if observed is None else observed
        if not 0 <= amount <= due:
            raise AssertionError(f"claimed {amount} of {due}")
        self.claimed[account] = self.claimed.get(account, 0) + amount
        self.ledger.claimed += amount
        return self.payouts.get(account, account), amount

    def set_payout(self, account: Account, receiver: Account) -> None:
        """Choose where an account's rewards go; its own address undoes the choice."""
        require(receiver not in self.parties.refused, Cause.INVALID_ADDRESS)
        if receiver == account:
            self.payouts.pop(account, None)
        else:
            self.payouts[account] = receiver

    def set_opt_in(self, account: Account, opted_in: bool) -> None:
        """Let anyone claim for a contract account, or no longer."""
        if opted_in:
            self.opted_in.add(account)
        else:
            self.opted_in.discard(account)

    # The end

    def terminate(self, now: int) -> None:
        """End the series tomorrow because mining paid nothing (rules.md §6)."""
        require(not self.closed, Cause.CLOSED)
        newest = self._oracle.last_final_day(now)
        require(newest is not None, Cause.NOT_TERMINABLE)
        oldest = (newest or 0) - self.terms.termination_days + 1
        for day in range(oldest, oldest + self.terms.termination_days):
            require(self.terms.start_day <= day < self.end_day, Cause.NOT_TERMINABLE)
            final = self._oracle.final_prices(day, now)
            hopeless = final is not None and is_unprofitable(self.terms, final.prices)
            require(hopeless, Cause.NOT_TERMINABLE)
        self.end_day = min(self.end_day, day_of(now) + 1)

    def declare_silence(self, now: int) -> None:
        """End the series tomorrow because the oracle fell silent (rules.md §6)."""
        require(not self.closed, Cause.CLOSED)
        require(self.silence is None, Cause.ALREADY_SILENT)
        self.silence = declare(self._oracle, self.terms.start_day, now)
        self.end_day = min(self.end_day, day_of(now) + 1)

    def close(self, caller: Account, now: int) -> int:
        """Close the series; return what goes to the issuer [base units]."""
        require(not self.closed, Cause.CLOSED)
        end_day = self._closing_end_day(caller, now)
        require(self.ledger.next_day >= end_day, Cause.NOT_SETTLED)
        require(self.ledger.arrears == 0, Cause.ARREARS)
        self.end_day = end_day
        self.closed = True
        self._fleets.close(self.parties.token)
        return self.ledger.close()

    def _closing_end_day(self, caller: Account, now: int) -> int:
        today = day_of(now)
        if today >= self.end_day:
            return self.end_day
        require(caller == self.parties.issuer, Cause.NOT_ENDED)
        held_today = self.meter.supply_ths(today, now)
        require(self.meter.supply == 0 and held_today == 0, Cause.NOT_ENDED)
        return today
