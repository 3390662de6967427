# SPDX-License-Identifier: AGPL-3.0-only
"""The spot market's part of a look: what tokens are worth, what was traded, what to sign."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.units import WAD
from hashrate.evm.contracts.market import SpotMarket
from hashrate.evm.contracts.series import HashrateToken, RewardDistributor
from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.orders.spot import SignedSpotOrder, SpotDomain, SpotOrder, sign_spot
from hashrate.products.forwards.product import Product
from hashrate.products.spot.maths import cost
from maker.chain import REMAINING, MarketReader
from maker.curve import Outlook
from maker.quoting import MAX_AGE_DAYS, Policy, Quiet
from maker.spot_quoting import SpotQuote, SpotStand, Valuation, Worth, end_of, spot_quotes_of
from maker.trades import TradeLog

_SALT_BITS = 128
_END_DAY = 1  # place in a series' progress


@dataclass(frozen=True, slots=True)
class SpotListing:
    """A token that is quoted; quantities are base units.

    Attributes:
        name: for people.
        token: its address.
        valuation: what it is worth.
        target: what the maker means to hold.
        size: of one order.
        limit: how far above or below the target it goes.
    """

    name: str
    token: ChecksumAddress
    valuation: Valuation
    target: int
    size: int
    limit: int


@dataclass(frozen=True, slots=True)
class SpotOffer:
    """A quote of a token, and its last second."""

    listing: SpotListing
    quote: SpotQuote
    deadline: int


class SpotDesk:
    """Quotes some tokens for one money."""

    def __init__(
        self,
        reader: MarketReader,
        domain: SpotDomain,
        money: ChecksumAddress,
        listings: Sequence[SpotListing],
        seconds: int,
    ) -> None:
        """Name the market; nothing is read yet.

        Args:
            reader: of the chain.
            domain: of the market.
            money: in which all are quoted: bitcoin.
            listings: what is quoted.
            seconds: how long an order lasts at most [s].
        """
        self.domain, self.money, self.listings = domain, money, listings
        self._reader, self._seconds = reader, seconds
        self._log = TradeLog(reader.rpc, domain.contract, SpotMarket.Traded)
        self._tick_value: int | None = None

    @property
    def tick_value(self) -> int:
        """Return what a tick is worth [base units per tick, day and PH/s]."""
        if self._tick_value is None:
            decimals = self._reader.decimals(self.money)
            self._tick_value = Product.HASHPRICE_SATS.tick_value(decimals)
        return self._tick_value

    def is_there(self) -> bool:
        """Return whether the market is the one that the orders are for."""
        try:
            (separator,) = self._reader.ask(
                [(self.domain.contract, SpotMarket.DOMAIN_SEPARATOR, ())]
            )
        except (RpcRefusedError, RpcUnavailableError):
            return False
        return bytes(separator) == self.domain.typed().separator()

    def fairs(self, outlook: Outlook, index_ticks: int) -> Mapping[ChecksumAddress, Fraction]:
        """Work out what each token is worth [money base units per 1e18 of it or what remains]."""
        return {
            each.token: each.valuation.price(
                outlook, index_ticks, self.tick_value, self._left_days(each, outlook)
            )
            for each in self.listings
        }

    def _left_days(self, listing: SpotListing, outlook: Outlook) -> int:
        """Read how long a token still earns [days]."""
        worth = listing.valuation.worth
        if worth is Worth.DAYS:
            (distributor,) = self._reader.ask([(listing.token, HashrateToken.DISTRIBUTOR, ())])
            series = to_checksum_address(distributor)
            (progress,) = self._reader.ask([(series, RewardDistributor.progress, ())])
            return end_of(outlook.newest, int(progress[_END_DAY]))
        if worth is Worth.REMAINING_DAYS:
            ((amount, _),) = self._reader.ask([(listing.token, REMAINING, ())])
            return int(amount) // WAD
        return 0

    def profit(
        self,
        maker: ChecksumAddress,
        fairs: Mapping[ChecksumAddress, Fraction],
        first: int,
        head: int,
        step: int,
    ) -> int:
        """Value the maker's trades of tokens that do not pay themselves down [sat].

        What such a token earned while it was held is left out: a loss is not less than it is.
        Rounded down. Notes and strips are not counted: what they pay is not told from a loss.
        """
        plain = {each.token for each in self.listings if not each.valuation.worth.is_per_remaining}
        total = Fraction(0)
        for trade in self._log.read(maker, first, head, step):
            token = to_checksum_address(trade.subject.to_bytes(20, "big"))
            paid_in = to_checksum_address(str(trade.data["money"]))
            if token not in plain or paid_in != self.money:
                continue
            value = fairs[token] * int(trade.data["quantity"]) / WAD - int(trade.data["cost"])
            total += value if trade.is_buy else -value
        return int(total // self.tick_value)

    def offers(
        self,
        maker: ChecksumAddress | None,
        policy: Policy,
        width_bps: int,
        fairs: Mapping[ChecksumAddress, Fraction],
        quiet: Quiet,
        now: int,
    ) -> list[SpotOffer]:
        """Work out what to offer: both sides of every token, within the limits."""
        offers, deadline = [], min(quiet.ends_at, now + self._seconds)
        for each in self.listings:
            held = each.target if maker is None else self._held(each.token, maker)
            stand = SpotStand(fairs[each.token], held, each.target, each.size, each.limit)
            for quote in spot_quotes_of(policy, stand, width_bps):
                offers.append(SpotOffer(each, quote, deadline))
        return offers

    def _held(self, token: ChecksumAddress, owner: ChecksumAddress) -> int:
        return self._reader.money(token, owner, self.domain.contract)[0]

    def most_cost(self, order: SpotOrder) -> int:
        """Return the most of its asset that an open order of the maker takes [base units]."""
        if not order.is_buy:
            return order.quantity
        remaining = None
        if order.is_per_remaining:
            ((remaining, _),) = self._reader.ask([(order.token, REMAINING, ())])
        return cost(order.quantity, order.price, remaining, is_buy=True)

    def sign(self, account: LocalAccount, offer: SpotOffer, epoch: int) -> SignedSpotOrder:
        """Sign an offer."""
        quote = offer.quote
        order = SpotOrder(
            maker=account.address,
            taker=ZERO_ADDRESS,
            is_buy=quote.is_buy,
            token=offer.listing.token,
            money=self.money,
            price=quote.price,
            is_per_remaining=offer.listing.valuation.worth.is_per_remaining,
            max_lag_days=MAX_AGE_DAYS,
            quantity=quote.quantity,
            minimum_quantity=1,
            deadline=offer.deadline,
            epoch=epoch,
            salt=secrets.randbits(_SALT_BITS),
        )
        return sign_spot(account, self.domain, order)


def asset_of(order: SpotOrder) -> ChecksumAddress:
    """Return what the maker of an order gives."""
    return order.money if order.is_buy else order.token
