# SPDX-License-Identifier: AGPL-3.0-only
"""One look at the market: what the maker has won or lost, what is open, what to sign or to cancel.

The chain's clock counts, not the machine's. An order stands in the state before a relay sees it,
and counts against every limit until it is filled, cancelled or over: a signature cannot be unsaid.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import structlog
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_time
from hashrate.evm.contracts.forwards import ForwardsBook
from hashrate.evm.errors import RpcRefusedError
from hashrate.orders.errors import RelayAnswerError
from hashrate.orders.order import ZERO_ADDRESS, Leg, Order, SignedOrder, order_hash, sign_order
from hashrate.orders.order_file import order_to_json
from hashrate.orders.relay_client import RelayClient, complaint
from hashrate.products.forwards.maths import collateral, marked, payouts
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import ForwardTerms
from hashrate.service.clock import Clock
from maker.accounts import LossLimit, MonthAccount, exposure
from maker.chain import MarketReader, Trade
from maker.curve import BPS, GrowthBounds, Outlook, daily_move_bps, forward, measured_growth
from maker.errors import LivePriceError, MakerStoppedError, OldHeadError
from maker.metrics import MakerMetrics
from maker.prices import LivePrice, dollars
from maker.quoting import (
    MAX_AGE_DAYS,
    Policy,
    Quiet,
    Quote,
    Stand,
    deadline_of,
    quiet_at,
    quotes_of,
)
from maker.sender import Canceller
from maker.state import MakerState

_LOG = structlog.get_logger(__name__)
_MOVE_DAYS = 28
_SALT_BITS = 128
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """A series that is quoted."""

    name: str
    series: int
    terms: ForwardTerms


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's limits; see `MakerSettings`."""

    policy: Policy
    growth: GrowthBounds
    stale_bps: int
    deadline_seconds: int
    dollar_seconds: int
    loss_sats: int
    loss_cents: int
    first_block: int
    log_blocks: int
    head_seconds: int


@dataclass(frozen=True, slots=True)
class Parts:
    """What a maker works with; without account and canceller it is a dry run."""

    market: MarketReader
    relay: RelayClient
    state: MakerState
    metrics: MakerMetrics
    live: LivePrice | None
    account: LocalAccount | None
    canceller: Canceller | None
    clock: Clock


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote of a series, and its last second."""

    listing: Listing
    quote: Quote
    deadline: int


@dataclass(frozen=True, slots=True)
class Report:
    """What one look found.

    Attributes:
        quiet: why nothing is quoted; empty if something is.
        offers: all that is wanted now, whether or not it is open already.
        signed: how many of them were signed in this look.
        profit: of all trades, by money: `sats` or `dollars` [base units].
    """

    quiet: str
    offers: tuple[Offer, ...]
    signed: int
    profit: Mapping[str, int]


class Maker:
    """Quotes some series for one account."""

    def __init__(self, parts: Parts, listings: Sequence[Listing], rules: Rules) -> None:
        """Read what was signed before.

        Raises:
            MakerStateError: the state cannot be read.
        """
        self._parts = parts
        self._listings = sorted(listings, key=lambda each: each.terms.first_day)
        self._rules = rules
        self._orders, self._stopped = parts.state.read()
        self._limits = {
            "sats": LossLimit(rules.loss_sats),
            "dollars": LossLimit(rules.loss_cents),
        }
        self._terms = {each.series: each.terms for each in listings}

    @property
    def orders(self) -> tuple[SignedOrder, ...]:
        """Return the orders that may be open."""
        return tuple(self._orders)

    def look(self) -> Report:
        """Look once, and do what follows from it.

        Raises:
            MakerStoppedError: the loss limit was reached, now or before; all is cancelled.
            RetryableError: node or relay do not answer, or gas is too dear; nothing is lost.
        """
        market = self._parts.market
        head, now = market.head()
        self._require_fresh(now)
        if self._stopped:
            self._stop(now, self._stopped)
        newest, outlook, ticks = self._outlook()
        accounts = self._accounts(head)
        profit = self._profit(accounts, newest, outlook, ticks)
        self._require_within_loss(profit, now)
        self._orders = self._open(now)
        quiet = self._quiet(outlook, newest, now)
        self._parts.metrics.is_quiet.set(bool(quiet.reason))
        self._parts.metrics.open_orders.set(len(self._orders))
        if quiet.reason:
            self._cancel_all(quiet.reason)
            return Report(quiet.reason, (), 0, profit)
        offers = self._offers(accounts, outlook, ticks, quiet, now)
        self._cancel_stale(offers, ticks)
        signed = self._sign_missing(offers, accounts, now)
        self._hand_in()
        return Report("", tuple(offers), signed, profit)

    # ------------------------------------------------------------ what is

    def _require_fresh(self, now: int) -> None:
        """Check that the node is not far behind; what it says of fills would be old.

        Raises:
            OldHeadError: it is.
        """
        age = self._parts.clock.now() - now
        if 0 < self._rules.head_seconds < age:
            raise OldHeadError(f"the newest block is {age} s old")

    def _outlook(self) -> tuple[DayIndex, Outlook, dict[Product, list[int]]]:
        """Read the newest final day, what is expected, and each product's last days [tick]."""
        market, growth = self._parts.market, self._rules.growth
        newest, height = market.newest_day()
        days = max(growth.days, _MOVE_DAYS) + 1
        ticks = {
            product: [each // product.scale for each in market.values(product.metric, newest, days)]
            for product in Product
        }
        grown = measured_growth(ticks[Product.DIFFICULTY], growth)
        return newest, Outlook(newest, height, grown, market.halving_blocks), ticks

    def _accounts(self, head: int) -> dict[int, MonthAccount]:
        """Replay the maker's trades of every series."""
        account, rules = self._parts.account, self._rules
        trades: Mapping[int, Sequence[Trade]] = {}
        if account is not None:
            trades = self._parts.market.trades(
                account.address, rules.first_block, head, rules.log_blocks
            )
        accounts = {}
        for series in {*self._terms, *trades}:
            if series not in self._terms:
                self._terms[series] = self._parts.market.terms(series)
            if self._terms[series].index != self._parts.market.oracle:
                continue  # somebody else's index: nothing here can value it
            months = MonthAccount(self._terms[series])
            for each in trades.get(series, ()):
                months.trade(each.price_ticks, each.quantity, is_buy=each.is_buy)
            accounts[series] = months
        for listing in self._listings:
            position = accounts[listing.series].position
            self._parts.metrics.position.labels(listing.name).set(position)
        return accounts

    def _profit(
        self,
        accounts: Mapping[int, MonthAccount],
        newest: DayIndex,
        outlook: Outlook,
        ticks: Mapping[Product, Sequence[int]],
    ) -> dict[str, int]:
        """Value all trades: days that are final as they were, the others as expected."""
        profit = {"sats": 0, "dollars": 0}
        for account in accounts.values():
            if not account.fills:
                continue
            terms = account.terms
            realised, count = self._parts.market.realised(terms, newest)
            if count == terms.days:
                value = payouts(terms, realised)
            else:
                rest = (terms.first_day + count, terms.end_day)
                product = terms.product
                price = forward(outlook, product, ticks[product][-1], rest)
                value = marked(terms, realised, count, int(price))  # rounded down, for SHORT
            money = "dollars" if terms.product.is_in_dollars else "sats"
            # in satoshi and cents, whatever the token's decimals; rounded down: a loss is not less
            profit[money] += account.profit(value) // terms.tick_value
        return profit

    def _open(self, now: int) -> list[SignedOrder]:
        """Return the orders that can still be filled."""
        market = self._parts.market
        left = [each for each in self._orders if each.order.deadline >= now]
        if not left or self._parts.account is None:
            return left
        gone = market.filled([order_hash(each.domain, each.order) for each in left])
        epoch = market.epoch(self._parts.account.address)
        return [
            each
            for each, filled in zip(left, gone, strict=True)
            if filled < each.order.quantity and (each.order.epoch >= epoch or self._is_taken(each))
        ]

    def _is_taken(self, signed: SignedOrder) -> bool:
        """Return whether the book still takes an order of an earlier epoch."""
        market = self._parts.market
        check = ForwardsBook.check_order
        try:
            market.ask(
                [(market.domain.book, check, (signed.order.as_tuple(), signed.signature, _ANYBODY))]
            )
        except RpcRefusedError:
            return False
        return True

    def _quiet(self, outlook: Outlook, newest: DayIndex, now: int) -> Quiet:
        """Decide whether this is a time to quote."""
        if day_from_time(now) - newest > MAX_AGE_DAYS:
            return Quiet(f"the newest final day is {day_from_time(now) - newest} days old", now)
        if not self._has_gas():
            # what is open runs out by itself; the gas that is left is for the loss limit
            return Quiet("the account lacks gas for its cancellations", now)
        quiet = quiet_at(self._rules.policy, outlook, now)
        return Quiet(quiet.reason, min(quiet.ends_at, now + self._rules.deadline_seconds))

    def _has_gas(self) -> bool:
        """Return whether the account can always cancel; a dry run needs no gas."""
        canceller = self._parts.canceller
        if canceller is None:
            return True
        held = canceller.balance()
        self._parts.metrics.gas_wei.set(held)
        return held >= canceller.reserve

    # ------------------------------------------------------------ what is wanted

    def _offers(
        self,
        accounts: Mapping[int, MonthAccount],
        outlook: Outlook,
        ticks: Mapping[Product, Sequence[int]],
        quiet: Quiet,
        now: int,
    ) -> list[Offer]:
        """Work out what to offer: both sides of every series, within the limits."""
        policy = self._rules.policy
        move = daily_move_bps(ticks[Product.HASHPRICE_SATS], _MOVE_DAYS)
        width = policy.width_bps(move)
        longs, shorts = exposure(accounts.values())
        longs, shorts = longs + self._waiting(is_buy=True), shorts + self._waiting(is_buy=False)
        offers = []
        for listing in self._listings:
            terms, deadline = listing.terms, deadline_of(listing.terms, quiet)
            if deadline <= now:
                continue
            fair, index = self._fair(terms, outlook, ticks)
            if fair is None:
                continue
            if terms.product.is_in_dollars:
                deadline = min(deadline, now + self._rules.dollar_seconds)
            stand = Stand(terms, index, fair, accounts[listing.series].position)
            for quote in quotes_of(policy, stand, width, longs, shorts):
                offers.append(Offer(listing, quote, deadline))
                if not self._has(listing.series, is_buy=quote.is_buy):
                    longs += quote.quantity * quote.is_buy
                    shorts += quote.quantity * (not quote.is_buy)
        return offers

    def _fair(
        self, terms: ForwardTerms, outlook: Outlook, ticks: Mapping[Product, Sequence[int]]
    ) -> tuple[Fraction | None, int]:
        """Return what a window is expected to settle at, and the index [tick]."""
        window, product = (terms.first_day, terms.end_day), terms.product
        if not product.is_in_dollars:
            index = ticks[product][-1]
            return forward(outlook, product, index, window), index
        sats = Product.HASHPRICE_SATS
        in_sats = forward(outlook, sats, ticks[sats][-1], window)
        if self._parts.live is None:
            return None, 0
        try:
            return dollars(in_sats, self._parts.live.now()), ticks[product][-1]
        except LivePriceError as error:
            _LOG.warning("no_live_price", why=str(error))
            return None, 0

    def _waiting(self, *, is_buy: bool) -> int:
        """Sum what open orders of a side would bring [contracts]."""
        return sum(
            each.order.quantity for each in self._orders if each.order.legs[0].is_buy == is_buy
        )

    def _has(self, series: int, *, is_buy: bool) -> bool:
        return any(_is_of(each, series, is_buy=is_buy) for each in self._orders)

    # ------------------------------------------------------------ what is done

    def _sign_missing(
        self, offers: Sequence[Offer], accounts: Mapping[int, MonthAccount], now: int
    ) -> int:
        """Sign what is wanted and not open, as far as the money reaches."""
        account, market = self._parts.account, self._parts.market
        if account is None:
            return 0
        epoch, count = market.epoch(account.address), 0
        money: dict[ChecksumAddress, int] = {}
        for offer in offers:
            terms, quote = offer.listing.terms, offer.quote
            if self._has(offer.listing.series, is_buy=quote.is_buy):
                continue
            if terms.token not in money:
                spoken_for = sum(
                    each.order.max_collateral
                    for each in self._orders
                    if self._terms[each.order.legs[0].series].token == terms.token
                )
                money[terms.token] = min(market.money(terms.token, account.address)) - spoken_for
            cost = quote.quantity * collateral(terms, quote.worst_ticks, is_buyer=quote.is_buy)
            if cost > money[terms.token]:
                _LOG.warning("too_little_money", contract=offer.listing.name, needed=str(cost))
                self._parts.metrics.orders.labels("unfunded").inc()
                continue
            money[terms.token] -= cost
            self._sign(account, offer, epoch, cost)
            count += 1
        return count

    def _sign(self, account: LocalAccount, offer: Offer, epoch: int, cost: int) -> None:
        market, quote = self._parts.market, offer.quote
        is_pegged = not offer.listing.terms.product.is_in_dollars
        price = 0 if is_pegged else quote.price_ticks
        order = Order(
            maker=account.address,
            taker=ZERO_ADDRESS,
            quantity=quote.quantity,
            minimum_quantity=1,
            max_collateral=cost,
            deadline=offer.deadline,
            may_trade_in_window=False,
            epoch=epoch,
            salt=secrets.randbits(_SALT_BITS),
            legs=(Leg(offer.listing.series, quote.is_buy, price),),
            peg=quote.peg if is_pegged else None,
        )
        signed = sign_order(account, market.domain, order)
        self._orders.append(signed)
        self._parts.state.write(self._orders, self._stopped)
        self._parts.metrics.orders.labels("signed").inc()
        side = "buy" if quote.is_buy else "sell"
        _LOG.info(
            "signed",
            contract=offer.listing.name,
            side=side,
            quantity=quote.quantity,
            price=offer.listing.terms.product.price_text(quote.price_ticks),
            hash="0x" + order_hash(market.domain, order).hex(),
        )

    def _hand_in(self) -> None:
        """Hand in what the relay does not list, be it new or forgotten."""
        account = self._parts.account
        if account is None or not self._orders:
            return
        page = self._parts.relay.get(f"/orders?maker={account.address}&limit={_PAGE}")
        try:
            listed = {str(each["hash"]) for each in page["orders"]}
        except (KeyError, TypeError) as error:
            raise RelayAnswerError("the relay lists no orders") from error
        for signed in self._orders:
            if "0x" + order_hash(signed.domain, signed.order).hex() in listed:
                continue
            answer = self._parts.relay.submit(order_to_json(signed).encode())
            if not answer.is_success:
                _LOG.warning("relay_refuses", why=complaint(answer))
                self._parts.metrics.orders.labels("refused").inc()

    def _cancel_stale(
        self, offers: Sequence[Offer], ticks: Mapping[Product, Sequence[int]]
    ) -> None:
        """Cancel orders that are too generous by now, or no longer wanted at all."""
        wanted = {(each.listing.series, each.quote.is_buy): each.quote for each in offers}
        for signed in list(self._orders):
            leg, peg = signed.order.legs[0], signed.order.peg
            quote = wanted.get((leg.series, leg.is_buy))
            price = leg.price_ticks
            if peg is not None:
                index = ticks[self._terms[leg.series].product][-1]
                price = min(max(index + peg.offset_ticks, peg.low_ticks), peg.high_ticks)
            if quote is not None:
                excess = price - quote.price_ticks if leg.is_buy else quote.price_ticks - price
                if excess * BPS <= quote.price_ticks * self._rules.stale_bps:
                    continue
            self._send(ForwardsBook.cancel.encode(signed.order.as_tuple()), "stale")
            self._orders.remove(signed)
            self._parts.state.write(self._orders, self._stopped)

    def _cancel_all(self, reason: str) -> None:
        """End every order with one transaction, if there is any."""
        if not self._orders:
            return
        if not self._stopped and not self._has_gas():
            return  # see `_quiet`: the reserve is for the loss limit
        self._send(ForwardsBook.cancel_all.encode(), reason)
        self._orders = []
        self._parts.state.write([], self._stopped)

    def _send(self, data: str, reason: str) -> None:
        if self._parts.canceller is None:
            return
        name = self._parts.canceller.send(data)
        word = "stale" if reason == "stale" else "loss" if self._stopped else "quiet"
        self._parts.metrics.cancellations.labels(word).inc()
        _LOG.info("cancelled", why=reason, hash=name)

    def _require_within_loss(self, profit: Mapping[str, int], now: int) -> None:
        """Stop for good once a loss limit is reached."""
        for money, amount in profit.items():
            limit = self._limits[money]
            self._parts.metrics.profit.labels(money).set(amount)
            self._parts.metrics.loss_left.labels(money).set(limit.most + amount)
            if limit.look(amount):
                unit = "cents" if money == "dollars" else "sat"
                self._stop(now, f"lost {-amount} {unit} of {limit.most}")

    def _stop(self, now: int, reason: str) -> None:
        """Write down that it is over, cancel all, and say so; safe to be repeated."""
        self._stopped = reason
        self._parts.state.write(self._orders, reason)
        self._parts.metrics.is_stopped.set(1)
        _LOG.error("stopped", why=reason)
        self._orders = self._open(now)
        self._cancel_all(reason)
        raise MakerStoppedError(reason)


_ANYBODY = "0x000000000000000000000000000000000000dEaD"


def _is_of(signed: SignedOrder, series: int, *, is_buy: bool) -> bool:
    leg = signed.order.legs[0]
    return leg.series == series and leg.is_buy == is_buy
