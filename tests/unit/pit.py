# SPDX-License-Identifier: AGPL-3.0-only
"""A trading pit: vault and book on a one-reporter oracle, a settlement token, parties and orders.

A month lasts three days; the oracle has eight final days before the first. A hashprice of 50
satoshi per TH/s and day is 50,000 ticks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

from hashrate.core.types import Wad
from reference.units import DAY_SECONDS
from testing.forwards import deploy_forwards
from testing.titanoboa import BoaChain
from tests.unit.chain import DEPLOYER, ZERO, account, actor, deployer, events, go_to, go_to_day, now
from tests.unit.reporting import FIRST_DAY as ORACLE_START
from tests.unit.reporting import PRICE, SHORT, Reporting

SATS, USD, DIFFICULTY = 1, 2, 3
OPENING = ORACLE_START + 8  # day on which the pit opens
FIRST_DAY = OPENING + 2
DAYS = 3
FLOOR, CAP = 40_000, 60_000
MAX = 2**256 - 1
RICH = 10**36
DEADLINE_SECONDS = 60 * DAY_SECONDS
TYPES = {
    "Order": {
        "maker": "address",
        "taker": "address",
        "quantity": "uint256",
        "minimum_quantity": "uint256",
        "max_collateral": "uint256",
        "deadline": "uint256",
        "may_trade_in_window": "bool",
        "epoch": "uint256",
        "salt": "uint256",
        "legs": "Leg[]",
        "pegs": "Peg[]",
    },
    "Leg": {
        "series": "uint256",
        "is_buy": "bool",
        "price_ticks": "uint256",
        "ratio": "uint256",
    },
    "Peg": {
        "mean_days": "uint256",
        "max_age_days": "uint256",
        "offset_ticks": "int256",
        "low_ticks": "uint256",
        "high_ticks": "uint256",
    },
}
Leg = tuple[int, bool, int, int]
Peg = tuple[int, int, int, int, int]
DOMAIN_FIELDS = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]


@dataclass(frozen=True)
class ForwardTerms:
    """Terms of a series; the token is the pit's, the index its oracle unless one is named."""

    metric: int = SATS
    first_day: int = FIRST_DAY
    end_day: int = FIRST_DAY + DAYS
    floor_ticks: int = FLOOR
    cap_ticks: int = CAP
    tick_value: int = 1
    index: str = ""

    @property
    def unit(self) -> int:
        """Return days times tick value [base units per tick]."""
        return (self.end_day - self.first_day) * self.tick_value

    @property
    def cost(self) -> int:
        """Return the cost of a pair [base units]."""
        return self.unit * (self.cap_ticks - self.floor_ticks)

    def collateral(self, price: int, is_buyer: bool) -> int:
        """Return what one side of a contract costs at a price [base units]."""
        return self.unit * (price - self.floor_ticks if is_buyer else self.cap_ticks - price)

    @property
    def deadline(self) -> int:
        """Return from when on the series settles in any case [unix s]."""
        return self.end_day * DAY_SECONDS + DEADLINE_SECONDS


TERMS = ForwardTerms()
NEXT = ForwardTerms(first_day=TERMS.end_day, end_day=TERMS.end_day + DAYS)


@dataclass(frozen=True)
class Order:
    """An order of the maker to buy ten contracts at 50,000 ticks, unless said otherwise.

    `legs` and `pegs` are as in the contract; without `legs` there is one for each of `series`.
    """

    series: Sequence[int] = ()
    maker: str = field(default_factory=lambda: actor("maker"))
    taker: str = ZERO
    is_buy: bool = True
    price_ticks: int = 50_000
    quantity: int = 10
    minimum_quantity: int = 0
    max_collateral: int = MAX
    deadline: int = FIRST_DAY * DAY_SECONDS
    may_trade_in_window: bool = False
    epoch: int = 0
    salt: int = 0
    legs: Sequence[Leg] = ()
    pegs: Sequence[Peg] = ()

    def as_tuple(self) -> tuple[Any, ...]:
        """Return the contract's `Order` struct."""
        values = {name: getattr(self, name) for name in TYPES["Order"]}
        if not self.legs:
            price = 0 if self.pegs else self.price_ticks
            values["legs"] = [(each, self.is_buy, price, 1) for each in self.series]
        return tuple(values.values())

    def message(self) -> dict[str, Any]:
        """Return the fields by name, in the order in which they are signed."""
        message = dict(zip(TYPES["Order"], self.as_tuple(), strict=True))
        message["legs"] = [dict(zip(TYPES["Leg"], leg, strict=True)) for leg in message["legs"]]
        message["pegs"] = [dict(zip(TYPES["Peg"], peg, strict=True)) for peg in message["pegs"]]
        return message


@dataclass
class Pit:
    """Vault, book, an oracle and one settlement token, with the acts of everybody around them."""

    reporting: Reporting
    vault: Any
    book: Any
    token: Any

    @classmethod
    def open(cls, token: Any, *others: Any) -> "Pit":
        """Deploy the oracle, eight days before the pit's, and vault and book."""
        reporting = Reporting.open(1, 1, long_window_seconds=SHORT)
        for _ in range(OPENING - ORACLE_START):
            reporting.post()
        go_to(now() + SHORT)
        pit = cls.at(reporting, token, *others)
        for name in ("maker", "taker", "payer"):
            pit.enrich(actor(name))
        return pit

    @classmethod
    def at(cls, reporting: Reporting, token: Any, *others: Any) -> "Pit":
        """Deploy vault and book, whose parties have nothing."""
        tokens = [each.address for each in (token, *others)]
        forwards = deploy_forwards(BoaChain(), tokens, DEPLOYER)
        return cls(reporting, forwards.vault.inside, forwards.book.inside, token)

    def with_token(self, token: Any) -> "Pit":
        """Return the same pit with another token on its list; its parties are rich in it."""
        pit = replace(self, token=token)
        for name in ("maker", "taker", "payer"):
            pit.enrich(actor(name))
        return pit

    def enrich(self, who: str, amount: int = RICH) -> None:
        """Mint an account money and approve the vault for it."""
        self.token.mint(who, amount)
        self.token.approve(self.vault.address, MAX, sender=who)

    # ------------------------------------------------------------ Series

    def terms_tuple(self, terms: ForwardTerms) -> tuple[Any, ...]:
        """Return the contract's `Terms` struct."""
        return (
            terms.index or self.reporting.oracle.address,
            terms.metric,
            terms.first_day,
            terms.end_day,
            terms.floor_ticks,
            terms.cap_ticks,
            terms.tick_value,
            self.token.address,
        )

    def create(self, terms: ForwardTerms = TERMS) -> int:
        """Create a series as a stranger."""
        return int(self.vault.create_series(self.terms_tuple(terms), sender=actor("stranger")))

    def strip(self, months: int, **changes: Any) -> list[int]:
        """Create that many months in a row; return them as an order names them."""
        return sorted(
            self.create(
                replace(
                    TERMS,
                    first_day=FIRST_DAY + month * DAYS,
                    end_day=FIRST_DAY + (month + 1) * DAYS,
                    **changes,
                )
            )
            for month in range(months)
        )

    # ------------------------------------------------------------ Orders

    def sign(
        self,
        order: Order,
        signer: LocalAccount | None = None,
        chain_id: int = 1,
        book: str | None = None,
    ) -> bytes:
        """Return the maker's signature, or somebody else's."""
        domain = {
            "name": "HashrateForwards",
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": book or self.book.address,
        }
        signed = (signer or account("maker")).sign_message(
            encode_typed_data(full_message=typed(domain, order.message()))
        )
        return bytes(signed.signature)

    def fill(
        self,
        order: Order,
        quantity: int = MAX,
        minimum: int = 0,
        sender: str | None = None,
        signature: bytes | None = None,
        max_pay: int = MAX,
        min_receive: int = 0,
    ) -> int:
        """Fill as the taker, with the maker's signature."""
        signature = self.sign(order) if signature is None else signature
        return int(
            self.book.fill(
                order.as_tuple(),
                signature,
                (quantity, minimum, max_pay, min_receive),
                sender=sender or actor("taker"),
            )
        )

    # ------------------------------------------------------------ Days

    def report(self, hashprice_sats: int = 50, price: int = PRICE) -> int:
        """Report the oracle's next day, with a hashprice [sat per TH/s and day]; return it."""
        facts = replace(self.reporting.next_facts(), hashprice_wad=Wad(hashprice_sats * 10**18))
        self.reporting.post(facts, price)
        return int(facts.day)

    def report_until(self, end_day: int, hashprice_sats: int = 50) -> None:
        """Report the days before one, and wait until the last is final."""
        day = 0
        while self.reporting.oracle.next_day() < end_day:
            day = self.report(hashprice_sats)
        go_to(max(now(), int(self.reporting.oracle.day_record(day).final_at)))

    def end(self, terms: ForwardTerms = TERMS) -> None:
        """Go to the end of a window."""
        go_to_day(terms.end_day)

    # ------------------------------------------------------------ What is there

    def held(self, who: str, series: int) -> tuple[int, int]:
        """Return LONG and SHORT of an account [contracts]."""
        vault = self.vault
        return int(vault.balanceOf(who, series)), int(vault.balanceOf(who, series + 1))

    def money(self, who: str) -> int:
        """Return what an account has in its wallet [base units]."""
        return int(self.token.balanceOf(who))

    def inside(self) -> int:
        """Return what the vault has [base units]."""
        return self.money(self.vault.address)

    def state(self, *series: int) -> tuple[object, ...]:
        """Return what a refused call must leave as it was."""
        people = [actor(name) for name in ("maker", "taker", "payer")]
        return (
            self.inside(),
            [self.money(who) for who in people],
            [self.held(who, each) for who in people for each in series],
            [self.vault.open_interest(each) for each in series],
            [self.book.epoch_of(who) for who in people],
        )


def typed(domain: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    """Return an order as EIP-712 typed data."""
    return {
        "types": {
            "EIP712Domain": DOMAIN_FIELDS,
        }
        | {
            kind: [{"name": name, "type": each} for name, each in fields.items()]
            for kind, fields in TYPES.items()
        },
        "primaryType": "Order",
        "domain": domain,
        "message": message,
    }


def told(contract: Any, name: str) -> list[tuple[Any, ...]]:
    """Return the values of the events of one name from the contract's last call."""
    return [tuple(each)[1:] for each in events(contract, name)]


def plain_token(decimals: int = 8) -> Any:
    """Deploy a settlement token that anyone can mint."""
    return deployer("mocks/MockBitcoin").deploy(decimals)


def gas_of(contract: Any) -> int:
    """Return what the contract's last call cost without its transaction [gas]."""
    return int(contract._computation.get_gas_used())
