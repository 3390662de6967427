# SPDX-License-Identifier: AGPL-3.0-only
"""JUNIOR redeemed, paid for, bought or void; SENIOR redeemed from the pool."""

from typing import Any

import pytest

from tests.unit.chain import ZERO, actor, deployer, event, events, go_to_day, refused
from tests.unit.hashrate_tranches.stage import MAX, NOTE, SHORT_NOTE, START, TH, Stage
from tests.unit.scene import System

pytestmark = pytest.mark.unit

HOLDER, BUYER, STRANGER = actor("holder"), actor("buyer"), actor("keeper")


@pytest.fixture
def unmet(short_note: Stage) -> Stage:
    """A note whose term is over, 20 satoshi short."""
    short_note.start()
    short_note.live(2)
    short_note.welcome(STRANGER)
    return short_note


def test_redeem_junior__open__reverts(note: Stage) -> None:
    note.start()
    with refused("tranches: not redeemable yet", note.state):
        note.product.redeem_junior(TH, MAX, sender=HOLDER)


def test_redeem_junior__strip_before_maturity__reverts(strip: Stage) -> None:
    strip.start()
    go_to_day(START + 2, -1)
    with refused("tranches: not redeemable yet", strip.state):
        strip.product.redeem_junior(TH, sender=HOLDER)
    go_to_day(START + 2)
    strip.product.redeem_junior(TH, sender=HOLDER)


def test_redeem_junior__unmet__costs_the_shortfall(unmet: Stage) -> None:
    with refused("tranches: costs more", unmet.state):
        unmet.product.redeem_junior(10 * TH, 200, sender=HOLDER)
    with refused("meter: balance too low", unmet.state):
        unmet.product.redeem_junior(101 * TH, MAX, sender=HOLDER)
    money = unmet.money(HOLDER)

    assert unmet.product.redeem_junior(10 * TH, 201, sender=HOLDER) == 201

    told = event(unmet.product, "JuniorRedeemed")
    assert (told.holder, told.payer, told.receiver, told.cost) == (HOLDER, HOLDER, HOLDER, 201)
    assert money - unmet.money(HOLDER) == 201
    assert tuple(unmet.product.pool()) == (201, 0)


def test_redeem_junior_for__account_without_code__is_paid_by_the_caller(unmet: Stage) -> None:
    assert unmet.product.redeem_junior_for(HOLDER, 10 * TH, 201, sender=STRANGER) == 201

    assert unmet.money(STRANGER) == 10**15 - 201
    assert unmet.tokens(HOLDER) == 910 * TH


def test_redeem_junior_for__contract__waits_for_the_auction(unmet: Stage) -> None:
    """Tokens sent to a pool that holds JUNIOR would be stranded there."""
    pool = deployer("mocks/MockHolder").deploy()
    unmet.junior.transfer(pool.address, 10 * TH, sender=HOLDER)
    with refused("tranches: contract self-redeems", unmet.state):
        unmet.product.redeem_junior_for(pool.address, TH, MAX, sender=STRANGER)
    unmet.go_to_auction()

    unmet.product.redeem_junior_for(pool.address, TH, MAX, sender=STRANGER)

    assert unmet.tokens(pool.address) == TH


def test_redeem_junior_for__strip_in_a_pool__reverts(strip: Stage) -> None:
    pool = deployer("mocks/MockHolder").deploy()
    strip.start()
    strip.junior.transfer(pool.address, 10 * TH, sender=HOLDER)
    go_to_day(START + 3)
    with refused("tranches: contract self-redeems", strip.state):
        strip.product.redeem_junior_for(pool.address, TH, sender=STRANGER)

    data = strip.product.redeem_junior.prepare_calldata(TH)
    pool.call(strip.product.address, data, sender=STRANGER)

    assert strip.tokens(pool.address) == TH


def test_find_cut__unmet__is_noted_once(unmet: Stage) -> None:
    unmet.product.find_cut(sender=STRANGER)
    told = event(unmet.product, "CutFound")
    first_day = unmet.cut()
    assert (told.state, told.day) == (4, unmet.product.outcome().noted_day)
    assert first_day == told.day + 1 + SHORT_NOTE.grace_days
    go_to_day(first_day - 1)

    unmet.product.find_cut(sender=STRANGER)

    assert events(unmet.product, "CutFound") == []
    assert unmet.cut() == first_day


def test_find_cut__open__notes_nothing(note: Stage) -> None:
    note.start()
    note.product.find_cut(sender=STRANGER)
    assert events(note.product, "CutFound") == []
    assert note.cut() == 0


def test_buy_junior__before_and_after_the_auction__reverts(unmet: Stage) -> None:
    with refused("tranches: no auction", unmet.state):
        unmet.product.buy_junior(HOLDER, TH, 0, sender=STRANGER)
    first_day = unmet.cut()
    go_to_day(first_day, -1)
    with refused("tranches: no auction", unmet.state):
        unmet.product.buy_junior(HOLDER, TH, 0, sender=STRANGER)
    go_to_day(first_day)
    unmet.product.buy_junior(HOLDER, TH, 0, sender=STRANGER)
    go_to_day(first_day + 5, -1)
    with refused("tranches: fewer tokens", unmet.state):
        unmet.product.buy_junior(HOLDER, TH, TH, sender=STRANGER)
    unmet.product.buy_junior(HOLDER, TH, TH - TH // 432_000 - 1, sender=STRANGER)
    go_to_day(first_day + 5)
    with refused("tranches: no auction", unmet.state):
        unmet.product.buy_junior(HOLDER, TH, 0, sender=STRANGER)
    with refused("tranches: junior is void", unmet.state):
        unmet.product.redeem_junior(TH, MAX, sender=HOLDER)


def test_buy_junior__from_oneself__gives_all_of_it(unmet: Stage) -> None:
    unmet.go_to_auction(3 * 86_400 + 7)

    unmet.product.buy_junior(HOLDER, 10 * TH, 0, sender=HOLDER)

    assert unmet.tokens(HOLDER) == 910 * TH
    assert tuple(unmet.product.pool()) == (201, 0)


def test_buy_junior__moved_away__is_lost_when_void(unmet: Stage) -> None:
    unmet.go_to_auction()
    other = actor("other")
    unmet.junior.transfer(other, 100 * TH, sender=HOLDER)
    with refused("meter: balance too low", unmet.state):
        unmet.product.buy_junior(HOLDER, TH, 0, sender=STRANGER)
    unmet.go_to_void()
    with refused("tranches: junior is void", unmet.state):
        unmet.product.redeem_junior(TH, MAX, sender=other)

    assert tuple(unmet.product.redeem_senior(100 * TH, sender=BUYER)) == (0, 100 * TH)


def test_redeem_senior__junior_can_still_pay__reverts(unmet: Stage) -> None:
    with refused("tranches: junior can still pay", unmet.state):
        unmet.product.redeem_senior(TH, sender=BUYER)


def test_redeem_senior__note_open__reverts(note: Stage) -> None:
    with refused("tranches: junior can still pay", note.state):
        note.product.redeem_senior(TH, sender=BUYER)


def test_redeem_senior__no_junior_left__pays_before_it_is_void(unmet: Stage) -> None:
    unmet.product.redeem_junior(100 * TH, MAX, sender=HOLDER)
    with refused("tranches: nothing to redeem", unmet.state):
        unmet.product.redeem_senior(0, sender=BUYER)
    with refused("tranches: nothing to redeem", unmet.state):
        unmet.product.redeem_senior(101 * TH, sender=BUYER)
    with refused("meter: balance too low", unmet.state):
        unmet.product.redeem_senior(TH, sender=STRANGER)

    assert tuple(unmet.product.redeem_senior(33 * TH, sender=BUYER)) == (2_001 * 33 // 100, 0)
    told = event(unmet.product, "SeniorRedeemed")
    assert (told.holder, told.cash, told.tokens_ths) == (BUYER, 660, 0)
    assert tuple(unmet.product.redeem_senior(67 * TH, sender=BUYER)) == (1_341, 0)
    assert unmet.product.last_redeemer() == BUYER
    assert tuple(unmet.product.pool()) == (0, 0)


def test_collect_pool__junior_void__adds_what_the_tokens_earn(unmet: Stage) -> None:
    with refused("tranches: junior is not void", unmet.state):
        unmet.product.collect_pool(sender=STRANGER)
    unmet.go_to_void()
    with refused("tranches: nothing to collect", unmet.state):
        unmet.product.collect_pool(sender=STRANGER)
    assert unmet.product.redeem_senior(50 * TH, sender=BUYER)[1] == 50 * TH
    assert event(unmet.product, "JuniorForfeited").amount_ths == 100 * TH
    void_day = int(unmet.product.auction_days()[1])
    days = void_day - START - 2
    unmet.live(days)
    assert unmet.due(unmet.junior, HOLDER) == days * 5_000
    unmet.live(1)
    assert unmet.due(unmet.junior, HOLDER) == days * 5_000

    collected = unmet.product.collect_pool(sender=STRANGER)

    assert event(unmet.product, "PoolCollected").amount == collected == 2_500
    assert tuple(unmet.product.pool()) == (2_500, 50 * TH)
    assert tuple(unmet.product.redeem_senior(50 * TH, sender=BUYER)) == (2_500, 50 * TH)


def test_collect_pool__after_the_last_redemption__pays_the_last_one(unmet: Stage) -> None:
    unmet.go_to_void()
    go_to_day(int(unmet.product.auction_days()[1]), 43_200)
    assert unmet.product.last_redeemer() == ZERO
    unmet.product.redeem_senior(100 * TH, sender=BUYER)
    unmet.live(int(unmet.product.auction_days()[1]) - START - 1)
    money = unmet.money(BUYER)

    assert unmet.product.collect_pool(sender=STRANGER) == 2_500

    assert unmet.money(BUYER) - money == 2_500
    assert tuple(unmet.product.pool()) == (0, 0)


def test_collect_pool__donated_tokens__earn_for_it_from_the_void_on(unmet: Stage) -> None:
    """Before, what they earn is nobody's."""
    unmet.scene.transfer(HOLDER, unmet.product.address, 10 * TH)
    unmet.go_to_void()
    days = int(unmet.product.auction_days()[1]) - START - 2
    unmet.live(days + 1)

    assert unmet.due(unmet.junior, HOLDER) == days * 5_000
    assert unmet.product.collect_pool(sender=STRANGER) == 5_500

    assert tuple(unmet.product.redeem_senior(100 * TH, sender=BUYER)) == (5_500, 100 * TH)
    assert unmet.tokens(unmet.product.address) == 10 * TH


def test_redeem_senior__blocked_account__is_credited(system: System, genesis: None) -> None:
    """Its tokens come, its cash waits, and it holds up nobody else."""
    coin = deployer("mocks/MockBlocklistToken").deploy(8)
    stage = Stage.begin(system, coin, SHORT_NOTE)
    stage.start()
    stage.live(2)
    stage.product.redeem_junior(50 * TH, MAX, sender=HOLDER)
    stage.go_to_void()
    coin.block(BUYER, True, False)

    assert tuple(stage.product.redeem_senior(100 * TH, sender=BUYER)) == (1_001, 50 * TH)

    assert event(stage.product, "Credited").amount == 1_001
    assert stage.product.credit_of(coin.address, BUYER) == 1_001
    with refused("pass: nothing waits"):
        stage.product.withdraw_credit(STRANGER, sender=STRANGER)
    with refused("pass: transfer out failed"):
        stage.product.withdraw_credit(sender=BUYER)
    assert stage.product.withdraw_credit(STRANGER, sender=BUYER) == 1_001
    assert event(stage.product, "CreditWithdrawn").receiver == STRANGER
    assert coin.balanceOf(STRANGER) == 1_001
    assert stage.product.credit_of(coin.address, BUYER) == 0


@pytest.mark.parametrize(
    ("mock", "reason"),
    [
        ("mocks/MockFeeToken", "tranches: cost not received"),
        ("mocks/MockFalseToken", "tranches: transfer in failed"),
    ],
)
def test_redeem_junior__money_does_not_arrive__reverts(
    system: System, genesis: None, mock: str, reason: str
) -> None:
    coin: Any = deployer(mock).deploy(8)
    stage = Stage.begin(system, coin, SHORT_NOTE)
    stage.start()
    for _ in range(2):
        stage.scene.fund(60_000)
        stage.scene.report_at_hashprice()
        assert stage.scene.settle(1) == 1
    if mock == "mocks/MockFalseToken":
        coin.set_refusing(True)
    with refused(reason, stage.state):
        stage.product.redeem_junior(100 * TH, MAX, sender=HOLDER)


def test_outcome__series_ends_in_the_term__is_unmet(note: Stage) -> None:
    note.start()
    note.scene.fund(10**9)
    note.scene.fall_silent()
    end = int(note.scene.distributor.progress().end_day)
    assert end > NOTE.maturity_day
    go_to_day(end, 7 * 86_400)
    while note.scene.distributor.progress().next_day < NOTE.maturity_day:
        note.scene.settle(64)
    assert note.product.outcome().state == 2  # by the means of the days it was silent
