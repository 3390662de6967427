# SPDX-License-Identifier: AGPL-3.0-only
"""`ForwardsBook.fill_many`, and the functions that take permits along."""

from dataclasses import replace
from typing import Any

import pytest
from eth_abi import encode
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from tests.unit.chain import account, actor, deployer, now, refused
from tests.unit.pit import DOMAIN_FIELDS, MAX, TERMS, Order, Pit, gas_of, plain_token, told

pytestmark = pytest.mark.unit

MAKER, TAKER = actor("maker"), actor("taker")
PERMIT_FIELDS = ("owner", "spender", "value", "nonce", "deadline")
MAX_FILLS = 16


def reason_bytes(reason: str) -> bytes:
    """Return how a contract reverts with a reason."""
    return keccak(text="Error(string)")[:4] + encode(["string"], [reason])


def fill_many(pit: Pit, orders: list[Order], quantity: int = MAX, minimum: int = 0) -> list[int]:
    """Fill as the taker, all with the maker's signatures."""
    take = (quantity, minimum, MAX, 0)
    fills = [(each.as_tuple(), pit.sign(each), take) for each in orders]
    return list(pit.book.fill_many(fills, sender=TAKER))


def test_fill_many__good_orders__are_all_filled(pit: Pit, series: int) -> None:
    orders = [Order([series], salt=salt, quantity=salt + 1) for salt in range(MAX_FILLS)]

    assert fill_many(pit, orders) == [salt + 1 for salt in range(MAX_FILLS)]

    total = MAX_FILLS * (MAX_FILLS + 1) // 2
    assert pit.held(TAKER, series) == (0, total)
    assert pit.inside() == total * TERMS.cost


def test_fill_many__failed_orders__are_skipped_with_place_and_reason(pit: Pit, series: int) -> None:
    good = Order([series])
    orders = [
        replace(good, deadline=0),
        good,
        replace(good, salt=1, epoch=3),
        replace(good, salt=2, price_ticks=0),
        replace(good, salt=3),
    ]

    assert fill_many(pit, orders, 2) == [0, 2, 0, 0, 2]

    # the book is the caller of its own, but positions and money are the taker's
    assert told(pit.book, "FillSkipped") == [
        (0, reason_bytes("order: deadline is over")),
        (2, reason_bytes("order: other epoch")),
        (3, reason_bytes("terms: price out of range")),
    ]
    assert pit.held(TAKER, series) == (0, 4)


def test_fill_many__less_than_asked_of_one__skips_it(pit: Pit, series: int) -> None:
    orders = [Order([series], quantity=3), Order([series], quantity=5)]

    assert fill_many(pit, orders, 5, minimum=4) == [0, 5]


def test_fill_many__money_for_one_only__fills_that_one(pit: Pit, series: int) -> None:
    leg = TERMS.collateral(50_000, False)
    pit.token.approve(pit.vault.address, leg, sender=TAKER)
    orders = [Order([series], salt=salt, quantity=1) for salt in range(3)]

    assert fill_many(pit, orders) == [1, 0, 0]
    assert pit.held(TAKER, series) == (0, 1)


def test_fill_many__one_leg_too_many__reverts(pit: Pit) -> None:
    months = pit.strip(12)
    orders = [Order(months, salt=salt) for salt in range(8)]

    with refused("book: too many legs", lambda: pit.state(*months)):
        fill_many(pit, [*orders, Order(months[:1])])

    assert fill_many(pit, orders) == [10] * 8


def test_fill_many__nothing_taken__reverts(pit: Pit, series: int) -> None:
    """A batch that did nothing must not look like one that worked."""
    dead = Order([series], deadline=0)
    for orders in ([], [dead], [dead, replace(dead, salt=1)]):
        with refused("book: nothing taken", lambda: pit.state(series)):
            fill_many(pit, orders)


def test_fill_many__receiver_that_burns_gas__leaves_enough_for_the_rest(
    pit: Pit, series: int
) -> None:
    """A hook has no allowance of its own; the order's share bounds it, and the rest are filled."""
    wallet, burner = (deployer("mocks/MockWallet").deploy() for _ in range(2))
    burner.set_burning(True)
    wallet.set_answer(bytes.fromhex("1626ba7e").ljust(32, b"\0"))
    wallet.prepare(burner.address, burner.isValidSignature.prepare_calldata(bytes(32), b""))
    pit.token.mint(wallet.address, 10**12)
    approve = pit.token.approve.prepare_calldata(pit.vault.address, MAX)
    wallet.call(pit.token.address, approve)
    bad = Order([series], maker=wallet.address)
    good = [Order([series], salt=salt, quantity=1) for salt in range(3)]
    take = (1, 0, MAX, 0)
    fills = [(each.as_tuple(), pit.sign(each), take) for each in (bad, *good)]

    taken = pit.book.fill_many(fills, sender=TAKER, gas=1_600_000)

    assert list(taken) == [0, 1, 1, 1]
    assert gas_of(pit.book) < 1_600_000


# ---------------------------------------------------------------- Permits


@pytest.fixture
def permitting(pit: Pit, tokens: dict[str, Any]) -> Pit:
    """The pit, with parties that have approved nothing."""
    for who in (MAKER, TAKER, actor("payer")):
        pit.token.approve(pit.vault.address, 0, sender=who)
    return pit


def permit(pit: Pit, role: str, value: int = MAX, **changes: Any) -> tuple[Any, ...]:
    """Return the `Permit` struct, signed by an actor."""
    owner = actor(role)
    nonce = changes.pop("nonce", pit.token.nonces(owner))
    values = (owner, pit.vault.address, value, nonce, now() + 60)
    kinds = ("address", "address", "uint256", "uint256", "uint256")
    domain = ("Mock bitcoin", "1", 1, pit.token.address)
    signed = account(role).sign_message(
        encode_typed_data(
            full_message={
                "types": {
                    "EIP712Domain": DOMAIN_FIELDS,
                    "Permit": [
                        {"name": name, "type": kind}
                        for name, kind in zip(PERMIT_FIELDS, kinds, strict=True)
                    ],
                },
                "primaryType": "Permit",
                "domain": {
                    entry["name"]: value for entry, value in zip(DOMAIN_FIELDS, domain, strict=True)
                },
                "message": dict(zip(PERMIT_FIELDS, values, strict=True)),
            }
        )
    )
    r, s = (number.to_bytes(32, "big") for number in (signed.r, signed.s))
    return (pit.token.address, owner, value, values[-1], signed.v, r, s)


def fill(pit: Pit, permits: list[tuple[Any, ...]], order: Order) -> int:
    """Fill one contract as the taker."""
    return int(
        pit.book.fill_with_permits(
            permits, order.as_tuple(), pit.sign(order), (1, 1, MAX, 0), sender=TAKER
        )
    )


def test_fill_with_permits__of_both_parties__trades_without_approvals(
    permitting: Pit,
) -> None:
    pit, series = permitting, permitting.create()
    permits = [permit(pit, "taker"), permit(pit, "maker")]

    assert fill(pit, permits, Order([series])) == 1

    assert pit.held(MAKER, series) == (1, 0)
    assert pit.token.nonces(TAKER) == pit.token.nonces(MAKER) == 1


def test_fill_with_permits__sent_by_somebody_before__trades_all_the_same(
    permitting: Pit,
) -> None:
    pit, series = permitting, permitting.create()
    permits = [permit(pit, "taker"), permit(pit, "maker")]
    for token, owner, value, deadline, v, r, s in permits:
        assert token == pit.token.address
        pit.token.permit(
            owner, pit.vault.address, value, deadline, v, r, s, sender=actor("front-runner")
        )

    assert fill(pit, permits, Order([series])) == 1


def test_fill_with_permits__too_little_or_wrong__the_pull_decides(permitting: Pit) -> None:
    pit, series = permitting, permitting.create()
    leg = TERMS.collateral(50_000, True)
    for permits in (
        [],
        [permit(pit, "taker")],
        [permit(pit, "taker"), permit(pit, "maker", leg - 1)],
        [permit(pit, "taker"), permit(pit, "maker", nonce=5)],
    ):
        with refused("erc20: insufficient allowance", lambda: pit.state(series)):
            fill(pit, permits, Order([series]))


def test_fill_with_permits__token_without_permits__is_ignored(
    pit: Pit, tokens: dict[str, Any]
) -> None:
    signed = permit(pit, "taker")
    pit = pit.with_token(tokens["MockNoReturnToken"])
    series = pit.create()
    permits = [(pit.token.address, *signed[1:])]

    assert fill(pit, permits, Order([series])) == 1


def test_fill_with_permits__token_not_listed__is_called_for_nothing(pit: Pit, series: int) -> None:
    """The book has no right that a call could use, so it looks up no list."""
    other = replace(pit, token=plain_token())
    signed = permit(other, "taker")

    assert fill(pit, [signed], Order([series])) == 1

    assert other.token.allowance(TAKER, pit.vault.address) == MAX
    assert other.token.allowance(TAKER, pit.book.address) == 0


def test_mint_pair_with_permit__token_not_listed__is_not_called(pit: Pit, series: int) -> None:
    other = replace(pit, token=plain_token())
    payer = actor("payer")

    pit.vault.mint_pair_with_permit(permit(other, "payer"), series, 1, payer, payer, sender=payer)

    assert other.token.nonces(payer) == 0


def test_mint_pair_with_permit__first_trade__needs_no_approval(permitting: Pit) -> None:
    pit, series = permitting, permitting.create()
    payer = actor("payer")
    signed = permit(pit, "payer", 2 * TERMS.cost)

    pit.vault.mint_pair_with_permit(signed, series, 2, payer, payer, sender=payer)

    assert pit.held(payer, series) == (2, 2)
    with refused("erc20: insufficient allowance", lambda: pit.state(series)):
        pit.vault.mint_pair_with_permit(signed, series, 1, payer, payer, sender=payer)
