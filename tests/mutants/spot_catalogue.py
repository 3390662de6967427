# SPDX-License-Identifier: AGPL-3.0-only
"""The spot market broken on purpose; its history has to notice."""

from dataclasses import dataclass

from testing.patching import Patch

MARKET = "market/SpotMarket.vy"
ORDERS = "market/spot_orders.vy"
STATE = "exchange/order_state.vy"


@dataclass(frozen=True)
class SpotMutant:
    """One defect: what is wrong, and the words that make it so."""

    name: str
    path: str
    old: str
    new: str = "pass"

    @property
    def patches(self) -> list[Patch]:
        """The replacement that makes it."""
        return [Patch(self.path, self.old, self.new)]


SPOT_MUTANTS = [
    SpotMutant(
        "an offer is rounded down, for the taker",
        ORDERS,
        "0 if _order.is_buy else _WAD - 1",
        "0",
    ),
    SpotMutant(
        "a bid is rounded up, for the taker",
        ORDERS,
        "0 if _order.is_buy else _WAD - 1",
        "_WAD - 1",
    ),
    SpotMutant(
        "what remains is rounded for the taker",
        ORDERS,
        "_WAD * _WAD, not _order.is_buy",
        "_WAD * _WAD, _order.is_buy",
    ),
    SpotMutant(
        "what was filled is kept by document, signature and all",
        MARKET,
        "return Offer(digest=digest, remaining=remaining)",
        "return Offer(digest=keccak256(concat(digest, _signature)), remaining=_order.quantity"
        " - order_state.filled_of[keccak256(concat(digest, _signature))])",
    ),
    SpotMutant(
        "what remains may be as old as it likes",
        ORDERS,
        "next_day >= today or today - next_day <= _max_lag_days",
        "True",
    ),
    SpotMutant(
        "tokens are sold for nothing",
        ORDERS,
        'assert cost != 0, "order: costs nothing"',
    ),
    SpotMutant(
        "a taker's limit does not hold",
        MARKET,
        'assert cost <= _take.max_pay, "spot: costs too much"',
    ),
    SpotMutant(
        "a taker receives less than it said",
        MARKET,
        'assert cost >= _take.min_receive, "spot: receives too little"',
    ),
    SpotMutant(
        "anyone cancels",
        MARKET,
        'assert msg.sender == _order.maker, "spot: not the maker"',
    ),
    SpotMutant(
        "a match pays what the buyer bids",
        MARKET,
        "(bid + ask) // 2",
        "bid",
    ),
    SpotMutant(
        "a match asks a maker past its price",
        MARKET,
        'assert bid >= ask, "order: prices do not cross"',
    ),
    SpotMutant(
        "two sellers match",
        MARKET,
        "and _one.is_buy != _other.is_buy",
        "",
    ),
    SpotMutant(
        "an order for the market is anyone's",
        MARKET,
        "or (_is_match and _order.taker == self)",
        "or _order.taker == self",
    ),
    SpotMutant(
        "cancelling a token cancels nothing",
        MARKET,
        "if _order.epoch != order_state._epoch(_order.maker):",
        "if False:",
    ),
    SpotMutant(
        "money and token go the same way",
        MARKET,
        "extcall IERC20(_token).transferFrom( _seller, _buyer,",
        "extcall IERC20(_token).transferFrom( _buyer, _seller,",
    ),
    SpotMutant(
        "a filled order is filled again",
        STATE,
        "self.filled_of[_digest] = _whole - _remaining + _quantity",
    ),
    SpotMutant(
        "nobody has to sign",
        MARKET,
        "if not signatures._is_by_key(_order.maker, digest, _signature):",
        "if False:",
    ),
]
