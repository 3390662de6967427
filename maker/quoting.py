# SPDX-License-Identifier: AGPL-3.0-only
"""What a maker offers: prices around the expected one, sizes within its limits. Exact.

Prices come from the index alone, never from trades or from other orders: two makers cannot lead
each other on. The skew is smaller than the half-width, so that a maker with any inventory still
buys below and sells above what it expects.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isqrt

from hashrate.core.units import DAY_SECONDS
from hashrate.orders.order import Peg
from hashrate.products.forwards.terms import ForwardTerms
from maker.curve import BLOCKS_PER_DAY, BPS, RETARGET_BLOCKS, Outlook
from maker.errors import PolicyError

KNOWN_DAYS = 2  # how many days more than the peg a taker may know
PEG_DAYS = 1
MAX_AGE_DAYS = 2
MOST_SECONDS = 6 * 3_600


@dataclass(frozen=True, slots=True)
class Policy:
    """How a maker quotes.

    Attributes:
        half_width_bps: least distance of either side from the expected price [1e-4].
        volatility_multiple: of what the index moves in two days; widens it.
        skew_bps: how far prices lean against a full inventory [1e-4].
        room_bps: how far a bid follows the index up, and an ask down, by itself [1e-4].
        size: of one order [contracts].
        month_limit: most LONG or SHORT of one month [contracts].
        total_limit: most LONG, and most SHORT, of all months together [contracts]: a month that
            settles leaves no more open than that.
        quiet_blocks: no quotes from so many blocks before a retarget until a whole day after it is
            final; 0 to quote through it.
    """

    half_width_bps: int = 400
    volatility_multiple: int = 1
    skew_bps: int = 200
    room_bps: int = 200
    size: int = 10
    month_limit: int = 50
    total_limit: int = 100
    quiet_blocks: int = 72

    def __post_init__(self) -> None:
        """Refuse a policy that could trade with itself.

        Raises:
            PolicyError: the skew is not below the half-width, or a number makes no sense.
        """
        if not 0 <= self.skew_bps < self.half_width_bps < BPS:
            raise PolicyError("skew_bps is below half_width_bps, and that below 10000")
        if min(self.size, self.month_limit, self.total_limit) < 1:
            raise PolicyError("size and limits are at least one contract")
        if min(self.room_bps, self.volatility_multiple, self.quiet_blocks) < 0:
            raise PolicyError("room, multiple and quiet blocks are not negative")

    def width_bps(self, daily_move_bps: int) -> int:
        """Return the half-width [1e-4], rounded up: what two days move, times the multiple."""
        moved = isqrt(KNOWN_DAYS * daily_move_bps**2) + (daily_move_bps > 0)
        return min(max(self.half_width_bps, self.volatility_multiple * moved), BPS - 1)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a maker stands in a month.

    Attributes:
        terms: of the series.
        index_ticks: of the newest final day [tick].
        fair: expected mean of the window [tick].
        position: LONG less SHORT [contracts].
    """

    terms: ForwardTerms
    index_ticks: int
    fair: Fraction
    position: int


@dataclass(frozen=True, slots=True)
class Quote:
    """One side of a month.

    Attributes:
        is_buy: LONG or SHORT.
        quantity: [contracts].
        price_ticks: now [tick].
        low_ticks, high_ticks: between which it follows the index [tick].
        index_ticks: where the index is [tick].
    """

    is_buy: bool
    quantity: int
    price_ticks: int
    low_ticks: int
    high_ticks: int
    index_ticks: int

    @property
    def peg(self) -> Peg:
        """Return how the price follows the index."""
        offset = self.price_ticks - self.index_ticks
        return Peg(PEG_DAYS, MAX_AGE_DAYS, offset, self.low_ticks, self.high_ticks)

    @property
    def worst_ticks(self) -> int:
        """Return the price that costs the maker the most [tick]."""
        return self.high_ticks if self.is_buy else self.low_ticks


def quotes_of(policy: Policy, stand: Stand, width_bps: int, longs: int, shorts: int) -> list[Quote]:
    """Return the sides of a month to offer: a bid, an ask, both or none.

    A side whose price would lie outside floor and cap, or beyond a limit, is left out.

    Args:
        policy: how to quote.
        stand: the month.
        width_bps: half-width [1e-4].
        longs, shorts: of all months together, what open orders would bring included [contracts].
    """
    lean = Fraction(policy.skew_bps * stand.position, BPS * policy.month_limit)
    middle = stand.fair * (1 - lean)
    # rounded away from the middle: a part of a tick is the maker's
    bid = floor(middle * (BPS - width_bps) / BPS)
    ask = ceil(middle * (BPS + width_bps) / BPS)
    low, high = stand.terms.floor_ticks, stand.terms.cap_ticks
    # what closes a position of this month opens nothing
    buys = min(policy.size, policy.month_limit - stand.position)
    buys = min(buys, policy.total_limit - longs + max(0, -stand.position))
    sells = min(policy.size, policy.month_limit + stand.position)
    sells = min(sells, policy.total_limit - shorts + max(0, stand.position))
    quotes = []
    # a bid follows the index down all the way and up a little; an ask the other way round
    if buys > 0 and low <= bid < high:
        top = min(high, bid + bid * policy.room_bps // BPS)
        quotes.append(Quote(True, buys, bid, low, top, stand.index_ticks))
    if sells > 0 and low < ask <= high:
        bottom = max(low, ask - ask * policy.room_bps // BPS)
        quotes.append(Quote(False, sells, ask, bottom, high, stand.index_ticks))
    return quotes


@dataclass(frozen=True, slots=True)
class Quiet:
    """Whether this is no time to quote, and until when quotes may last.

    Attributes:
        reason: why nothing is quoted; empty if something is.
        ends_at: last second of a quote [unix s].
    """

    reason: str
    ends_at: int


def quiet_at(policy: Policy, outlook: Outlook, now: int, most_seconds: int = MOST_SECONDS) -> Quiet:
    """Decide whether a retarget or a halving is too near, or too fresh, to quote across.

    A halving is at a height that is a retarget on some chains only, so both are looked at.

    Args:
        policy: how to quote.
        outlook: what is expected.
        now: [unix s].
        most_seconds: how long a quote lasts at most [s].
    """
    longest = now + most_seconds
    if policy.quiet_blocks == 0:
        return Quiet("", longest)
    for every, name in ((RETARGET_BLOCKS, "retarget"), (outlook.halving_blocks, "halving")):
        passed = outlook.last_height // every * every
        if passed and outlook.last_height < passed + BLOCKS_PER_DAY:
            return Quiet(f"no whole day after the {name} at {passed} is final", now)
        begins = passed + every - policy.quiet_blocks
        if outlook.expected_height(now) >= begins:
            return Quiet(f"the {name} at {passed + every} is near", now)
        longest = min(longest, outlook.expected_time(begins))
    return Quiet("", longest)


def deadline_of(terms: ForwardTerms, quiet: Quiet) -> int:
    """Return the last second of a quote [unix s]: before its window begins, before it is quiet."""
    return min(quiet.ends_at, terms.first_day * DAY_SECONDS - 1)
