# SPDX-License-Identifier: AGPL-3.0-only
"""The local network's markets: months that are listed and settled, a relay, and two makers.

Relay and makers are the programs that others run, as processes of their own. The makers' months
are named anew whenever one is listed, as an operator does it.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from ape.exceptions import ContractLogicError
from eth_account import Account
from eth_typing import HexStr
from eth_utils.address import to_checksum_address

from commands.shell.chain import Chain
from commands.shell.contracts import BOOK, FUND_FACTORY, TRANCHES_FACTORY, VAULT
from commands.shell.errors import DevnetError, RefusalError
from commands.shell.provenance import ROOT
from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, WAD
from hashrate.history.entropy import Entropy
from hashrate.orders.errors import RelayAnswerError
from hashrate.orders.order import Order
from hashrate.orders.order_file import order_from_json
from hashrate.orders.relay_client import RelayClient
from hashrate.orders.spot import SpotOrder
from hashrate.orders.spot_file import spot_from_json
from hashrate.products.forwards.bands import INDEX_DAYS, Style, band_of
from hashrate.products.forwards.codes import Contract
from hashrate.products.forwards.months import month_of_day
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import series_id, terms_of_contract
from hashrate.service.child import Child, module
from hashrate.service.ports import LOOPBACK
from simulation.demo.accounts import test_account
from simulation.demo.schedule import KEEPER
from simulation.demo.system import System
from simulation.devnet.anvil import CHAIN_ID, Anvil

MAKERS = {"steady maker": "TEST::13", "narrow maker": "TEST::14"}
_POLICIES: Mapping[str, Mapping[str, Any]] = {
    "steady maker": {"half_width_bps": 400, "skew_bps": 200},
    "narrow maker": {"half_width_bps": 300, "skew_bps": 250, "size": 4},
}
_TAKER = "day trader"
_PRODUCTS = (Product.HASHPRICE_SATS, Product.DIFFICULTY)
_MONTHS_AHEAD = 3
_MAKER_SATS = 1_000 * 10**8
_LOSS_SATS = 10**9
MAKER_THS = 2_000  # of each series, which a maker buys from the issuer
_SIZE_THS = 100
_WORTH_DAYS = 200
_LONGEST_ORDER = 20 * DAY_SECONDS  # a day passes in seconds here
_START_SECONDS = 120
_POLL_SECONDS = 0.1
_ENOUGH, _ALL = 2**255, 2**256 - 1
_T = TypeVar("_T")
_SET_CLOCK = {"head_seconds": 0}  # the chain's clock is not the machine's
_WORD = "devnet"  # opens keys that are public anyway


class Trading:
    """Months, relay and makers of a local chain."""

    def __init__(
        self, system: System, node: Anvil, folder: Path, relay_port: int, seed: str
    ) -> None:
        """Mint the makers money; nothing is listed yet and no process runs.

        Args:
            system: the chain.
            node: it runs on.
            folder: for what the processes write.
            relay_port: where the relay listens, on loopback.
            seed: decides who takes what.
        """
        self._system, self._node, self._folder = system, node, folder
        self._relay_port = relay_port
        self._entropy = Entropy(seed, "devnet takers")
        self._chain = system.chain
        self.vault = system.contract(VAULT)
        self.book = system.chain.contract(BOOK, self.vault.BOOK())
        self._keeper = test_account(KEEPER)
        # rehearsed: what a maker cancelled a moment ago is not worth a failed transaction
        self._taking = Chain(system.holders[_TAKER], before_send=system.timer.tick)
        self._listed: dict[int, Contract] = {}
        self._children: dict[str, Child] = {}
        for number, (name, alias) in enumerate(MAKERS.items()):
            account = test_account(alias)
            self._chain.send(system.bitcoin.mint, account, _MAKER_SATS)
            system.holders[name] = account
            system.history.unclaimed_balances[account.address] = _MAKER_SATS
            self._allow(account)
            _write_key(self._folder / f"maker{number}", account.private_key)
        self._allow(system.holders[_TAKER])

    @property
    def relay_url(self) -> str:
        """Return where the relay listens."""
        return f"http://{LOOPBACK}:{self._relay_port}"

    @property
    def places(self) -> dict[str, Any]:
        """Return what the page shows beyond series, by its own names."""
        return {
            "offering": str(self._system.market.offering.address),
            "tranches": str(self._system.contract(TRANCHES_FACTORY).address),
            "funds": str(self._system.contract(FUND_FACTORY).address),
            "forwards": {
                "vault": str(self.vault.address),
                "book": str(self.book.address),
                "relay": self.relay_url,
            },
            "spot": {
                "market": str(self._system.market.spot.address),
                "relay": self.relay_url,
            },
        }

    # The chain's part, a task of each day

    def list_months(self) -> None:
        """List the months ahead that are not there, and let the makers know."""
        newest = int(self._system.oracle.last_final_day())
        if newest + 1 < int(self._system.oracle.FIRST_DAY()) + INDEX_DAYS:
            return
        today = DayIndex(self._chain.now // DAY_SECONDS)
        quoted = self._quoted
        there = {(each.product, each.window) for each in self._listed.values()}
        for product in _PRODUCTS:
            index = self._mean(product, newest)
            for ahead in range(1, _MONTHS_AHEAD + 1):
                month = month_of_day(today).plus(ahead)
                if (product, month) not in there:
                    band = band_of(Style.NARROW, product, index, month.first_day - today)
                    self._list(Contract(product, month, band))
        if self._children and self._quoted != quoted:
            self._start_makers()

    def settle_months(self) -> None:
        """Settle what is over; who holds it redeems it."""
        for series in list(self._listed):
            outcome = self.vault.outcome_of(series)
            if outcome.is_due and not outcome.is_settled:
                self._chain.send(self.vault.settle, series, sender=self._keeper)
                del self._listed[series]

    @property
    def _quoted(self) -> list[str]:
        """Return the codes of the months that have not begun."""
        today = self._chain.now // DAY_SECONDS
        return [str(each) for each in self._listed.values() if each.window.first_day > today]

    def take(self) -> str | None:
        """Let a taker fill some of the best order of a month; say what happened, if anything."""
        if not self._children or not self._listed:
            return None
        series = self._one_of(sorted(self._listed))
        is_buy, quantity = self._draws_buy(), self._entropy.between(1, 3)
        for document in self._listed_orders(str(series), is_buy=is_buy):
            signed = order_from_json(document)
            if self._fill(self.book, signed.order, signed.signature, quantity):
                return f"{self._listed[series]}: {_say(quantity, is_buy=is_buy)}"
        return None

    def take_spot(self) -> str | None:
        """Let the taker fill some of the best order of a token."""
        if not self._children:
            return None
        key = self._one_of(list(self._system.issues))
        token = self._system.issues[key].token
        is_buy, ths = self._draws_buy(), self._entropy.between(5, 50)
        held = int(token.balanceOf(self._system.holders[_TAKER]))
        if is_buy and held < ths * WAD:
            return None
        market = f"{token.address}-{self._system.bitcoin.address}".lower()
        for document in self._listed_orders(market, is_buy=is_buy):
            signed = spot_from_json(document)
            spot = self._system.market.spot
            if self._fill(spot, signed.order, signed.signature, ths * WAD):
                return f"{key}: {_say(ths, is_buy=is_buy)} TH/s"
        return None

    def _listed_orders(self, market: str, *, is_buy: bool) -> Iterator[str]:
        """Read the best order of a side from the relay."""
        side = "buy" if is_buy else "sell"
        try:
            with RelayClient(self.relay_url) as relay:
                for entry in islice(relay.orders(market, side), 1):
                    yield json.dumps(entry["signed_order"])
        except RelayAnswerError:
            return  # it is busy; tomorrow is another day

    def _fill(self, book: Any, order: Order | SpotOrder, signature: bytes, quantity: int) -> bool:
        """Fill some of an order as the taker; tell whether it was filled."""
        take = (quantity, 1, _ENOUGH, 0)
        try:
            self._taking.send(book.fill, order.as_tuple(), signature, take)
        except (RefusalError, ContractLogicError):
            return False  # its maker was quicker
        return True

    def _draws_buy(self) -> bool:
        return bool(self._entropy.between(0, 1))

    def _one_of(self, things: Sequence[_T]) -> _T:
        return things[self._entropy.between(0, len(things) - 1)]

    def _mean(self, product: Product, newest: int) -> Fraction:
        """Return the mean of the index's newest final days [tick]."""
        before, after = (
            int(self._system.oracle.sum_through(product.metric, day)[0])
            for day in (newest - INDEX_DAYS, newest)
        )
        return Fraction(after - before, INDEX_DAYS * product.scale)

    def _list(self, contract: Contract) -> None:
        index = to_checksum_address(self._system.oracle.address)
        token = to_checksum_address(self._system.bitcoin.address)
        terms = terms_of_contract(contract, index, token, self._system.history.reward_decimals)
        self._chain.send(self.vault.create_series, terms.as_tuple(), sender=self._keeper)
        vault = to_checksum_address(self.vault.address)
        self._listed[series_id(CHAIN_ID, vault, terms)] = contract

    # The processes

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the relay, and the makers once there is something to quote.

        Raises:
            DevnetError: one of them does not start.
        """
        try:
            self._start("relay", self._relay_settings())
            self._wait_for_relay()
            self._start_makers()
            yield
        finally:
            for child in reversed(list(self._children.values())):
                child.close()

    def require_alive(self) -> None:
        """Make sure that relay and makers still run.

        Raises:
            DevnetError: one ended by itself.
        """
        for child in self._children.values():
            child.require_alive()

    def _start_makers(self) -> None:
        """Start both makers, anew if they run; orders that they signed stay in their state."""
        quoted = self._quoted
        if not quoted:
            return
        for number, name in enumerate(MAKERS):
            if name in self._children:
                self._children.pop(name).close()
            self._start(name, self._maker_settings(number, name, quoted))

    def _start(self, name: str, settings: Mapping[str, Any]) -> None:
        program = "relay" if name == "relay" else "maker"
        given = {
            f"{program}_{key}".upper(): each if isinstance(each, str) else json.dumps(each)
            for key, each in settings.items()
        }
        self._children[name] = Child(
            name,
            module(program, "run"),
            folder=ROOT,
            environment={**os.environ, **given},
            log=self._folder / f"{name}.log",
        )

    def _relay_settings(self) -> dict[str, Any]:
        return {
            "chain_id": CHAIN_ID,
            "rpc_url": self._node.url,
            "book": str(self.book.address),
            "indices": [str(self._system.oracle.address)],
            "market": str(self._system.market.spot.address),
            "tokens": [str(each.address) for each in (self._system.bitcoin, *self._tokens)],
            "database": str(self._folder / "relay.sqlite3"),
            "listen_port": self._relay_port,
            "operator_port": 0,
            "poll_seconds": 0.2,
            **_SET_CLOCK,
            "ahead_seconds": 0,
            "submits_per_second": 100,
            "reads_per_second": 500,
        }

    def _maker_settings(self, number: int, name: str, contracts: Sequence[str]) -> dict[str, Any]:
        folder = self._folder / f"maker{number}"
        return {
            "chain_id": CHAIN_ID,
            "rpc_url": self._node.url,
            "oracle": str(self._system.oracle.address),
            "book": str(self.book.address),
            "relay": self.relay_url,
            "bitcoin_token": str(self._system.bitcoin.address),
            "contracts": contracts,
            "market": str(self._system.market.spot.address),
            "spot": [
                {
                    "token": str(each.address),
                    "worth": "days",
                    "days": _WORTH_DAYS,
                    "target": MAKER_THS,
                    "size": _SIZE_THS,
                    "limit": MAKER_THS // 2,
                }
                for each in self._tokens
            ],
            "spot_seconds": _LONGEST_ORDER,
            "keystore": str(folder / "key.json"),
            "password_file": str(folder / "password"),
            "state": str(folder / "maker.json"),
            # a halving and retargets pass in seconds here: there shall be prices all the same
            "quiet_blocks": 0,
            "volatility_multiple": 0,
            "deadline_seconds": _LONGEST_ORDER,
            "loss_sats": _LOSS_SATS,
            "cycle_seconds": 1,
            "operator_port": 0,
            **_SET_CLOCK,
            **_POLICIES[name],
        }

    def _wait_for_relay(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            self.require_alive()
            try:
                with RelayClient(self.relay_url) as relay:
                    relay.get("/health")
            except RelayAnswerError as error:
                if time.monotonic() > deadline:
                    raise DevnetError(f"the relay is not there in {_START_SECONDS} s") from error
                time.sleep(_POLL_SECONDS)
            else:
                return

    @property
    def _tokens(self) -> list[Any]:
        return [issue.token for issue in self._system.issues.values()]

    def _allow(self, account: Any) -> None:
        """Let vault and spot market take what an account trades."""
        spot = self._system.market.spot
        bitcoin = self._system.bitcoin
        self._chain.send(bitcoin.approve, self.vault, _ALL, sender=account)
        for token in (bitcoin, *self._tokens):
            self._chain.send(token.approve, spot, _ALL, sender=account)


def _say(quantity: int, *, is_buy: bool) -> str:
    """Describe what a taker did with an order that buys or sells."""
    return f"{_TAKER} {'sells' if is_buy else 'buys'} {quantity:,}"


def _write_key(folder: Path, key: str) -> None:
    """Write a keystore and its password, as a maker wants them."""
    folder.mkdir()
    keystore = Account.encrypt(HexStr(key), _WORD, kdf="pbkdf2", iterations=1)
    for name, text in (("key.json", json.dumps(keystore)), ("password", _WORD + "\n")):
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
