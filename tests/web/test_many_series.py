# SPDX-License-Identifier: AGPL-3.0-only
"""Many series, and the account's money in the oldest: totals are of all, requests are few."""

from collections.abc import Iterator

import pytest
from eth_utils import keccak
from playwright.sync_api import expect

from reference import SeriesTerms
from testing.series import terms_tuple
from tests.web.conftest import OpenVisit
from tests.web.visit import Visit, type_into
from tests.web.wallet import Wallet
from tests.web.world import (
    DAY_SECONDS,
    OUTPUT_DEADLINE_SECONDS,
    POOL_FEE_BPS,
    WAD,
    World,
    play_two_weeks,
)

pytestmark = pytest.mark.e2e

COUNTS = (13, 100, 420)
MAX_REQUESTS = 8  # of a holder's first view of a hundred series, on a node with Multicall3
PATIENCE_MS = 60_000
HUNDRED = 100
BLOCKS = 8
REQUESTS_A_BLOCK = 4  # the oracle, a hundred series as they stand, the account in them


def issue(world: World, count: int) -> None:
    """Let the issuer list newer series until there are so many; nobody holds any of them."""
    start = world.anvil.now() // DAY_SECONDS + 1
    terms = SeriesTerms(
        start_day=start,
        efficiency_mj_per_th=15_000,
        power_price_micro_usd_per_kwh=25_000,
        service_sats_per_th_day_wad=WAD // 2,
        pool_fee_bps=POOL_FEE_BPS,
        guaranteed_uptime_bps=9_500,
        bond_per_th=20,
        attestation_days=1,
        grace_seconds=DAY_SECONDS,
        output_deadline_seconds=OUTPUT_DEADLINE_SECONDS,
        termination_days=14,
    )
    for place in range(world.registry.read("series_count"), count):
        numbers = terms_tuple(terms, keccak(text=f"fleet {place}"))
        names = (f"Hashrate Hill {place}", f"thHILL{place}", f"Hill {place}")
        world.registry.send(
            "create_series", world.bitcoin.address, numbers, *names, sender=world.issuer
        )


@pytest.fixture(scope="module", params=COUNTS)
def crowd(request: pytest.FixtureRequest) -> Iterator[World]:
    """A chain with many series, of which the holder has some of the two oldest."""
    world = World(with_multicall=True)
    try:
        play_two_weeks(world)
        issue(world, request.param)
        yield world
    finally:
        world.close()


@pytest.fixture
def visit(open_visit: OpenVisit, crowd: World) -> Visit:
    """A tab of the holder; the chain is looked at every twelve seconds, so polls do not count."""
    wallet = Wallet("Red Wallet", [crowd.holder], crowd.rpc)
    visit = open_visit(crowd, [wallet], deployment={"is_simulated": False})
    visit.wait_for_wallet()
    visit.open()
    visit.connect(wallet)
    return visit


def test_totals__money_in_the_oldest_of_many__are_of_all_series(visit: Visit, crowd: World) -> None:
    due = sum(crowd.claimable(series, crowd.holder) for series in crowd.series)
    held = sum(series.token.read("balanceOf", crowd.holder.address) for series in crowd.series)
    assert due > 0

    visit.expect_base_units(visit.see("total-claimable"), due)
    visit.expect_base_units(visit.see("total-balance"), held)
    expect(visit.see("claim-all-button")).to_have_text("Claim all 2 series")
    first = visit.see("series-card").nth(0), visit.see("series-card").nth(1)
    for card in first:
        expect(card.get_by_test_id("claimable")).to_be_visible()


def test_first_view__of_a_holder__takes_few_requests(visit: Visit, crowd: World) -> None:
    expect(visit.see("claimable")).to_have_count(2)
    visit.page.goto("about:blank")  # the view before asks nothing any more
    visit.requests.clear()

    visit.open()

    expect(visit.see("claimable")).to_have_count(2)
    expect(visit.see("net-now")).not_to_have_count(0)
    if crowd.registry.read("series_count") <= 100:
        bodies = [str(each.post_data)[:200] for each in visit.rpc_calls()]
        assert 1 + asked(visit) <= MAX_REQUESTS, bodies


def test_find__by_name__shows_what_fits(visit: Visit, crowd: World) -> None:
    expect(visit.see("claimable")).to_have_count(2)

    type_into(visit.page.get_by_label("Name, place or address"), "prairie, grid")

    expect(visit.see("series-card")).to_have_count(1, timeout=PATIENCE_MS)
    expect(visit.card(crowd.prairie)).to_be_visible()
    type_into(visit.page.get_by_label("Name, place or address"), "no such hill")
    expect(visit.page.get_by_text("No series fits.")).to_be_visible()


def test_find__unattested_included__reaches_every_series(visit: Visit, crowd: World) -> None:
    count = crowd.registry.read("series_count")
    expect(visit.see("claimable")).to_have_count(2)
    visit.button(f"Show {count - 2} series without attested hashrate").click()

    type_into(visit.page.get_by_label("Name, place or address"), "thhill2")

    names = [f"thHILL{place}" for place in range(2, count) if f"{place}".startswith("2")]
    expect(visit.see("series-card")).to_have_count(min(len(names), 12), timeout=PATIENCE_MS)


def test_order_and_part__chosen__sort_and_filter(visit: Visit, crowd: World) -> None:
    expect(visit.see("claimable")).to_have_count(2)

    visit.see("part").select_option("mine")
    expect(visit.see("series-card")).to_have_count(2)
    visit.see("order").select_option("issued")

    symbols = visit.see("series-card").locator("header p .chain-text:first-child")
    expect(symbols).to_have_text(["thFJORD", "thPRAIRIE"], timeout=PATIENCE_MS)
    visit.see("order").select_option("backing")
    expect(symbols).to_have_text(["thPRAIRIE", "thFJORD"])


@pytest.mark.parametrize("crowd", [HUNDRED], indirect=True)
def test_new_blocks__hundred_cards__are_followed_in_few_requests(
    open_visit: OpenVisit, crowd: World
) -> None:
    count = crowd.registry.read("series_count")
    wallet = Wallet("Red Wallet", [crowd.holder], crowd.rpc)
    visit = open_visit(crowd, [wallet])
    visit.open()
    visit.connect(wallet)
    expect(visit.see("claimable")).to_have_count(2)
    visit.button(f"Show {count - 2} series without attested hashrate").click()
    for shown in range(24, HUNDRED + 12, 12):
        visit.page.get_by_role("main").get_by_role("button", name="Show more").click()
        expect(visit.see("series-card")).to_have_count(min(shown, HUNDRED), timeout=PATIENCE_MS)
    visit.wait_until(lambda: not visit.under_way, "the newest cards are read")
    visit.requests.clear()

    for _ in range(BLOCKS):
        before = asked(visit)
        crowd.anvil.do("evm_mine")
        visit.wait_until(lambda so_far=before: asked(visit) > so_far, "the block is followed")
        visit.page.wait_for_timeout(1_500)

    assert BLOCKS <= asked(visit) <= BLOCKS * REQUESTS_A_BLOCK + 2


def asked(visit: Visit) -> int:
    """Count what the node was asked beside its newest block, which a slow page asks for more."""
    bodies = [str(each.post_data) for each in visit.rpc_calls()]
    return sum("eth_getBlockByNumber" not in body for body in bodies)
