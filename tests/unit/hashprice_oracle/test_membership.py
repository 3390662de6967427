# SPDX-License-Identifier: AGPL-3.0-only
"""Membership: additions and thresholds after a delay, removals at once, never too many."""

import pytest

from testing.oracle import Quorum
from tests.unit.chain import ZERO, actor, event, events, refused, wait
from tests.unit.reporting import DELAY, Reporting, open_oracle, reporters

pytestmark = pytest.mark.unit

OWNER, STRANGER = actor("owner"), actor("stranger")
NEW = [actor(f"new reporter {index}") for index in range(40)]


def members(reporting: Reporting) -> tuple[object, ...]:
    """Return all there is to know about the membership."""
    oracle = reporting.oracle
    return (
        oracle.reporters(),
        [oracle.is_reporter(who) for who in [*desk_addresses(reporting), *NEW]],
        oracle.threshold(),
        oracle.membership_version(),
        oracle.scheduled_membership(),
    )


def desk_addresses(reporting: Reporting) -> list[str]:
    """Return the first reporters."""
    return [signer.address for signer in reporting.signers]


def schedule(reporting: Reporting, additions: list[str], threshold: int) -> None:
    """Schedule as the owner."""
    reporting.oracle.schedule_membership(additions, threshold, sender=OWNER)


def change(reporting: Reporting, additions: list[str], threshold: int) -> None:
    """Schedule, wait and apply as a stranger."""
    schedule(reporting, additions, threshold)
    wait(DELAY)
    reporting.oracle.apply_membership(sender=STRANGER)


def test_schedule_membership__plain__waits_for_the_delay(empty: Reporting) -> None:
    due_at = empty.oracle.env.timestamp + DELAY

    schedule(empty, NEW[:2], 3)

    assert event(empty.oracle, "MembershipScheduled")[1:] == (NEW[:2], 3, due_at)
    assert tuple(empty.oracle.scheduled_membership()) == (NEW[:2], 3, due_at)
    assert empty.oracle.membership_version() == 1
    assert not empty.oracle.is_reporter(NEW[0])


def test_schedule_membership__again__replaces_the_earlier_one(empty: Reporting) -> None:
    schedule(empty, NEW[:2], 3)
    wait(DELAY)

    schedule(empty, NEW[2:3], 3)

    with refused("quorum: delay not over", lambda: members(empty)):
        empty.oracle.apply_membership()
    wait(DELAY)
    empty.oracle.apply_membership()
    assert empty.oracle.is_reporter(NEW[2])
    assert not empty.oracle.is_reporter(NEW[0])


def test_schedule_membership__empty__cancels(empty: Reporting) -> None:
    schedule(empty, NEW[:2], 3)

    schedule(empty, [], 0)

    assert event(empty.oracle, "MembershipScheduled")[1:] == ([], 0, 0)
    wait(2 * DELAY)
    with refused("quorum: nothing scheduled", lambda: members(empty)):
        empty.oracle.apply_membership()


def test_schedule_membership__additions_without_a_threshold__reverts(empty: Reporting) -> None:
    with refused("quorum: zero threshold", lambda: members(empty)):
        schedule(empty, NEW[:1], 0)


def test_schedule_membership__by_others__reverts(empty: Reporting) -> None:
    for caller in (STRANGER, actor("guardian"), empty.signers[0].address):
        with refused("ownable: caller is not the owner", lambda: members(empty)):
            empty.oracle.schedule_membership(NEW[:1], 2, sender=caller)


def test_apply_membership__after_the_delay__anyone_adds(empty: Reporting) -> None:
    schedule(empty, NEW[:2], 3)
    wait(DELAY)

    empty.oracle.apply_membership(sender=STRANGER)

    assert [each.reporter for each in events(empty.oracle, "ReporterAdded")] == NEW[:2]


def test_apply_membership__emits_threshold_and_version(empty: Reporting) -> None:
    change(empty, NEW[:2], 3)

    assert event(empty.oracle, "ThresholdUpdated")[1:] == (2, 3)


def test_apply_membership__version__grows_by_one(empty: Reporting) -> None:
    change(empty, NEW[:2], 3)

    assert event(empty.oracle, "MembershipVersionUpdated")[1:] == (1, 2)
    assert empty.oracle.reporters() == [*desk_addresses(empty), *NEW[:2]]
    assert (empty.oracle.threshold(), empty.oracle.membership_version()) == (3, 2)
    assert tuple(empty.oracle.scheduled_membership()) == ([], 0, 0)


def test_apply_membership__threshold_unchanged__emits_no_threshold(empty: Reporting) -> None:
    change(empty, [], 2)

    assert events(empty.oracle, "ThresholdUpdated") == []
    assert empty.oracle.membership_version() == 2


def test_apply_membership__a_second_early__reverts(empty: Reporting) -> None:
    schedule(empty, NEW[:1], 3)
    wait(DELAY - 1)

    with refused("quorum: delay not over", lambda: members(empty)):
        empty.oracle.apply_membership()

    wait(1)
    empty.oracle.apply_membership()


def test_apply_membership__twice__reverts(empty: Reporting) -> None:
    change(empty, NEW[:1], 3)

    with refused("quorum: nothing scheduled", lambda: members(empty)):
        empty.oracle.apply_membership()


def test_apply_membership__nothing_scheduled__reverts(empty: Reporting) -> None:
    with refused("quorum: nothing scheduled", lambda: members(empty)):
        empty.oracle.apply_membership()


@pytest.mark.parametrize(
    ("additions", "threshold", "reason"),
    [
        ([ZERO], 3, "quorum: zero reporter"),
        ([NEW[0], NEW[0]], 3, "quorum: already a member"),
        ([reporters(3)[1].address], 3, "quorum: already a member"),
        (NEW[:29], 17, "quorum: too many reporters"),
        (NEW[:28], 32, "quorum: threshold too high"),
        ([], 4, "quorum: threshold too high"),
        ([], 1, "quorum: threshold too low"),
        (NEW[:1], 2, "quorum: threshold too low"),
        (NEW[:3], 3, "quorum: threshold too low"),
    ],
    ids=str,
)
def test_apply_membership__rules_not_kept__reverts(
    empty: Reporting, additions: list[str], threshold: int, reason: str
) -> None:
    schedule(empty, additions, threshold)
    wait(DELAY)

    with refused(reason, lambda: members(empty)):
        empty.oracle.apply_membership()


@pytest.mark.parametrize(
    ("additions", "threshold"),
    [([], 2), ([], 3), (NEW[:1], 3), (NEW[:1], 4), (NEW[:2], 3), (NEW[:28], 16), (NEW[:28], 31)],
    ids=str,
)
def test_apply_membership__at_the_bounds__is_applied(
    empty: Reporting, additions: list[str], threshold: int
) -> None:
    change(empty, additions, threshold)

    assert empty.oracle.threshold() == threshold
    assert len(empty.oracle.reporters()) == 3 + len(additions)


def test_apply_membership__checked_against_the_members_of_the_moment(empty: Reporting) -> None:
    """A removal between schedule and application may make the change impossible: or possible."""
    schedule(empty, NEW[:2], 5)
    empty.oracle.remove_reporter(desk_addresses(empty)[0], sender=OWNER)
    wait(DELAY)

    with refused("quorum: threshold too high", lambda: members(empty)):
        empty.oracle.apply_membership()

    schedule(empty, [desk_addresses(empty)[0]], 2)
    wait(DELAY)
    empty.oracle.apply_membership()
    assert empty.oracle.membership_version() == 3


def test_remove_reporter__above_the_threshold__goes_at_once(empty: Reporting) -> None:
    first, second, third = desk_addresses(empty)

    empty.oracle.remove_reporter(second, sender=OWNER)

    assert event(empty.oracle, "ReporterRemoved").reporter == second
    assert empty.oracle.reporters() == [first, third]
    assert not empty.oracle.is_reporter(second)
    assert (empty.oracle.threshold(), empty.oracle.membership_version()) == (2, 2)


def test_remove_reporter__emits_the_version(empty: Reporting) -> None:
    empty.oracle.remove_reporter(desk_addresses(empty)[0], sender=OWNER)

    assert event(empty.oracle, "MembershipVersionUpdated")[1:] == (1, 2)


def test_remove_reporter__at_the_threshold__reverts(empty: Reporting) -> None:
    first, second, _ = desk_addresses(empty)
    empty.oracle.remove_reporter(first, sender=OWNER)

    with refused("quorum: below threshold", lambda: members(empty)):
        empty.oracle.remove_reporter(second, sender=OWNER)


def test_remove_reporter__not_a_member__reverts(empty: Reporting) -> None:
    first = desk_addresses(empty)[0]
    empty.oracle.remove_reporter(first, sender=OWNER)

    for who in (first, STRANGER, ZERO):
        with refused("quorum: not a member", lambda: members(empty)):
            empty.oracle.remove_reporter(who, sender=OWNER)


def test_remove_reporter__by_others__reverts(empty: Reporting) -> None:
    for caller in (STRANGER, actor("guardian"), empty.signers[0].address):
        with refused("ownable: caller is not the owner", lambda: members(empty)):
            empty.oracle.remove_reporter(desk_addresses(empty)[0], sender=caller)


def test_remove_reporter__all_but_the_threshold_of_31__one_by_one(genesis: None) -> None:
    many = Reporting.open(31, 16)
    addresses = desk_addresses(many)

    for address in addresses[:15]:
        many.oracle.remove_reporter(address, sender=OWNER)

    assert many.oracle.membership_version() == 16
    with refused("quorum: below threshold", lambda: members(many)):
        many.oracle.remove_reporter(addresses[20], sender=OWNER)


@pytest.mark.parametrize(
    ("addresses", "threshold", "reason"),
    [
        ([], 0, "quorum: threshold too low"),
        ([], 1, "quorum: threshold too high"),
        (NEW[:1], 0, "quorum: threshold too low"),
        (NEW[:1], 2, "quorum: threshold too high"),
        (NEW[:2], 1, "quorum: threshold too low"),
        (NEW[:5], 2, "quorum: threshold too low"),
        ([NEW[0], NEW[0]], 2, "quorum: already a member"),
        ([NEW[0], ZERO], 2, "quorum: zero reporter"),
    ],
    ids=str,
)
def test_init__members_against_the_rules__reverts(
    genesis: None, addresses: list[str], threshold: int, reason: str
) -> None:
    with refused(reason):
        open_oracle(Quorum(OWNER, actor("guardian"), addresses, threshold))


def test_init__zero_delay__applies_at_once(genesis: None) -> None:
    reporting = Reporting.open(membership_delay_seconds=0)
    schedule(reporting, NEW[:1], 3)

    reporting.oracle.apply_membership()

    assert reporting.oracle.is_reporter(NEW[0])
