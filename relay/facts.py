# SPDX-License-Identifier: AGPL-3.0-only
"""What a chain says of one order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a chain says of one order, all at one block.

    Attributes:
        remaining: what is left of it by the book's own check [units]; zero if it refuses.
        refusal: the book's reason; None if it does not refuse.
        balance: of what the maker would pay with [base units].
        allowance: what may be taken from the maker, with the order's permit if that still works
            [base units].
        held: the maker's positions that the order would close, for each leg [contracts].
        prices: of its legs now; empty where the book refuses to say [tick].
    """

    remaining: int
    refusal: str | None
    balance: int
    allowance: int
    held: tuple[int, ...]
    prices: tuple[int, ...]
