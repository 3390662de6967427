# SPDX-License-Identifier: AGPL-3.0-only
"""What a holder reads first: net, in money of the world, true to the clock and to the payee."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from eth_utils import keccak
from playwright.sync_api import expect

from testing.series import Label
from tests.web.conftest import OpenVisit
from tests.web.visit import Visit
from tests.web.wallet import Wallet
from tests.web.world import BTC, DAY_SECONDS, WAD, Listing, Series, World

pytestmark = pytest.mark.e2e

MEAN_DAYS = 7
DAY_SETTLED = keccak(text="DaySettled(uint256,bool,uint256,uint256,uint256,uint256,uint256)")
REWARD_WORD = 4  # of the event's data
PRICE_FIELD = 3  # of a day's record
FINAL_FIELD, OUTPUT_FINAL_FIELD = 2, 5  # of a day's facts
ARREARS_FIELD = 3  # of a ledger
POOR = Listing(
    Label("Hashrate Moor", "thMOOR", "Moor"), guaranteed_uptime_bps=10_000, bond_per_th=0
)


def iso(at: int) -> str:
    """Write a time [unix s] as a page's script does."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def net_of(world: World, series: Series) -> int:
    """Work out the mean net of the newest settled days from the contract's own rewards.

    Returns:
        [sat per TH/s per day, 1e18]; rounded down for each day and for the mean.
    """
    next_day = series.distributor.read("progress")[0]
    nets = []
    for day in range(next_day - MEAN_DAYS, next_day):
        logs = world.rpc.request(
            "eth_getLogs",
            {
                "address": series.distributor.address,
                "fromBlock": "0x0",
                "topics": ["0x" + DAY_SETTLED.hex(), f"0x{day:064x}"],
            },
        )
        reward = int.from_bytes(bytes.fromhex(logs[0]["data"][2:])[32 * REWARD_WORD :][:32])
        held = series.token.read("total_ths_on", day)
        nets.append(int(Fraction(reward * DAY_SECONDS * WAD * WAD, held)))
    return sum(nets) // MEAN_DAYS


def test_card__settled_days__shows_net_of_the_last_seven_first(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    visit.open()

    for series in world.series:
        shown = visit.card(series).get_by_test_id("net-now")
        visit.expect_base_units(shown, net_of(world, series))
        expect(visit.card(series).locator(".earns .first")).to_contain_text("$")
        box, facts = shown.bounding_box(), visit.card(series).get_by_test_id("supply")
        below = facts.bounding_box()
        assert box is not None
        assert below is not None
        assert box["y"] < below["y"]


def test_headline__before_costs__says_so(open_visit: OpenVisit, world: World) -> None:
    visit = open_visit(world)
    visit.open()

    expect(visit.page.get_by_role("heading", level=1)).to_have_text(
        "What 1 TH/s earned in a day, before costs"
    )


def test_today__held_since_noon__is_half_of_it(open_visit: OpenVisit, world: World) -> None:
    world.move_to(14, 12)
    world.anvil.do("evm_setNextBlockTimestamp", hex((world.first + 14) * DAY_SECONDS + 43_200 + 60))
    world.fjord.token.send(
        "transfer", world.stranger.address, 4_000 * WAD, sender=world.second_holder.address
    )
    wallet = Wallet("Blue Wallet", [world.stranger], world.rpc)
    visit = open_visit(world, [wallet])
    visit.open()
    visit.connect(wallet)

    card = visit.card(world.fjord)

    today = card.get_by_test_id("ths-today")
    expect(today).to_have_text("4 PH/s × 11.9 h")  # a minute less than half a day, rounded down
    expect(card.get_by_test_id("of-today")).to_have_text(" · 49 % of today")


def test_own_money__has_its_worth_in_dollars_beside_it(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    newest = world.oracle.read("next_day") - 1
    price = world.oracle.read("day_record", newest)[PRICE_FIELD]

    due = world.claimable(world.fjord, world.holder)
    cents = due * price // BTC * 100 // BTC
    worth = visit.card(world.fjord).get_by_test_id("worth").first
    expect(worth).to_have_text(f"${cents // 100:,}.{cents % 100:02}")


def test_own_money__currency_of_the_host__is_shown_when_chosen(
    open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    currency = {"code": "TWD", "per_usd_e6": "32000000", "as_of": "2026-11-20"}
    visit = open_visit(world, [wallet], deployment={"currency": currency})
    visit.open()
    visit.connect(wallet)
    worth = visit.card(world.fjord).get_by_test_id("worth").first
    dollars = worth.inner_text()

    visit.button("Settings").click()
    visit.see("currency").select_option("host")

    expect(worth).to_have_attribute("data-currency", "TWD")
    assert dollars.startswith("$")
    taiwan = float(worth.inner_text().lstrip("NT$").replace(",", ""))
    assert abs(taiwan - 32 * float(dollars.lstrip("$").replace(",", ""))) < 0.33


def test_next_payment__next_day_reported__is_when_its_windows_end(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    world.move_to(14, 2)
    world.report_day(13)
    for series in world.series:
        world.report_output(series, 13)
    facts = world.oracle.read("settlement_facts", world.fjord.distributor.address, world.first + 13)
    final_at = max(facts[FINAL_FIELD], facts[OUTPUT_FINAL_FIELD])

    visit.connect(wallet)

    shown = visit.card(world.fjord).get_by_test_id("next-payment")
    expect(shown).to_have_attribute("datetime", iso(final_at))
    world.anvil.warp(final_at + 1)
    expect(shown).to_have_text("due, waits to be settled")


def test_paid_on_time__a_day_without_funds__counts_for_ever(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    visit.open()
    mark = visit.card(world.fjord).get_by_test_id("on-time")
    expect(mark).to_have_text("11 of 11 days")

    poor = world.create_series(POOR)
    world.report_output(poor, 12)
    world.move_to(14, 10)
    world.report_day(13)
    world.mint(poor, world.second_holder, 1_000 * WAD)
    for day in (14, 15):
        world.move_to(day + 1, 2)
        world.report_day(day)
        world.report_output(poor, day)
    world.move_to(19, 2)
    poor.distributor.send("settle", 64, sender=world.keeper)
    arrears = poor.distributor.read("ledger")[ARREARS_FIELD]
    assert arrears > 0
    world.give_bitcoin(world.issuer, arrears)
    world.bitcoin.send("approve", poor.distributor.address, arrears, sender=world.issuer)
    poor.distributor.send("fund", arrears, sender=world.issuer)
    assert poor.distributor.read("ledger")[ARREARS_FIELD] == 0  # all is repaid, and yet

    visit.page.reload()

    mark = visit.card(poor).get_by_test_id("on-time")
    good, all_days = (int(str(mark.get_attribute(f"data-{name}"))) for name in ("good", "days"))
    progress = poor.distributor.read("progress")
    assert good < all_days
    assert all_days == progress[0] - poor.distributor.read("terms")[1]
    expect(visit.card(poor).get_by_test_id("bond-grade")).to_have_attribute("data-grade", "bare")
