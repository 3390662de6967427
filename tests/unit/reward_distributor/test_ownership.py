# SPDX-License-Identifier: AGPL-3.0-only
"""The issuer's rights pass in two steps and cannot be renounced."""

import pytest

from tests.unit.chain import ZERO, actor, event, refused
from tests.unit.scene import Scene

pytestmark = pytest.mark.unit

HEIR, STRANGER = actor("heir"), actor("stranger")


def test_transfer_ownership__two_steps__passes_to_the_heir(listed: Scene) -> None:
    listed.distributor.transfer_ownership(HEIR, sender=listed.issuer)
    started = event(listed.distributor, "OwnershipTransferStarted")
    assert started[1:] == (listed.issuer, HEIR)
    assert listed.distributor.owner() == listed.issuer
    assert listed.distributor.pending_owner() == HEIR

    listed.distributor.accept_ownership(sender=HEIR)

    assert event(listed.distributor, "OwnershipTransferred")[1:] == (listed.issuer, HEIR)
    assert listed.distributor.owner() == HEIR
    assert listed.distributor.pending_owner() == ZERO


def test_transfer_ownership__by_a_stranger__reverts(listed: Scene) -> None:
    with refused("ownable: caller is not the owner", listed.state):
        listed.distributor.transfer_ownership(STRANGER, sender=STRANGER)


def test_accept_ownership__by_a_stranger__reverts(listed: Scene) -> None:
    listed.distributor.transfer_ownership(HEIR, sender=listed.issuer)

    with refused("ownable_2step: caller is not the new owner", listed.state):
        listed.distributor.accept_ownership(sender=STRANGER)


def test_renounce_ownership__is_not_there(listed: Scene) -> None:
    """An owner that is nobody would strand escrow and bond of a closed series."""
    assert not hasattr(listed.distributor, "renounce_ownership")
