# SPDX-License-Identifier: AGPL-3.0-only
"""Makers and receivers that are contracts: ERC-1271 signatures and ERC-1155 hooks, good and bad."""

from typing import Any

import pytest
from eth_abi import encode
from eth_utils import keccak

from tests.unit.chain import ZERO, account, actor, deployer, refused
from tests.unit.pit import MAX, Order, Pit, gas_of

pytestmark = pytest.mark.unit

MAGIC = bytes.fromhex("1626ba7e").ljust(32, b"\0")
TAKER = actor("taker")


@pytest.fixture
def wallet(pit: Pit) -> Any:
    """A contract wallet that is rich, has approved the vault and signs everything."""
    wallet = deployer("mocks/MockWallet").deploy()
    pit.token.mint(wallet.address, 10**30)
    approve = pit.token.approve.prepare_calldata(pit.vault.address, MAX)
    wallet.call(pit.token.address, approve)
    wallet.set_answer(MAGIC)
    return wallet


def digest_of(pit: Pit, order: Order) -> bytes:
    """Return what the maker signs, by the rules."""
    leg_type = "Leg(uint256 series,bool is_buy,uint256 price_ticks,uint256 ratio)"
    names = (
        "Order(address maker,address taker,uint256 quantity,uint256 minimum_quantity,"
        "uint256 max_collateral,uint256 deadline,bool may_trade_in_window,uint256 epoch,"
        f"uint256 salt,Leg[] legs,Peg[] pegs){leg_type}"
        "Peg(uint256 mean_days,uint256 max_age_days,int256 offset_ticks,uint256 low_ticks,"
        "uint256 high_ticks)"
    )
    *values, legs, _ = order.as_tuple()
    leg_kinds = ["bytes32", "uint256", "bool", "uint256", "uint256"]
    hashed = [keccak(encode(leg_kinds, [keccak(text=leg_type), *leg])) for leg in legs]
    kinds = "address,address,uint256,uint256,uint256,uint256,bool,uint256,uint256"
    struct = keccak(
        encode(
            ["bytes32", *kinds.split(","), "bytes32", "bytes32"],
            [keccak(text=names), *values, keccak(b"".join(hashed)), keccak(b"")],
        )
    )
    domain: bytes = pit.book.DOMAIN_SEPARATOR()
    return keccak(b"\x19\x01" + domain + struct)


@pytest.mark.parametrize("signature", [b"", b"anything", bytes(65), b"\1" * 1_024])
def test_fill__wallet_that_agrees__is_asked_for_the_order_and_the_signature(
    pit: Pit, series: int, wallet: Any, signature: bytes
) -> None:
    order = Order([series], maker=wallet.address)
    wallet.expect(digest_of(pit, order), signature)

    assert pit.fill(order, 2, signature=signature) == 2

    assert pit.held(wallet.address, series) == (2, 0)


def test_fill__wallet_asked_about_another_order__reverts(
    pit: Pit, series: int, wallet: Any
) -> None:
    order = Order([series], maker=wallet.address)
    wallet.expect(digest_of(pit, Order([series], maker=wallet.address, salt=1)), b"")

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(order, 2, signature=b"")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        MAGIC[:4],
        MAGIC[:31],
        bytes(32),
        MAGIC[:31] + b"\1",
        bytes(28) + MAGIC[:4],
        b"\xff" * 32,
        (1).to_bytes(32, "big"),
    ],
)
def test_fill__wallet_with_another_answer__reverts(
    pit: Pit, series: int, wallet: Any, answer: bytes
) -> None:
    wallet.set_answer(answer)

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(Order([series], maker=wallet.address), 1, signature=b"")


def test_fill__wallet_with_a_huge_answer__one_word_of_it_counts(
    pit: Pit, series: int, wallet: Any
) -> None:
    wallet.set_answer(MAGIC)
    pit.fill(Order([series], maker=wallet.address), 1, signature=b"")
    usual = gas_of(pit.book)

    wallet.set_answer(MAGIC + b"\xff" * 8_000)
    pit.fill(Order([series], maker=wallet.address, salt=1), 1, signature=b"")

    # the wallet reads 250 more words of its own storage, within its own gas
    assert gas_of(pit.book) - usual < 200_000
    wallet.set_answer(b"\xff" * 8_192)
    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(Order([series], maker=wallet.address, salt=2), 1, signature=b"")


def test_fill__wallet_that_burns_gas__burns_no_more_than_its_allowance(
    pit: Pit, series: int, wallet: Any
) -> None:
    wallet.set_burning(True)

    with refused("order: not signed"):
        pit.fill(Order([series], maker=wallet.address), 1, signature=b"")

    assert 200_000 < gas_of(pit.book) < 300_000


def test_fill__contract_that_is_no_wallet__reverts(pit: Pit, series: int) -> None:
    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(Order([series], maker=pit.token.address), 1, signature=b"")


def test_fill__vault_or_book_as_maker__reverts(pit: Pit, series: int) -> None:
    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(Order([series], maker=pit.vault.address), 1, signature=b"")


def test_fill__key_of_somebody_else_over_a_wallets_order__asks_the_wallet(
    pit: Pit, series: int, wallet: Any
) -> None:
    """65 bytes that recover to somebody else are the wallet's to judge."""
    order = Order([series], maker=wallet.address)
    wallet.set_answer(b"")
    signature = pit.sign(order, account("maker"))

    with refused("order: not signed", lambda: pit.state(series)):
        pit.fill(order, 1, signature=signature)
    wallet.set_answer(MAGIC)
    assert pit.fill(order, 1, signature=signature) == 1


# ---------------------------------------------------------------- Hooks


def test_fill__wallets_on_both_sides__are_told_after_everything_else(
    pit: Pit, series: int, wallet: Any
) -> None:
    """When the hook runs, positions and money have moved, and vault and book are locked."""
    order = Order([series], maker=wallet.address)
    wallet.prepare(pit.token.address, pit.token.balanceOf.prepare_calldata(pit.vault.address))

    pit.fill(order, 3, signature=b"")

    inside = int.from_bytes(wallet.response(), "big")
    assert inside == pit.inside() == 3 * pit.vault.pair_cost(series)
    assert wallet.arrivals() == 1
    assert (wallet.last_operator(), wallet.last_from()) == (pit.book.address, ZERO)
    assert (wallet.last_id(), wallet.last_amount(), wallet.last_data()) == (series, 3, b"")


def test_fill__maker_that_refuses_tokens__reverts(pit: Pit, series: int, wallet: Any) -> None:
    wallet.set_refusing(True)

    with refused("position: receiver takes none", lambda: pit.state(series)):
        pit.fill(Order([series], maker=wallet.address), 1, signature=b"")


def test_fill__wallet_that_only_closes__is_not_asked(pit: Pit, series: int, wallet: Any) -> None:
    other = actor("other")
    pit.vault.mint_pair(series, 2, other, wallet.address, sender=actor("payer"))
    wallet.set_refusing(True)

    pit.fill(Order([series], maker=wallet.address), 2, signature=b"")

    assert pit.held(wallet.address, series) == (0, 0)


def test_fill__strip_to_a_wallet__is_told_month_by_month(pit: Pit, wallet: Any) -> None:
    strip = pit.strip(3)

    pit.fill(Order(strip, maker=wallet.address), 1, signature=b"")

    assert wallet.arrivals() == 3
    assert wallet.last_id() == strip[-1]


def attempts(pit: Pit, series: int, wallet: Any) -> dict[str, tuple[Any, bytes]]:
    """Return every call that could profit from the middle of a trade."""
    vault, book, me, thief = pit.vault, pit.book, wallet.address, actor("thief")
    order = Order([series], maker=me, salt=9).as_tuple()
    sell = Order([series], maker=me, salt=10, is_buy=False).as_tuple()
    permit = (pit.token.address, me, 1, MAX, 27, bytes(32), bytes(32))
    take = (1, 0, MAX, 0)
    legs = [(series, True, 50_000, 1)]
    calls: list[tuple[Any, str, tuple[Any, ...]]] = [
        (vault, "create_series", (vault.terms_of(series),)),
        (vault, "mint_pair", (series, 1, me, me)),
        (vault, "mint_pair_with_permit", (permit, series, 1, me, me)),
        (vault, "merge_pair", (series, 0, me)),
        (vault, "trade", ((me, thief, 1, True, MAX, MAX, False, False, legs),)),
        (vault, "approve_book", (me, pit.token.address, 1, True, MAX)),
        (vault, "disown_book", (book.address,)),
        (vault, "settle", (series,)),
        (vault, "redeem", (series, me)),
        (vault, "withdraw", (pit.token.address, me)),
        (vault, "safeTransferFrom", (me, thief, series, 1, b"")),
        (vault, "safeBatchTransferFrom", (me, thief, [series], [1], b"")),
        (vault, "outcome_of", (series,)),
        (vault, "open_interest", (series,)),
        (book, "fill", (order, b"", take)),
        (book, "fill_with_permits", ([], order, b"", take)),
        (book, "match", (order, b"", sell, b"", 1)),
        (book, "cancel", (order,)),
        (book, "cancel_series", (series,)),
        (book, "cancel_all", ()),
        (book, "check_order", (order, b"", TAKER)),
    ]
    return {
        name: (contract.address, getattr(contract, name).prepare_calldata(*arguments))
        for contract, name, arguments in calls
    }


VAULT_DOORS = (
    "create_series",
    "mint_pair",
    "mint_pair_with_permit",
    "merge_pair",
    "trade",
    "approve_book",
    "disown_book",
    "settle",
    "redeem",
    "withdraw",
    "safeTransferFrom",
    "safeBatchTransferFrom",
    "outcome_of",
    "open_interest",
)
BOOK_DOORS = (
    "fill",
    "fill_with_permits",
    "match",
    "cancel",
    "cancel_series",
    "cancel_all",
    "check_order",
)


@pytest.mark.parametrize("entry", (*VAULT_DOORS, *BOOK_DOORS))
def test_fill__receiver_that_calls_back__finds_every_door_locked(
    pit: Pit, series: int, wallet: Any, entry: str
) -> None:
    wallet.prepare(*attempts(pit, series, wallet)[entry])

    pit.fill(Order([series], maker=wallet.address), 1, signature=b"")

    assert wallet.arrivals() == 1
    assert not wallet.has_succeeded()
    assert wallet.response() == b""
    assert pit.held(wallet.address, series) == (1, 0)


@pytest.mark.parametrize("entry", [*VAULT_DOORS, "fill", "fill_with_permits"])
def test_mint_pair__token_that_calls_back__finds_every_door_locked(
    pit: Pit, tokens: dict[str, Any], wallet: Any, entry: str
) -> None:
    pit = pit.with_token(tokens["MockReentrantToken"])
    series = pit.create()
    payer = actor("payer")
    pit.token.prepare(*attempts(pit, series, wallet)[entry])

    pit.vault.mint_pair(series, 1, payer, payer, sender=payer)

    assert (pit.token.calls(), pit.token.has_succeeded(), pit.token.answer()) == (1, False, b"")
    assert pit.inside() == pit.vault.pair_cost(series)


def test_fill_many__from_a_hook__takes_nothing(pit: Pit, series: int, wallet: Any) -> None:
    """The only function without a lock does nothing that takes no lock."""
    order = Order([series], maker=wallet.address, salt=9)
    wallet.prepare(
        pit.book.address,
        pit.book.fill_many.prepare_calldata([(order.as_tuple(), b"", (1, 0, MAX, 0))]),
    )

    pit.fill(Order([series], maker=wallet.address), 1, signature=b"")

    assert not wallet.has_succeeded()
    assert pit.held(wallet.address, series) == (1, 0)


def test_fill_for__by_anyone__reverts(pit: Pit, series: int) -> None:
    order = Order([series])
    data = (order.as_tuple(), pit.sign(order), (1, 0, MAX, 0))
    for caller in (TAKER, actor("maker"), actor("stranger")):
        with refused("book: not for others", lambda: pit.state(series)):
            pit.book.fill_for(TAKER, data, sender=caller)
