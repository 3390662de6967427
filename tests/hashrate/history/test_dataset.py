# SPDX-License-Identifier: AGPL-3.0-only
"""The dataset source: what it reads, how it rounds, what it refuses."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from hashrate.bitcoin.errors import NoBlocksError
from hashrate.core.errors import MissingFileError
from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_iso
from hashrate.history import open_source
from hashrate.history.dataset import DatasetSource
from hashrate.history.errors import MalformedDataError, SourceSpecError, UnknownDayError
from tests.oracles.builders import DAILY_ROWS, EPOCH_ROWS, changed, write_dataset

pytestmark = pytest.mark.unit

Rows = list[dict[str, str]]
FIRST = day_from_iso("2009-01-20")


def test_observe__day_of_one_difficulty__returns_exact_facts(tmp_path: Path) -> None:
    source = open_source(f"dataset:{write_dataset(tmp_path)}")

    seen = source.observe(FIRST)

    reward = 100 * 5_000_000_000 + 100
    price = 86_400 * 10**30 * reward // (100 * 2**32)
    assert seen.facts.as_tuple() == (FIRST, 1900, 1999, 500_000_000_000, 100, price, 10**18)
    assert seen.btc_usd_e8 == 12_345_678  # 0.123456789, floor
    assert (source.label, source.is_simulated) == ("dataset", False)
    assert (source.first_day, source.last_day) == (FIRST, FIRST + 2)


def test_observe__day_with_retarget__spreads_fees_evenly_over_blocks(tmp_path: Path) -> None:
    seen = DatasetSource(write_dataset(tmp_path)).observe(DayIndex(FIRST + 1))

    # 16 blocks at difficulty 1, 16 at 2, each with 0.1 BTC of fees
    reward = 5_000_000_000 + 10_000_000
    mean = (Fraction(16 * reward, 2**32) + Fraction(16 * reward, 2**33)) / 32
    assert seen.facts.hashprice_wad == int(86_400 * 10**30 * mean)
    assert seen.facts.difficulty_wad == 15 * 10**17
    assert seen.facts.fees_sats == 320_000_000


def test_observe__fees_that_do_not_divide__loses_no_satoshi(tmp_path: Path) -> None:
    daily = changed(DAILY_ROWS, 1, FeeTotNtv="0.00000007")

    seen = DatasetSource(write_dataset(tmp_path, daily)).observe(DayIndex(FIRST + 1))

    assert seen.facts.fees_sats == 7


def test_observe__fees_of_fractional_satoshi__drops_the_fraction(tmp_path: Path) -> None:
    whole = DatasetSource(write_dataset(tmp_path)).observe(FIRST)
    daily = changed(DAILY_ROWS, 0, FeeTotNtv="0.00000100999999999")

    assert DatasetSource(write_dataset(tmp_path, daily)).observe(FIRST) == whole


def test_observe__day_without_blocks__repeats_the_day_before(tmp_path: Path) -> None:
    source = DatasetSource(write_dataset(tmp_path))

    before, empty = source.observe(DayIndex(FIRST + 1)), source.observe(DayIndex(FIRST + 2))

    assert (empty.facts.first_height, empty.facts.last_height) == (2032, 2031)
    assert (empty.facts.subsidy_sats, empty.facts.fees_sats) == (0, 0)
    assert empty.facts.hashprice_wad == before.facts.hashprice_wad
    assert empty.facts.difficulty_wad == before.facts.difficulty_wad
    assert empty.btc_usd_e8 == 3 * 10**8


def test_observe__no_day_with_blocks_before__raises(tmp_path: Path) -> None:
    source = DatasetSource(write_dataset(tmp_path, DAILY_ROWS[2:]))

    with pytest.raises(NoBlocksError, match="2009-01-22"):
        source.observe(DayIndex(FIRST + 2))


@pytest.mark.parametrize("offset", [-1, 3])
def test_observe__day_outside__raises_and_names_the_range(tmp_path: Path, offset: int) -> None:
    source = DatasetSource(write_dataset(tmp_path))

    with pytest.raises(UnknownDayError, match=r"\(2009-01-20 to 2009-01-22\)"):
        source.observe(DayIndex(FIRST + offset))


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("height_first", "19xx", "'19xx' is not a non-negative integer"),
        ("height_last", "-5", "'-5' is not a non-negative integer"),
        ("BlkCnt", "100.0", "'100.0' is not a non-negative integer"),
        ("BlkCnt", "99", "99 blocks, but heights 1900..1999"),
        ("IssTotNtv", "", "'' is not a decimal number"),
        ("IssTotNtv", "4999", "the schedule allows 500000000000 sats"),
        ("FeeTotNtv", "abc", "'abc' is not a decimal number"),
        ("FeeTotNtv", "-0.1", "'-0.1' is not a non-negative decimal number"),
        ("PriceUSD", "NaN", "'NaN' is not a non-negative decimal number"),
        ("PriceUSD", "0.000000001", "'0.000000001' is not a price"),
    ],
)
def test_observe__malformed_cell__names_file_row_and_column(
    tmp_path: Path, column: str, cell: str, why: str
) -> None:
    source = DatasetSource(write_dataset(tmp_path, changed(DAILY_ROWS, 0, **{column: cell})))

    with pytest.raises(MalformedDataError) as error:
        source.observe(FIRST)

    assert str(error.value).startswith(f"btc_daily.csv row 2 column {column}: {why}")
    assert source.observe(DayIndex(FIRST + 1)).facts.blocks == 32  # other days are not in the way


def test_observe__fees_without_a_block__raises(tmp_path: Path) -> None:
    source = DatasetSource(write_dataset(tmp_path, changed(DAILY_ROWS, 2, FeeTotNtv="1")))

    with pytest.raises(MalformedDataError, match="row 4 column FeeTotNtv: fees without a block"):
        source.observe(DayIndex(FIRST + 2))


def test_observe__heights_beyond_the_epochs__raises(tmp_path: Path) -> None:
    source = DatasetSource(write_dataset(tmp_path, epochs=EPOCH_ROWS[:1]))

    with pytest.raises(MalformedDataError, match="row 3 column height_last: .* does not cover"):
        source.observe(DayIndex(FIRST + 1))


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("bits_hex", "1d00fff", "'1d00fff' is not 8 hexadecimal digits"),
        ("bits_hex", "1d80ffff", "bits 0x1d80ffff is a negative target"),
        ("bits_hex", "1d000000", "bits 0x1d000000 is a target of zero"),
        ("start_height", "2017", "2017 does not follow 2015"),
        ("end_height", "2015", "2015 is below start_height 2016"),
    ],
)
def test_dataset__malformed_epoch__names_file_row_and_column(
    tmp_path: Path, column: str, cell: str, why: str
) -> None:
    write_dataset(tmp_path, epochs=changed(EPOCH_ROWS, 1, **{column: cell}))

    with pytest.raises(MalformedDataError) as error:
        DatasetSource(tmp_path)

    assert str(error.value) == f"difficulty_epochs.csv row 3 column {column}: {why}"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (changed(DAILY_ROWS, 1, date="2009-1-21"), "row 3 column date: '2009-1-21'"),
        (changed(DAILY_ROWS, 1, date="2009-01-20"), "row 3 column date: 2009-01-20 is there twice"),
        ([], "holds no day"),
    ],
)
def test_dataset__unusable_dates__raises(tmp_path: Path, rows: Rows, why: str) -> None:
    with pytest.raises(MalformedDataError, match=why):
        DatasetSource(write_dataset(tmp_path, rows))


def test_dataset__no_epoch__raises(tmp_path: Path) -> None:
    with pytest.raises(MalformedDataError, match="holds no epoch"):
        DatasetSource(write_dataset(tmp_path, epochs=[]))


def _cut_cell(text: str) -> str:
    return text.replace(",0.123456789", "")


def _extra_cell(text: str) -> str:
    return text.replace("0.123456789", "0.123456789,1")


def _column_renamed(text: str) -> str:
    return text.replace("PriceUSD", "Price")


def _column_repeated(text: str) -> str:
    return text.replace("HashRate_THs", "PriceUSD")


def _open_quote(text: str) -> str:
    return text.replace("0.123456789", '"0.123456789')


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (_cut_cell, "row 2 column PriceUSD: the row has 7 cells, the header 8"),
        (_extra_cell, "row 2 column PriceUSD: the row has 9 cells, the header 8"),
        (_column_renamed, "row 1 column PriceUSD: not there exactly once"),
        (_column_repeated, "row 1 column PriceUSD: not there exactly once"),
        (_open_quote, "not a CSV file"),
        (lambda _: "", "row 1 column date: not there exactly once"),
    ],
)
def test_dataset__damaged_file__raises_and_names_the_place(
    tmp_path: Path, damage: Callable[[str], str], why: str
) -> None:
    path = write_dataset(tmp_path) / "btc_daily.csv"
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")

    with pytest.raises(MalformedDataError, match=why):
        DatasetSource(tmp_path)


def test_dataset__not_utf8__raises(tmp_path: Path) -> None:
    (write_dataset(tmp_path) / "btc_daily.csv").write_bytes(b"date,\xff\n")

    with pytest.raises(MalformedDataError, match="UTF-8"):
        DatasetSource(tmp_path)


@pytest.mark.parametrize("name", ["btc_daily.csv", "difficulty_epochs.csv"])
def test_dataset__file_missing__raises_and_names_it(tmp_path: Path, name: str) -> None:
    (write_dataset(tmp_path) / name).unlink()

    with pytest.raises(MissingFileError, match=f"{name}: No such file"):
        DatasetSource(tmp_path)


@pytest.mark.parametrize("spec", ["", "dataset", "dataset:", "postgres:x", ":x", "simulated:"])
def test_open_source__no_known_source__raises(spec: str) -> None:
    with pytest.raises(SourceSpecError, match="source"):
        open_source(spec)
