# SPDX-License-Identifier: AGPL-3.0-only
"""Looks orders up on the chain, many at once. Waits for the node: call it from a worker."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hashrate.evm.errors import RpcUnavailableError
from hashrate.orders.errors import OrderFormatError
from hashrate.orders.order import recover_signer
from relay.book import Listed, alone
from relay.chain import Chain
from relay.errors import OrderRefusedError
from relay.facts import OrderFacts
from relay.kind import Kind, Offer, Reason, refuse
from relay.node import Head
from relay.store import Kept


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order that is not on the book.

    Attributes:
        kind: of it.
        signed: the order.
        hash: its hash, hexadecimal with 0x.
        sequence: its number in the order of arrival.
        received_at: when it came [unix s].
        is_wallet: whether another than its maker's own key signed it.
        facts, block: what was found before, and at which block; None if nothing was.
    """

    kind: Kind
    signed: Any
    hash: str
    sequence: int
    received_at: int
    is_wallet: bool
    facts: OrderFacts | None = None
    block: int = 0


Found = Listed | OrderRefusedError | RpcUnavailableError


def arrival_of(chain: Chain, kept: Kept) -> Arrival:
    """Read an order out of the database.

    Raises:
        OrderFormatError: it cannot be read.
    """
    kind = chain.kinds.get(kept.kind)
    if kind is None:
        raise OrderFormatError(f"kind {kept.kind}: not one of this relay")
    signed = kind.read(kept.document.encode())
    facts, block, is_wallet = None, 0, None
    if kept.state:
        facts, block, is_wallet = read_state(kept.state)
    if is_wallet is None:
        is_wallet = not is_signed_by_key(kind, signed)
    return Arrival(
        kind, signed, kept.hash, kept.sequence, kept.received_at, is_wallet, facts, block
    )


def is_signed_by_key(kind: Kind, signed: Any) -> bool:
    """Return whether the maker's own key signed; where not, a contract wallet still may have."""
    signer = recover_signer(kind.digest(signed), signed.signature)
    return bool(signer == signed.order.maker)


def look_up(chain: Chain, arrival: Arrival) -> tuple[Listed, Head]:
    """Check one order at the newest block; gives that block, too.

    Raises:
        OrderRefusedError: the book would not fill it, or its maker cannot pay.
        RpcUnavailableError: the node does not answer.
    """
    (offer,) = arrival.kind.offers(chain.node, [(arrival.signed, arrival.hash)], None)
    if isinstance(offer, OrderRefusedError):
        raise offer
    head, facts = chain.newest_facts(offer.inquiry(is_wallet=arrival.is_wallet))
    result = _judge(arrival, offer, facts, head)
    if isinstance(result, Listed):
        require_money(result)
        return result, head
    raise result


def look_up_all(chain: Chain, arrivals: Sequence[Arrival], head: Head) -> list[Found]:
    """Check orders at a block: each can be listed, or is refused, or the node did not say.

    One whose maker cannot pay now can be listed: it sleeps.

    Raises:
        RpcUnavailableError: the node does not answer at all.
    """
    offers = _fit(chain, arrivals, head.number)
    asked = [
        (arrival, offer)
        for arrival, offer in zip(arrivals, offers, strict=True)
        if not isinstance(offer, OrderRefusedError)
    ]
    inquiries = [offer.inquiry(is_wallet=arrival.is_wallet) for arrival, offer in asked]
    facts = iter(chain.facts(inquiries, head.number))
    return [
        offer if isinstance(offer, OrderRefusedError) else _judge(arrival, offer, next(facts), head)
        for arrival, offer in zip(arrivals, offers, strict=True)
    ]


def trust_all(chain: Chain, arrivals: Sequence[Arrival], head: Head) -> list[Found]:
    """List orders by what was found of them before; what is unknown is looked up.

    Raises:
        RpcUnavailableError: the node does not answer.
    """
    known = [each for each in arrivals if each.facts is not None]
    rest = [each for each in arrivals if each.facts is None]
    found: dict[str, Found] = {}
    for arrival, offer in zip(known, _fit(chain, known, None), strict=True):
        if isinstance(offer, OrderRefusedError):
            found[arrival.hash] = offer
        else:
            found[arrival.hash] = _judge(arrival, offer, arrival.facts, head)
    looked_up = look_up_all(chain, rest, head) if rest else []
    found |= {arrival.hash: each for arrival, each in zip(rest, looked_up, strict=True)}
    return [found[each.hash] for each in arrivals]


def require_money(listed: Listed) -> None:
    """Refuse a new order whose maker could not pay for all of it.

    Raises:
        OrderRefusedError: it could not.
    """
    units, _ = alone(listed)
    if units < listed.remaining:
        found = f"the maker's balance is {listed.balance}, its allowance {listed.allowance}"
        message = f"{units} of {listed.remaining} units are covered: {found}"
        raise refuse(Reason.UNFUNDED, f"{message}, max_collateral counts")


def state_of(listed: Listed) -> str:
    """Write what is known of an order."""
    return json.dumps(
        [
            str(listed.remaining),
            [str(each) for each in listed.prices],
            str(listed.balance),
            str(listed.allowance),
            [str(each) for each in listed.held],
            listed.checked_block,
            listed.is_wallet,
        ],
        separators=(",", ":"),
    )


def read_state(text: str) -> tuple[OrderFacts, int, bool]:
    """Read what was known of an order: facts, at which block, and whether a wallet signed.

    Raises:
        OrderFormatError: it is something else.
    """
    try:
        remaining, prices, balance, allowance, held, block, is_wallet = json.loads(text)
        facts = OrderFacts(
            int(remaining),
            None,
            int(balance),
            int(allowance),
            tuple(map(int, held)),
            tuple(map(int, prices)),
        )
        return facts, int(block), bool(is_wallet)
    except (ValueError, TypeError) as error:
        raise OrderFormatError("state: unreadable") from error


def _fit(
    chain: Chain, arrivals: Sequence[Arrival], block: int | None
) -> list[Offer | OrderRefusedError]:
    """Fit orders of any kinds to their terms."""
    fitted: dict[str, Offer | OrderRefusedError] = {}
    for kind in chain.kinds.values():
        own = [(each.signed, each.hash) for each in arrivals if each.kind is kind]
        if own:
            offers = kind.offers(chain.node, own, block)
            fitted |= {name: offer for (_, name), offer in zip(own, offers, strict=True)}
    return [fitted[each.hash] for each in arrivals]


def _judge(arrival: Arrival, offer: Offer, facts: OrderFacts | None, head: Head) -> Found:
    if facts is None:
        return RpcUnavailableError("evm node: it did not answer for the order")
    if head.timestamp > offer.last_second:
        return refuse(Reason.CLOSED, "the deadline is over, or a window has begun")
    if facts.refusal is not None:
        return refuse(arrival.kind.reason(facts.refusal), f"the book says: {facts.refusal}")
    if len(facts.prices) != len(offer.places) or len(facts.held) != len(offer.closes):
        return RpcUnavailableError("what is known of the order is not of its shape")
    return Listed(
        offer=offer,
        document=offer.document(),
        sequence=arrival.sequence,
        received_at=arrival.received_at,
        prices=facts.prices,
        remaining=facts.remaining,
        balance=facts.balance,
        allowance=facts.allowance,
        held=facts.held,
        checked_block=head.number,
        is_wallet=arrival.is_wallet,
    )
