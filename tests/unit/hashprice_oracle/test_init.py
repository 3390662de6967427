# SPDX-License-Identifier: AGPL-3.0-only
"""The oracle's constructor and roles: every value arrives, one out of bounds does not."""

import boa
import pytest

from testing.oracle import Quorum
from tests.unit.chain import ZERO, actor, event, refused
from tests.unit.reporting import CONFIG, Reporting, open_oracle, reporters

pytestmark = pytest.mark.unit

OWNER, GUARDIAN, HEIR, STRANGER = map(actor, ("owner", "guardian", "heir", "stranger"))
DAY = 86_400
# field -> lowest and highest value that is allowed, and the reason on each side
BOUNDS = {
    "first_day": (1, None, "oracle: zero first day", None),
    "first_height": (
        1,
        2**31 - 1,
        "oracle: zero first height",
        "oracle: first height too wide",
    ),
    "halving_blocks": (1, 2**31 - 1, "oracle: zero halving", "oracle: halving too long"),
    "unit_hashes": (1, 10**15, "oracle: zero unit", "oracle: unit too large"),
    "spread_bps": (0, 1_000, None, "oracle: spread too wide"),
    "short_window_seconds": (1, 2 * DAY, "oracle: zero window", "oracle: short window too long"),
    "long_window_seconds": (
        12 * 3_600,
        7 * DAY,
        "oracle: windows crossed",
        "oracle: window too long",
    ),
    "recovery_window_seconds": (
        10 * DAY,
        30 * DAY,
        "oracle: recovery too short",
        "oracle: recovery too long",
    ),
    # three days less than the recovery window of these tests
    "membership_delay_seconds": (0, 7 * DAY, None, "oracle: recovery too short"),
}
ALLOWED = [
    (field, value)
    for field, (low, high, *_) in BOUNDS.items()
    for value in (low, high)
    if value is not None
]
REFUSED = [
    *((field, low - 1, reason) for field, (low, _, reason, _) in BOUNDS.items() if reason),
    *(
        (field, high + 1, reason)
        for field, (_, high, _, reason) in BOUNDS.items()
        if high is not None
    ),
]


@pytest.mark.parametrize(("field", "value"), ALLOWED)
def test_init__at_a_bound__is_allowed(genesis: None, field: str, value: int) -> None:
    oracle = Reporting.open(**{field: value}).oracle

    config = {**CONFIG, field: value}
    assert [
        oracle.FIRST_DAY(),
        oracle.day_record(config["first_day"] - 1).last_height + 1,
        oracle.HALVING_BLOCKS(),
        oracle.UNIT_HASHES(),
        oracle.SPREAD_BPS(),
        oracle.SHORT_WINDOW_SECONDS(),
        oracle.LONG_WINDOW_SECONDS(),
        oracle.RECOVERY_WINDOW_SECONDS(),
        oracle.MEMBERSHIP_DELAY(),
        oracle.BITCOIN_HEADERS(),
        oracle.DISPUTE_WINDOW_SECONDS(),
    ] == list(config.values())


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        (14 * DAY - 1, "oracle: dispute too short"),
        (14 * DAY, None),
        (21 * DAY, None),
        (21 * DAY + 1, "oracle: dispute too long"),
    ],
)
def test_init__with_headers__needs_a_dispute_window(
    genesis: None, window: int, reason: str | None
) -> None:
    """A week longer than it takes to add reporters, which is a week here."""
    terms = {"bitcoin_headers": actor("headers"), "dispute_window_seconds": window}
    if reason:
        with refused(reason):
            Reporting.open(**terms)
        return

    oracle = Reporting.open(**terms).oracle

    assert (oracle.BITCOIN_HEADERS(), oracle.DISPUTE_WINDOW_SECONDS()) == tuple(terms.values())
    assert oracle.disputes_end() == 1


def test_init__dispute_window_without_headers__reverts(genesis: None) -> None:
    with refused("oracle: dispute without headers"):
        Reporting.open(dispute_window_seconds=1)


@pytest.mark.parametrize(("field", "value", "reason"), REFUSED)
def test_init__beyond_a_bound__reverts(genesis: None, field: str, value: int, reason: str) -> None:
    with refused(reason):
        Reporting.open(**{field: value})


def test_init__new__has_its_roles_and_no_day(empty: Reporting) -> None:
    oracle = empty.oracle

    assert (oracle.owner(), oracle.guardian(), oracle.pending_owner()) == (OWNER, GUARDIAN, ZERO)
    assert oracle.reporters() == [signer.address for signer in reporters(3)]
    assert (oracle.threshold(), oracle.membership_version()) == (2, 1)
    assert oracle.next_day() == oracle.FIRST_DAY() == CONFIG["first_day"]
    assert oracle.last_final_day() == CONFIG["first_day"] - 1
    assert oracle.owner() != boa.env.eoa


def test_init__zero_owner__reverts(genesis: None) -> None:
    with refused("oracle: zero owner"):
        open_oracle(Quorum(ZERO, GUARDIAN, [reporters(1)[0].address], 1))


def test_init__no_guardian__is_allowed(genesis: None) -> None:
    oracle = open_oracle(Quorum(OWNER, ZERO, [reporters(1)[0].address], 1))

    assert oracle.guardian() == ZERO


def test_domain__is_erc_5267(empty: Reporting) -> None:
    fields, name, version, chain_id, contract, salt, extensions = empty.oracle.eip712Domain()

    assert (fields, name, version) == (b"\x0f", "HashpriceOracle", "1")
    assert (chain_id, contract) == (1, empty.oracle.address)
    assert (salt, extensions) == (bytes(32), [])


def test_set_guardian__by_the_owner__names_it_at_once(empty: Reporting) -> None:
    empty.oracle.set_guardian(HEIR, sender=OWNER)

    assert event(empty.oracle, "GuardianUpdated")[1:] == (GUARDIAN, HEIR)
    assert empty.oracle.guardian() == HEIR


def test_set_guardian__to_nobody__ends_vetoes(reporting: Reporting) -> None:
    reporting.oracle.set_guardian(ZERO, sender=OWNER)

    with refused("oracle: not the guardian", reporting.state):
        reporting.oracle.veto_day(reporting.oracle.next_day() - 1, sender=GUARDIAN)


def test_set_guardian__by_others__reverts(empty: Reporting) -> None:
    for caller in (GUARDIAN, STRANGER, empty.signers[0].address):
        with refused("ownable: caller is not the owner", empty.oracle.guardian):
            empty.oracle.set_guardian(STRANGER, sender=caller)


def test_transfer_ownership__takes_two_steps(empty: Reporting) -> None:
    empty.oracle.transfer_ownership(HEIR, sender=OWNER)
    assert (empty.oracle.owner(), empty.oracle.pending_owner()) == (OWNER, HEIR)
    with refused("ownable: caller is not the owner", empty.oracle.guardian):
        empty.oracle.set_guardian(HEIR, sender=HEIR)
    with refused("ownable_2step: caller is not the new owner", empty.oracle.owner):
        empty.oracle.accept_ownership(sender=STRANGER)

    empty.oracle.accept_ownership(sender=HEIR)

    assert event(empty.oracle, "OwnershipTransferred")[1:] == (OWNER, HEIR)
    assert (empty.oracle.owner(), empty.oracle.pending_owner()) == (HEIR, ZERO)
    with refused("ownable: caller is not the owner", empty.oracle.guardian):
        empty.oracle.set_guardian(OWNER, sender=OWNER)


def test_transfer_ownership__by_a_stranger__reverts(empty: Reporting) -> None:
    with refused("ownable: caller is not the owner", empty.oracle.pending_owner):
        empty.oracle.transfer_ownership(STRANGER, sender=STRANGER)


def test_renounce_ownership__freezes_the_membership_and_nothing_else(reporting: Reporting) -> None:
    reporting.oracle.renounce_ownership(sender=OWNER)

    assert reporting.oracle.owner() == ZERO
    with refused("ownable: caller is not the owner", reporting.state):
        reporting.oracle.remove_reporter(reporting.signers[0].address, sender=OWNER)
    reporting.post()
    reporting.oracle.veto_day(reporting.oracle.next_day() - 1, sender=GUARDIAN)
