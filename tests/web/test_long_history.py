# SPDX-License-Identifier: AGPL-3.0-only
"""Ten years of days and a thousand touched ones: bounded requests, a page that keeps answering."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.conftest import OpenVisit
from tests.web.long_world import DAYS, TOUCHED_DAYS, LongWorld
from tests.web.tasks import longest_ms, traced
from tests.web.visit import Visit
from tests.web.wallet import Wallet

pytestmark = pytest.mark.e2e

MAX_REQUESTS_OVERVIEW = 12
MAX_REQUESTS_HISTORY = 100  # of all days at once, on a node without Multicall3
LONGEST_TASK_MS = 1_000  # of the main thread's processor time: others' work is not in it
PATIENCE_MS = 300_000


@pytest.fixture(scope="module")
def long_world(anvil_path: Path) -> Iterator[LongWorld]:
    """Ten years, built once for the tests of this file."""
    world = LongWorld()
    yield world
    world.close()


@pytest.fixture
def visit(open_visit: OpenVisit, long_world: LongWorld) -> Visit:
    """A tab of the holder, connected."""
    wallet = Wallet("Red Wallet", [long_world.holder], long_world.rpc)
    # a chain that is not simulated is looked at every twelve seconds: no polls among the requests
    visit = open_visit(long_world, [wallet], deployment={"is_simulated": False})
    visit.wait_for_wallet()
    visit.open()
    visit.connect(wallet)
    expect(visit.see("claimable")).not_to_have_count(0)
    return visit


def test_overview__ten_years__takes_a_few_requests(visit: Visit) -> None:
    visit.page.goto("about:blank")  # the view before asks nothing any more
    visit.requests.clear()

    with traced(visit.page) as tasks:
        visit.open()
        expect(visit.see("claimable")).not_to_have_count(0)

    assert len(visit.rpc_calls()) <= MAX_REQUESTS_OVERVIEW
    assert longest_ms(tasks) < LONGEST_TASK_MS


def test_chart__ten_years__takes_a_bounded_number_of_requests(visit: Visit) -> None:
    visit.requests.clear()
    with traced(visit.page) as tasks:
        visit.open("#/hashprice")
        expect(visit.page.locator("main svg").first).to_be_visible()

        visit.page.get_by_text("All", exact=True).click()

        expect(visit.page.locator("main svg").first).to_be_visible()
        visit.wait_until_quiet()
    assert len(visit.rpc_calls()) <= MAX_REQUESTS_HISTORY
    assert longest_ms(tasks) < LONGEST_TASK_MS


def test_history__ten_years_and_a_thousand_touched_days__is_whole_and_bounded(
    visit: Visit, long_world: LongWorld, record_property: Callable[[str, object], None]
) -> None:
    visit.requests.clear()
    with traced(visit.page) as tasks:
        visit.open(f"#/series/{long_world.fjord.distributor.address}/mine")

        expect(visit.see("csv-export")).to_be_visible(timeout=PATIENCE_MS)

    calls = visit.rpc_calls()
    record_property("rpc_requests", len(calls))
    record_property("longest_task_ms", longest_ms(tasks))
    assert len(calls) <= MAX_REQUESTS_HISTORY, len(calls)
    assert longest_ms(tasks) < LONGEST_TASK_MS
    with visit.page.expect_download() as waiting:
        visit.see("csv-export").click()
    rows = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + DAYS - 2  # a head, and every day from the first paid one
    words = long_world.fjord.token.read("meter_words", long_world.holder.address, 0)
    assert len(words) == 128  # the most that one call gives
    assert 7 * len(words) < TOUCHED_DAYS


def test_claim__a_thousand_touched_days__pays_everything_in_bounded_claims(
    visit: Visit, long_world: LongWorld
) -> None:
    visit.open(f"#/series/{long_world.fjord.distributor.address}/mine")
    earned = visit.see("earned")
    expect(earned).to_be_visible(timeout=PATIENCE_MS)
    owed = visit.base_units(earned)
    before = long_world.bitcoin_of(long_world.holder)
    visit.open()

    visit.card(long_world.fjord).get_by_test_id("claim-button").click()

    # eight claims, and on a chain that is not simulated a receipt is looked for every 4 s
    visit.wait_until(
        lambda: long_world.bitcoin_of(long_world.holder) - before == owed,
        "all claims arrive",
        PATIENCE_MS,
    )
    visit.expect_state("confirmed")
    assert long_world.claimable(long_world.fjord, long_world.holder) == 0
