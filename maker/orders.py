# SPDX-License-Identifier: AGPL-3.0-only
"""What a maker has signed, of both books."""

from eth_typing import ChecksumAddress

from hashrate.evm.abi import Function
from hashrate.evm.contracts.forwards import ForwardsBook
from hashrate.evm.contracts.market import SpotMarket
from hashrate.orders.order import SignedOrder, order_hash
from hashrate.orders.order_file import order_to_json
from hashrate.orders.spot import SignedSpotOrder, spot_hash
from hashrate.orders.spot_file import spot_to_json

Signed = SignedOrder | SignedSpotOrder


def hash_of(signed: Signed) -> bytes:
    """Return the 32 bytes by which its book knows an order."""
    if isinstance(signed, SignedSpotOrder):
        return spot_hash(signed.domain, signed.order)
    return order_hash(signed.domain, signed.order)


def document_of(signed: Signed) -> str:
    """Return an order as JSON."""
    return spot_to_json(signed) if isinstance(signed, SignedSpotOrder) else order_to_json(signed)


def venue_of(signed: Signed) -> ChecksumAddress:
    """Return the contract that fills it."""
    return signed.domain.contract


def check_of(signed: Signed) -> Function:
    """Return the function by which its book checks it."""
    is_spot = isinstance(signed, SignedSpotOrder)
    return SpotMarket.check_order if is_spot else ForwardsBook.check_order


def cancellation_of(signed: Signed) -> str:
    """Encode the call that cancels it."""
    is_spot = isinstance(signed, SignedSpotOrder)
    function = SpotMarket.cancel if is_spot else ForwardsBook.cancel
    return function.encode(signed.order.as_tuple())
