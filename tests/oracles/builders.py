# SPDX-License-Identifier: AGPL-3.0-only
"""Blocks, segments, reports and dataset files for the oracle tests, and Hypothesis strategies."""

import csv
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from hypothesis import strategies as st

from hashrate.core.types import (
    Block,
    BlockHeight,
    CompactBits,
    DayFacts,
    DayIndex,
    Sats,
    Segment,
    UnixSeconds,
    Wad,
)
from hashrate.reports.report import DayReport, OracleDomain, OutputReport

DIFFICULTY_ONE = CompactBits(0x1D00FFFF)
DAY_SECONDS = 86_400

# Targets at and below mainnet's limit, every mantissa in its shortest form.
compact_bits = st.builds(
    lambda size, mantissa: CompactBits(size << 24 | mantissa),
    st.integers(0x04, 0x1C),
    st.integers(0x008000, 0x7FFFFF),
)
fee_sats = st.integers(0, 100 * 10**8)


@st.composite
def block_runs(draw: st.DrawFn) -> list[Block]:
    """Draw 1 to 40 consecutive blocks of one day, near a halving, with one to four targets."""
    first = draw(st.integers(0, 10)) * 210_000 + draw(st.integers(0, 60))
    first = max(0, first - 30)
    palette = draw(st.lists(compact_bits, min_size=1, max_size=4))
    rows = draw(st.lists(st.tuples(st.sampled_from(palette), fee_sats), min_size=1, max_size=40))
    return [make_block(first + i, bits=bits, fees=fees) for i, (bits, fees) in enumerate(rows)]


def make_block(
    height: int, day: int = 100, bits: int = DIFFICULTY_ONE, fees: int = 0, second: int = 0
) -> Block:
    """Make a block whose header time and mediantime are the same second of a day."""
    time = UnixSeconds(day * DAY_SECONDS + second)
    return Block(BlockHeight(height), time, time, CompactBits(bits), Sats(fees))


def make_segment(first: int, last: int, bits: int = DIFFICULTY_ONE, fees: int = 0) -> Segment:
    """Make a segment; fees in satoshi."""
    return Segment(BlockHeight(first), BlockHeight(last), CompactBits(bits), Fraction(fees))


def make_facts(**changes: int) -> DayFacts:
    """Make facts that look like a day of 2024; any field can be changed."""
    values = {
        "day": 19_833,
        "first_height": 840_004,
        "last_height": 840_133,
        "subsidy_sats": 40_625_000_000,
        "fees_sats": 7_000_000_000,
        "hashprice_wad": 85 * 10**18,
        "difficulty_wad": 86 * 10**30,
    } | changes
    return DayFacts(
        DayIndex(values["day"]),
        BlockHeight(values["first_height"]),
        BlockHeight(values["last_height"]),
        Sats(values["subsidy_sats"]),
        Sats(values["fees_sats"]),
        Wad(values["hashprice_wad"]),
        Wad(values["difficulty_wad"]),
    )


DOMAIN = OracleDomain(31337, to_checksum_address("0x5fbdb2315678afecb367f032d93f642f64180aa3"))
SERIES = to_checksum_address("0xe7f1725e7734ce288f8367e1bb143e90bb3f0512")


def make_day_report(revision: int = 0, membership_version: int = 1, **facts: int) -> DayReport:
    """Make a day report; see `make_facts`."""
    return DayReport(make_facts(**facts), revision, membership_version)


def make_output_report(credited_sats: int = 85_000) -> OutputReport:
    """Make the output report of a series that delivered 1,000 TH/s."""
    return OutputReport(SERIES, DayIndex(19_833), Sats(credited_sats), 1_000 * 10**18, 0, 1)


def reporter(number: int) -> LocalAccount:
    """Make a reporter's account; its key is public knowledge."""
    account = Account.from_key(number.to_bytes(32, "big"))
    assert isinstance(account, LocalAccount)
    return account


DAILY_HEADER = (
    "date",
    "height_first",
    "height_last",
    "BlkCnt",
    "IssTotNtv",
    "FeeTotNtv",
    "HashRate_THs",
    "PriceUSD",
)
EPOCH_HEADER = ("start_height", "end_height", "bits_hex", "difficulty")

# Invented days around the first retarget of height 2016: easy to check by hand.
DAILY_ROWS: tuple[dict[str, str], ...] = (
    {
        "date": "2009-01-20",
        "height_first": "1900",
        "height_last": "1999",
        "BlkCnt": "100",
        "IssTotNtv": "5000",
        "FeeTotNtv": "0.00000100",
        "HashRate_THs": "not read",
        "PriceUSD": "0.123456789",
    },
    {
        "date": "2009-01-21",
        "height_first": "2000",
        "height_last": "2031",
        "BlkCnt": "32",
        "IssTotNtv": "1600",
        "FeeTotNtv": "3.2",
        "HashRate_THs": "not read",
        "PriceUSD": "2",
    },
    {
        "date": "2009-01-22",
        "height_first": "2032",
        "height_last": "2031",
        "BlkCnt": "0",
        "IssTotNtv": "0",
        "FeeTotNtv": "0",
        "HashRate_THs": "not read",
        "PriceUSD": "3",
    },
)
EPOCH_ROWS: tuple[dict[str, str], ...] = (
    {"start_height": "0", "end_height": "2015", "bits_hex": "1d00ffff", "difficulty": "wrong"},
    # half the target: difficulty 2
    {"start_height": "2016", "end_height": "4031", "bits_hex": "1c7fff80", "difficulty": "wrong"},
)


def write_dataset(
    folder: Path,
    daily: Sequence[Mapping[str, str]] = DAILY_ROWS,
    epochs: Sequence[Mapping[str, str]] = EPOCH_ROWS,
) -> Path:
    """Write both files of a dataset into a folder."""
    for name, header, rows in (
        ("btc_daily.csv", DAILY_HEADER, daily),
        ("difficulty_epochs.csv", EPOCH_HEADER, epochs),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def changed(rows: Sequence[dict[str, str]], index: int, **cells: str) -> list[dict[str, str]]:
    """Copy rows with some cells of one row replaced."""
    return [row | cells if i == index else row for i, row in enumerate(rows)]
