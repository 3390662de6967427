# SPDX-License-Identifier: AGPL-3.0-only
"""Measure forwards: fills, strips, spreads, batches, matches, settlement, redemption."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

from benchmarks.contract import Call, Contract, next_address, vyper_artifact
from benchmarks.errors import HistoryError
from benchmarks.system import DAY, HOUR, LONG_WINDOW, System
from benchmarks.node import CHAIN_ID
from benchmarks.recorder import Recorder

MONTH = 30  # [days]
MONTHS = 12
LONGEST = 366  # [days]
MANY = 100  # [contracts]
ORDERS = 8  # in one call

_SATS = 1  # the metric
_FLOOR, _CAP, _PRICE = 20_000, 80_000, 45_000  # [sat per PH/s and day]
_MONEY = 10**15  # [sat] and as much is approved, so that neither is ever used up
_NOBODY = "0x" + "00" * 20
_NEVER = 2**256 - 1
_TYPES = {
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
_DOMAIN = {
    "name": "string",
    "version": "string",
    "chainId": "uint256",
    "verifyingContract": "address",
}


Legs = list[tuple[int, bool, int, int]]


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order as the book takes it."""

    values: tuple[object, ...]
    signature: bytes

    def take(self, quantity: int) -> tuple[object, ...]:
        """Return what a taker sends to take so much of it [units], at any cost."""
        return self.values, self.signature, (quantity, quantity, _NEVER, 0)


class Venue:
    """Vault and book on the system's oracle, their parties, and series that trade already."""

    def __init__(self, system: System) -> None:
        """Deploy both and create the series; their window begins the day after next."""
        self.system, self.node = system, system.node
        self.token = system.reward_token
        deployer = system.roles.deployer
        metadata = self._deploy("ForwardsMetadata")
        # book first, for the address the vault will have
        self.book = self._deploy("ForwardsBook", next_address(self.node, deployer, 1))
        self.vault = self._deploy(
            "ForwardsVault", self.book.address, metadata.address, [self.token.address]
        )
        self.first_day = self.node.clock // DAY + 2
        starts = range(self.first_day, self.first_day + MONTHS * MONTH, MONTH)
        self.first_month = self._create(self.first_day, MONTH)
        self.strip = sorted(self._create(start, MONTH) for start in starts)
        self.longest = self._create(self.first_day, LONGEST)
        self._numbers = count(1)
        for series in ([self.first_month], self.strip, [self.longest]):
            self.trade(legs(series, False), 1)

    def party(self) -> LocalAccount:
        """Make a party that is known to nobody and has money, approved."""
        number = next(self._numbers)
        party: LocalAccount = Account.from_key((10_000 + number).to_bytes(32, "big"))
        self.node.rpc("anvil_impersonateAccount", party.address)
        self.token.send(self.system.roles.issuer, "mint", party.address, _MONEY)
        self.token.send(party.address, "approve", self.vault.address, _MONEY)
        return party

    def order(self, maker: LocalAccount, legs: Legs, quantity: int) -> SignedOrder:
        """Sign an order."""
        values: tuple[object, ...] = (
            maker.address,
            _NOBODY,
            quantity,
            0,
            _MONEY,
            _NEVER,
            False,
            0,
            next(self._numbers),
            legs,
            [],
        )
        domain = ("HashrateForwards", "1", CHAIN_ID, self.book.address)
        message: dict[str, object] = dict(zip(_TYPES["Order"], values, strict=True))
        message["legs"] = [dict(zip(_TYPES["Leg"], leg, strict=True)) for leg in legs]
        typed = encode_typed_data(
            full_message={
                "types": {
                    name: [{"name": n, "type": kind} for n, kind in fields.items()]
                    for name, fields in (_TYPES | {"EIP712Domain": _DOMAIN}).items()
                },
                "primaryType": "Order",
                "domain": dict(zip(_DOMAIN, domain, strict=True)),
                "message": message,
            }
        )
        return SignedOrder(values, bytes(maker.sign_message(typed).signature))

    def trade(
        self,
        legs: Legs,
        quantity: int,
        recorder: Recorder | None = None,
        name: str = "",
        taker: LocalAccount | None = None,
    ) -> tuple[int, LocalAccount]:
        """Let a fresh maker trade legs with a taker; return the gas, and the taker."""
        taker = taker or self.party()
        signed = self.order(self.party(), legs, quantity)
        call = self.book.call(taker.address, "fill", *signed.take(quantity))
        gas = call.send().gas if recorder is None else recorder.send(name, call)
        return gas, taker

    def match(self, one: SignedOrder, other: SignedOrder) -> Call:
        """Make the transaction of somebody who lets one unit of two orders trade."""
        return self.book.call(
            self.system.roles.transmitter,
            "match",
            one.values,
            one.signature,
            other.values,
            other.signature,
            1,
        )

    def _deploy(self, name: str, *arguments: object) -> Contract:
        artifact = vyper_artifact(f"contracts/forwards/{name}.vy")
        return Contract.deploy(self.node, self.system.roles.deployer, artifact, *arguments)

    def _create(self, first_day: int, days: int) -> int:
        window = (first_day, first_day + days)
        index = self.system.oracle.address
        terms = (index, _SATS, *window, _FLOOR, _CAP, 1, self.token.address)
        self.vault.send(self.system.roles.deployer, "create_series", terms)
        series: int = self.vault.read("series_of", terms)
        return series


def legs(series: Sequence[int], is_buy: bool) -> Legs:
    """Return legs of an order that buys or sells one contract of each series, at the one price."""
    return [(each, is_buy, _PRICE, 1) for each in series]


def measure_forwards(system: System, recorder: Recorder) -> None:
    """Trade, let a year pass, settle and redeem; record each operation."""
    recorder.say("forwards: trades")
    with ProcessPoolExecutor() as pool:
        system.catch_up(system.node.clock // DAY - system.next_day, pool)
        system.node.go_to(system.node.clock + LONG_WINDOW + HOUR)
        venue = Venue(system)
        holder = _trade(venue, recorder)
        for series, days in ((venue.first_month, MONTH), (venue.longest, LONGEST)):
            recorder.say(f"forwards: {days} days")
            system.node.go_to((venue.first_day + days) * DAY + HOUR)
            system.catch_up(venue.first_day + days - system.next_day, pool)
            system.node.go_to(system.node.clock + LONG_WINDOW + HOUR)
            call = venue.vault.call(system.roles.transmitter, "settle", series)
            recorder.send("forward_settle", call)
    _redeem(venue, recorder, holder)


def _trade(venue: Venue, recorder: Recorder) -> LocalAccount:
    """Measure the trades; return an account that has sold one contract of the first month."""
    buy, sell = legs([venue.first_month], True), legs([venue.first_month], False)
    one, holder = venue.trade(buy, 1, recorder, "forward_fill")
    venue.trade(sell, 1, recorder, "forward_fill")
    venue.trade(buy, MANY, recorder, "forward_fill_100")
    _, seller = venue.trade(buy, 1)
    venue.trade(sell, 1, recorder, "forward_netting", taker=seller)
    _, buyer = venue.trade(sell, 1)
    venue.trade(buy, 1, recorder, "forward_netting", taker=buyer)
    strip, _ = venue.trade(legs(venue.strip, True), 1, recorder, "strip of twelve months")
    more = MONTHS - 1
    recorder.gas["forward_strip_per_month"] = -(-(strip - one) // more)  # rounds up
    near, far = venue.strip[:2]
    venue.trade([(near, False, _PRICE, 1), (far, True, _PRICE, 1)], 1, recorder, "forward_spread")
    _many(venue, recorder)
    parties = venue.party(), venue.party()
    open_ = [venue.order(party, each, 1) for party, each in zip(parties, (buy, sell), strict=True)]
    recorder.send("forward_match", venue.match(*open_))
    close = [venue.order(party, each, 1) for party, each in zip(parties, (sell, buy), strict=True)]
    recorder.send("forward_match_close", venue.match(*close))
    pair = venue.party()
    mint = (venue.first_month, 1, pair.address, pair.address)
    venue.vault.send(pair.address, "mint_pair", *mint)
    merge = (venue.first_month, 1, pair.address)
    recorder.send("forward_merge", venue.vault.call(pair.address, "merge_pair", *merge))
    return holder


def _many(venue: Venue, recorder: Recorder) -> None:
    """Measure what a further order costs in one call: of fresh makers, to one fresh taker."""
    gas = []
    for count_ in (1, ORDERS):
        buy = legs([venue.first_month], True)
        fills = [venue.order(venue.party(), buy, 1).take(1) for _ in range(count_)]
        call = venue.book.call(venue.party().address, "fill_many", fills)
        gas.append(recorder.send(f"fill_many of {count_}", call))
    further = ORDERS - 1
    recorder.gas["forward_many_per_order"] = -(-(gas[1] - gas[0]) // further)  # rounds up


def _redeem(venue: Venue, recorder: Recorder, holder: LocalAccount) -> None:
    """Measure the redemption of one side, to a holder that has money."""
    before = venue.token.read("balanceOf", holder.address)
    call = venue.vault.call(holder.address, "redeem", venue.first_month, holder.address)
    recorder.send("forward_redeem", call)
    if venue.token.read("balanceOf", holder.address) <= before:
        raise HistoryError("the redemption paid nothing")
