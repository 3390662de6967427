# SPDX-License-Identifier: AGPL-3.0-only
"""One history and one table of all series, by year, with dates and the holder's currency."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.conftest import OpenVisit
from tests.web.test_holder import download
from tests.web.visit import Visit
from tests.web.wallet import Wallet
from tests.web.world import World

pytestmark = pytest.mark.e2e


def test_history__of_the_account__has_every_day_of_every_series(
    visit: Visit, world: World, wallet: Wallet, tmp_path: Path
) -> None:
    visit.connect(wallet)
    claimed = visit.claim(world.fjord)
    left = world.claimable(world.prairie, world.holder)
    visit.page.get_by_role("link", name="My history").click()

    days = download(visit, "csv-export", tmp_path)
    claims = download(visit, "csv-export-claims", tmp_path)

    visit.expect_base_units(visit.see("earned"), claimed + left)
    expect(visit.see("history-check")).to_have_attribute("data-agrees", "true")
    assert sum(int(row["amount_base_units"]) for row in days) == claimed + left
    tokens = {row["token"] for row in days}
    assert tokens == {series.label.symbol for series in world.series}
    assert [row["date_utc"] for row in days] == sorted(row["date_utc"] for row in days)
    assert [int(row["amount_base_units"]) for row in claims] == [claimed]
    expect(visit.see("my-claim")).to_have_count(1)
    expect(visit.see("my-claim")).to_contain_text(re.compile(r"[A-Z][a-z]{2} \d+, \d{4}.* UTC"))
    expect(visit.see("my-claim")).not_to_contain_text("Block")


def test_history__everything_sold_and_claimed__still_is_there(
    open_visit: OpenVisit, world: World
) -> None:
    holder = world.holder.address
    for series in world.series:
        balance = series.token.read("balanceOf", holder)
        series.token.send("transfer", world.stranger.address, balance, sender=holder)
        series.distributor.send("claim", holder, sender=world.keeper)
    wallet = Wallet("Red Wallet", [world.holder], world.rpc)
    visit = open_visit(world, [wallet])
    visit.open("#/mine")
    visit.connect(wallet)

    expect(visit.see("my-day-row")).to_have_count(22)
    expect(visit.see("my-claim")).to_have_count(2)


def test_history__of_a_year__is_in_the_table_and_the_file(
    visit: Visit, world: World, wallet: Wallet, tmp_path: Path
) -> None:
    visit.connect(wallet)
    visit.open("#/mine")
    expect(visit.see("csv-export")).to_be_visible()

    expect(visit.see("year")).to_have_count(0)  # there is one year only

    for day in range(14, 270):
        world.move_to(day, 2)
        world.report_day(day - 1)
    world.anvil.warp(world.anvil.now() + 5 * 86_400)
    world.fjord.distributor.send("settle", 64, sender=world.keeper)
    for _ in range(4):
        world.settle()
    visit.page.reload()
    visit.see("year").select_option("2029")
    days = download(visit, "csv-export", tmp_path)
    assert days
    assert {row["date_utc"][:4] for row in days} == {"2029"}


def test_export__currency_of_the_host__has_its_value_and_rate(
    open_visit: OpenVisit, world: World, wallet: Wallet, tmp_path: Path
) -> None:
    currency = {"code": "TWD", "per_usd_e6": "32500000", "as_of": "2026-11-20"}
    visit = open_visit(world, [wallet], deployment={"currency": currency})
    visit.open()
    visit.connect(wallet)
    visit.button("Settings").click()
    visit.see("currency").select_option("host")
    visit.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    visit.open("#/mine")

    days = download(visit, "csv-export", tmp_path)

    for row in days:
        assert row["twd_per_usd"] == "32.5"
        assert row["rate_date"] == "2026-11-20"
        assert float(row["value_twd"]) == pytest.approx(32.5 * float(row["value_usd"]))
    assert days
