# SPDX-License-Identifier: AGPL-3.0-only
"""A chain with vault and book, makers with money, and many orders that they signed."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from benchmarks.node import Node
from benchmarks.system import DAY, FIRST_DAY, HOUR, System
from hashrate.orders.order import (
    ZERO_ADDRESS,
    BookDomain,
    Leg,
    Order,
    SignedOrder,
    order_hash,
    sign_order,
)
from hashrate.orders.order_file import order_to_json
from reference.forward_terms import ForwardTerms, Metric
from relay.store import NewRow, RelayStore
from simulation.devnet.anvil import CHAIN_ID
from testing.forwards import create_forward, deploy_forwards

_REPORTED_DAYS = 8
_MONTHS = 6
_MONTH_DAYS = 30
_MAKERS = 1_000  # a maker keeps a hundredth of a full book
_FLOOR, _CAP = 2_000, 8_000
_MIDDLE = 5_000
_SPREAD = 400  # [tick] between the best and the worst price of a side
_MONEY = 10**15
_STRIP_EVERY = 10  # each so many orders, one over three months
_STRIP_MONTHS = 3


class RelayWorld:
    """Vault and book, six months and a hundred makers."""

    def __init__(self, node: Node) -> None:
        """Deploy everything on a fresh node whose clock stands in `FIRST_DAY`."""
        self.node = node
        system = System(node)
        node.go_to((FIRST_DAY + _REPORTED_DAYS) * DAY + 2 * HOUR)
        with ProcessPoolExecutor(2) as pool:
            system.catch_up(_REPORTED_DAYS, pool)
        node.go_to((FIRST_DAY + _REPORTED_DAYS + 7) * DAY)
        self.sender = system.roles.deployer
        self.token = system.chain.deploy("mocks/MockBitcoin", 8, sender=self.sender)
        forwards = deploy_forwards(system.chain, [self.token.address], self.sender)
        self.vault, self.index = forwards.vault, system.oracle.address
        self.domain = BookDomain(CHAIN_ID, forwards.book.address)
        today = node.clock // DAY
        self.months = sorted(self._create(today + 30 * n) for n in range(1, _MONTHS + 1))
        self.deadline = (today + 20) * DAY
        self._fund()

    def signed_orders(
        self, first: int, count: int, *, has_strips: bool = True
    ) -> list[SignedOrder]:
        """Sign orders; the same numbers give the same ones."""
        numbers = range(first, first + count)
        jobs = [(self.domain, self.order(number, has_strips=has_strips)) for number in numbers]
        with ProcessPoolExecutor(2) as pool:
            return list(pool.map(_signed, jobs, chunksize=100))

    def order(self, number: int, *, has_strips: bool = True) -> Order:
        """Make an order: prices scatter around the middle, one in ten is a strip if there are."""
        dice = int.from_bytes(keccak(number.to_bytes(8, "big"))[:8], "big")
        is_buy = bool(dice % 2)
        away = 1 + dice // 2 % _SPREAD
        is_strip = has_strips and number % _STRIP_EVERY == 0
        first = dice // 1_000 % (_MONTHS - _STRIP_MONTHS if is_strip else _MONTHS)
        months = self.months[first : first + (_STRIP_MONTHS if is_strip else 1)]
        price = _MIDDLE - away if is_buy else _MIDDLE + away
        return Order(
            maker=maker(number % _MAKERS).address,
            taker=ZERO_ADDRESS,
            quantity=1 + dice % 50,
            minimum_quantity=1,
            max_collateral=_MONEY,
            deadline=self.deadline,
            may_trade_in_window=False,
            epoch=0,
            salt=number,
            legs=tuple(Leg(each, is_buy, price) for each in months),
        )

    def stir(self, number: int) -> None:
        """Make a block in which a maker pays something, so what it has is looked at again."""
        each = maker(number % _MAKERS).address
        self.token.send("transfer", self.sender, 1, sender=each)

    def _create(self, first_day: int) -> int:
        end_day = first_day + _MONTH_DAYS
        index, metric = self.index, Metric.HASHPRICE_SATS
        terms = ForwardTerms(index, metric, first_day, end_day, _FLOOR, _CAP, 1, self.token.address)
        return create_forward(self.vault, terms, self.sender)

    def _fund(self) -> None:
        makers = [maker(number).address for number in range(_MAKERS)]
        self.token.send_many("mint", ((each, _MONEY) for each in makers), sender=self.sender)
        for each in makers:
            self.node.rpc("anvil_impersonateAccount", each)
            self.node.rpc("anvil_setBalance", each, hex(10**20))
            self.token.send("approve", self.vault.address, 2**256 - 1, sender=each)


def keep_orders(path: Path, domain: BookDomain, orders: Sequence[SignedOrder]) -> None:
    """Write orders into a relay's database, as if it had taken them in before."""
    store = RelayStore(path, domain)
    hashes = ["0x" + order_hash(domain, signed.order).hex() for signed in orders]
    store.add_all(
        [
            NewRow(name, "forward", order_to_json(signed), 0)
            for name, signed in zip(hashes, orders, strict=True)
        ]
    )
    store.close()


def maker(number: int) -> LocalAccount:
    """Return a maker's key, of no use anywhere else."""
    account: LocalAccount = Account.from_key(keccak(b"maker" + number.to_bytes(4, "big")))
    return account


def _signed(job: tuple[BookDomain, Order]) -> SignedOrder:
    domain, order = job
    return sign_order(_key_of(order.maker), domain, order)


def _key_of(address: str) -> LocalAccount:
    if not _KEYS:
        _KEYS.update({maker(number).address: maker(number) for number in range(_MAKERS)})
    return _KEYS[address]


_KEYS: dict[str, LocalAccount] = {}
