# SPDX-License-Identifier: AGPL-3.0-only
"""Measure forwards: fills, strips, spreads, batches, matches, settlement, redemption."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import count

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from benchmarks.contract import Call
from benchmarks.errors import HistoryError
from benchmarks.recorder import Recorder
from benchmarks.system import DAY, HOUR, LONG_WINDOW, System
from hashrate.orders.order import ZERO_ADDRESS, BookDomain, Leg, Order, SignedOrder, sign_order
from reference.forward_terms import ForwardTerms, Metric
from simulation.devnet.anvil import CHAIN_ID
from testing.forwards import create_forward, deploy_forwards

MONTH = 30  # [days]
MONTHS = 12
LONGEST = 366  # [days]
MANY = 100  # [contracts]
ORDERS = 8  # in one call

_FLOOR, _CAP, _PRICE = 20_000, 80_000, 45_000  # [sat per PH/s and day]
_MONEY = 10**15  # [sat] and as much is approved, so that neither is ever used up
_NEVER = 2**256 - 1

Legs = tuple[Leg, ...]


class Venue:
    """Vault and book, their parties, and series on the system's oracle that trade already."""

    def __init__(self, system: System) -> None:
        """Deploy both and create the series; their window begins the day after next."""
        self.system, self.node = system, system.node
        self.token = system.reward_token
        forwards = deploy_forwards(system.chain, [self.token.address], system.roles.deployer)
        self.vault, self.book = forwards.vault, forwards.book
        self.domain = BookDomain(CHAIN_ID, self.book.address)
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
        self.token.send("mint", party.address, _MONEY, sender=self.system.roles.issuer)
        self.token.send("approve", self.vault.address, _MONEY, sender=party.address)
        return party

    def order(self, maker: LocalAccount, order_legs: Legs, quantity: int) -> SignedOrder:
        """Sign an order."""
        order = Order(
            maker=to_checksum_address(maker.address),
            taker=ZERO_ADDRESS,
            quantity=quantity,
            minimum_quantity=0,
            max_collateral=_MONEY,
            deadline=_NEVER,
            may_trade_in_window=False,
            epoch=0,
            salt=next(self._numbers),
            legs=order_legs,
        )
        return sign_order(maker, self.domain, order)

    def trade(
        self,
        order_legs: Legs,
        quantity: int,
        recorder: Recorder | None = None,
        name: str = "",
        taker: LocalAccount | None = None,
    ) -> tuple[int, LocalAccount]:
        """Let a fresh maker trade legs with a taker; return the gas, and the taker."""
        taker = taker or self.party()
        signed = self.order(self.party(), order_legs, quantity)
        call = self.book.call("fill", *taken(signed, quantity), sender=taker.address)
        gas = call.send().gas if recorder is None else recorder.send(name, call)
        return gas, taker

    def match(self, one: SignedOrder, other: SignedOrder) -> Call:
        """Make the transaction of somebody who lets one unit of two orders trade."""
        signed = [part for each in (one, other) for part in (each.order.as_tuple(), each.signature)]
        return self.book.call("match", *signed, 1, sender=self.system.roles.transmitter)

    def _create(self, first_day: int, days: int) -> int:
        window = (first_day, first_day + days)
        index, metric = self.system.oracle.address, Metric.HASHPRICE_SATS
        terms = ForwardTerms(index, metric, *window, _FLOOR, _CAP, 1, self.token.address)
        return create_forward(self.vault, terms, self.system.roles.deployer)


def legs(series: Sequence[int], is_buy: bool) -> Legs:
    """Return legs of an order that buys or sells one contract of each series, at the one price."""
    return tuple(Leg(each, is_buy, _PRICE) for each in series)


def taken(signed: SignedOrder, quantity: int) -> tuple[object, ...]:
    """Return what a taker sends to take so much of an order [units], at any cost."""
    return signed.order.as_tuple(), signed.signature, (quantity, quantity, _NEVER, 0)


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
            call = venue.vault.call("settle", series, sender=system.roles.transmitter)
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
    venue.trade((Leg(near, False, _PRICE), Leg(far, True, _PRICE)), 1, recorder, "forward_spread")
    _many(venue, recorder)
    parties = venue.party(), venue.party()
    open_ = [venue.order(party, each, 1) for party, each in zip(parties, (buy, sell), strict=True)]
    recorder.send("forward_match", venue.match(*open_))
    close = [venue.order(party, each, 1) for party, each in zip(parties, (sell, buy), strict=True)]
    recorder.send("forward_match_close", venue.match(*close))
    pair = venue.party().address
    venue.vault.send("mint_pair", venue.first_month, 1, pair, pair, sender=pair)
    merge = venue.vault.call("merge_pair", venue.first_month, 1, pair, sender=pair)
    recorder.send("forward_merge", merge)
    return holder


def _many(venue: Venue, recorder: Recorder) -> None:
    """Measure what a further order costs in one call: of fresh makers, to one fresh taker."""
    gas = []
    for number in (1, ORDERS):
        buy = legs([venue.first_month], True)
        fills = [taken(venue.order(venue.party(), buy, 1), 1) for _ in range(number)]
        call = venue.book.call("fill_many", fills, sender=venue.party().address)
        gas.append(recorder.send(f"fill_many of {number}", call))
    further = ORDERS - 1
    recorder.gas["forward_many_per_order"] = -(-(gas[1] - gas[0]) // further)  # rounds up


def _redeem(venue: Venue, recorder: Recorder, holder: LocalAccount) -> None:
    """Measure the redemption of one side, to a holder that has money."""
    before = venue.token.read("balanceOf", holder.address)
    call = venue.vault.call("redeem", venue.first_month, holder.address, sender=holder.address)
    recorder.send("forward_redeem", call)
    if venue.token.read("balanceOf", holder.address) <= before:
        raise HistoryError("the redemption paid nothing")
