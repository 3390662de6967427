# SPDX-License-Identifier: AGPL-3.0-only
"""Measure the page: `python -m tests.web.measure` prints a table. Not a test: machines differ.

The slow phone is Lighthouse's: a processor four times slower than this machine's, 1.6 Mbit/s down,
0.75 Mbit/s up, 150 ms of round trip for every request, those to the node included. Multicall3 is
where public networks have it.
"""

import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect, sync_playwright

from hashrate.service.listener import Listener
from simulation.devnet.page import DIST, make_app
from tests.web.conftest import BROWSER_OPTIONS, find_browser
from tests.web.desk import ASK, BID, Desk
from tests.web.long_world import LongWorld
from tests.web.tasks import longest_ms, traced
from tests.web.test_budget import compressed_bytes
from tests.web.visit import PHONE, Visit
from tests.web.wallet import Wallet
from tests.web.world import World, play_two_weeks

RUNS = 5
CPU_SLOWDOWN = 4
ROUND_TRIP_MS = 150
DOWN_BYTES = 1_600_000 // 8  # [bytes/s]
UP_BYTES = 750_000 // 8
PATIENCE_MS = 120_000
LEVELS = 200
UPDATES = 10
FRAME_MS = 16

# when a part of the page is first there, by the page's own clock
_WATCH = """
globalThis.seen = {};
const parts = {
  frame: "main h1",
  hashprice: "main .big .number",
  series: "[data-testid=series-card]",
};
const look = () => {
  for (const [name, selector] of Object.entries(parts)) {
    if (!(name in seen) && document.querySelector(selector)) seen[name] = performance.now();
  }
};
new MutationObserver(look).observe(document, { childList: true, subtree: true });
"""


def main() -> int:
    """Measure and print; give the exit code."""
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        program = find_browser()
        if program is None or not (DIST / "index.html").is_file():
            print("measure: chromium and the built page (make web) are needed", file=sys.stderr)
            return 1
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_OPTIONS)
        stack.callback(browser.close)
        world = World(with_multicall=True)
        stack.callback(world.close)
        play_two_weeks(world)
        _first_view(browser, world)
        _deep_book(browser, world, Path(stack.enter_context(TemporaryDirectory())))
        long_world = LongWorld()
        stack.callback(long_world.close)
        _ten_years(browser, long_world)
    return 0


@contextmanager
def _visited(browser: Browser, world: World, *wallets: Wallet, **changes: Any) -> Iterator[Visit]:
    """Open a tab of a phone on the page."""
    deployment = world.deployment(is_simulated=False, **changes)
    listener = Listener(make_app(DIST, deployment), "127.0.0.1", 0)
    listener.start()
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="en")
    try:
        url = f"http://127.0.0.1:{listener.port}/"
        yield Visit(context, url, world.anvil.url, wallets)
    finally:
        context.close()
        listener.stop()


def _first_view(browser: Browser, world: World) -> None:
    times: dict[str, list[float]] = {}
    for _ in range(RUNS):
        with _visited(browser, world) as visit:
            visit.context.add_init_script(_WATCH)
            _slow_down(visit.page)
            visit.open()
            expect(visit.see("series-card")).to_have_count(2, timeout=PATIENCE_MS)
            seen: dict[str, float] = visit.page.evaluate("globalThis.seen")
            for name, milliseconds in seen.items():
                times.setdefault(name, []).append(milliseconds)
            scripts = {urlsplit(each.url).path for each in visit.requests}
            calls = len(visit.rpc_calls())
    size = sum(compressed_bytes(DIST / name[1:]) for name in scripts if name.endswith(".js"))
    print(f"script at the first load      {size:>9,} bytes, compressed")
    print(f"requests of the first view    {calls:>9,} to the node")
    for name, measured in times.items():
        middle, worst = statistics.median(measured), max(measured)
        print(f"slow phone: {name:<17} {middle:>9,.0f} ms median, {worst:,.0f} ms worst of {RUNS}")


def _slow_down(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    session.send("Network.enable")
    conditions = {"offline": False, "latency": ROUND_TRIP_MS}
    conditions |= {"downloadThroughput": DOWN_BYTES, "uploadThroughput": UP_BYTES}
    session.send("Network.emulateNetworkConditions", conditions)


def _deep_book(browser: Browser, world: World, folder: Path) -> None:
    """Measure what a deep book with a new price every two seconds takes of a phone."""
    desk = Desk(world, folder, maker_burst=1_000)
    try:
        for step in range(1, LEVELS // 2):
            desk.quote(is_buy=True, price=BID - step, quantity=1)
            desk.quote(is_buy=False, price=ASK + step, quantity=1)
        with _visited(browser, world, **desk.deployment()) as visit:
            session = visit.page.context.new_cdp_session(visit.page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
            visit.open(f"#/market/{desk.month}")
            expect(visit.see("ask").first).to_be_visible(timeout=PATIENCE_MS)
            visit.page.wait_for_timeout(2_000)
            visit.requests.clear()
            with traced(visit.page) as tasks:
                for step in range(UPDATES):
                    desk.quote(is_buy=False, price=ASK - 1 - step, quantity=2)
                    visit.page.wait_for_timeout(2_000)
            asked = len(visit.requests)
        each = asked / UPDATES
        print(f"book of {LEVELS}, one new each 2 s {each:>6.1f} requests")
        for name, key in (("processor", "tdur"), ("clock", "dur")):
            spans = sorted((task[key] / 1_000 for task in tasks), reverse=True)
            late = sum(span > FRAME_MS for span in spans)
            print(
                f"  tasks by the {name:<15} {spans[0]:>6.1f} ms longest, {late} of {len(spans):,} "
                f"above {FRAME_MS} ms, load {os.getloadavg()[0]:.1f}"
            )
    finally:
        desk.close()


def _ten_years(browser: Browser, world: LongWorld) -> None:
    wallet = Wallet("Red Wallet", [world.holder], world.rpc)
    with _visited(browser, world, wallet) as visit:
        visit.open()
        visit.connect(wallet)
        expect(visit.see("claimable")).not_to_have_count(0)
        for name, path in (
            ("series page", f"#/series/{world.fjord.distributor.address}"),
            ("chart", "#/hashprice"),
            ("history", f"#/series/{world.fjord.distributor.address}/mine"),
        ):
            visit.requests.clear()
            with traced(visit.page) as tasks:
                visit.open(path)
                visit.page.wait_for_timeout(1_000)
                if name == "history":
                    expect(visit.see("csv-export")).to_be_visible(timeout=PATIENCE_MS)
            calls, longest = len(visit.rpc_calls()), longest_ms(tasks)
            print(f"ten years: {name:<18} {calls:>9,} requests, longest task {longest} ms")


if __name__ == "__main__":
    sys.exit(main())
