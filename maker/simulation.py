# SPDX-License-Identifier: AGPL-3.0-only
"""A maker's policy over past days. Exact integers; the same days and seed give the same fills.

Each day the maker quotes from the newest final day, two days back. First comes a taker who knows
the two days since and takes whatever they make cheap; then ordinary buyers and sellers, each of
whom accepts a drawn distance from what the window is worth by all that is known. So the maker
trades at its worst moment of every day; who is real depends on a market, and nothing here foretells
one. Windows are the next months, listed with the narrow band, and settle on the real days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from hashrate.core.types import MAINNET, DayIndex
from hashrate.core.units import DAY_SECONDS
from hashrate.history import Source
from hashrate.history.entropy import Entropy
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.products.forwards.bands import INDEX_DAYS, Style, band_of, expected_index
from hashrate.products.forwards.maths import Payouts, marked, payouts
from hashrate.products.forwards.months import Month, month_of_day
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import ForwardTerms
from maker.accounts import LossLimit, MonthAccount, exposure
from maker.curve import (
    BPS,
    GrowthBounds,
    Outlook,
    daily_move_bps,
    forward,
    measured_growth,
)
from maker.errors import SimulationError
from maker.quoting import KNOWN_DAYS, Policy, Quote, Stand, quiet_at, quotes_of

MOVE_DAYS = 28
_PRODUCT = Product.HASHPRICE_SATS
_NOON = DAY_SECONDS // 2
_UNIT_DIFFICULTY = 10**27


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day that was: hashprice [sat per TH/s, 1e18], difficulty [1e9], last block's height."""

    hashprice_wad: int
    difficulty: int
    last_height: int

    @property
    def ticks(self) -> int:
        """Return its hashprice [tick], rounded down as a peg reads it."""
        return self.hashprice_wad // _PRODUCT.scale


@dataclass(frozen=True, slots=True)
class Flow:
    """Who comes beside the taker who knows.

    Attributes:
        seed: of the draws.
        most: drawn evenly from none to so many, each day, month and side [contracts].
        patience_bps: accepts a price up to so far from what a window is worth, drawn evenly [1e-4].
    """

    seed: str = "maker"
    most: int = 10
    patience_bps: int = 800


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a policy.

    Attributes:
        name: of the policy.
        first_day: of trading.
        profit: of everything, settled [sat].
        fills, traded: trades, and their contracts.
        wanted: contracts that ordinary takers came for.
        served: of these, how many they got.
        lost_to_known: profit of the taker who knows, at what windows were worth then [sat].
        most_open: most LONG, or SHORT, of all months together [contracts].
        most_locked: most collateral at once, without netting of pairs [sat].
        drawdown: greatest fall from a high of the profit, valued each day [sat].
        stopped_on: the day on which the loss limit ended it; None if it never did.
        days: profit, valued at the end of each day [sat].
        inventory: LONG less SHORT at the end of each day [contracts].
    """

    name: str
    first_day: DayIndex
    profit: int
    fills: int
    traded: int
    wanted: int
    served: int
    lost_to_known: int
    most_open: int
    most_locked: int
    drawdown: int
    stopped_on: DayIndex | None
    days: tuple[int, ...]
    inventory: tuple[int, ...]


class History:
    """Days that were, and what was to be expected on each of them."""

    def __init__(self, days: Mapping[DayIndex, PastDay], growth: GrowthBounds) -> None:
        """Take days without a gap."""
        self._first = min(days)
        self._days = [days[DayIndex(day)] for day in range(self._first, max(days) + 1)]
        self._growth = growth
        self.last = max(days)
        self._fair = lru_cache(maxsize=100_000)(self._forward)

    def day(self, day: int) -> PastDay:
        """Return a day."""
        return self._days[day - self._first]

    def outlook(self, newest: DayIndex) -> Outlook:
        """Return what was to be expected when a day was the newest final one."""
        tail = self._days[: newest - self._first + 1][-self._growth.days - 1 :]
        growth = measured_growth([each.difficulty for each in tail], self._growth)
        return Outlook(newest, tail[-1].last_height, growth, MAINNET.halving_blocks)

    def move_bps(self, newest: DayIndex) -> int:
        """Return the daily move of the index up to a day [1e-4]."""
        tail = self._days[: newest - self._first + 1][-MOVE_DAYS - 1 :]
        return daily_move_bps([each.ticks for each in tail], MOVE_DAYS)

    def fair(self, newest: DayIndex, terms: ForwardTerms) -> Fraction:
        """Return what a window that has not begun was worth by all days to one [tick]."""
        return self._fair(newest, terms.first_day, terms.end_day)

    def value(self, newest: DayIndex, terms: ForwardTerms) -> Payouts:
        """Value a window by all days to one [base units]: the others as they are expected."""
        known = range(terms.first_day, min(newest + 1, terms.end_day))
        realised = sum(self.day(day).hashprice_wad for day in known)
        if len(known) == terms.days:
            return payouts(terms, realised)
        rest = self._fair(newest, terms.first_day + len(known), terms.end_day)
        return marked(terms, realised, len(known), int(rest))  # rounded down, in favour of SHORT

    def terms(self, month: Month, listed: DayIndex) -> ForwardTerms:
        """Return the terms of a month listed on a day: the narrow band around the index then."""
        last = [self.day(listed - back).ticks for back in range(INDEX_DAYS)]
        lead = month.first_day - listed
        halving = self.outlook(listed).halving_day
        index = Fraction(sum(last), INDEX_DAYS)
        days = (month.first_day, month.end_day)
        expected = expected_index(index, _PRODUCT, days, halving)
        band = band_of(Style.NARROW, _PRODUCT, expected, lead)
        edges = band.floor_ticks, band.cap_ticks
        return ForwardTerms(ZERO_ADDRESS, _PRODUCT.metric, *days, *edges, 1, ZERO_ADDRESS)

    def _forward(self, newest: DayIndex, first: int, end: int) -> Fraction:
        return forward(self.outlook(newest), _PRODUCT, self.day(newest).ticks, (first, end))


def read_history(source: Source, first: DayIndex, growth: GrowthBounds) -> History:
    """Read the days of a source that a simulation from `first` on needs.

    Raises:
        SimulationError: it has no last day, or does not reach back far enough.
    """
    begin = DayIndex(first - growth.days - KNOWN_DAYS - 1)
    if source.last_day is None or source.first_day > begin or source.last_day <= first:
        raise SimulationError(f"{source.label} days do not cover the time that is asked for")
    days = {}
    for day in range(begin, source.last_day + 1):
        facts = source.observe(DayIndex(day)).facts
        difficulty = facts.difficulty_wad // _UNIT_DIFFICULTY
        days[DayIndex(day)] = PastDay(facts.hashprice_wad, difficulty, facts.last_height)
    return History(days, growth)


@dataclass(slots=True)
class _Run:
    """A policy while its days pass."""

    policy: Policy
    limit: LossLimit
    accounts: dict[Month, MonthAccount] = field(default_factory=dict)
    settled: int = 0
    fills: int = 0
    traded: int = 0
    wanted: int = 0
    served: int = 0
    lost_to_known: int = 0

    def fill(self, month: Month, quote: Quote, quantity: int) -> None:
        """Let somebody take some of a quote."""
        self.accounts[month].trade(quote.price_ticks, quantity, is_buy=quote.is_buy)
        self.fills += 1
        self.traded += quantity


def simulate(
    name: str,
    policy: Policy,
    history: History,
    span: tuple[DayIndex, DayIndex],
    *,
    flow: Flow,
    months: int = 3,
    loss_limit: int = 2**127,
) -> Result:
    """Let a policy quote through past days.

    Args:
        name: of the policy.
        policy: how it quotes.
        history: the days.
        span: the first day of trading, and the first one without.
        flow: who comes.
        months: how many are listed at a time.
        loss_limit: at which it stops for good [sat].
    """
    run = _Run(policy, LossLimit(loss_limit))
    values: list[int] = []
    inventory: list[int] = []
    high = drawdown = most_open = most_locked = 0
    stopped_on = None
    dice = Entropy(flow.seed, "flow")
    for number in range(span[0], history.last + 1):
        day = DayIndex(number)
        if day < span[1] and stopped_on is None:
            _trade(run, history, day, months, flow, dice)
        profit = _value(run, history, day)
        high = max(high, profit)
        drawdown = max(drawdown, high - profit)
        longs, shorts = exposure(run.accounts.values())
        most_open = max(most_open, longs, shorts)
        most_locked = max(most_locked, sum(each.locked for each in run.accounts.values()))
        values.append(profit)
        inventory.append(longs - shorts)
        if stopped_on is None and run.limit.look(profit):
            stopped_on = day
    return Result(
        name,
        span[0],
        values[-1],
        run.fills,
        run.traded,
        run.wanted,
        run.served,
        run.lost_to_known,
        most_open,
        most_locked,
        drawdown,
        stopped_on,
        tuple(values),
        tuple(inventory),
    )


def _trade(
    run: _Run, history: History, day: DayIndex, months: int, flow: Flow, dice: Entropy
) -> None:
    """Quote the next months for a day, and let takers come."""
    newest = DayIndex(day - KNOWN_DAYS)
    outlook = history.outlook(newest)
    width = run.policy.width_bps(history.move_bps(newest))
    is_quiet = bool(quiet_at(run.policy, outlook, day * DAY_SECONDS + _NOON).reason)
    present = month_of_day(day)
    for ahead in range(1, months + 1):
        month = present.plus(ahead)
        if month not in run.accounts:
            run.accounts[month] = MonthAccount(history.terms(month, newest))
        account = run.accounts[month]
        # the dice fall alike for every policy, whatever it quotes
        drawn = {
            is_buy: (dice.between(0, flow.most), dice.between(0, flow.patience_bps))
            for is_buy in (True, False)
        }
        run.wanted += sum(quantity for quantity, _ in drawn.values())
        if is_quiet:
            continue
        fair = history.fair(newest, account.terms)
        stand = Stand(account.terms, history.day(newest).ticks, fair, account.position)
        worth = history.fair(day, account.terms)
        for quote in quotes_of(run.policy, stand, width, *exposure(run.accounts.values())):
            _take(run, month, quote, worth, drawn[quote.is_buy])


def _take(run: _Run, month: Month, quote: Quote, worth: Fraction, drawn: tuple[int, int]) -> None:
    """Let the taker who knows come first, and an ordinary one take what is left."""
    edge = quote.price_ticks - worth if quote.is_buy else worth - quote.price_ticks
    wanted, patience = drawn
    if edge > 0:
        run.fill(month, quote, quote.quantity)
        terms = run.accounts[month].terms
        run.lost_to_known += int(edge * terms.days * terms.tick_value) * quote.quantity
        return
    taken = min(wanted, quote.quantity)
    if taken and -edge * BPS <= worth * patience:
        run.fill(month, quote, taken)
        run.served += taken


def _value(run: _Run, history: History, day: DayIndex) -> int:
    """Value all months by the days to one [sat]; what is settled is taken off the list."""
    total = run.settled
    for month, account in list(run.accounts.items()):
        profit = account.profit(history.value(day, account.terms))
        total += profit
        if account.terms.end_day <= day + 1:
            run.settled += profit
            del run.accounts[month]
    return total
