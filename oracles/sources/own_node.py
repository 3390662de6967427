# SPDX-License-Identifier: AGPL-3.0-only
"""A fleet that mines for itself: what the coinbases of the day paid to its addresses.

Nothing is credited by anyone, so nothing but the chain is asked. The hashrate delivered is not in
the chain. It comes from the operator's own meter where there is one; else it is derived from the
work of the blocks found: expected hashes of each, by the fleet's part of its coinbase, over the
day's seconds. That is right in the mean and very rough on one day: the error of a day with n blocks
is about 1 / sqrt(n), and a day without one counts as no hashrate at all.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from hashrate.bitcoin.difficulty import expected_hashes
from hashrate.core.types import BlockHeight, DayIndex, HeightRange, MiningOutput, Sats, Wad
from hashrate.core.units import (
    DAY_SECONDS,
    WAD,
    day_from_iso,
    fraction_from_decimal_text,
    iso_from_day,
)
from hashrate.history.errors import MalformedDataError, SourceSpecError
from hashrate.history.table import read_table
from oracles.sources.base import BitcoinSource
from oracles.sources.day_range import day_range
from oracles.sources.errors import DayNotClosedError
from oracles.sources.pool import ths_wad
from oracles.sources.raw_block import CoinbaseOutput

_TERAHASH = 10**12


class CoinbaseSource(BitcoinSource, Protocol):
    """A Bitcoin source that also gives whole coinbases."""

    async def coinbases(
        self, first: BlockHeight, last: BlockHeight
    ) -> Sequence[tuple[CoinbaseOutput, ...]]:
        """Return what the coinbase of each block of a range pays."""

    async def script_of(self, address: str) -> bytes:
        """Return the script that an address stands for."""


class HashrateMeter(Protocol):
    """The operator's own measurement of the fleet."""

    def delivered(self, day: DayIndex) -> Wad:
        """Return the average hashrate of a UTC day [TH/s, 1e18].

        Raises:
            DayNotClosedError: the day is not measured yet.
        """


class MeterFile:
    """A meter that writes a CSV file with the columns `date` and `delivered_ths` [TH/s]."""

    def __init__(self, path: Path) -> None:
        """Read `path` anew for each day, as it grows."""
        self._path = path

    def delivered(self, day: DayIndex) -> Wad:
        """Return a day's hashrate; see `HashrateMeter.delivered`.

        Raises:
            MissingFileError: the file is not there.
            MalformedDataError: a row is malformed, or the day is there twice.
        """
        found: list[Wad] = []
        for row in read_table(self._path, ("date", "delivered_ths")):
            if row.read("date", day_from_iso) == day:
                found.append(
                    ths_wad(row.read("delivered_ths", fraction_from_decimal_text), _TERAHASH)
                )
        if len(found) > 1:
            raise MalformedDataError(f"{self._path.name}: {iso_from_day(day)} is there twice")
        if not found:
            raise DayNotClosedError(f"{self._path.name}: {iso_from_day(day)} is not there yet")
        return found[0]


class OwnNode:
    """One fleet; see `OutputSource`."""

    def __init__(
        self,
        source_id: str,
        node: CoinbaseSource,
        addresses: Iterable[str],
        confirmations: int = 6,
        meter: HashrateMeter | None = None,
    ) -> None:
        """Ask `node` what was paid to `addresses`.

        Args:
            source_id: names this source.
            node: the operator's node.
            addresses: all that the fleet mines to.
            confirmations: how many the day's last block must have.
            meter: tells the hashrate delivered; without one it is derived.

        Raises:
            SourceSpecError: no address.
        """
        self.source_id = source_id
        self._node = node
        self._addresses = tuple(addresses)
        self._confirmations = confirmations
        self._meter = meter
        if not self._addresses:
            raise SourceSpecError(f"{source_id}: there is no address to look for")

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output; see `OutputSource.output`.

        Raises:
            DayNotOverError: the tip's mediantime has not passed the end of the day.
            DayNotClosedError: too few confirmations, or the meter does not know the day.
        """
        tip = await self._node.tip()
        heights = await day_range(self._node, day, tip)
        if tip.height - heights.last + 1 < self._confirmations:
            raise DayNotClosedError(
                f"{self.source_id}: block {heights.last} has too few confirmations"
            )
        scripts = {await self._node.script_of(address) for address in self._addresses}
        parts = await self._parts(heights, scripts)
        credited = Sats(sum(paid for paid, _ in parts.values()))
        if self._meter is not None:
            delivered = self._meter.delivered(day)
        else:
            delivered = await self._derived(parts)
        return MiningOutput(day, credited, delivered, self.source_id)

    async def _parts(
        self, heights: HeightRange, scripts: set[bytes]
    ) -> dict[BlockHeight, tuple[Sats, Fraction]]:
        """Return what each block paid to the fleet [sats], and its part of the coinbase."""
        coinbases = await self._node.coinbases(heights.first, heights.last)
        parts = {}
        for height, outputs in enumerate(coinbases, start=heights.first):
            paid = sum(output.sats for output in outputs if output.script in scripts)
            if paid:
                whole = sum(output.sats for output in outputs)
                parts[BlockHeight(height)] = (Sats(paid), Fraction(paid, whole))
        return parts

    async def _derived(self, parts: dict[BlockHeight, tuple[Sats, Fraction]]) -> Wad:
        """Derive the day's hashrate [the network's unit, TH/s on mainnet, 1e18] from the work."""
        hashes = Fraction(0)
        for height, (_, part) in parts.items():
            (found,) = await self._node.blocks(height, height)
            hashes += expected_hashes(found.block.bits, self._node.network) * part
        return Wad(int(hashes * WAD / (DAY_SECONDS * self._node.network.unit_hashes)))
