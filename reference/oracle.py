# SPDX-License-Identifier: AGPL-3.0-only
"""The hashprice oracle (rules.md §1): a log of day reports and a table of output reports.

Signatures are out of the model: a report comes with the list of who signed which price. Every call
takes the absolute clock `now` [unix s]. A refused call raises `ModelRevert` and changes nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .day_rules import (
    LONG_WINDOW_SECONDS,
    RECOVERY_WINDOW_SECONDS,
    SHORT_WINDOW_SECONDS,
    DayFacts,
    Network,
    PricedDay,
    check_alone,
    check_empty,
    follows,
    is_usual,
)
from .errors import Cause, require
from .facts import DayPrices, FinalPrices, Output, attested_minimum
from .membership import ZERO_ADDRESS, Membership, SignedPrice, address_key, agreed_price
from .units import DAY_SECONDS, Account, day_of, is_over

MAX_VETOES = 2
DISPUTE_WINDOWS = 2  # that a dispute lasts in all
REST_WINDOWS = 4  # from the end of one to the beginning of the next
LEAST_DELAY_SECONDS = DAY_SECONDS  # of a contradiction
MAX_CREDITED_SATS = 2**64 - 1
MAX_DELIVERED_THS = 2**96 - 1


@dataclass(frozen=True)
class Roles:
    """Who owns the oracle and who may veto."""

    owner: Account
    guardian: Account


@dataclass(frozen=True)
class PostedDay:
    """A posted day; posted_at, final_at: [unix s]; window: [s]; a recovery follows no day."""

    priced: PricedDay
    posted_at: int
    window: int
    final_at: int
    is_recovery: bool = False


@dataclass(frozen=True)
class Dispute:
    """The dispute that began last, and the report that began it; ends_at: [unix s]."""

    day: int
    revision: int
    ends_at: int


@dataclass(frozen=True)
class Bounds:
    """What headers prove of a day: last height, difficulty, least and greatest hashprice."""

    last_height: int
    difficulty_wad: int
    least_hashprice_wad: int
    greatest_hashprice_wad: int

    def agrees(self, facts: DayFacts) -> bool:
        """Return whether a report says what is proven."""
        return (
            facts.last_height == self.last_height
            and facts.difficulty_wad == self.difficulty_wad
            and self.least_hashprice_wad <= facts.hashprice_wad <= self.greatest_hashprice_wad
        )


@dataclass(frozen=True)
class OutputFacts:
    """What all reporters sign alike about a series' output of a day.

    credited_sats: [satoshi, net of pool fee]; delivered_ths: [TH/s, 18 dec].
    """

    series: Account
    day: int
    credited_sats: int
    delivered_ths: int


@dataclass(frozen=True)
class PrefixSums:
    """Sums over all days up to and including one, each at 1e18.

    hashprice_wad: [satoshi per TH/s]; usd_wad: [USD per TH/s]; difficulty_wad.
    """

    hashprice_wad: int
    usd_wad: int
    difficulty_wad: int


class OracleModel:
    """Day reports, output reports, vetoes and reporters of one deployment."""

    def __init__(
        self,
        network: Network,
        membership: Membership,
        roles: Roles,
        spread_bps: int = 100,
        dispute_window: int = 0,
    ) -> None:
        self.network = network
        self.membership = membership
        self.owner = roles.owner
        self.guardian = roles.guardian
        self.spread_bps = spread_bps
        self.dispute_window = dispute_window
        self.dispute = Dispute(0, 0, 1)
        self.days: list[PostedDay] = []
        self.removed: dict[int, int] = {}  # day to the finality its last report had
        self.revision: defaultdict[int, int] = defaultdict(int)
        self.vetoes: defaultdict[int, int] = defaultdict(int)
        self.outputs: dict[tuple[Account, int], Output] = {}
        self.output_revision: defaultdict[tuple[Account, int], int] = defaultdict(int)
        self.output_vetoes: defaultdict[tuple[Account, int], int] = defaultdict(int)

    # Roles

    def schedule_membership(
        self, caller: Account, additions: Sequence[Account], threshold: int, now: int
    ) -> None:
        """Schedule a membership change, or cancel it (owner)."""
        require(caller == self.owner, Cause.NOT_ALLOWED)
        self.membership.schedule(additions, threshold, now)

    def apply_membership(self, now: int) -> None:
        """Apply the scheduled change (anyone)."""
        self.membership.apply(now)

    def remove_reporter(self, caller: Account, reporter: Account) -> None:
        """Remove a reporter at once (owner)."""
        require(caller == self.owner, Cause.NOT_ALLOWED)
        self.membership.remove(reporter)

    def set_guardian(self, caller: Account, guardian: Account) -> None:
        """Name the guardian at once, the zero address for none (owner)."""
        require(caller == self.owner, Cause.NOT_ALLOWED)
        self.guardian = guardian

    # Day reports

    @property
    def first_day(self) -> int:
        """Return the first day ever reported."""
        return self.network.first_day

    @property
    def next_day(self) -> int:
        """Return the day the next report is for."""
        return self.first_day + len(self.days)

    def posted(self, day: int) -> PostedDay | None:
        """Return a posted day, final or pending."""
        index = day - self.first_day
        return self.days[index] if 0 <= index < len(self.days) else None

    def post_day(
        self,
        facts: DayFacts,
        signed: Sequence[SignedPrice],
        revision: int,
        membership_version: int,
        now: int,
    ) -> PostedDay:
        """Post the next day."""
        self.membership.check_signatures(signed, membership_version)
        require(facts.day == self.next_day, Cause.WRONG_DAY)
        require(revision == self.revision[facts.day], Cause.WRONG_REVISION)
        posted = self._judge(facts, agreed_price(signed, self.spread_bps), now)
        self.days.append(posted)
        return posted

    def replace_day(
        self,
        facts: DayFacts,
        signed: Sequence[SignedPrice],
        revision: int,
        membership_version: int,
        now: int,
    ) -> PostedDay:
        """Replace a pending day by the next revision; every later day goes."""
        self.membership.check_signatures(signed, membership_version)
        self._require_pending(facts.day, now)
        require(revision == self.revision[facts.day] + 1, Cause.WRONG_REVISION)
        posted = self._judge(facts, agreed_price(signed, self.spread_bps), now)
        self.revision[facts.day] += 1
        self._remove_from(facts.day)
        self.days.append(posted)
        return posted

    def veto_day(self, caller: Account, day: int, now: int) -> None:
        """Remove a pending day and every later one (guardian)."""
        self._require_guardian(caller)
        self._require_pending(day, now)
        require(self.vetoes[day] < MAX_VETOES, Cause.VETOES_SPENT)
        self.vetoes[day] += 1
        self.revision[day] += 1
        self._remove_from(day)

    def review_day(self, day: int, bounds: Bounds | None, now: int) -> PostedDay:
        """Let a pending day wait longer or shorter, by what is proven of it (anyone)."""
        self._require_pending(day, now)
        require(bounds is not None, Cause.NOT_PROVEN)
        posted = self.days[day - self.first_day]
        is_true = bounds is not None and bounds.agrees(posted.priced.facts)
        if is_true:
            dispute = self._after_answer(day, now)
            final_at = min(posted.final_at, self._final_if_true(posted, now))
            is_of_use = final_at < posted.final_at or dispute != self.dispute
        else:
            final_at, dispute = self._contradict(day, now)
            is_of_use = final_at >= posted.final_at + LEAST_DELAY_SECONDS
        require(is_of_use, Cause.NOTHING_TO_REVIEW)
        self.dispute = dispute
        self._remove_from(day + 1)
        self.days[-1] = replace(posted, final_at=final_at)
        return self.days[-1]

    def _contradict(self, day: int, now: int) -> tuple[int, Dispute]:
        """Return the finality [unix s] of a day that is not true, and the dispute after it."""
        dispute = self.dispute
        if now >= dispute.ends_at + REST_WINDOWS * self.dispute_window:
            ends_at = now + DISPUTE_WINDOWS * self.dispute_window
            dispute = Dispute(day, self.revision[day], ends_at)
        return min(now + self.dispute_window, dispute.ends_at), dispute

    def _after_answer(self, day: int, now: int) -> Dispute:
        """Return the dispute after a day was proven true: over, if that is another report of it."""
        dispute = self.dispute
        if now < dispute.ends_at and dispute.day == day and dispute.revision < self.revision[day]:
            return replace(dispute, ends_at=now - REST_WINDOWS * self.dispute_window)
        return dispute

    def _final_if_true(self, posted: PostedDay, now: int) -> int:
        """Return the earliest finality of a day that is proven true [unix s]."""
        before = self.posted(posted.priced.facts.day - 1)
        window = RECOVERY_WINDOW_SECONDS if posted.is_recovery else LONG_WINDOW_SECONDS
        return max(before.final_at if before else 0, now + window)

    def is_final(self, day: int, now: int) -> bool:
        """Return whether a day is final at `now`."""
        posted = self.posted(day)
        return posted is not None and now >= posted.final_at

    def last_final_day(self, now: int) -> int | None:
        """Return the newest final day, None before the first."""
        final = [posted.priced.facts.day for posted in self.days if now >= posted.final_at]
        return max(final) if final else None

    def final_prices(self, day: int, now: int) -> FinalPrices | None:
        """Return a day's prices, None unless final."""
        posted = self.posted(day)
        if posted is None or now < posted.final_at:
            return None
        priced = posted.priced
        return FinalPrices(
            DayPrices(priced.facts.hashprice_wad, priced.btc_usd_e8), posted.final_at
        )

    def prefix_sums(self, day: int) -> PrefixSums:
        """Return the sums over all posted days up to and including `day`."""
        require(self.posted(day) is not None, Cause.NOT_REPORTED)
        priced = [posted.priced for posted in self.days[: day - self.first_day + 1]]
        return PrefixSums(
            sum(each.facts.hashprice_wad for each in priced),
            sum(each.facts.hashprice_wad * each.btc_usd_e8 // 10**16 for each in priced),
            sum(each.facts.difficulty_wad for each in priced),
        )

    def _judge(self, facts: DayFacts, price: int, now: int) -> PostedDay:
        require(is_over(facts.day, now), Cause.DAY_NOT_OVER)
        before = self.posted(facts.day - 1)
        priced = PricedDay(facts, price)
        check_alone(priced, self.network)
        if before is None:
            require(facts.first_height == self.network.first_height, Cause.HEIGHTS)
            require(facts.blocks > 0, Cause.EMPTY_DAY)
            final_at = max(now + LONG_WINDOW_SECONDS, self._wait(facts.day))
            return PostedDay(priced, now, LONG_WINDOW_SECONDS, final_at)
        check_empty(facts, before.priced.facts)
        is_recovery = not follows(facts, before.priced.facts, self._last_height(facts.day - 2))
        if is_recovery:
            require(now >= before.final_at, Cause.DAY_BEFORE_PENDING)
            window = RECOVERY_WINDOW_SECONDS
        elif is_usual(priced, before.priced, self.network):
            window = SHORT_WINDOW_SECONDS
        else:
            window = LONG_WINDOW_SECONDS
        final_at = max(before.final_at, now + window, self._wait(facts.day))
        return PostedDay(priced, now, window, final_at, is_recovery)

    def _wait(self, day: int) -> int:
        """Return until when a day waits for a dispute, whatever is posted of it [unix s]."""
        posted = self.posted(day)
        last = posted.final_at if posted else self.removed.get(day, 0)
        return min(last, self.dispute.ends_at)

    def _last_height(self, day: int) -> int:
        """Return where a posted day, or what lies before the first, ended [height]."""
        posted = self.posted(day)
        return posted.priced.facts.last_height if posted else self.network.first_height - 1

    def _remove_from(self, day: int) -> None:
        for each in self.days[day - self.first_day :]:
            self.removed[each.priced.facts.day] = each.final_at
        del self.days[day - self.first_day :]

    def _require_pending(self, day: int, now: int) -> None:
        require(self.posted(day) is not None, Cause.NOT_REPORTED)
        require(not self.is_final(day, now), Cause.NOT_PENDING)

    def _require_guardian(self, caller: Account) -> None:
        named = address_key(self.guardian) != ZERO_ADDRESS
        require(named and caller == self.guardian, Cause.NOT_ALLOWED)

    # Output reports

    def post_output(
        self,
        facts: OutputFacts,
        signers: Sequence[Account],
        revision: int,
        membership_version: int,
        now: int,
    ) -> Output:
        """Post a series' output of a day."""
        key = (facts.series, facts.day)
        self.membership.check_signatures(_unpriced(signers), membership_version)
        require(key not in self.outputs, Cause.ALREADY_REPORTED)
        require(revision == self.output_revision[key], Cause.WRONG_REVISION)
        self.outputs[key] = _judge_output(facts, now)
        return self.outputs[key]

    def replace_output(
        self,
        facts: OutputFacts,
        signers: Sequence[Account],
        revision: int,
        membership_version: int,
        now: int,
    ) -> Output:
        """Replace a pending output by the next revision."""
        key = (facts.series, facts.day)
        self.membership.check_signatures(_unpriced(signers), membership_version)
        self._require_output_pending(key, now)
        require(revision == self.output_revision[key] + 1, Cause.WRONG_REVISION)
        self.outputs[key] = _judge_output(facts, now)
        self.output_revision[key] += 1
        return self.outputs[key]

    def veto_output(self, caller: Account, series: Account, day: int, now: int) -> None:
        """Remove a pending output (guardian)."""
        key = (series, day)
        self._require_guardian(caller)
        self._require_output_pending(key, now)
        require(self.output_vetoes[key] < MAX_VETOES, Cause.VETOES_SPENT)
        self.output_vetoes[key] += 1
        self.output_revision[key] += 1
        del self.outputs[key]

    def posted_output(self, series: Account, day: int) -> Output | None:
        """Return an output, final or not, None if none is posted."""
        return self.outputs.get((series, day))

    def final_output(self, series: Account, day: int, now: int) -> Output | None:
        """Return an output, None unless final."""
        output = self.outputs.get((series, day))
        return output if output is not None and now >= output.final_at else None

    def attested_ths(self, series: Account, days: int, now: int) -> int:
        """Return the least delivered hashrate of the attestation days [TH/s, 18 dec]."""
        return attested_minimum(lambda day: self.final_output(series, day, now), days, day_of(now))

    def _require_output_pending(self, key: tuple[Account, int], now: int) -> None:
        require(key in self.outputs, Cause.NOT_REPORTED)
        require(now < self.outputs[key].final_at, Cause.NOT_PENDING)


def _unpriced(signers: Sequence[Account]) -> list[SignedPrice]:
    return [SignedPrice(signer) for signer in signers]


def _judge_output(facts: OutputFacts, now: int) -> Output:
    require(is_over(facts.day, now), Cause.DAY_NOT_OVER)
    require(facts.credited_sats <= MAX_CREDITED_SATS, Cause.TOO_WIDE)
    require(facts.delivered_ths <= MAX_DELIVERED_THS, Cause.TOO_WIDE)
    return Output(facts.credited_sats, facts.delivered_ths, now + SHORT_WINDOW_SECONDS)
