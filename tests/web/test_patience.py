# SPDX-License-Identifier: AGPL-3.0-only
"""Nodes that are slow, or that want to be asked less."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.web.conftest import OpenVisit
from tests.web.visit import Visit
from tests.web.world import World

pytestmark = pytest.mark.e2e

BUSY_SECONDS = 20
QUIET_MS = 3_000  # long before the pause is over, on whatever machine
MOST_ASKED = 12  # the first view's own requests, and one for each pause
PATIENCE_MS = 120_000  # the pauses double
SLOW_SECONDS = range(4, 7)
# what the page said of a slow node, and for how long [ms] the machine kept the page waiting
_LISTEN = """
globalThis.said = [];
globalThis.kept = 0;
new MutationObserver(() => {
  const words = document.querySelector("[data-testid=rpc-slow]")?.textContent;
  if (words !== undefined) said.push(words);
}).observe(document, { childList: true, subtree: true, characterData: true });
let last = performance.now();
setInterval(() => {
  kept = Math.max(kept, performance.now() - last);
  last = performance.now();
}, 100);
"""


class Crowd:
    """A node's limit: while it is on, everything is refused."""

    def __init__(self, visit: Visit, headers: dict[str, str]) -> None:
        """Stand before the node of a visit."""
        self.refused = 0
        self.is_on = True
        self._headers = headers | {"access-control-allow-origin": "*"}
        visit.allow_down()
        visit.context.route(re.compile(re.escape(visit.rpc_url)), self._answer)

    def _answer(self, route: Route) -> None:
        if not self.is_on or route.request.method != "POST":
            route.fallback()
            return
        self.refused += 1
        route.fulfill(status=429, headers=self._headers, body="too many requests")


def test_too_many__node_says_how_long__waits_that_long_and_recovers(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    limit = Crowd(
        visit,
        {
            "retry-after": str(BUSY_SECONDS),
            "access-control-expose-headers": "retry-after",
        },
    )
    visit.open()

    expect(visit.see("rpc-slow")).to_contain_text("The node asks for a pause")
    visit.wait_until(lambda: not visit.under_way, "what was asked at once is refused")
    asked = limit.refused
    assert 0 < asked <= MOST_ASKED
    visit.page.wait_for_timeout(QUIET_MS)
    assert limit.refused == asked  # nothing is asked in the pause
    limit.is_on = False
    expect(visit.see("series-card")).to_have_count(2)
    expect(visit.see("rpc-slow")).to_have_count(0)


def test_too_many__node_says_nothing_more__asks_less_and_less(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    limit = Crowd(visit, {})
    visit.open()

    visit.page.wait_for_timeout(20_000)

    assert 0 < limit.refused <= MOST_ASKED + 3  # pauses of 2, 4, 8 and 16 s, one try after each
    limit.is_on = False
    expect(visit.see("series-card")).to_have_count(2, timeout=PATIENCE_MS)


def test_slow_node__after_four_seconds__is_said_until_it_answers(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    held: list[Route] = []
    pattern = re.compile(re.escape(world.anvil.url))

    def hold(route: Route) -> None:
        held.append(route)

    visit.context.route(pattern, hold)
    visit.context.add_init_script(_LISTEN)
    visit.open()

    visit.wait_until(lambda: visit.page.evaluate("said.length"), "the page says so")
    first, kept_ms = visit.page.evaluate("[said[0], kept]")
    found = re.match(r"The node is slow: no answer for (\d+) seconds\.", first)
    assert found is not None, first
    late = int(kept_ms) // 1_000  # a page that stood still says it afterwards
    assert SLOW_SECONDS.start <= int(found[1]) < SLOW_SECONDS.stop + late

    visit.context.unroute(pattern)
    for route in held:
        route.fallback()
    expect(visit.see("series-card")).to_have_count(2)
    expect(visit.see("rpc-slow")).to_have_count(0)


def test_node_down__from_the_start__leaves_no_grey_lines(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    visit.cut_off()
    visit.open()

    expect(visit.see("rpc-down")).to_be_visible()

    expect(visit.page.locator("main .skeleton")).to_have_count(0)
    visit.reconnect()
