# SPDX-License-Identifier: AGPL-3.0-only
"""Every number that docs/market.md prints is the one that the commands compute."""

import re
import shlex
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.forwards.bands import frequency_rows, payout_rows, read_past
from commands.forwards.history import parse_band, row_of, settle_months, sums_of
from commands.shell.provenance import ROOT
from hashrate.core.units import day_from_iso
from hashrate.history.dataset import DatasetSource
from hashrate.products.forwards.bands import Band, Style, band_of
from hashrate.products.forwards.months import Month, parse_months
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import STANDARD_BANDS
from scripts.hedge import cli

pytestmark = pytest.mark.unit

PAGE = (ROOT / "docs/market.md").read_text(encoding="utf-8")


def history_command() -> list[str]:
    """Take the arguments of the page's `history` command, its lines joined."""
    found = re.search(r"    ape run forwards history ((?:.*\\\n)*.*)\n", PAGE)
    assert found is not None
    return shlex.split(found[1].replace("\\\n", " "))


def section(title: str) -> str:
    """Take a section of the page."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_market_page__six_months_of_2024__are_what_its_command_computes(
    market_data_dir: Path,
) -> None:
    months, *options = history_command()
    given = [text for flag, text in pairwise(options) if flag == "--band"]
    bands = dict(parse_band(text) for text in given)
    source = DatasetSource(market_data_dir)

    settled = settle_months(source, parse_months(months), bands)

    rows = [f"| {' | '.join(row_of(each))} |" for each in settled]
    lines = section("Six months around the halving of 2024").splitlines()
    printed = [line for line in lines if line.startswith(("| HPS", "| HPU", "| DIF"))]
    assert len(rows) == 18
    assert sorted(rows) == sorted(printed)


def test_market_page__bands__are_what_their_command_computes(market_data_dir: Path) -> None:
    past = read_past(DatasetSource(market_data_dir))

    rows = [*frequency_rows(past, day_from_iso("2019-01-01")), *payout_rows(30)]

    lines = section("Floors and caps").splitlines()
    assert len(rows) == 25
    for row in rows:
        assert f"| {' | '.join(row)} |" in lines


def test_market_page__insurance__is_right_to_the_satoshi(market_data_dir: Path) -> None:
    # by hand: 29 days of February 2024, listed on 1 January
    example = section("Insurance").replace("\n", " ")
    source = DatasetSource(market_data_dir)
    listing = day_from_iso("2024-01-01")
    index = read_past(source).total(Product.HASHPRICE_SATS, listing - 7, listing)
    ticks = Fraction(index, 7 * 10**15)
    band = band_of(Style.INSURANCE, Product.HASHPRICE_SATS, ticks, 31)
    days = int(Fraction(sums_of(source, Month(2024, 2))[Product.HASHPRICE_SATS], 10**15))
    premium, payout = 29 * (180_000 - 175_000), 29 * 180_000 - days

    assert band == Band(44_000, 180_000)
    assert f"stood at {int(ticks):,} sat" in example
    assert f"{premium:,} sat for each contract" in example
    assert f"days add up to {days:,}. SHORT pays {payout:,}" in example
    assert f"together {days + payout - premium:,}" in example
    assert days + payout - premium == 29 * 175_000


def test_market_page__example__is_right_to_the_satoshi(market_data_dir: Path) -> None:
    # by hand from the sum of the days: 31 of them, floor 50,000, cap 300,000
    example = section("An example to the satoshi")
    exact = Fraction(
        sums_of(DatasetSource(market_data_dir), Month(2024, 5))[Product.HASHPRICE_SATS], 10**15
    )
    long = int(exact) - 31 * 50_000
    short = 31 * 300_000 - int(exact)
    paid = {"miner": 20 * 31 * 210_000, "buyer": 20 * 31 * 40_000, "third": 5 * 31 * 45_000}
    gets = {"miner": 20 * short, "buyer": 15 * long, "third": 5 * long}

    assert f"{int(exact):,}.{int(exact % 1 * 10**15):015d} sat for 1 PH/s" in example
    assert f"LONG pays {long:,}, SHORT {short:,}." in example
    for name, before in (("miner", 0), ("buyer", paid["third"]), ("third", 0)):
        profit = gets[name] + before - paid[name]
        paid_before = f"{before:,} " if before else ""
        cells = f"| {paid[name]:,} | {paid_before}| {gets[name]:,} | {profit:+,} |"
        assert cells in example, name
    assert sum(gets.values()) == 155_000_000 == 20 * 31 * 250_000
    mined = 20 * exact
    assert f"mined {int(mined):,}.{int(mined % 1 * 1000):03d} sat" in example
    whole = mined + gets["miner"] - paid["miner"]
    assert f"that is {int(whole):,}.{int(whole % 1 * 1000):03d}" in example


def test_market_page__hedge__is_what_its_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HASHRATE_DATA", raising=False)
    block = section("A miner's hedge").partition("```\n$ ape run hedge ")[2].partition("\n```")[0]
    command, *printed = block.splitlines()

    result = CliRunner().invoke(cli, shlex.split(command))

    assert result.exit_code == 0, result.output
    shown = [line.rstrip() for line in result.output.splitlines()]
    assert len(printed) > 20
    assert shown[: len(printed)] == printed


def test_market_page__bands__are_those_of_the_listing() -> None:
    listing = section("Floors and caps")
    for band in STANDARD_BANDS:
        product = band.product
        floor, cap = (
            {
                Product.HASHPRICE_SATS: f"{ticks:,} sat",
                Product.HASHPRICE_USD: f"${ticks // 100}.{ticks % 100:02}",
                Product.DIFFICULTY: f"{ticks // 1000} T",
            }[product]
            for ticks in (band.band.floor_ticks, band.band.cap_ticks)
        )
        row = rf"\| `{product.value}-{band.since}` .*\| {re.escape(floor)} \| {re.escape(cap)} \|"
        assert re.search(row, listing), band
