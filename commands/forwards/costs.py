# SPDX-License-Identifier: AGPL-3.0-only
"""What a fill costs either party, and whether the maker can pay. Source: docs/forwards.md, 5."""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_typing import ChecksumAddress

from commands.forwards.orders import Offer
from commands.forwards.reader import ForwardsReader
from hashrate.products.forwards.maths import leg_payment


@dataclass(frozen=True, slots=True)
class Cost:
    """What a fill costs its taker; money in base units.

    Attributes:
        net: for all of it, negative if the taker receives.
        closed: contracts that close what the taker holds.
        max_pay: most for any part that may be filled.
        min_receive: least for any such part, zero where one costs something.
    """

    net: int
    closed: int
    max_pay: int
    min_receive: int


def held_against(reader: ForwardsReader, offer: Offer, taker: ChecksumAddress) -> list[int]:
    """Read what a taker holds of the sides that an order's legs would close [contracts]."""
    return [
        int(reader.vault.balanceOf(taker, leg.series if leg.is_buy else leg.series + 1))
        for leg in offer.order.legs
    ]


def maker_covers(
    reader: ForwardsReader, offer: Offer, promised: int = 0, *, counts_permit: bool = True
) -> int:
    """Find how much of an order its maker can pay for now [units].

    What a quantity costs, less what it closes, grows ever faster: the least that cannot be paid is
    found by halving.

    Args:
        reader: vault and book.
        offer: the order.
        promised: what other orders of the maker are to take first [base units].
        counts_permit: whether a permit that comes with the order is sent along.
    """
    order, token = offer.order, reader.token(offer.months[0].terms.token)
    held = [
        int(reader.vault.balanceOf(order.maker, leg.series + 1 if leg.is_buy else leg.series))
        for leg in order.legs
    ]
    allowed = int(token.contract.allowance(order.maker, reader.address))
    if counts_permit and offer.signed.permit is not None:
        allowed = max(allowed, offer.signed.permit.value)
    budget = max(0, min(int(token.contract.balanceOf(order.maker)), allowed) - promised)
    low, high = 0, offer.remaining
    while low < high:
        middle = (low + high + 1) // 2
        if _net(offer, held, middle, is_maker=True) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def maker_pays(offer: Offer, quantity: int) -> int:
    """Return what some units take from a maker that closes nothing, at most [base units]."""
    return max(0, _net(offer, [0] * len(offer.order.legs), quantity, is_maker=True))


def _net(offer: Offer, held: Sequence[int], quantity: int, *, is_maker: bool) -> int:
    """Compute what a party pays for some units, negative if it receives [base units].

    Args:
        offer: the order.
        held: of the side that each leg closes [contracts].
        quantity: [units].
        is_maker: which party.
    """
    return sum(
        leg_payment(
            month.terms,
            price,
            quantity * leg.ratio,
            min(quantity * leg.ratio, own),
            is_buyer=leg.is_buy == is_maker,
        )
        for leg, month, price, own in zip(
            offer.order.legs, offer.months, offer.prices, held, strict=True
        )
    )


def taker_cost(offer: Offer, held: Sequence[int], least: int, most: int) -> Cost:
    """Compute what the taker pays for `least` to `most` units.

    Source: docs/forwards.md, section 5. Between the quantities at which a leg begins to open, what
    is paid grows evenly: its extremes lie there or at the ends.
    """
    turns = {own // leg.ratio for own, leg in zip(held, offer.order.legs, strict=True)}
    places = {least, most, *(turn + more for turn in turns for more in (0, 1))}
    nets = [_net(offer, held, place, is_maker=False) for place in places if least <= place <= most]
    closed = sum(
        min(most * leg.ratio, own) for leg, own in zip(offer.order.legs, held, strict=True)
    )
    return Cost(
        _net(offer, held, most, is_maker=False),
        closed,
        max(0, *nets),
        max(0, min(-net for net in nets)),
    )
