# SPDX-License-Identifier: AGPL-3.0-only
"""What tranches owe and share, exactly as the contract computes it.

Source: docs/tranches.md, sections 2 and 3. Every rounding is the contract's.
"""

from hashrate.core.units import DAY_SECONDS, WAD
from hashrate.products.tranches.terms import AUCTION_DAYS

_PRECISION = 2**128


def face_level(face: int) -> int:
    """Compute how far the index must rise for a TH/s to earn a face [base units].

    Returns:
        [base units per TH·s, 2^128], rounded up in favour of SENIOR.
    """
    return -(-face * _PRECISION // (DAY_SECONDS * WAD))


def cost(amount_ths: int, shortfall: int) -> int:
    """Compute what JUNIOR of an unmet note owes.

    Args:
        amount_ths: of JUNIOR [TH/s, 18 dec].
        shortfall: [base units per TH·s, 2^128].

    Returns:
        [base units], rounded up in favour of SENIOR.
    """
    return -(-amount_ths * DAY_SECONDS * shortfall // _PRECISION)


def bought(amount_ths: int, elapsed: int) -> int:
    """Compute what a buyer of JUNIOR gets of its tokens.

    Args:
        amount_ths: of JUNIOR [TH/s, 18 dec].
        elapsed: since the auction began [s].

    Returns:
        [TH/s, 18 dec], rounded down in favour of the holder.
    """
    return amount_ths * elapsed // (AUCTION_DAYS * DAY_SECONDS)


def part_of(pool: int, amount_ths: int, supply_ths: int) -> int:
    """Compute SENIOR's part of a pool of money or tokens, rounded down; the last takes all."""
    return pool * amount_ths // supply_ths
