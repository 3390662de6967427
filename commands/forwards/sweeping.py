# SPDX-License-Identifier: AGPL-3.0-only
"""Take several orders on one series in one transaction, the best price first."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.forwards.costs import Cost, maker_covers, maker_pays, taker_cost
from commands.forwards.orders import Offer, assess
from commands.forwards.reader import ForwardsReader, Listing
from commands.shell.acts import Act
from commands.shell.console import counted
from commands.shell.errors import ScriptError
from commands.shell.tokens import approve_to, beside_orders, require_held
from hashrate.core.errors import HashrateError
from hashrate.orders.order import ZERO_ADDRESS, SignedOrder, order_hash

MAX_FILLS = 16  # of the book's `fill_many`


@dataclass(frozen=True, slots=True)
class Target:
    """What a taker wants: LONG or SHORT, how much [contracts], and the worst price [tick]."""

    is_buy: bool
    quantity: int
    limit_ticks: int


@dataclass(frozen=True, slots=True)
class Part:
    """How much to take of an order [contracts], and what it costs."""

    offer: Offer
    price_ticks: int
    quantity: int
    cost: Cost


def make_plan(
    reader: ForwardsReader, listing: Listing, signed: Sequence[SignedOrder], target: Target
) -> list[Part]:
    """Choose orders, the best price first, as far as their makers can pay.

    Args:
        reader: vault and book, with the taker's account.
        listing: the series.
        signed: orders, of which those on this series alone count.
        target: what is wanted.

    Raises:
        ScriptError: none can be filled at that price.
    """
    taker = to_checksum_address(reader.session.chain.account.address)
    offers = _open(reader, listing, signed, taker, target)
    offers.sort(key=lambda each: each.prices[0], reverse=not target.is_buy)
    # what the taker holds of the other side is closed once: by the best orders
    side = listing.series + 1 if target.is_buy else listing.series
    held = int(reader.vault.balanceOf(taker, side))
    plan: list[Part] = []
    left = target.quantity
    promised: dict[ChecksumAddress, int] = {}
    for offer in offers:
        if not left or len(plan) == MAX_FILLS:
            break
        maker = offer.order.maker
        covered = maker_covers(reader, offer, promised.get(maker, 0), counts_permit=False)
        quantity = min(left, covered, offer.remaining)
        if quantity < max(1, min(offer.order.minimum_quantity, offer.remaining)):
            continue
        cost = taker_cost(offer, [held], 1, quantity)
        plan.append(Part(offer, offer.prices[0], quantity, cost))
        promised[maker] = promised.get(maker, 0) + maker_pays(offer, quantity)
        held -= min(held, quantity)
        left -= quantity
    if not plan:
        raise ScriptError(f"no order on {listing.name} can be filled at that price")
    return plan


def _open(
    reader: ForwardsReader,
    listing: Listing,
    signed: Sequence[SignedOrder],
    taker: ChecksumAddress,
    target: Target,
) -> list[Offer]:
    """Keep what the taker may fill now, at its price or better."""
    offers = []
    for each in signed:
        order = each.order
        is_plain = order.series == (listing.series,) and order.legs[0].ratio == 1
        is_for_us = order.taker in (ZERO_ADDRESS, taker) and order.maker != taker
        if not (is_plain and is_for_us) or order.legs[0].is_buy == target.is_buy:
            continue
        try:
            offer = assess(reader, each, reader.session.chain.now)
        except HashrateError:
            continue  # filled, cancelled or over: the plan shows what is left
        price = offer.prices[0]
        if price <= target.limit_ticks if target.is_buy else price >= target.limit_ticks:
            offers.append(offer)
    return offers


def sweep(reader: ForwardsReader, listing: Listing, plan: Sequence[Part]) -> Act:
    """Prepare to take all parts of a plan at once; what fails is skipped.

    Raises:
        ScriptError: the taker holds too little.
    """
    session, book, product = reader.session, reader.book, listing.terms.product
    token = reader.token(listing.terms.token)
    pays = sum(each.cost.max_pay for each in plan)
    receives = sum(each.cost.min_receive for each in plan)
    require_held(session, token, pays)
    allowance = beside_orders(session, token, reader.address, pays)
    is_buy = not plan[0].offer.order.legs[0].is_buy
    wanted = sum(each.quantity for each in plan)
    fills = [
        (
            each.offer.order.as_tuple(),
            each.offer.signed.signature,
            (each.quantity, 1, each.cost.max_pay, each.cost.min_receive),
        )
        for each in plan
    ]

    def check(receipt: Any) -> Sequence[str]:
        trades = receipt.decode_logs(reader.vault.Traded)
        got = sum(int(log.quantity) for log in trades)
        skipped = len(receipt.decode_logs(book.FillSkipped))
        words = f", {counted(skipped, 'order')} skipped" if skipped else ""
        verb = "Bought" if is_buy else "Sold"
        return [f"{verb} {counted(got, 'contract')} of {listing.name}{words}"]

    def send() -> Any:
        approve_to(session, token, reader.address, allowance)
        return session.chain.send(book.fill_many, fills)

    rows = [
        (
            f"0x{order_hash(reader.domain, each.offer.order).hex()[:8]}…",
            f"{each.quantity} at {product.price_text(each.price_ticks)}",
        )
        for each in plan
    ]
    total = sum(each.quantity * each.price_ticks for each in plan)
    mean = ceil(Fraction(total, wanted)) if is_buy else total // wanted  # against the taker
    rows += [
        ("you buy, LONG" if is_buy else "you sell, SHORT", counted(wanted, "contract")),
        ("at a mean of", product.price_text(mean)),
    ]
    if pays:
        rows.append(("you pay at most", token.text(pays)))
    if receives:
        rows.append(("you receive at least", token.text(receives)))
    return Act(f"Sweep {listing.name}", rows, send, check)
