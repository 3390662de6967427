# SPDX-License-Identifier: AGPL-3.0-only
"""The spot market broken on purpose; its history has to notice."""

from tests.mutants.mutant import Mutant

MARKET = "market/SpotMarket.vy"
ORDERS = "market/spot_orders.vy"
STATE = "exchange/order_state.vy"

SPOT_MUTANTS = [
    Mutant(
        "an offer is rounded down, for the taker",
        ORDERS,
        "0 if _order.is_buy else _WAD - 1",
        "0",
    ),
    Mutant(
        "a bid is rounded up, for the taker",
        ORDERS,
        "0 if _order.is_buy else _WAD - 1",
        "_WAD - 1",
    ),
    Mutant(
        "what remains is rounded for the taker",
        ORDERS,
        "_WAD * _WAD, not _order.is_buy",
        "_WAD * _WAD, _order.is_buy",
    ),
    Mutant(
        "what was filled is kept by document, signature and all",
        MARKET,
        "return Offer(digest=digest, remaining=remaining)",
        "return Offer(digest=keccak256(concat(digest, _signature)), remaining=_order.quantity"
        " - order_state.filled_of[keccak256(concat(digest, _signature))])",
    ),
    Mutant(
        "what remains may be as old as it likes",
        ORDERS,
        "next_day >= today or today - next_day <= _max_lag_days",
        "True",
    ),
    Mutant(
        "tokens are sold for nothing",
        ORDERS,
        'assert cost != 0, "order: costs nothing"',
    ),
    Mutant(
        "a taker's limit does not hold",
        MARKET,
        'assert cost <= _take.max_pay, "spot: costs too much"',
    ),
    Mutant(
        "a taker receives less than it said",
        MARKET,
        'assert cost >= _take.min_receive, "spot: receives too little"',
    ),
    Mutant(
        "anyone cancels",
        MARKET,
        'assert msg.sender == _order.maker, "spot: not the maker"',
    ),
    Mutant(
        "a match pays what the buyer bids",
        MARKET,
        "(bid + ask) // 2",
        "bid",
    ),
    Mutant(
        "a match asks a maker past its price",
        MARKET,
        'assert bid >= ask, "order: prices do not cross"',
    ),
    Mutant(
        "two sellers match",
        MARKET,
        "and _one.is_buy != _other.is_buy",
        "",
    ),
    Mutant(
        "an order for the market is anyone's",
        MARKET,
        "or (_is_match and _order.taker == self)",
        "or _order.taker == self",
    ),
    Mutant(
        "cancelling a token cancels nothing",
        MARKET,
        "if _order.epoch != order_state._epoch(_order.maker):",
        "if False:",
    ),
    Mutant(
        "money and token go the same way",
        MARKET,
        "extcall IERC20(_token).transferFrom( _seller, _buyer,",
        "extcall IERC20(_token).transferFrom( _buyer, _seller,",
    ),
    Mutant(
        "a filled order is filled again",
        STATE,
        "self.filled_of[_digest] = _whole - _remaining + _quantity",
    ),
    Mutant(
        "nobody has to sign",
        MARKET,
        "if not signatures._is_by_key(_order.maker, digest, _signature):",
        "if False:",
    ),
]
