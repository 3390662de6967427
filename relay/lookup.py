# SPDX-License-Identifier: AGPL-3.0-only
"""Looks orders up on the chain, many at once. Waits for the node: call it from a worker."""

from collections.abc import Sequence
from dataclasses import dataclass

from hashrate.evm.errors import RpcUnavailableError
from hashrate.orders.order import SignedOrder
from hashrate.products.forwards.terms import ForwardTerms
from relay.book import Listed
from relay.chain import Chain, Head
from relay.errors import OrderRefusedError
from relay.inquiry import Inquiry, make_inquiry
from relay.rules import (
    OrderFacts,
    Reason,
    last_second,
    refuse,
    remaining_of,
    require_terms,
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order that is not on the book.

    Attributes:
        signed: the order.
        hash: its hash, hexadecimal with 0x.
        sequence: its number in the order of arrival.
        received_at: when it came [unix s].
    """

    signed: SignedOrder
    hash: str
    sequence: int
    received_at: int


@dataclass(frozen=True, slots=True)
class _Found:
    """An order that fits its series."""

    arrival: Arrival
    terms: list[ForwardTerms]
    inquiry: Inquiry


def look_up(chain: Chain, arrival: Arrival) -> tuple[Listed, Head]:
    """Check one order at the newest block; gives that block, too.

    Raises:
        OrderRefusedError: the book would not fill it, or its maker cannot pay.
        RpcUnavailableError: the node does not answer.
    """
    order = arrival.signed.order
    terms = require_terms(order, chain.terms(order.series), chain.indices)
    inquiry = make_inquiry(arrival.signed, terms[0].token, chain.vault)
    head, facts = chain.newest_facts(inquiry)
    result = _judge(_Found(arrival, terms, inquiry), facts, head)
    if isinstance(result, Listed):
        return result, head
    raise result


def look_up_all(
    chain: Chain, arrivals: Sequence[Arrival], head: Head
) -> list[Listed | OrderRefusedError | RpcUnavailableError]:
    """Check orders at a block: each is ready to be listed, or refused, or the node did not say.

    Raises:
        RpcUnavailableError: the node does not answer at all.
    """
    numbers = sorted({each for arrival in arrivals for each in arrival.signed.order.series})
    known = dict(zip(numbers, chain.terms(numbers, head.number), strict=True))
    fitting: list[_Found] = []
    results: dict[str, Listed | OrderRefusedError | RpcUnavailableError] = {}
    for arrival in arrivals:
        order = arrival.signed.order
        try:
            terms = require_terms(order, [known[each] for each in order.series], chain.indices)
            inquiry = make_inquiry(arrival.signed, terms[0].token, chain.vault)
            fitting.append(_Found(arrival, terms, inquiry))
        except OrderRefusedError as error:
            results[arrival.hash] = error
    facts = chain.facts([found.inquiry for found in fitting], head.number)
    for found, fact in zip(fitting, facts, strict=True):
        results[found.arrival.hash] = _judge(found, fact, head)
    return [results[arrival.hash] for arrival in arrivals]


def _judge(
    found: _Found, facts: OrderFacts | None, head: Head
) -> Listed | OrderRefusedError | RpcUnavailableError:
    if facts is None:
        return RpcUnavailableError("evm node: it did not answer for the order")
    arrival, terms, order = found.arrival, found.terms, found.arrival.signed.order
    end = last_second(order, terms)
    if head.timestamp > end:
        return refuse(Reason.CLOSED, "the deadline is over, or a window has begun")
    try:
        remaining = remaining_of(order, terms, facts)
    except OrderRefusedError as error:
        return error
    return Listed(
        hash=arrival.hash,
        signed=arrival.signed,
        terms=tuple(terms),
        prices=facts.prices,
        sequence=arrival.sequence,
        received_at=arrival.received_at,
        last_second=end,
        remaining=remaining,
        checked_block=head.number,
        inquiry=found.inquiry,
    )
