# SPDX-License-Identifier: AGPL-3.0-only
"""An invented Bitcoin chain that keeps the rules of the real one.

Blocks arrive as hashrate and difficulty make them arrive; header times wander, now and then behind
their parent's; mediantime, the subsidy and the 2016-block retarget follow consensus exactly.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from hashrate.bitcoin.days import MEDIAN_TIME_SPAN, median_time_past
from hashrate.bitcoin.difficulty import RETARGET_BLOCKS, expected_hashes, next_bits
from hashrate.core.types import (
    MAINNET,
    Block,
    BlockHeight,
    CompactBits,
    DayIndex,
    Network,
    Sats,
    UnixSeconds,
)
from hashrate.core.units import DAY_SECONDS, day_start
from hashrate.history.entropy import WORD_BITS, Entropy

_BPS = 10_000
_BLOCK_SECONDS = 600
# Time is counted in 2^-32 s, so that arrivals do not lose half a second each to rounding.
_TICK_BITS = 32

_START_HASHRATE_BPS = 10_400  # 4 % more than the difficulty is made for: the retarget shows
_HASHRATE_STEP_BPS = 240
_HASHRATE_GROWTH_BPS = 8
_FEE_STEP_BPS = 2_500
_FEE_PULL = 8  # each day the fee level returns an eighth of the way to its mean
_FEE_SPIKE_ONE_IN = 24
_FEE_SPIKE_MAX = 9
_HEADER_JITTER_SECONDS = 90
_HEADER_STRAY_ONE_IN = 40
_HEADER_STRAY_SECONDS = 1_800


@dataclass(frozen=True, slots=True)
class ChainStart:
    """Where an invented chain begins to be observed.

    Attributes:
        seed: decides everything that is left to chance.
        day: the first day to observe.
        height: height expected at the start of that day.
        bits: compact target of the epoch that height lies in.
        block_fees_sats: mean fees of a block on an ordinary day [sats].
    """

    seed: str
    day: DayIndex
    height: BlockHeight
    bits: CompactBits
    block_fees_sats: Sats


class SimulatedChain:
    """Invents the blocks of one network, from the first block of the start's epoch onward."""

    def __init__(self, start: ChainStart, network: Network = MAINNET) -> None:
        """Set the chain up at the epoch's first block, as long before the day as it takes."""
        self._network = network
        self._intervals = Entropy(start.seed, "intervals")
        self._headers = Entropy(start.seed, "headers")
        self._fees = Entropy(start.seed, "fees")
        self._levels = Entropy(start.seed, "levels")
        self._mean_fees = start.block_fees_sats
        self._fee_level = self._day_fees = int(start.block_fees_sats)
        self._bits = start.bits
        self._hashes = int(expected_hashes(start.bits, network))
        self._hashrate = max(1, self._hashes * _START_HASHRATE_BPS // (_BLOCK_SECONDS * _BPS))
        self._height = start.height - start.height % RETARGET_BLOCKS
        lead = (start.height - self._height) * self._hashes // self._hashrate
        self._epoch_start = opening = day_start(start.day) - lead
        self._ticks = opening << _TICK_BITS
        self._day = opening // DAY_SECONDS
        earlier = range(opening - MEDIAN_TIME_SPAN * _BLOCK_SECONDS, opening, _BLOCK_SECONDS)
        self._times = deque((UnixSeconds(time) for time in earlier), maxlen=MEDIAN_TIME_SPAN)

    def blocks(self) -> Iterator[Block]:
        """Return the chain's blocks by height, without end."""
        while True:
            self._wait_for_block()
            time = self._header_time()
            if self._height % RETARGET_BLOCKS == 0:
                self._epoch_start = time
            self._times.append(time)
            yield Block(
                height=BlockHeight(self._height),
                time=time,
                mediantime=median_time_past(tuple(self._times)),
                bits=self._bits,
                fees_sats=Sats(self._fees.exponential() * self._day_fees >> WORD_BITS),
            )
            self._height += 1
            if self._height % RETARGET_BLOCKS == 0:
                self._bits = next_bits(self._bits, time - self._epoch_start, self._network)
                self._hashes = int(expected_hashes(self._bits, self._network))

    def _wait_for_block(self) -> None:
        wait = self._intervals.exponential() * self._hashes // self._hashrate
        self._ticks += wait >> (WORD_BITS - _TICK_BITS)
        while self._day < (self._ticks >> _TICK_BITS) // DAY_SECONDS:
            self._day += 1
            self._step_levels()

    def _step_levels(self) -> None:
        """Move hashrate and fees from one day to the next."""
        step = _HASHRATE_GROWTH_BPS + self._levels.around_zero(_HASHRATE_STEP_BPS)
        self._hashrate = max(1, self._hashrate * (_BPS + step) // _BPS)
        pulled = self._fee_level + (self._mean_fees - self._fee_level) // _FEE_PULL
        self._fee_level = pulled * (_BPS + self._levels.around_zero(_FEE_STEP_BPS)) // _BPS
        spiking = self._levels.between(1, _FEE_SPIKE_ONE_IN) == 1
        spike = self._levels.between(2, _FEE_SPIKE_MAX)
        self._day_fees = self._fee_level * (spike if spiking else 1)

    def _header_time(self) -> UnixSeconds:
        """Date a block by its miner's clock, always past the parent's mediantime."""
        stray = self._headers.between(1, _HEADER_STRAY_ONE_IN) == 1
        reach = _HEADER_STRAY_SECONDS if stray else _HEADER_JITTER_SECONDS
        clock = (self._ticks >> _TICK_BITS) + self._headers.between(-reach, reach)
        return UnixSeconds(max(clock, median_time_past(tuple(self._times)) + 1))
