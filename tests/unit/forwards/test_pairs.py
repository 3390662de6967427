# SPDX-License-Identifier: AGPL-3.0-only
"""`ForwardsVault.mint_pair`, `merge_pair`, and the tokens they move."""

from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import ZERO, actor, go_to, refused
from tests.unit.pit import TERMS, Pit, told

pytestmark = pytest.mark.unit

PAYER, LONGER, SHORTER = actor("payer"), actor("longer"), actor("shorter")
MOST_OPEN = 2**79 - 1
MANY = 2**120


def mint(pit: Pit, series: int, quantity: int, to: str = PAYER) -> None:
    """Mint pairs as the payer, both sides to one account."""
    pit.vault.mint_pair(series, quantity, to, to, sender=PAYER)


@pytest.mark.parametrize("token", ["6", "8", "18", "MockNoReturnToken", "MockReentrantToken"])
def test_mint_pair__plain_token__pulls_the_cost_and_mints_both(
    pit: Pit, tokens: dict[str, Any], token: str
) -> None:
    pit = pit.with_token(tokens[token])
    series = pit.create()
    before = pit.money(PAYER)

    pit.vault.mint_pair(series, 7, LONGER, SHORTER, sender=PAYER)

    assert told(pit.vault, "PairsMinted") == [(series, PAYER, 7)]
    assert told(pit.vault, "TransferSingle") == [
        (PAYER, ZERO, LONGER, series, 7),
        (PAYER, ZERO, SHORTER, series + 1, 7),
    ]
    assert (pit.held(LONGER, series), pit.held(SHORTER, series)) == ((7, 0), (0, 7))
    assert pit.vault.open_interest(series) == 7
    assert before - pit.money(PAYER) == pit.inside() == 7 * TERMS.cost


def test_mint_pair__last_second_of_the_window__mints(pit: Pit, series: int) -> None:
    go_to(TERMS.end_day * DAY_SECONDS - 1)
    mint(pit, series, 1)

    go_to(TERMS.end_day * DAY_SECONDS)

    with refused("series: window is over", lambda: pit.state(series)):
        mint(pit, series, 1)


@pytest.mark.parametrize("quantity", [0, MANY, 2**256 - 1])
def test_mint_pair__quantity_out_of_range__reverts(pit: Pit, series: int, quantity: int) -> None:
    with refused("vault: quantity out of range", lambda: pit.state(series)):
        mint(pit, series, quantity)


def test_mint_pair__more_than_can_be_open__reverts(pit: Pit, series: int) -> None:
    with refused("series: too many contracts", lambda: pit.state(series)):
        mint(pit, series, MANY - 1)
    mint(pit, series, MOST_OPEN)
    assert pit.vault.open_interest(series) == MOST_OPEN

    with refused("series: too many contracts", lambda: pit.state(series)):
        mint(pit, series, 1)


@pytest.mark.parametrize("who", ["zero", "vault"])
@pytest.mark.parametrize("side", [0, 1])
def test_mint_pair__recipient_that_cannot_be__reverts(
    pit: Pit, series: int, who: str, side: int
) -> None:
    recipients = [LONGER, SHORTER]
    recipients[side] = {"zero": ZERO, "vault": pit.vault.address}[who]

    with refused("vault: no recipient", lambda: pit.state(series)):
        pit.vault.mint_pair(series, 1, *recipients, sender=PAYER)


def test_mint_pair__unknown_series__reverts(pit: Pit, series: int) -> None:
    for unknown in (0, series + 1, series + 2):
        with refused("series: unknown"):
            mint(pit, unknown, 1)


def test_mint_pair__not_approved__reverts(pit: Pit, series: int) -> None:
    pit.token.approve(pit.vault.address, TERMS.cost - 1, sender=PAYER)

    with refused("erc20: insufficient allowance", lambda: pit.state(series)):
        mint(pit, series, 1)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("MockFeeToken", "cash: other amount arrived"),
        ("MockFalseToken", "cash: transfer in failed"),
    ],
)
def test_mint_pair__token_that_does_not_pay__reverts(
    pit: Pit, tokens: dict[str, Any], token: str, reason: str
) -> None:
    pit = pit.with_token(tokens[token])
    series = pit.create()
    if token == "MockFalseToken":
        pit.token.set_refusing(True)

    with refused(reason, lambda: pit.state(series)):
        mint(pit, series, 1)


def test_mint_pair__donation_before__changes_nothing(pit: Pit, series: int) -> None:
    pit.token.mint(pit.vault.address, 12_345)

    mint(pit, series, 2)

    assert pit.inside() == 2 * TERMS.cost + 12_345


@pytest.mark.parametrize("token", ["6", "8", "18", "MockNoReturnToken"])
def test_merge_pair__both_sides__pays_what_they_cost(
    pit: Pit, tokens: dict[str, Any], token: str
) -> None:
    pit = pit.with_token(tokens[token])
    series = pit.create()
    mint(pit, series, 5)

    pit.vault.merge_pair(series, 3, LONGER, sender=PAYER)

    assert told(pit.vault, "PairsMerged") == [(series, PAYER, LONGER, 3)]
    assert pit.held(PAYER, series) == (2, 2)
    assert pit.vault.open_interest(series) == 2
    assert pit.money(LONGER) == 3 * TERMS.cost
    assert pit.inside() == 2 * TERMS.cost


def test_merge_pair__after_settlement__pays_the_same(pit: Pit, series: int) -> None:
    mint(pit, series, 5)
    pit.report_until(TERMS.end_day, 47)
    pit.vault.merge_pair(series, 2, LONGER, sender=PAYER)
    pit.vault.settle(series)

    pit.vault.merge_pair(series, 3, LONGER, sender=PAYER)

    assert pit.money(LONGER) == 5 * TERMS.cost
    assert pit.inside() == 0


@pytest.mark.parametrize("held", [(3, 4), (4, 3), (0, 0)])
def test_merge_pair__one_side_short__reverts(pit: Pit, series: int, held: tuple[int, int]) -> None:
    mint(pit, series, 4)
    for side, count in enumerate(held):
        if count < 4:
            pit.vault.safeTransferFrom(PAYER, LONGER, series + side, 4 - count, b"", sender=PAYER)

    with refused("position: too small", lambda: pit.state(series)):
        pit.vault.merge_pair(series, 4, PAYER, sender=PAYER)


@pytest.mark.parametrize("who", ["zero", "vault"])
def test_merge_pair__recipient_that_cannot_be__reverts(pit: Pit, series: int, who: str) -> None:
    mint(pit, series, 1)

    with refused("vault: no recipient", lambda: pit.state(series)):
        pit.vault.merge_pair(
            series, 1, {"zero": ZERO, "vault": pit.vault.address}[who], sender=PAYER
        )


def test_merge_pair__ids_of_the_other_side__reverts(pit: Pit, series: int) -> None:
    mint(pit, series, 1)

    with refused("series: unknown", lambda: pit.state(series)):
        pit.vault.merge_pair(series + 1, 1, PAYER, sender=PAYER)


def test_merge_pair__nothing__moves_nothing(pit: Pit, series: int) -> None:
    mint(pit, series, 1)
    before = pit.state(series)

    pit.vault.merge_pair(series, 0, PAYER, sender=PAYER)

    assert pit.state(series) == before
