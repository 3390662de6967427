# SPDX-License-Identifier: AGPL-3.0-only
"""Days of an invented network and price, the same for the same seed on every machine.

`simulated:SEED[?start=YYYY-MM-DD&height=N&price=USD&fees=SATS]`. Without options it starts three
days before the halving at height 1,050,000, and a difficulty retarget follows two days later.
"""

import re
from collections.abc import Iterator
from itertools import dropwhile
from urllib.parse import parse_qsl

from hashrate.bitcoin.hashprice import facts_from_blocks
from hashrate.core.errors import NumberFormatError
from hashrate.core.types import (
    MAINNET,
    BlockHeight,
    CompactBits,
    DayFacts,
    DayIndex,
    DayObservation,
    Network,
    Sats,
    UsdE8,
)
from hashrate.core.units import day_from_iso, day_from_time, iso_from_day, usd_e8_from_usd
from hashrate.history.entropy import Entropy
from hashrate.history.errors import SourceSpecError, UnknownDayError
from hashrate.history.simulated_chain import ChainStart, SimulatedChain
from hashrate.history.table import integer_from_text

DEFAULTS = {"start": "2028-04-09", "height": "1049568", "price": "95000", "fees": "4000000"}
START_BITS = CompactBits(0x1701E060)  # difficulty 150.0e12

_SEED = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_MAX_HEIGHT = 2**31 - 1
_MAX_FEES = 21 * 10**8  # more than any block's ordinary fees; keeps a day's sum in its field
_MAX_DAYS = 36_600
_BPS = 10_000
_PRICE_STEP_BPS = 600
_PRICE_GROWTH_BPS = 5


class SimulatedSource:
    """Invented days; `label` and `is_simulated` say so."""

    label = "simulated"
    is_simulated = True
    network: Network = MAINNET
    last_day: DayIndex | None = None

    def __init__(self, start: ChainStart, btc_usd_e8: UsdE8) -> None:
        """Prepare the days from `start.day` on; each is invented when first asked for.

        Args:
            start: where and how the chain begins.
            btc_usd_e8: price that the first day's price moves away from [USD, 1e8].
        """
        self.first_day = start.day
        self._days: list[DayObservation] = []
        self._price = btc_usd_e8
        self._prices = Entropy(start.seed, "prices")
        self._facts = self._facts_from(SimulatedChain(start))

    @classmethod
    def from_spec(cls, spec: str) -> "SimulatedSource":
        """Read `SEED[?option=value&...]`.

        Raises:
            SourceSpecError: an unusable seed, an unknown option or an unusable value.
        """
        seed, _, query = spec.partition("?")
        if not _SEED.fullmatch(seed):
            raise SourceSpecError(f"simulated: seed {seed!r} is not 1 to 64 of A-Z a-z 0-9 _ -")
        options = _options(query)
        try:
            start = ChainStart(
                seed=seed,
                day=day_from_iso(options["start"]),
                height=BlockHeight(_at_most(_MAX_HEIGHT, options["height"])),
                bits=START_BITS,
                block_fees_sats=Sats(_at_most(_MAX_FEES, options["fees"])),
            )
            price = usd_e8_from_usd(options["price"])
        except NumberFormatError as error:
            raise SourceSpecError(f"simulated: {error}") from error
        if price == 0:
            raise SourceSpecError("simulated: the price is zero")
        return cls(start, price)

    def observe(self, day: DayIndex) -> DayObservation:
        """Return a day's facts and closing price, inventing every day up to it.

        Raises:
            UnknownDayError: the day lies before the first, or a century after it.
        """
        index = day - self.first_day
        if not 0 <= index < _MAX_DAYS:
            first = iso_from_day(self.first_day)
            raise UnknownDayError(f"{iso_from_day(day)} is not simulated (days from {first} on)")
        while len(self._days) <= index:
            facts = next(self._facts)
            step = _PRICE_GROWTH_BPS + self._prices.around_zero(_PRICE_STEP_BPS)
            self._price = UsdE8(max(1, self._price * (_BPS + step) // _BPS))
            self._days.append(DayObservation(facts, self._price))
        return self._days[index]

    def _facts_from(self, chain: SimulatedChain) -> Iterator[DayFacts]:
        """Return the facts of the days from the first on; what comes before only leads up to it."""
        blocks = dropwhile(
            lambda block: day_from_time(block.mediantime) < self.first_day, chain.blocks()
        )
        return facts_from_blocks(blocks, self.network)


def _options(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError as error:
        raise SourceSpecError(f"simulated: options {query!r} are not name=value&...") from error
    options = dict(DEFAULTS)
    for name, value in pairs:
        if name not in DEFAULTS:
            known = ", ".join(DEFAULTS)
            raise SourceSpecError(f"simulated: unknown option {name!r}; there are {known}")
        options[name] = value
    return options


def _at_most(limit: int, text: str) -> int:
    value = integer_from_text(text)
    if value > limit:
        raise NumberFormatError(f"{text} is more than {limit}")
    return value
