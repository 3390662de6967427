# SPDX-License-Identifier: AGPL-3.0-only
"""A stall on the spot market: a plain token, a note, money, a maker and a taker who are rich."""

from dataclasses import dataclass, field, replace
from typing import Any

from eth_account.signers.local import LocalAccount

from reference.spot import SpotOrder
from reference.units import day_of
from testing.spot import sign_spot, spot_tuple
from tests.unit.chain import account, actor, deployer, now

MAX = 2**256 - 1
RICH = 10**36
WAD = 10**18
PRICE = 7_001


@dataclass
class Stall:
    """A market with what is traded on it; `others` are further tokens or moneys by name."""

    market: Any
    token: Any
    note: Any
    money: Any
    others: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls) -> "Stall":
        """Deploy everything; 700 remain of the note, through yesterday."""
        stall = cls(
            deployer("market/SpotMarket").deploy(),
            deployer("mocks/MockBitcoin").deploy(18),
            deployer("mocks/MockAmortizing").deploy(),
            deployer("mocks/MockBitcoin").deploy(8),
        )
        stall.note.set_remaining(700, day_of(now()) - 1)
        for token in (stall.token, stall.note, stall.money):
            stall.enrich(token)
        return stall

    def other(self, name: str, *arguments: Any) -> Any:
        """Deploy another token that everybody has and has approved."""
        token = deployer(f"mocks/{name}").deploy(*arguments)
        self.enrich(token)
        return token

    def enrich(self, token: Any, *more: str) -> None:
        """Mint everybody plenty of a token, and approve the market for it."""
        for who in (actor("maker"), actor("taker"), *more):
            token.mint(who, RICH)
            token.approve(self.market.address, MAX, sender=who)

    def order(self, **changes: Any) -> SpotOrder:
        """Return an order of the maker to sell ten tokens at 7,001, unless said otherwise."""
        usual = SpotOrder(
            maker=actor("maker"),
            taker=None,
            is_buy=False,
            token=str(self.token.address),
            money=str(self.money.address),
            price=PRICE,
            is_per_remaining=False,
            max_lag_days=2,
            quantity=10 * WAD,
            minimum_quantity=0,
            deadline=now() + 3_600,
            epoch=0,
            salt=0,
        )
        return replace(usual, **changes)

    def note_order(self, **changes: Any) -> SpotOrder:
        """Return an order on the note at 0.98 of par."""
        return self.order(
            **{
                "token": str(self.note.address),
                "is_per_remaining": True,
                "price": 98 * WAD // 100,
                **changes,
            }
        )

    def sign(self, order: SpotOrder, signer: LocalAccount | None = None) -> bytes:
        """Return the maker's signature, or somebody else's."""
        key = (signer or account("maker")).key
        return sign_spot(1, str(self.market.address), order, key)

    def fill(
        self,
        order: SpotOrder,
        quantity: int = MAX,
        least: int = 0,
        max_pay: int = MAX,
        min_receive: int = 0,
        signature: bytes | None = None,
        sender: str | None = None,
    ) -> int:
        """Fill as the taker, with the maker's signature."""
        signature = self.sign(order) if signature is None else signature
        take = (quantity, least, max_pay, min_receive)
        sender = sender or actor("taker")
        return int(self.market.fill(spot_tuple(order), signature, take, sender=sender))

    def fills(self, *orders: SpotOrder, quantity: int = MAX) -> list[tuple[Any, ...]]:
        """Return the contract's `Fill` of each order."""
        return [(spot_tuple(each), self.sign(each), (quantity, 0, MAX, 0)) for each in orders]

    def match(self, one: SpotOrder, other: SpotOrder, quantity: int = MAX) -> int:
        """Match the maker's order with the taker's, as a stranger."""
        signers = [account(name) for name in ("maker", "taker")]
        by = {signer.address: signer for signer in signers}
        sides = [
            argument
            for order in (one, other)
            for argument in (spot_tuple(order), self.sign(order, by[order.maker]))
        ]
        return int(self.market.match(*sides, quantity, sender=actor("stranger")))

    def has(self, who: str, token: Any = None) -> tuple[int, int]:
        """Return what an account gained: token and money [base units]."""
        account_of = actor(who)
        token = token or self.token
        return (
            int(token.balanceOf(account_of)) - RICH,
            int(self.money.balanceOf(account_of)) - RICH,
        )

    def state(self) -> tuple[object, ...]:
        """Return what a refused call must leave as it was."""
        people = ("maker", "taker")
        return (
            [self.has(who, token) for who in people for token in (self.token, self.note)],
            [self.market.epoch_of(actor(who)) for who in people],
        )
