# SPDX-License-Identifier: AGPL-3.0-only
"""Measure the forwards engine: fills, strips, matches, settlement, redemption."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

from benchmarks.contract import Contract, vyper_artifact
from benchmarks.errors import HistoryError
from benchmarks.node import CHAIN_ID
from benchmarks.recorder import Recorder
from benchmarks.system import DAY, HOUR, LONG_WINDOW, System

MONTH = 30  # [days]
MONTHS = 12
LONGEST = 366  # [days]
MANY = 100  # [contracts]

_SATS = 1  # the metric
_FLOOR, _CAP, _PRICE = 20_000, 80_000, 45_000  # [sat per PH/s and day]
_MONEY = 10**15  # [sat] and as much is approved, so that neither is ever used up
_NOBODY = "0x" + "00" * 20
_NEVER = 2**256 - 1
_ORDER = {
    "maker": "address",
    "taker": "address",
    "is_buy": "bool",
    "price_ticks": "uint256",
    "quantity": "uint256",
    "minimum_quantity": "uint256",
    "max_collateral": "uint256",
    "deadline": "uint256",
    "may_trade_in_window": "bool",
    "epoch": "uint256",
    "salt": "uint256",
    "series": "uint256[]",
}
_DOMAIN = {
    "name": "string",
    "version": "string",
    "chainId": "uint256",
    "verifyingContract": "address",
}


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order as the engine takes it."""

    values: tuple[object, ...]
    signature: bytes


class Engine:
    """An engine on the system's oracle, its parties, and series that trade already."""

    def __init__(self, system: System) -> None:
        """Deploy the engine and create the series; their window begins the day after next."""
        self.system, self.node = system, system.node
        self.token = system.reward_token
        self.contract = Contract.deploy(
            self.node,
            system.roles.deployer,
            vyper_artifact("contracts/forwards/ForwardsEngine.vy"),
            system.oracle.address,
            [self.token.address],
        )
        self.first_day = self.node.clock // DAY + 2
        starts = range(self.first_day, self.first_day + MONTHS * MONTH, MONTH)
        self.first_month = self._create(self.first_day, MONTH)
        self.strip = sorted(self._create(start, MONTH) for start in starts)
        self.longest = self._create(self.first_day, LONGEST)
        self._numbers = count(1)
        self.trade([self.first_month], 1, False)
        self.trade(self.strip, 1, False)
        self.trade([self.longest], 1, False)

    def party(self) -> LocalAccount:
        """Make a party that is known to nobody and has money, approved."""
        number = next(self._numbers)
        party: LocalAccount = Account.from_key((10_000 + number).to_bytes(32, "big"))
        self.node.rpc("anvil_impersonateAccount", party.address)
        self.token.send(self.system.roles.issuer, "mint", party.address, _MONEY)
        self.token.send(party.address, "approve", self.contract.address, _MONEY)
        return party

    def order(
        self, maker: LocalAccount, series: Sequence[int], quantity: int, is_buy: bool
    ) -> SignedOrder:
        """Sign an order at the one price."""
        values = (
            maker.address,
            _NOBODY,
            is_buy,
            _PRICE,
            quantity,
            0,
            _MONEY,
            _NEVER,
            False,
            0,
            next(self._numbers),
            list(series),
        )
        domain = ("HashrateForwards", "1", CHAIN_ID, self.contract.address)
        message = encode_typed_data(
            full_message={
                "types": {
                    "EIP712Domain": [{"name": n, "type": kind} for n, kind in _DOMAIN.items()],
                    "Order": [{"name": n, "type": kind} for n, kind in _ORDER.items()],
                },
                "primaryType": "Order",
                "domain": dict(zip(_DOMAIN, domain, strict=True)),
                "message": dict(zip(_ORDER, values, strict=True)),
            }
        )
        return SignedOrder(values, bytes(maker.sign_message(message).signature))

    def trade(
        self,
        series: Sequence[int],
        quantity: int,
        is_buy: bool,
        recorder: Recorder | None = None,
        name: str = "",
        taker: LocalAccount | None = None,
    ) -> tuple[int, LocalAccount]:
        """Let a fresh maker trade with a taker; give the gas, and the taker."""
        taker = taker or self.party()
        signed = self.order(self.party(), series, quantity, is_buy)
        call = self.contract.call(
            taker.address, "fill", signed.values, signed.signature, quantity, quantity
        )
        gas = call.send().gas if recorder is None else recorder.send(name, call)
        return gas, taker

    def _create(self, first_day: int, days: int) -> int:
        terms = (_SATS, first_day, first_day + days, _FLOOR, _CAP, 1, self.token.address)
        self.contract.send(self.system.roles.deployer, "create_series", terms)
        series: int = self.contract.read("series_of", terms)
        return series


def measure_forwards(system: System, recorder: Recorder) -> None:
    """Trade, let a year pass, settle and redeem; record each operation."""
    recorder.say("forwards: trades")
    with ProcessPoolExecutor() as pool:
        system.catch_up(system.node.clock // DAY - system.next_day, pool)
        system.node.go_to(system.node.clock + LONG_WINDOW + HOUR)
        engine = Engine(system)
        holder = _trade(engine, recorder)
        for series, days in ((engine.first_month, MONTH), (engine.longest, LONGEST)):
            recorder.say(f"forwards: {days} days")
            system.node.go_to((engine.first_day + days) * DAY + HOUR)
            system.catch_up(engine.first_day + days - system.next_day, pool)
            system.node.go_to(system.node.clock + LONG_WINDOW + HOUR)
            call = engine.contract.call(system.roles.transmitter, "settle", series)
            recorder.send("forward_settle", call)
    _redeem(engine, recorder, holder)


def _trade(engine: Engine, recorder: Recorder) -> LocalAccount:
    """Measure the trades; give an account that has sold one contract of the first month."""
    month = [engine.first_month]
    one, holder = engine.trade(month, 1, True, recorder, "forward_fill")
    engine.trade(month, 1, False, recorder, "forward_fill")
    engine.trade(month, MANY, True, recorder, "forward_fill_100")
    _, seller = engine.trade(month, 1, True)
    engine.trade(month, 1, False, recorder, "forward_netting", taker=seller)
    _, buyer = engine.trade(month, 1, False)
    engine.trade(month, 1, True, recorder, "forward_netting", taker=buyer)
    strip, _ = engine.trade(engine.strip, 1, True, recorder, "strip of twelve months")
    more = MONTHS - 1
    recorder.gas["forward_strip_per_month"] = -(-(strip - one) // more)  # rounds up
    buy = engine.order(engine.party(), month, 1, True)
    sell = engine.order(engine.party(), month, 1, False)
    call = engine.contract.call(
        engine.system.roles.transmitter,
        "match",
        buy.values,
        buy.signature,
        sell.values,
        sell.signature,
        1,
    )
    recorder.send("forward_match", call)
    return holder


def _redeem(engine: Engine, recorder: Recorder, holder: LocalAccount) -> None:
    """Measure the redemption of one side, to a holder that has money."""
    before = engine.token.read("balanceOf", holder.address)
    call = engine.contract.call(holder.address, "redeem", engine.first_month, holder.address)
    recorder.send("forward_redeem", call)
    if engine.token.read("balanceOf", holder.address) <= before:
        raise HistoryError("the redemption paid nothing")
