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
from hashrate.evm.contracts.forwards import ForwardsBook, ForwardsVault
from hashrate.evm.errors import RpcRefusedError
from hashrate.orders.errors import RelayAnswerError
from hashrate.orders.order import ZERO_ADDRESS, Leg, Order, SignedOrder, sign_order
from hashrate.orders.relay_client import RelayClient, complaint
from hashrate.orders.spot import SignedSpotOrder
from hashrate.products.forwards.maths import collateral, marked, payouts
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import ForwardTerms
from hashrate.service.clock import Clock
from maker.accounts import LossLimit, MonthAccount, exposure
from maker.chain import MarketReader, Trade
from maker.curve import BPS, GrowthBounds, Outlook, daily_move_bps, forward, measured_growth
from maker.errors import LivePriceError, MakerStoppedError, OldHeadError, SendError
from maker.metrics import MakerMetrics
from maker.orders import Signed, cancellation_of, check_of, document_of, hash_of, venue_of
from maker.prices import LivePrice, dollars
from maker.purse import Purse
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
from maker.sender import Sender
from maker.spot import SpotDesk, SpotOffer, asset_of
from maker.state import MakerState

_LOG = structlog.get_logger(__name__)
_MOVE_DAYS = 28
_SALT_BITS = 128
_REDEEM_GAS = 300_000  # the longest search for a day that was final in time is in it
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
    """What a maker works with; without account and sender it is a dry run."""

    market: MarketReader
    relay: RelayClient
    state: MakerState
    metrics: MakerMetrics
    live: LivePrice | None
    account: LocalAccount | None
    sender: Sender | None
    clock: Clock
    spot: SpotDesk | None = None


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
        offers: all forwards that are wanted now, whether or not they are open already.
        spot_offers: the same on the spot market.
        signed: how many of them were signed in this look.
        profit: of all trades, by money: `sats` or `dollars` [base units].
    """

    quiet: str
    offers: tuple[Offer, ...]
    spot_offers: tuple[SpotOffer, ...]
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
        self._redeemed: set[int] = set()

    @property
    def orders(self) -> tuple[SignedOrder, ...]:
        """Return the forwards orders that may be open."""
        return tuple(each for each in self._orders if isinstance(each, SignedOrder))

    @property
    def spot_orders(self) -> tuple[SignedSpotOrder, ...]:
        """Return the spot orders that may be open."""
        return tuple(each for each in self._orders if isinstance(each, SignedSpotOrder))

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
        fairs = self._spot_fairs(outlook, ticks)
        profit["sats"] += self._spot_profit(fairs, head)
        self._require_within_loss(profit, now)
        self._redeem(accounts, newest)
        self._orders = self._open(now)
        quiet = self._quiet(outlook, newest, now)
        self._parts.metrics.is_quiet.set(bool(quiet.reason))
        self._parts.metrics.open_orders.set(len(self._orders))
        if quiet.reason:
            self._cancel_all(quiet.reason)
            return Report(quiet.reason, (), (), 0, profit)
        width = self._rules.policy.width_bps(
            daily_move_bps(ticks[Product.HASHPRICE_SATS], _MOVE_DAYS)
        )
        offers = self._offers(accounts, outlook, ticks, width, quiet, now)
        spot_offers = self._spot_offers(fairs, width, quiet, now)
        self._cancel_stale(offers, spot_offers, ticks)
        signed = self._sign_missing(offers, spot_offers)
        self._hand_in()
        return Report("", tuple(offers), tuple(spot_offers), signed, profit)

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

    def _spot_fairs(
        self, outlook: Outlook, ticks: Mapping[Product, Sequence[int]]
    ) -> Mapping[ChecksumAddress, Fraction]:
        """Work out what tokens are worth."""
        desk = self._parts.spot
        return {} if desk is None else desk.fairs(outlook, ticks[Product.HASHPRICE_SATS][-1])

    def _spot_profit(self, fairs: Mapping[ChecksumAddress, Fraction], head: int) -> int:
        """Value the trades of tokens [sat]."""
        desk, account, rules = self._parts.spot, self._parts.account, self._rules
        if desk is None or account is None:
            return 0
        return desk.profit(account.address, fairs, rules.first_block, head, rules.log_blocks)

    def _open(self, now: int) -> list[Signed]:
        """Return the orders that can still be filled."""
        market, account = self._parts.market, self._parts.account
        left = [each for each in self._orders if each.order.deadline >= now]
        if not left or account is None:
            return left
        gone = market.filled([(venue_of(each), hash_of(each)) for each in left])
        epochs = {book: market.epoch(book, account.address) for book in map(venue_of, left)}
        return [
            each
            for each, filled in zip(left, gone, strict=True)
            if filled < each.order.quantity
            and (each.order.epoch >= epochs[venue_of(each)] or self._is_taken(each))
        ]

    def _is_taken(self, signed: Signed) -> bool:
        """Return whether the book still takes an order of an earlier epoch."""
        given = (signed.order.as_tuple(), signed.signature, _ANYBODY)
        try:
            self._parts.market.ask([(venue_of(signed), check_of(signed), given)])
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
        return quiet_at(self._rules.policy, outlook, now, self._rules.deadline_seconds)

    def _has_gas(self) -> bool:
        """Return whether the account can always cancel; a dry run needs no gas."""
        sender = self._parts.sender
        if sender is None:
            return True
        held = sender.balance()
        self._parts.metrics.gas_wei.set(held)
        return held >= sender.reserve

    # ------------------------------------------------------------ what is wanted

    def _offers(
        self,
        accounts: Mapping[int, MonthAccount],
        outlook: Outlook,
        ticks: Mapping[Product, Sequence[int]],
        width: int,
        quiet: Quiet,
        now: int,
    ) -> list[Offer]:
        """Work out what to offer: both sides of every series, within the limits."""
        policy = self._rules.policy
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
            each.order.quantity for each in self.orders if each.order.legs[0].is_buy == is_buy
        )

    def _has(self, series: int, *, is_buy: bool) -> bool:
        return any(_is_of(each, series, is_buy=is_buy) for each in self.orders)

    def _spot_offers(
        self, fairs: Mapping[ChecksumAddress, Fraction], width: int, quiet: Quiet, now: int
    ) -> list[SpotOffer]:
        """Work out what to offer of tokens."""
        desk, account = self._parts.spot, self._parts.account
        if desk is None:
            return []
        maker = None if account is None else account.address
        return desk.offers(maker, self._rules.policy, width, fairs, quiet, now)

    # ------------------------------------------------------------ what is done

    def _sign_missing(self, offers: Sequence[Offer], spot_offers: Sequence[SpotOffer]) -> int:
        """Sign what is wanted and not open, as far as the money reaches: forwards first."""
        account, market, desk = self._parts.account, self._parts.market, self._parts.spot
        if account is None:
            return 0
        purse, count = self._purse(account), 0
        epoch = market.epoch(market.domain.contract, account.address)
        for offer in offers:
            terms, quote = offer.listing.terms, offer.quote
            if self._has(offer.listing.series, is_buy=quote.is_buy):
                continue
            cost = quote.quantity * collateral(terms, quote.worst_ticks, is_buyer=quote.is_buy)
            if purse.take(terms.token, market.vault, cost):
                self._sign(account, offer, epoch, cost)
                count += 1
            else:
                self._lacks(offer.listing.name, cost)
        if desk is not None and spot_offers:
            epoch = market.epoch(desk.domain.contract, account.address)
            for wanted in spot_offers:
                if not self._has_spot(wanted):
                    count += self._sign_spot(account, desk, wanted, purse, epoch)
        return count

    def _purse(self, account: LocalAccount) -> Purse:
        """Count what open orders may take."""
        market, desk = self._parts.market, self._parts.spot
        purse = Purse(lambda token, spender: market.money(token, account.address, spender))
        for each in self.orders:
            token = self._terms[each.order.legs[0].series].token
            purse.promise(token, market.vault, each.order.max_collateral)
        if desk is not None:
            for spot in self.spot_orders:
                most = desk.most_cost(spot.order)
                purse.promise(asset_of(spot.order), desk.domain.contract, most)
        return purse

    def _lacks(self, name: str, needed: int) -> None:
        _LOG.warning("too_little_money", contract=name, needed=str(needed))
        self._parts.metrics.orders.labels("unfunded").inc()

    def _has_spot(self, offer: SpotOffer) -> bool:
        wanted = (offer.listing.token, offer.quote.is_buy)
        return any((each.order.token, each.order.is_buy) == wanted for each in self.spot_orders)

    def _sign_spot(
        self, account: LocalAccount, desk: SpotDesk, offer: SpotOffer, purse: Purse, epoch: int
    ) -> int:
        """Sign one, if it is paid for; count it."""
        signed, quote = desk.sign(account, offer, epoch), offer.quote
        most = desk.most_cost(signed.order)
        if not purse.take(asset_of(signed.order), desk.domain.contract, most):
            self._lacks(offer.listing.name, most)
            return 0
        # either may be above 2^53, where readers of JSON cut a number
        self._keep(signed, offer, str(quote.quantity), str(quote.price))
        return 1

    def _keep(
        self, signed: Signed, offer: Offer | SpotOffer, quantity: int | str, price: str
    ) -> None:
        """Write an order down before anybody sees it, and say so."""
        self._orders.append(signed)
        self._parts.state.write(self._orders, self._stopped)
        self._parts.metrics.orders.labels("signed").inc()
        _LOG.info(
            "signed",
            contract=offer.listing.name,
            side="buy" if offer.quote.is_buy else "sell",
            quantity=quantity,
            price=price,
            hash="0x" + hash_of(signed).hex(),
        )

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
        shown = offer.listing.terms.product.price_text(quote.price_ticks)
        self._keep(signed, offer, quote.quantity, shown)

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
            if "0x" + hash_of(signed).hex() in listed:
                continue
            answer = self._parts.relay.submit(document_of(signed).encode())
            if not answer.is_success:
                _LOG.warning("relay_refuses", why=complaint(answer))
                self._parts.metrics.orders.labels("refused").inc()

    def _cancel_stale(
        self,
        offers: Sequence[Offer],
        spot_offers: Sequence[SpotOffer],
        ticks: Mapping[Product, Sequence[int]],
    ) -> None:
        """Cancel orders that are too generous by now, or no longer wanted at all."""
        wanted = {(each.listing.series, each.quote.is_buy): each.quote for each in offers}
        tokens = {(each.listing.token, each.quote.is_buy): each.quote for each in spot_offers}
        for signed in list(self._orders):
            if isinstance(signed, SignedSpotOrder):
                order = signed.order
                spot = tokens.get((order.token, order.is_buy))
                is_good = spot is not None and self._is_near(
                    order.price, spot.price, is_buy=order.is_buy
                )
            else:
                leg = signed.order.legs[0]
                quote = wanted.get((leg.series, leg.is_buy))
                is_good = quote is not None and self._is_near(
                    self._price_now(signed, ticks), quote.price_ticks, is_buy=leg.is_buy
                )
            if not is_good:
                self._send(venue_of(signed), cancellation_of(signed), "stale")
                self._orders.remove(signed)
                self._parts.state.write(self._orders, self._stopped)

    def _price_now(self, signed: SignedOrder, ticks: Mapping[Product, Sequence[int]]) -> int:
        """Return what an order is filled at now [tick]."""
        leg, peg = signed.order.legs[0], signed.order.peg
        if peg is None:
            return leg.price_ticks
        index = ticks[self._terms[leg.series].product][-1]
        return min(max(index + peg.offset_ticks, peg.low_ticks), peg.high_ticks)

    def _is_near(self, price: int, wanted: int, *, is_buy: bool) -> bool:
        """Return whether a price is hardly more generous than the one that is wanted now."""
        excess = price - wanted if is_buy else wanted - price
        return excess * BPS <= wanted * self._rules.stale_bps

    def _cancel_all(self, reason: str) -> None:
        """End every order with one transaction, if there is any."""
        if not self._orders:
            return
        if not self._stopped and not self._has_gas():
            return  # see `_quiet`: the reserve is for the loss limit
        for book in dict.fromkeys(map(venue_of, self._orders)):
            # the spot market's call is the same
            self._send(book, ForwardsBook.cancel_all.encode(), reason)
            self._orders = [each for each in self._orders if venue_of(each) != book]
            self._parts.state.write(self._orders, self._stopped)

    def _redeem(self, accounts: Mapping[int, MonthAccount], newest: DayIndex) -> None:
        """Redeem what is over; its money is wanted for the next months.

        Gas below the reserve waits: it is for cancellations. What fails is left to the operator, or
        it would be paid for at every look.
        """
        market, account, sender = self._parts.market, self._parts.account, self._parts.sender
        if account is None or sender is None:
            return
        for series, month in accounts.items():
            if not month.fills or newest < month.terms.end_day - 1 or series in self._redeemed:
                continue
            if not market.is_over(series) or not sender.can_spare(_REDEEM_GAS):
                continue
            self._redeemed.add(series)
            if not any(market.held(account.address, series)):
                continue
            call = ForwardsVault.redeem.encode(series, account.address)
            try:
                name = sender.send(market.vault, call, _REDEEM_GAS)
            except SendError as error:
                _LOG.error("not_redeemed", series=hex(series), why=str(error))
            else:
                self._parts.metrics.redemptions.inc()
                _LOG.info("redeemed", series=hex(series), hash=name)

    def _send(self, book: ChecksumAddress, data: str, reason: str) -> None:
        if self._parts.sender is None:
            return
        name = self._parts.sender.send(book, data)
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
