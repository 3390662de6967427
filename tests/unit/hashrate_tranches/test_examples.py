# SPDX-License-Identifier: AGPL-3.0-only
"""The examples of docs/tranches.md 6, to the satoshi."""

import pytest

from tests.unit.chain import actor, event, go_to_day
from tests.unit.hashrate_tranches.stage import MAX, START, TH, Stage
from tests.unit.scene import NOON

pytestmark = pytest.mark.unit

HOLDER, BUYER, STRANGER = actor("holder"), actor("buyer"), actor("keeper")


def test_strip__two_days__pays_days_to_senior_and_tokens_to_junior(strip: Stage) -> None:
    go_to_day(START, NOON)
    strip.split()
    strip.live(1)
    assert strip.due(strip.senior, BUYER) == 2_500
    assert strip.due(strip.junior, HOLDER) == 0
    strip.live(1)
    go_to_day(START + 2, NOON + 7_200)

    strip.product.redeem_junior(100 * TH, sender=HOLDER)
    strip.live(1)

    assert strip.claim(strip.senior, BUYER) == 7_500
    assert strip.claim(strip.junior, HOLDER) == 5_000 * (NOON + 7_200) // 86_400
    assert strip.tokens(HOLDER) == 1_000 * TH
    assert strip.tokens(strip.product.address) == 0
    assert strip.money(strip.product.address) == 0


def test_note__face_earned_on_the_third_day__pays_it_and_frees_junior(note: Stage) -> None:
    note.start()
    senior = []
    for _ in range(3):
        note.live(1)
        senior.append(note.claim(note.senior, BUYER))
    assert senior == [5_000, 5_000, 2_000]
    assert note.due(note.junior, HOLDER) == 2_999  # and nearly one: the face rounds up

    note.live(2)
    assert note.due(note.senior, BUYER) == 0
    assert note.claim(note.junior, HOLDER) == 12_999
    assert note.product.redeem_junior(100 * TH, sender=HOLDER) == 0
    assert note.tokens(HOLDER) == 1_000 * TH


def test_note__term_too_short__is_paid_by_junior_or_falls_to_senior(short_note: Stage) -> None:
    stage = short_note
    stage.start()
    stage.live(2)
    assert stage.claim(stage.senior, BUYER) == 10_000
    assert stage.product.redeem_junior(30 * TH, 601, sender=HOLDER) == 601
    stage.welcome(STRANGER)
    stage.go_to_auction(60 * 3_600)

    assert stage.product.buy_junior(HOLDER, 30 * TH, 15 * TH, sender=STRANGER) == 15 * TH
    assert event(stage.product, "JuniorBought").cost == 601
    assert stage.tokens(STRANGER) == 15 * TH
    assert stage.tokens(HOLDER) == 945 * TH
    assert tuple(stage.product.pool()) == (1_202, 0)
    stage.go_to_void()
    senior = stage.product.redeem_senior(50 * TH, sender=BUYER)
    assert tuple(senior) == (601, 20 * TH)
    assert tuple(stage.product.redeem_senior(50 * TH, sender=BUYER)) == (601, 20 * TH)

    assert stage.tokens(BUYER) == 40 * TH
    assert tuple(stage.product.pool()) == (0, 0)


def test_note__issuer_short__is_met_by_what_was_earned(note: Stage) -> None:
    note.start()
    note.live(1, paid=10)
    assert note.due(note.senior, BUYER) == 1_000
    note.scene.fund(40_000)  # repaid, so that the next day can settle
    assert note.due(note.senior, BUYER) == 5_000
    note.live(1)
    note.live(1, paid=5)

    assert note.product.redeem_junior(100 * TH, sender=HOLDER) == 0
    assert note.due(note.senior, BUYER) == 10_500
    assert note.due(note.junior, HOLDER) == 0
    note.scene.fund(15_000)
    assert note.due(note.senior, BUYER) == 12_000
    note.scene.fund(10_000)
    assert note.due(note.senior, BUYER) == 12_000
    assert note.due(note.junior, HOLDER) == 1_000
    note.scene.fund(20_000)

    assert note.claim(note.senior, BUYER) == 12_000
    assert note.claim(note.junior, HOLDER) == 3_000


def test_note__wholly_paid_in_arrears__is_met_all_the_same(note: Stage) -> None:
    """B10: earned, not paid."""
    note.start()
    note.live(3, paid=0)

    assert note.product.redeem_junior(100 * TH, sender=HOLDER) == 0
    assert note.due(note.senior, BUYER) == 0
    assert MAX > note.product.outcome().cut_arrears > note.product.outcome().cut_paid == 0
