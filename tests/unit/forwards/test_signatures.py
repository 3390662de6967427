# SPDX-License-Identifier: AGPL-3.0-only
"""Signatures of accounts with a key: what is signed, by whom, for where, how often it counts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_account.messages import _hash_eip191_message, encode_typed_data

from tests.unit.chain import ZERO, account, actor, now, refused, wait
from tests.unit.pit import MAX, NEXT, Order, Pit, told, typed

pytestmark = pytest.mark.unit

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
CHANGES: dict[str, Callable[[Order], Any]] = {
    "maker": lambda order: actor("payer"),
    "taker": lambda order: actor("taker"),
    "is_buy": lambda order: not order.is_buy,
    "price_ticks": lambda order: order.price_ticks + 1,
    "legs": lambda order: [(*leg[:2], leg[2] + 1, leg[3]) for leg in order.as_tuple()[9]],
    "pegs": lambda order: [(1, 2, 0, 50_000, 50_000)],
    "quantity": lambda order: order.quantity + 1,
    "minimum_quantity": lambda order: order.minimum_quantity + 1,
    "max_collateral": lambda order: order.max_collateral - 1,
    "deadline": lambda order: order.deadline + 1,
    "may_trade_in_window": lambda order: not order.may_trade_in_window,
    "salt": lambda order: order.salt + 1,
}


def numbers(signature: bytes) -> tuple[int, int, int]:
    """Return r, s and v."""
    return (
        int.from_bytes(signature[:32], "big"),
        int.from_bytes(signature[32:64], "big"),
        signature[64],
    )


def joined(r: int, s: int, v: int) -> bytes:
    """Return the 65 bytes."""
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])


def test_fill__signed_order__is_named_by_what_was_signed(pit: Pit, series: int) -> None:
    order = Order([series], salt=7)
    domain = {
        "name": "HashrateForwards",
        "version": "1",
        "chainId": 1,
        "verifyingContract": pit.book.address,
    }
    signable = encode_typed_data(full_message=typed(domain, order.message()))

    pit.fill(order, 1)

    ((order_hash, _, _),) = told(pit.book, "OrderFilled")
    assert order_hash == _hash_eip191_message(signable)
    assert pit.book.DOMAIN_SEPARATOR() == signable.header


def test_fill__signed_for_another_chain__reverts(pit: Pit, series: int) -> None:
    order = Order([series])

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(order, 1, signature=pit.sign(order, chain_id=2))


def test_fill__chain_that_splits__old_signatures_are_void(pit: Pit, series: int) -> None:
    """The book's own domain follows the chain's id."""
    order = Order([series])
    signature = pit.sign(order)
    chain = pit.vault.env.evm.patch
    chain.chain_id = 2
    try:
        with refused("order: not signed", lambda: pit.state(series)):
            pit.fill(order, 1, signature=signature)
        assert pit.fill(order, 1, signature=pit.sign(order, chain_id=2)) == 1
    finally:
        chain.chain_id = 1


def test_fill__signed_for_another_book__reverts(pit: Pit, series: int) -> None:
    order = Order([series])

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(order, 1, signature=pit.sign(order, book=actor("another book")))


@pytest.mark.parametrize("field", list(CHANGES))
def test_fill__field_altered_after_signing__reverts(pit: Pit, series: int, field: str) -> None:
    order = Order([series], max_collateral=10**12)
    signature = pit.sign(order)
    altered = replace(order, **{field: CHANGES[field](order)})

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(altered, 1, signature=signature)
    assert pit.fill(order, 1, signature=signature) == 1


def test_fill__epoch_altered_after_signing__reverts(pit: Pit, series: int) -> None:
    order = Order([series])
    signature = pit.sign(order)
    pit.book.cancel_all(sender=order.maker)

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(replace(order, epoch=1), 1, signature=signature)


def test_fill__series_altered_after_signing__reverts(pit: Pit, series: int) -> None:
    order = Order([series])
    signature = pit.sign(order)
    other = pit.create(NEXT)

    for altered in ([other], sorted([series, other])):
        with refused("order: not signed", lambda: pit.state(series)):
            pit.fill(replace(order, series=altered), 1, signature=signature)


def test_fill__malleable_s__reverts(pit: Pit, series: int) -> None:
    order = Order([series])
    r, s, v = numbers(pit.sign(order))
    twin = joined(r, CURVE_ORDER - s, 55 - v)

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(order, 1, signature=twin)
    assert pit.fill(order, 1, signature=joined(r, s, v)) == 1


@pytest.mark.parametrize("other", [0, 1, 2, 26, 29, 255])
def test_fill__other_v__reverts(pit: Pit, series: int, other: int) -> None:
    order = Order([series])
    r, s, _ = numbers(pit.sign(order))

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(order, 1, signature=joined(r, s, other))


@pytest.mark.parametrize("length", [0, 1, 64, 66, 1_024])
def test_fill__other_length__reverts(pit: Pit, series: int, length: int) -> None:
    order = Order([series])
    signature = pit.sign(order).ljust(length, b"\0")[:length]

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(order, 1, signature=signature)


def test_fill__signed_by_somebody_else__reverts(pit: Pit, series: int) -> None:
    order = Order([series])

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(order, 1, signature=pit.sign(order, account("taker")))


@pytest.mark.parametrize("signature", [bytes(65), b"\1" * 65, b""])
def test_fill__order_of_the_zero_address__reverts(pit: Pit, series: int, signature: bytes) -> None:
    """Recovering gives zero for no signature at all; that is nobody's consent."""
    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(Order([series], maker=ZERO), 1, signature=signature)


# ---------------------------------------------------------------- Replay


def test_fill__replay_after_the_full_fill__reverts(pit: Pit, series: int) -> None:
    order = Order([series])
    pit.fill(order)

    with refused("order: nothing left", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_fill__replay_after_cancel__reverts(pit: Pit, series: int) -> None:
    order = Order([series])
    pit.fill(order, 1)
    pit.book.cancel(order.as_tuple(), sender=order.maker)

    with refused("order: nothing left", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_fill__replay_after_cancel_all__reverts(pit: Pit, series: int) -> None:
    order = Order([series])
    pit.fill(order, 1)
    pit.book.cancel_all(sender=order.maker)

    with refused("order: other epoch", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_fill__replay_after_the_deadline__reverts(pit: Pit, series: int) -> None:
    order = Order([series], deadline=now() + 60)
    pit.fill(order, 1)
    wait(61)

    with refused("order: deadline is over", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_fill__order_of_another_salt__is_another_order(pit: Pit, series: int) -> None:
    pit.fill(Order([series]))

    assert pit.fill(Order([series], salt=1)) == 10


# ---------------------------------------------------------------- cancel, cancel_all


def test_cancel__by_the_maker__emits_and_closes_only_that_order(pit: Pit, series: int) -> None:
    order, other = Order([series]), Order([series], salt=1)

    pit.book.cancel(order.as_tuple(), sender=order.maker)

    ((order_hash, maker),) = told(pit.book, "OrderCancelled")
    assert (maker, pit.book.filled_of(order_hash)) == (order.maker, MAX)
    assert pit.fill(other, 1) == 1


@pytest.mark.parametrize("who", ["taker", "stranger"])
def test_cancel__by_somebody_else__reverts(pit: Pit, series: int, who: str) -> None:
    order = Order([series])

    with refused("book: not the maker"):
        pit.book.cancel(order.as_tuple(), sender=actor(who))
    assert pit.fill(order, 1) == 1


def test_cancel_all__again_and_again__each_raises_the_epoch_by_one(pit: Pit, series: int) -> None:
    maker = actor("maker")
    for epoch in range(3):
        assert pit.fill(Order([series], epoch=epoch), 1) == 1
        pit.book.cancel_all(sender=maker)
        assert told(pit.book, "EpochRaised") == [(maker, 0, epoch + 1)]
        assert pit.book.epoch_of(maker) == epoch + 1

    for epoch in (0, 1, 2, 4):
        with refused("order: other epoch", lambda: pit.state(series)):
            pit.fill(Order([series], epoch=epoch, salt=1), 1)
    assert pit.book.epoch_of(actor("taker")) == 0


def test_cancel_all__other_makers__keep_their_orders(pit: Pit, series: int) -> None:
    pit.book.cancel_all(sender=actor("taker"))

    assert pit.fill(Order([series]), 1) == 1
