# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.claim` over long histories: bounded, resumable, and the same in the end."""

from typing import Any

import boa
import pytest

from tests.unit.chain import actor, go_to_day, refused
from tests.unit.scene import FLEET, START, TH, Scene, System
from tests.unit.twin import Twin, to_noon

pytestmark = pytest.mark.unit

HOLDER, BUYER, KEEPER = actor("holder"), actor("buyer"), actor("keeper")
REWARD = 50_000
WORDS = 128
NOTHING = 0


def touched_daily(twin: Twin, days: int) -> None:
    """Touch holder and buyer at noon of so many days from the start on."""
    for index in range(days):
        to_noon(START + index)
        twin.transfer(HOLDER, BUYER, (index % 5 + 1) * TH // 7)


@pytest.fixture
def twin(system: System, bitcoin: Any) -> Twin:
    """A series and its model; the holder has the fleet, the oracle has one day."""
    twin = Twin(system.list_series(bitcoin))
    twin.begin({HOLDER: FLEET})
    twin.fund(10**9)
    return twin


@pytest.mark.parametrize(
    ("days", "calls"),
    [(126, 1), (127, 2), (256, 3)],
    ids=["a word less", "a full walk", "256 days"],
)
def test_claim__touched_every_day__resumes_and_pays_what_the_model_says(
    twin: Twin, days: int, calls: int
) -> None:
    """The mint made the first word, so 127 touched days are 128 words: as many as one call gets."""
    touched_daily(twin, days)
    twin.fall_silent(days)
    while not twin.is_settled():
        twin.settle()

    amount, is_whole = twin.scene.distributor.preview_claim(HOLDER)
    assert is_whole == (calls == 1)
    assert amount <= twin.model.claimable(HOLDER)

    assert twin.claim_to_the_end(HOLDER) == calls
    twin.claim_to_the_end(BUYER)
    paid = twin.scene.reward.balanceOf
    assert paid(HOLDER) + paid(BUYER) == twin.model.ledger.claimed
    assert twin.model.ledger.funded - 2 < twin.model.ledger.claimed <= twin.model.ledger.funded


def test_claim__walked_between_settlements__pays_the_same(twin: Twin) -> None:
    touched_daily(twin, 140)
    twin.fall_silent(140)
    with boa.env.anchor():
        end_day = twin.scene.distributor.progress().end_day
        while twin.scene.distributor.progress().next_day < end_day:
            twin.scene.settle(40)
            twin.scene.claim(HOLDER)
        while not twin.is_done(HOLDER):
            twin.scene.claim(HOLDER)
        piecemeal = twin.scene.reward.balanceOf(HOLDER)
    while not twin.is_settled():
        twin.settle()

    twin.claim_to_the_end(HOLDER)

    assert twin.scene.reward.balanceOf(HOLDER) == piecemeal


def test_claim__walk_without_a_whole_unit__still_gets_on(twin: Twin) -> None:
    """Dust moved daily for 140 days: a claim may pay nothing and must not revert while it walks."""
    for index in range(140):
        go_to_day(START + index)
        twin.transfer(HOLDER, BUYER, 1)
    twin.fall_silent(140)
    while not twin.is_settled():
        twin.settle()

    assert twin.scene.claim(BUYER) == 0

    state = twin.scene.distributor.claim_state(BUYER)
    assert state.paid.index == WORDS - 1
    assert state.paid.day == START + WORDS
    assert state.fraction == twin.model.ledger.entitled_q128(
        lambda day: twin.model.meter.ths(BUYER, day) if day < state.paid.day else 0
    )
    with refused("dist: nothing to claim"):
        twin.scene.claim(BUYER)


def test_claim__days_unclaimed_and_untouched__costs_no_more_than_one(
    system: System, bitcoin: Any
) -> None:
    """A run of untouched days is one term: gas after 400 days is that after one."""
    scene = system.begin_series(bitcoin)
    scene.fund(10**10)
    scene.fall_silent(400)
    scene.settle(1)
    with boa.env.anchor():
        assert scene.claim(HOLDER) == REWARD
        after_one = scene.distributor._computation.get_gas_used()
    days = settle_all(scene)

    assert scene.claim(HOLDER) == (days + 1) * REWARD

    assert scene.distributor._computation.get_gas_used() <= after_one
    assert days == 400


@pytest.mark.long
def test_claim__ten_thousand_days_unclaimed__pays_them_all_at_once(
    system: System, bitcoin: Any
) -> None:
    scene = system.begin_series(bitcoin)
    scene.fund(10**10)
    scene.fall_silent(10_000)
    days = settle_all(scene)

    assert days >= 10_000
    assert scene.claim(HOLDER) == days * REWARD
    assert scene.distributor._computation.get_gas_used() < 100_000


def settle_all(scene: Scene) -> int:
    """Settle every day that is over; return how many were."""
    days = 0
    while scene.distributor.preview_day().wait == NOTHING:
        days += scene.settle()
    return days
