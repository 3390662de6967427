# SPDX-License-Identifier: AGPL-3.0-only
"""The browser, the served page, and for each test a chain on which nothing else happened."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from hashrate.service.listener import Listener
from simulation.devnet.page import DIST, make_app
from tests.conftest import tool_missing
from tests.web.visit import DESKTOP, Visit
from tests.web.wallet import Wallet
from tests.web.world import World, play_two_weeks

# the first draws no window around the page: half the time
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER_OPTIONS = [
    "--no-sandbox",  # test runs may be root's; the pages it opens are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OpenVisit = Callable[..., Visit]
Serve = Callable[..., str]


def find_browser() -> str | None:
    """Find a Chromium of the system, the quickest there is."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


@pytest.fixture(scope="session")
def built_page() -> Path:
    """Folder of the built page."""
    if not (DIST / "index.html").is_file():
        tool_missing("the built page (make web)")
    return DIST


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a file; its event loop must not outlive them."""
    program = find_browser() or tool_missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_world(anvil_path: Path) -> Iterator[World]:
    """A chain on which two weeks have passed, played once."""
    world = World()
    try:
        play_two_weeks(world)
        yield world
    finally:
        world.close()


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """A chain on which two weeks have passed; what a test does to it is taken back."""
    with shared_world.undone():
        yield shared_world


@pytest.fixture
def wallet(world: World) -> Wallet:
    """The holder's wallet."""
    return Wallet("Red Wallet", [world.holder, world.second_holder], world.rpc)


@pytest.fixture
def serve(built_page: Path) -> Iterator[Serve]:
    """Serve the page for a chain; gives its URL."""
    listeners: list[Listener] = []

    def start(world: World, **changes: Any) -> str:
        listener = Listener(make_app(built_page, world.deployment(**changes)), "127.0.0.1", 0)
        listener.start()
        listeners.append(listener)
        return f"http://127.0.0.1:{listener.port}/"

    yield start
    for listener in listeners:
        listener.stop()


@pytest.fixture
def open_visit(browser: Browser, serve: Serve) -> Iterator[OpenVisit]:
    """Open a tab on the page; after the test nothing may have gone wrong or out."""
    visits: list[Visit] = []

    def start(
        world: World,
        wallets: Sequence[Wallet] = (),
        size: tuple[int, int] = DESKTOP,
        language: str = "en",
        theme: str = "light",
        deployment: Mapping[str, Any] | None = None,
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            color_scheme="dark" if theme == "dark" else "light",
            timezone_id="Asia/Taipei",
            reduced_motion="reduce",
        )
        visit = Visit(context, serve(world, **(deployment or {})), world.anvil.url, wallets)
        visit.deployment = dict(deployment or {})
        visits.append(visit)
        return visit

    yield start
    for visit in visits:
        assert visit.third_parties() == []
        assert visit.complaints == []
        # an answer that is still on its way through a test must end neither in the next one nor
        # with whoever is asked and has been stopped
        visit.context.unroute_all(behavior="ignoreErrors")
        assert visit.violations() == []
        visit.context.close()


@pytest.fixture
def visit(open_visit: OpenVisit, world: World, wallet: Wallet) -> Visit:
    """A tab of a holder with one wallet, at the first view."""
    visit = open_visit(world, [wallet])
    visit.open()
    return visit
