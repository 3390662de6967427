# SPDX-License-Identifier: AGPL-3.0-only
"""A visit to the page: one browser tab, and everything that went wrong or out in it."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, Route, expect

from tests.web.wallet import Wallet, install
from tests.web.world import Series

PHONE = (390, 844)
DESKTOP = (1440, 900)
LANGUAGES = ("en", "zh-TW")
THEMES = ("light", "dark")
_PATIENCE_MS = 60_000  # on a machine that is busy with others: no measure
_QUIET_MS = 2_000  # a practice chain is looked at every 1.5 s
_ATTEMPTS = 5  # at typing into a field
_VIOLATIONS = """
globalThis.policyViolations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  policyViolations.push(`${event.violatedDirective}: ${event.blockedURI}`);
});
"""
# the page waits a second for the wallet used last, then reads for nobody and later for its owner
_WAIT_FOR_WALLET = """
const real = globalThis.setTimeout;
globalThis.setTimeout = (work, delay, ...rest) =>
  real(work, delay === 1_000 ? 60_000 : delay, ...rest);
"""

expect.set_options(timeout=_PATIENCE_MS)


class Visit:
    """One tab of a browser on the page."""

    def __init__(
        self, context: BrowserContext, url: str, rpc_url: str, wallets: Sequence[Wallet] = ()
    ) -> None:
        """Open an empty tab that knows the wallets.

        Args:
            context: of the browser, nobody else's.
            url: of the page.
            rpc_url: of the node.
            wallets: that announce themselves.
        """
        self.context, self.url, self.rpc_url = context, url, rpc_url
        self.own_origins = {origin_of(url), origin_of(rpc_url)}
        self.deployment: dict[str, Any] = {}  # what the page is told beside the usual
        self.requests: list[Request] = []
        self.under_way: set[Request] = set()  # what nobody has answered yet
        self.complaints: list[str] = []
        self._is_down = False
        context.set_default_timeout(_PATIENCE_MS)
        context.on("request", self._note)
        context.on("requestfinished", self._note_end)
        context.on("requestfailed", self._note_end)
        context.add_init_script(_VIOLATIONS)
        if wallets:
            install(context, wallets)
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def open(self, path: str = "") -> None:
        """Go to a view and wait until it shows something."""
        self.page.goto(self.url + path)

    def wait_for_wallet(self) -> None:
        """Let the page wait for its wallet as long as it takes, so that it reads once."""
        self.context.add_init_script(_WAIT_FOR_WALLET)

    # What went on

    def rpc_requests(self) -> list[Request]:
        """List the requests to the node."""
        return [each for each in self.requests if origin_of(each.url) == origin_of(self.rpc_url)]

    def rpc_calls(self) -> list[Request]:
        """List the requests to the node without the browser's own preflights."""
        return [each for each in self.rpc_requests() if each.method == "POST"]

    def third_parties(self) -> list[str]:
        """List requests that went neither to the page's origin nor to the node."""
        urls = [each.url for each in self.requests if not each.url.startswith("data:")]
        return [url for url in urls if origin_of(url) not in self.own_origins]

    def violations(self) -> list[str]:
        """List what the Content-Security-Policy blocked."""
        found: list[str] = self.page.evaluate("globalThis.policyViolations ?? []")
        return found

    def _note(self, request: Request) -> None:
        self.requests.append(request)
        self.under_way.add(request)

    def _note_end(self, request: Request) -> None:
        self.under_way.discard(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "error" or (self._is_down and "Failed to load" in message.text):
            return
        self.complaints.append(f"console: {message.text} ({message.location.get('url')})")

    def cut_off(self) -> None:
        """Let every request to the node fail as if nobody listened there."""
        self.allow_down()
        self.context.route(self._is_rpc, _refuse)

    def allow_down(self) -> None:
        """Expect the browser to complain about requests that nobody answers."""
        self._is_down = True

    def reconnect(self) -> None:
        """Let requests reach the node again."""
        self.context.unroute(self._is_rpc, _refuse)

    def _is_rpc(self, url: str) -> bool:
        return origin_of(url) == origin_of(self.rpc_url)

    # What is to be seen

    def see(self, test_id: str) -> Locator:
        """Find a part of the page by its test id."""
        return self.page.get_by_test_id(test_id)

    def card(self, series: Series) -> Locator:
        """Find the card of a series."""
        return self.see("series-card").filter(has_text=series.label.symbol)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Find a button by what it is called."""
        return self.page.get_by_role("button", name=name)

    def base_units(self, locator: Locator) -> int:
        """Read the exact amount behind what is shown [base units]."""
        text = locator.get_attribute("data-base-units")
        assert text is not None
        return int(text)

    def overflow(self) -> int:
        """Measure by how much the page is wider than the window [CSS px]."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide

    # What a person does

    def connect(self, wallet: Wallet) -> None:
        """Connect a wallet through the list of those that announced themselves."""
        self.button("Connect wallet").click()
        self.see("wallet-option").filter(has_text=wallet.name).click()
        expect(self.account_button(wallet)).to_be_visible()

    def account_button(self, wallet: Wallet) -> Locator:
        """Find the button that shows a wallet's chosen account."""
        return self.button(re.compile(f"^{wallet.accounts[0].address[:6]}"))

    def claim(self, series: Series) -> int:
        """Claim on a series' card until it is confirmed; gives what was promised [base units]."""
        card = self.card(series)
        promised = self.base_units(card.get_by_test_id("claimable"))
        card.get_by_test_id("claim-button").click()
        self.expect_state("confirmed")
        return promised

    def expect_state(self, state: str) -> None:
        """Wait until the act in progress has come to a state."""
        expect(self.see("tx-state")).to_have_attribute("data-state", state)

    def expect_base_units(self, locator: Locator, amount: int) -> None:
        """Wait until an exact amount is shown [base units]."""
        expect(locator).to_have_attribute("data-base-units", str(amount))

    def wait_until(
        self, condition: Callable[[], Any], what: str, patience_ms: int = _PATIENCE_MS
    ) -> None:
        """Wait for something outside of the page, such as the chain."""
        for _ in range(patience_ms // 50):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"waited in vain: {what}")

    def wait_until_quiet(self) -> None:
        """Wait until everything is answered and nothing is asked, for longer than between looks."""
        for _ in range(_PATIENCE_MS // _QUIET_MS):
            asked = len(self.requests)
            self.page.wait_for_timeout(_QUIET_MS)
            if len(self.requests) == asked and not self.under_way:
                return
        raise AssertionError("the page goes on asking")


def type_into(field: Locator, text: str) -> None:
    """Type a text into a field, and look whether it stands there, as a person does.

    A form is drawn anew while somebody connects; what is typed in that moment goes to no field.
    """
    for _ in range(_ATTEMPTS):
        field.fill(text)
        if field.input_value() == text:
            return
    raise AssertionError(f"the field does not take {text!r}")


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _refuse(route: Route) -> None:
    route.abort("connectionrefused")
