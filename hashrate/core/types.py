# SPDX-License-Identifier: AGPL-3.0-only
"""Domain numbers and the frozen records that travel through the package."""

from dataclasses import dataclass
from fractions import Fraction
from typing import NewType

from hashrate.core.errors import BlockOrderError

Sats = NewType("Sats", int)
"""1e-8 BTC."""
Wad = NewType("Wad", int)
"""1e18 fixed point."""
UsdE8 = NewType("UsdE8", int)
"""US dollars, 1e8 fixed point."""
BlockHeight = NewType("BlockHeight", int)
"""Height of a block; the genesis block is 0."""
DayIndex = NewType("DayIndex", int)
"""UTC day: unix time // 86400."""
UnixSeconds = NewType("UnixSeconds", int)
"""Seconds since 1970-01-01 00:00 UTC."""
CompactBits = NewType("CompactBits", int)
"""A block header's target in its 32-bit compact form."""


@dataclass(frozen=True, slots=True)
class Network:
    """The consensus parameters that a day's facts depend on.

    Attributes:
        name: how the network is called.
        halving_blocks: blocks between two halvings of the subsidy.
        unit_hashes: hashes per second of the unit that hashprice is quoted for.
        pow_limit: the easiest target allowed.
        retargets: whether difficulty adjusts every 2016 blocks.
    """

    name: str
    halving_blocks: int
    unit_hashes: int
    pow_limit: int
    retargets: bool


MAINNET = Network("mainnet", 210_000, 10**12, 0xFFFF << 208, retargets=True)
SIGNET = Network("signet", 210_000, 10**12, 0x0377AE << 216, retargets=True)
REGTEST = Network("regtest", 150, 1, 0x7FFFFF << 232, retargets=False)


@dataclass(frozen=True, slots=True)
class Block:
    """What one block contributes to its day.

    Attributes:
        height: its height.
        time: header time [unix s]; may lie before its parent's.
        mediantime: median of the 11 header times ending with its own [unix s].
        bits: its compact target.
        fees_sats: what its coinbase pays beyond the subsidy allowed, at least zero [sats]. Less
            than its transactions' fees where the miner claimed too little: only what the coinbase
            pays can be proven.
    """

    height: BlockHeight
    time: UnixSeconds
    mediantime: UnixSeconds
    bits: CompactBits
    fees_sats: Sats


@dataclass(frozen=True, slots=True)
class Segment:
    """Consecutive blocks mined at one compact target.

    Attributes:
        first_height: height of its first block.
        last_height: height of its last block; a segment has at least one.
        bits: the compact target of all its blocks.
        fees_sats: sum of their fees [sats]; a fraction only where a source knows nothing finer
            than the day and spreads the day's fees evenly.
    """

    first_height: BlockHeight
    last_height: BlockHeight
    bits: CompactBits
    fees_sats: Fraction

    def __post_init__(self) -> None:
        """Refuse a segment that cannot be.

        Raises:
            BlockOrderError: heights that are negative or out of order, or negative fees.
        """
        if not 0 <= self.first_height <= self.last_height:
            raise BlockOrderError(f"segment {self.first_height}..{self.last_height} has no block")
        if self.fees_sats < 0:
            raise BlockOrderError(f"segment at {self.first_height} has negative fees")

    @property
    def blocks(self) -> int:
        """Count its blocks."""
        return self.last_height - self.first_height + 1


@dataclass(frozen=True, slots=True)
class DayFacts:
    """The facts of one UTC day, in the order of the contract's `DayFacts` struct.

    Attributes:
        day: the UTC day [unix time // 86400].
        first_height: height of the day's first block.
        last_height: height of its last block; first_height - 1 on a day without blocks.
        subsidy_sats: sum of the subsidies the schedule allows at these heights [sats].
        fees_sats: sum of the blocks' fees [sats].
        hashprice_wad: expected satoshi per TH/s per day [1e18].
        difficulty_wad: mean difficulty of the day's blocks [1e18].
    """

    day: DayIndex
    first_height: BlockHeight
    last_height: BlockHeight
    subsidy_sats: Sats
    fees_sats: Sats
    hashprice_wad: Wad
    difficulty_wad: Wad

    @property
    def blocks(self) -> int:
        """Count the day's blocks."""
        return self.last_height - self.first_height + 1

    def as_tuple(self) -> tuple[int, int, int, int, int, int, int]:
        """Return the facts in ABI order, ready for a contract call."""
        return (
            self.day,
            self.first_height,
            self.last_height,
            self.subsidy_sats,
            self.fees_sats,
            self.hashprice_wad,
            self.difficulty_wad,
        )


@dataclass(frozen=True, slots=True)
class DayObservation:
    """What a source says about one day.

    Attributes:
        facts: the day's facts.
        btc_usd_e8: the price of one bitcoin at the end of the day [USD, 1e8].
    """

    facts: DayFacts
    btc_usd_e8: UsdE8


BlockHash = NewType("BlockHash", str)
"""A block's hash as people read it: 64 lower-case hexadecimal digits, most significant first."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One answer of a source over HTTP, as the journal keeps it. It holds no secret.

    Attributes:
        source: id of the source that was asked.
        method: HTTP method.
        url: the address asked, without user, password, secret parameters and fragment.
        subject: what was asked for where the address does not say it, such as RPC methods.
        status: HTTP status.
        body_sha256: hash of the body's bytes as they came, hexadecimal.
        size: length of the body [bytes].
        is_complete: whether the whole body was read; a body over the limit is not.
        fetched_at: this machine's clock when the answer ended [unix s].
        server_time: the server's clock by its `Date` header [unix s], where it has one.
    """

    source: str
    method: str
    url: str
    subject: str
    status: int
    body_sha256: str
    size: int
    is_complete: bool
    fetched_at: UnixSeconds
    server_time: UnixSeconds | None


@dataclass(frozen=True, slots=True)
class ChainTip:
    """The newest block a Bitcoin source knows.

    Attributes:
        height: its height.
        hash: its hash.
        mediantime: its median time past [unix s].
        source: id of the source.
    """

    height: BlockHeight
    hash: BlockHash
    mediantime: UnixSeconds
    source: str


@dataclass(frozen=True, slots=True)
class SourcedBlock:
    """A block as one Bitcoin source gives it.

    Attributes:
        block: what it contributes to its day.
        hash: its hash.
    """

    block: Block
    hash: BlockHash


@dataclass(frozen=True, slots=True)
class HeightRange:
    """The blocks of a day; `last` is `first - 1` on a day without blocks."""

    first: BlockHeight
    last: BlockHeight


@dataclass(frozen=True, slots=True)
class Price:
    """One bitcoin's closing price of a day on one exchange.

    Attributes:
        btc_usd_e8: the price [USD, 1e8].
        closed_at: end of the candle it is the close of [unix s].
        source: id of the source.
    """

    btc_usd_e8: UsdE8
    closed_at: UnixSeconds
    source: str


@dataclass(frozen=True, slots=True)
class MiningOutput:
    """What a fleet's mining brought on one day that is closed.

    Attributes:
        day: the day; where the pool's day does not begin at midnight UTC, the one it begins in.
        credited_sats: credited to the account, net of the pool's fee [sats].
        delivered_ths_wad: average hashrate delivered over the day [TH/s, 1e18].
        source: id of the source.
    """

    day: DayIndex
    credited_sats: Sats
    delivered_ths_wad: Wad
    source: str
