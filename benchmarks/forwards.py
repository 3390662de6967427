# SPDX-License-Identifier: AGPL-3.0-only
"""Measure the forwards engine: fills, strips, matches, settlement, redemption."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import count

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from benchmarks.errors import HistoryError
from benchmarks.recorder import Recorder
from benchmarks.system import DAY, HOUR, LONG_WINDOW, System
from hashrate.orders.order import ZERO_ADDRESS, EngineDomain, Order, SignedOrder, sign_order
from reference.forward_terms import ForwardTerms, Metric
from simulation.devnet.anvil import CHAIN_ID
from testing.forwards import create_forward, deploy_engine

MONTH = 30  # [days]
MONTHS = 12
LONGEST = 366  # [days]
MANY = 100  # [contracts]

_FLOOR, _CAP, _PRICE = 20_000, 80_000, 45_000  # [sat per PH/s and day]
_MONEY = 10**15  # [sat] and as much is approved, so that neither is ever used up
_NEVER = 2**256 - 1


class Engine:
    """An engine on the system's oracle, its parties, and series that trade already."""

    def __init__(self, system: System) -> None:
        """Deploy the engine and create the series; their window begins the day after next."""
        self.system, self.node = system, system.node
        self.token = system.reward_token
        oracle, tokens = system.oracle.address, [self.token.address]
        self.contract = deploy_engine(system.chain, oracle, tokens, system.roles.deployer)
        self.domain = EngineDomain(CHAIN_ID, self.contract.address)
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
        self.token.send("mint", party.address, _MONEY, sender=self.system.roles.issuer)
        self.token.send("approve", self.contract.address, _MONEY, sender=party.address)
        return party

    def order(
        self, maker: LocalAccount, series: Sequence[int], quantity: int, is_buy: bool
    ) -> SignedOrder:
        """Sign an order at the one price."""
        order = Order(
            maker=to_checksum_address(maker.address),
            taker=ZERO_ADDRESS,
            is_buy=is_buy,
            price_ticks=_PRICE,
            quantity=quantity,
            minimum_quantity=0,
            max_collateral=_MONEY,
            deadline=_NEVER,
            may_trade_in_window=False,
            epoch=0,
            salt=next(self._numbers),
            series=tuple(series),
        )
        return sign_order(maker, self.domain, order)

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
        arguments = (signed.order.as_tuple(), signed.signature, quantity, quantity)
        call = self.contract.call("fill", *arguments, sender=taker.address)
        gas = call.send().gas if recorder is None else recorder.send(name, call)
        return gas, taker

    def _create(self, first_day: int, days: int) -> int:
        end_day = first_day + days
        metric = Metric.HASHPRICE_SATS
        terms = ForwardTerms(metric, first_day, end_day, _FLOOR, _CAP, 1, self.token.address)
        return create_forward(self.contract, terms, self.system.roles.deployer)


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
            call = engine.contract.call("settle", series, sender=system.roles.transmitter)
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
        "match",
        buy.order.as_tuple(),
        buy.signature,
        sell.order.as_tuple(),
        sell.signature,
        1,
        sender=engine.system.roles.transmitter,
    )
    recorder.send("forward_match", call)
    return holder


def _redeem(engine: Engine, recorder: Recorder, holder: LocalAccount) -> None:
    """Measure the redemption of one side, to a holder that has money."""
    before = engine.token.read("balanceOf", holder.address)
    call = engine.contract.call("redeem", engine.first_month, holder.address, sender=holder.address)
    recorder.send("forward_redeem", call)
    if engine.token.read("balanceOf", holder.address) <= before:
        raise HistoryError("the redemption paid nothing")
