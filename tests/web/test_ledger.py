# SPDX-License-Identifier: AGPL-3.0-only
"""The ledger of days: every number is what the contracts say, and leads to where it comes from."""

import pytest
from eth_abi import decode
from eth_utils import keccak
from playwright.sync_api import Locator, expect

from tests.web.conftest import OpenVisit
from tests.web.visit import Visit
from tests.web.world import Series, World

pytestmark = pytest.mark.e2e

DAY_SETTLED = "DaySettled(uint256,bool,uint256,uint256,uint256,uint256,uint256)"


def settlements(world: World, series: Series) -> dict[int, tuple[int, int, int]]:
    """Read fee, reward and paid [base units] of every settled day out of the events."""
    topic = "0x" + keccak(text=DAY_SETTLED).hex().removeprefix("0x")
    found = {}
    for log in world.rpc.logs(series.distributor.address, [topic], 0):
        data = bytes.fromhex(log["data"][2:])
        fields = decode(["bool", *["uint256"] * 5], data)
        found[int(log["topics"][1], 16)] = (fields[3], fields[4], fields[5])
    return found


def amount(visit: Visit, row: Locator, column: str) -> int:
    """Read a column of a day [base units]."""
    return visit.base_units(row.locator(f'[data-column="{column}"] [data-base-units]').first)


def test_days__settled__show_what_the_contract_settled(open_visit: OpenVisit, world: World) -> None:
    visit = open_visit(world)
    for series in world.series:
        visit.open(f"#/series/{series.distributor.address}")
        settled = settlements(world, series)
        expect(visit.page.locator('[data-state="settled"][data-day]')).to_have_count(len(settled))

        for day, (fee, reward, paid) in settled.items():
            row = visit.page.locator(f'[data-testid="day-row"][data-day="{day}"]')
            assert amount(visit, row, "electricity") + amount(visit, row, "fees") == fee
            assert amount(visit, row, "gross") - fee == reward
            assert amount(visit, row, "net") == reward
            assert amount(visit, row, "paid") == paid
            assert amount(visit, row, "owed") == reward - paid


def test_days__not_final__are_marked_until_they_are(open_visit: OpenVisit, world: World) -> None:
    world.move_to(14, 2)
    world.report_day(13)
    world.report_output(world.fjord, 13)
    visit = open_visit(world)
    visit.open(f"#/series/{world.fjord.distributor.address}")
    row = visit.page.locator(f'[data-testid="day-row"][data-day="{world.first + 13}"]')
    expect(row).to_have_attribute("data-state", "window")
    expect(row).to_contain_text("challenge window")

    world.move_to(14, 15)

    expect(row).to_have_attribute("data-state", "ready")


def test_day__opened__names_the_signers_and_the_transactions(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    day = world.first + 5
    visit.open(f"#/series/{world.fjord.distributor.address}/day/{day}")

    main = visit.page.get_by_role("main")
    for reporter in world.reporters[: world.threshold]:
        expect(main.get_by_text(reporter.address[:6]).first).to_be_visible()
    links = main.locator('a[href*="#/tx/0x"]')
    expect(links).not_to_have_count(0)
    links.first.click()
    expect(main.get_by_role("heading", level=1)).to_have_text("Transaction")
    expect(main).to_contain_text("succeeded")


def test_numbers__every_one_of_a_day__links_to_a_formula_or_a_transaction(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    visit.open(f"#/series/{world.fjord.distributor.address}")
    expect(visit.see("day-row")).not_to_have_count(0)

    unlinked = visit.page.evaluate(
        """() => [...document.querySelectorAll("main [data-base-units]")]
          .filter((each) => !each.closest("a"))
          .map((each) => each.closest("[data-column], dd, td, p")?.textContent)"""
    )

    assert unlinked == []
