# SPDX-License-Identifier: AGPL-3.0-only
"""A node with vault and book, an oracle old enough for them, and traders with money."""

from collections.abc import Iterable
from typing import Any

from eth_account.signers.local import LocalAccount

from hashrate.core.types import DayIndex, UsdE8
from hashrate.history import open_source
from hashrate.orders.order import (
    ZERO_ADDRESS,
    BookDomain,
    Leg,
    Order,
    Permit,
    SignedOrder,
    sign_order,
)
from reference.forward_terms import ForwardTerms, Metric
from testing.anvil import CHAIN_ID
from testing.evm_contract import EvmContract
from testing.forwards import create_forward, deploy_forwards
from testing.oracle import OracleConfig
from testing.oracle_world import DAY_SECONDS, OracleWorld, key_of

_DAYS = 8
_FAR = 4 * DAY_SECONDS
_PRICE_E8 = UsdE8(6_500_000_000_000)
MONEY = 10**12
FLOOR, CAP, PRICE = 2_000, 8_000, 5_000
MONTH_DAYS = 30
_PERMIT_TYPE = [
    {"name": "owner", "type": "address"},
    {"name": "spender", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "nonce", "type": "uint256"},
    {"name": "deadline", "type": "uint256"},
]


class ForwardsWorld:
    """A chain with vault and book; every account's transactions are taken without a signature.

    `months` are three series of thirty days each, `today` is the day of the newest block.
    """

    def __init__(self) -> None:
        """Start the node, report eight days, deploy vault and book and create the series."""
        source = open_source("simulated:1")
        first = source.first_day
        config = OracleConfig(first, source.observe(first).facts.first_height)
        self.oracle_world = OracleWorld(config, "--auto-impersonate")
        self.anvil, self.rpc = self.oracle_world.anvil, self.oracle_world.rpc
        self.deployer = self.oracle_world.issuer
        self._report(first)
        chain = self.oracle_world.chain
        self.token = chain.deploy("mocks/MockBitcoin", 8, sender=self.deployer)
        permit_bitcoin = "testing/contracts/PermitBitcoin.vy"
        self.permit_token = chain.deploy(permit_bitcoin, sender=self.deployer)
        tokens = [self.token.address, self.permit_token.address]
        forwards = deploy_forwards(chain, tokens, self.deployer)
        self.vault, self.book = forwards.vault, forwards.book
        self.domain = BookDomain(CHAIN_ID, self.book.address)
        self.indices = [self.oracle_world.oracle.address]
        self.today = self.anvil.now() // DAY_SECONDS
        starts = [self.today + 10 + n * MONTH_DAYS for n in range(3)]
        months = [self.create(day, self.token) for day in starts]
        self.months = tuple(sorted(months))
        self.first_day = dict(zip(months, starts, strict=True))

    def close(self) -> None:
        """Stop the node."""
        self.oracle_world.close()

    def create(self, first_day: int, token: EvmContract) -> int:
        """Create a series of hashprice in satoshi and give its number."""
        end_day = first_day + MONTH_DAYS
        index, metric = self.indices[0], Metric.HASHPRICE_SATS
        terms = ForwardTerms(index, metric, first_day, end_day, FLOOR, CAP, 1, token.address)
        return create_forward(self.vault, terms, self.deployer)

    def trader(self, role: str, money: int = MONEY, *, approves: bool = True) -> LocalAccount:
        """Make an account with money for gas and for the vault."""
        account = key_of(role)
        self.anvil.give(account.address)
        self.token.send("mint", account.address, money, sender=self.deployer)
        if approves:
            self.token.send("approve", self.vault.address, 2**256 - 1, sender=account.address)
        return account

    def order(self, maker: LocalAccount, **changes: Any) -> SignedOrder:
        """Sign a buy order of ten contracts of the first month, with changes.

        `series`, `is_buy` and `price_ticks` make equal legs, where none are given.
        """
        series = changes.pop("series", self.months[:1])
        is_buy, price = changes.pop("is_buy", True), changes.pop("price_ticks", PRICE)
        plain: dict[str, Any] = {
            "maker": maker.address,
            "taker": ZERO_ADDRESS,
            "quantity": 10,
            "minimum_quantity": 1,
            "max_collateral": MONEY,
            "deadline": self.anvil.now() + 5 * DAY_SECONDS,
            "may_trade_in_window": False,
            "epoch": self.book.read("epoch_of", maker.address),
            "salt": 1,
            "legs": tuple(Leg(each, is_buy, price) for each in series),
        }
        return sign_order(maker, self.domain, Order(**plain | changes))

    def permit(self, owner: LocalAccount, value: int, deadline: int = 2**40) -> Permit:
        """Sign a permit of the token with permits for the vault [base units]."""
        token = self.permit_token.address
        domain = {"name": "Permit bitcoin", "version": "1", "chainId": CHAIN_ID}
        values = {
            "owner": owner.address,
            "spender": self.vault.address,
            "value": value,
            "nonce": self.permit_token.read("nonces", owner.address),
            "deadline": deadline,
        }
        signed = owner.sign_typed_data(
            domain | {"verifyingContract": token}, {"Permit": _PERMIT_TYPE}, values
        )
        r, s = (number.to_bytes(32, "big") for number in (signed.r, signed.s))
        return Permit(token, owner.address, value, deadline, signed.v, r, s)

    def fill(self, taker: LocalAccount, signed: SignedOrder, quantity: int) -> None:
        """Fill some of an order, at any cost."""
        take = (quantity, quantity, 2**256 - 1, 0)
        arguments = (signed.order.as_tuple(), signed.signature, take)
        self.book.send("fill", *arguments, sender=taker.address)

    def cancel(self, signed: SignedOrder) -> None:
        """Cancel an order as its maker."""
        self.book.send("cancel", signed.order.as_tuple(), sender=signed.order.maker)

    def post_days(self, days: Iterable[int]) -> None:
        """Post days of the simulated network."""
        source = open_source("simulated:1")
        for day in days:
            self.oracle_world.post(source.observe(DayIndex(day)).facts, _PRICE_E8)

    def _report(self, first: int) -> None:
        """Post the oracle's first days and let them become final."""
        self.oracle_world.finish_day(first + _DAYS - 1)
        self.post_days(range(first, first + _DAYS))
        self.anvil.warp(self.anvil.now() + _FAR)
