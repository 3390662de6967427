# SPDX-License-Identifier: AGPL-3.0-only
"""`set_payout_address` and `set_open_claims`: what a holder chooses about its rewards."""

import pytest

from tests.unit.chain import ZERO, actor, event, refused
from tests.unit.scene import Scene

pytestmark = pytest.mark.unit

HOLDER, COLD, COLDER = actor("holder"), actor("cold wallet"), actor("colder wallet")


def test_set_payout_address__first__emits_old_and_new(listed: Scene) -> None:
    listed.distributor.set_payout_address(COLD, sender=HOLDER)

    assert event(listed.distributor, "PayoutAddressUpdated")[1:] == (HOLDER, ZERO, COLD)
    assert listed.distributor.payout_address_of(HOLDER) == COLD


def test_set_payout_address__again__emits_old_and_new(listed: Scene) -> None:
    listed.distributor.set_payout_address(COLD, sender=HOLDER)

    listed.distributor.set_payout_address(COLDER, sender=HOLDER)

    assert event(listed.distributor, "PayoutAddressUpdated")[1:] == (HOLDER, COLD, COLDER)
    assert listed.distributor.payout_address_of(HOLDER) == COLDER


def test_set_payout_address__oneself__undoes_the_choice(running: Scene) -> None:
    running.distributor.set_payout_address(COLD, sender=HOLDER)
    running.distributor.set_payout_address(HOLDER, sender=HOLDER)
    running.fund(50_000)
    running.report_at_hashprice()
    running.settle()

    running.claim(HOLDER)

    assert running.reward.balanceOf(HOLDER) == 50_000


def earn(scene: Scene) -> None:
    """Let the holder earn a day."""
    scene.fund(50_000)
    scene.report_at_hashprice()
    scene.settle()


def test_set_payout_address__between_claims__takes_effect_at_once(running: Scene) -> None:
    """Every claim goes where the last choice says, whenever it was made."""
    for receiver in (None, COLD, COLDER, HOLDER, COLD):
        earn(running)
        if receiver:
            running.distributor.set_payout_address(receiver, sender=HOLDER)
        before = running.reward.balanceOf(receiver or HOLDER)

        running.claim(HOLDER)

        assert running.reward.balanceOf(receiver or HOLDER) == before + 50_000


def test_set_payout_address__before_anything_is_held__is_kept(listed: Scene) -> None:
    listed.distributor.set_payout_address(COLD, sender=HOLDER)
    listed.begin()
    earn(listed)

    listed.claim(HOLDER)

    assert listed.reward.balanceOf(COLD) == 50_000


def test_set_payout_address__unclaimed_days__are_all_still_paid(running: Scene) -> None:
    """The choice is kept in the word of the claim state and must not disturb it."""
    earn(running)
    running.claim(HOLDER)
    before = running.distributor.claim_state(HOLDER)
    running.distributor.set_payout_address(COLD, sender=HOLDER)
    running.distributor.set_open_claims(True, sender=HOLDER)

    after = running.distributor.claim_state(HOLDER)

    assert (after.fraction, after.paid, after.arrears, after.level) == (
        before.fraction,
        before.paid,
        before.arrears,
        before.level,
    )


def test_set_payout_address__cannot_be_paid__reverts(listed: Scene) -> None:
    for receiver in (ZERO, listed.token.address, listed.address):
        with refused("dist: receiver cannot be paid", listed.state):
            listed.distributor.set_payout_address(receiver, sender=HOLDER)

    assert listed.distributor.payout_address_of(HOLDER) == ZERO


def test_set_open_claims__on_and_off__emits_old_and_new(listed: Scene) -> None:
    for old, new in ((False, True), (True, True), (True, False)):
        listed.distributor.set_open_claims(new, sender=HOLDER)

        assert event(listed.distributor, "OpenClaimsUpdated")[1:] == (HOLDER, old, new)
        assert listed.distributor.has_open_claims(HOLDER) == new


def test_set_open_claims__of_others__stay(listed: Scene) -> None:
    listed.distributor.set_open_claims(True, sender=HOLDER)

    assert not listed.distributor.has_open_claims(COLD)
