# SPDX-License-Identifier: AGPL-3.0-only
"""What a round's money comes to, exactly as the contract computes it.

Source: docs/offering.md, sections 2 to 5. Every rounding is the contract's.
"""

from hashrate.core.units import WAD


def cost(amount_ths: int, price: int) -> int:
    """Compute what an amount [TH/s, 18 dec] costs at a price per TH/s [base units], rounded up."""
    return -(-amount_ths * price // WAD)


def falling_price(low: int, high: int, opened_at: int, closes_at: int, now: int) -> int:
    """Compute a falling price at a time [unix s], rounded up [base units per TH/s]."""
    elapsed = min(now, closes_at) - opened_at
    return high - (high - low) * elapsed // (closes_at - opened_at)


def due(paid: int, kept: int, released: int, delivered_days: int, delivery_days: int) -> int:
    """Compute what the seller can have now [base units], rounded down."""
    return paid * delivered_days // delivery_days + kept - released


def refund(
    paid: int, bought_ths: int, amount_ths: int, delivered_days: int, delivery_days: int
) -> tuple[int, int]:
    """Compute what a buyer had paid for what it hands back, and what it gets of that.

    Returns:
        Both [base units], rounded down.
    """
    part = paid * amount_ths // bought_ths
    return part, part * (delivery_days - delivered_days) // delivery_days
