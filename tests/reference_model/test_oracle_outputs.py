# SPDX-License-Identifier: AGPL-3.0-only
"""Output reports, attestation and reporters."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reference import Cause, Membership, ModelRevert, OracleModel, Output, OutputFacts
from reference.day_rules import SHORT_WINDOW_SECONDS
from reference.membership import MEMBERSHIP_DELAY_SECONDS
from reference.units import DAY_SECONDS, day_start

from .reports import FIRST_DAY, GUARDIAN, OUTSIDER, OWNER, REPORTERS, THRESHOLD, Reporting

pytestmark = pytest.mark.unit

SERIES = "0xc1"
DAY = FIRST_DAY + 40
NOW = day_start(DAY + 1)
FACTS = OutputFacts(SERIES, DAY, credited_sats=50_000, delivered_ths=10**21)
SIGNERS = REPORTERS[:THRESHOLD]


def oracle() -> OracleModel:
    return Reporting().oracle


def test_post_output__day_over__is_final_after_the_short_window() -> None:
    model = oracle()

    output = model.post_output(FACTS, SIGNERS, 0, 1, NOW)

    assert output == Output(50_000, 10**21, NOW + SHORT_WINDOW_SECONDS)
    assert model.final_output(SERIES, DAY, output.final_at - 1) is None
    assert model.final_output(SERIES, DAY, output.final_at) == output


@pytest.mark.parametrize(
    ("facts", "signers", "revision", "now", "cause"),
    [
        (FACTS, SIGNERS, 0, NOW - 1, Cause.DAY_NOT_OVER),
        (FACTS, SIGNERS, 1, NOW, Cause.WRONG_REVISION),
        (FACTS, SIGNERS[:2], 0, NOW, Cause.NOT_ENOUGH_SIGNERS),
        (replace(FACTS, credited_sats=2**64), SIGNERS, 0, NOW, Cause.TOO_WIDE),
        (replace(FACTS, delivered_ths=2**96), SIGNERS, 0, NOW, Cause.TOO_WIDE),
    ],
)
def test_post_output__wrongly__reverts(
    facts: OutputFacts, signers: list[str], revision: int, now: int, cause: Cause
) -> None:
    with pytest.raises(ModelRevert) as refused:
        oracle().post_output(facts, signers, revision, 1, now)

    assert refused.value.cause is cause


def test_post_output__twice__reverts() -> None:
    model = oracle()
    model.post_output(FACTS, SIGNERS, 0, 1, NOW)

    with pytest.raises(ModelRevert) as refused:
        model.post_output(FACTS, SIGNERS, 0, 1, NOW)

    assert refused.value.cause is Cause.ALREADY_REPORTED


def test_replace_output__pending__starts_the_window_again() -> None:
    model = oracle()
    model.post_output(FACTS, SIGNERS, 0, 1, NOW)

    changed = replace(FACTS, credited_sats=7)
    output = model.replace_output(changed, SIGNERS, 1, 1, NOW + 100)

    assert output == Output(7, 10**21, NOW + 100 + SHORT_WINDOW_SECONDS)
    with pytest.raises(ModelRevert) as refused:
        model.replace_output(changed, SIGNERS, 2, 1, output.final_at)
    assert refused.value.cause is Cause.NOT_PENDING


def test_veto_output__twice__third_report_stands() -> None:
    model = oracle()
    for revision in range(2):
        model.post_output(FACTS, SIGNERS, revision, 1, NOW)
        model.veto_output(GUARDIAN, SERIES, DAY, NOW)
    with pytest.raises(ModelRevert):
        model.post_output(FACTS, SIGNERS, 0, 1, NOW)
    model.post_output(FACTS, SIGNERS, 2, 1, NOW)

    with pytest.raises(ModelRevert) as refused:
        model.veto_output(GUARDIAN, SERIES, DAY, NOW)

    assert refused.value.cause is Cause.VETOES_SPENT


def test_veto_output__by_anyone_else__reverts() -> None:
    model = oracle()
    model.post_output(FACTS, SIGNERS, 0, 1, NOW)

    with pytest.raises(ModelRevert) as refused:
        model.veto_output(OUTSIDER, SERIES, DAY, NOW)

    assert refused.value.cause is Cause.NOT_ALLOWED


def test_attested_ths__fourteen_days__returns_the_least() -> None:
    model = oracle()
    for step in range(14):
        facts = OutputFacts(SERIES, DAY - step, 0, 1_000 - step)
        model.post_output(facts, SIGNERS, 0, 1, NOW)
    final = NOW + SHORT_WINDOW_SECONDS

    assert model.attested_ths(SERIES, 14, final - 1) == 0
    assert model.attested_ths(SERIES, 14, final) == 1_000 - 13
    assert model.attested_ths(SERIES, 1, final) == 1_000
    assert model.attested_ths(SERIES, 15, final) == 0


@pytest.mark.parametrize(("today", "attested"), [(DAY + 4, 5), (DAY + 5, 0)])
def test_attested_ths__newest_output_four_days_old__is_the_limit(today: int, attested: int) -> None:
    model = oracle()
    model.post_output(replace(FACTS, delivered_ths=5), SIGNERS, 0, 1, NOW)

    assert model.attested_ths(SERIES, 1, day_start(today)) == attested


def test_apply_membership__after_the_delay__updates_members_and_version() -> None:
    model = oracle()
    model.schedule_membership(OWNER, ["0xa6"], 4, NOW)

    with pytest.raises(ModelRevert) as refused:
        model.apply_membership(NOW + MEMBERSHIP_DELAY_SECONDS - 1)
    assert refused.value.cause is Cause.DELAY_NOT_OVER
    model.apply_membership(NOW + MEMBERSHIP_DELAY_SECONDS)

    assert (model.membership.threshold, model.membership.version) == (4, 2)
    assert model.membership.is_reporter("0xa6")
    with pytest.raises(ModelRevert) as again:
        model.apply_membership(NOW + 2 * MEMBERSHIP_DELAY_SECONDS)
    assert again.value.cause is Cause.NOTHING_SCHEDULED


def test_schedule_membership__later_one__replaces_the_earlier_and_restarts_the_delay() -> None:
    model = oracle()
    model.schedule_membership(OWNER, ["0xa6"], 4, NOW)
    model.schedule_membership(OWNER, ["0xa7"], 4, NOW + DAY_SECONDS)

    with pytest.raises(ModelRevert):
        model.apply_membership(NOW + MEMBERSHIP_DELAY_SECONDS)
    model.apply_membership(NOW + DAY_SECONDS + MEMBERSHIP_DELAY_SECONDS)

    assert not model.membership.is_reporter("0xa6")


def test_schedule_membership__empty__cancels() -> None:
    model = oracle()
    model.schedule_membership(OWNER, ["0xa6"], 4, NOW)
    model.schedule_membership(OWNER, [], 0, NOW)

    with pytest.raises(ModelRevert) as refused:
        model.apply_membership(NOW + MEMBERSHIP_DELAY_SECONDS)

    assert refused.value.cause is Cause.NOTHING_SCHEDULED


@pytest.mark.parametrize(
    ("additions", "threshold"),
    [(["0xa1"], 4), (["0xa6", "0xa6"], 4), (["0xa6"], 3), ([], 6), (["0x0"], 4)],
)
def test_apply_membership__impossible__reverts(additions: list[str], threshold: int) -> None:
    model = oracle()
    model.schedule_membership(OWNER, additions, threshold, NOW)

    with pytest.raises(ModelRevert) as refused:
        model.apply_membership(NOW + MEMBERSHIP_DELAY_SECONDS)

    assert refused.value.cause is Cause.INVALID_MEMBERSHIP
    assert model.membership.version == 1


def test_membership__of_32__reverts() -> None:
    reporters = [hex(0x1000 + step) for step in range(32)]

    Membership(reporters[:31], 16)
    with pytest.raises(ModelRevert):
        Membership(reporters, 17)


def test_remove_reporter__down_to_the_threshold__reverts_below() -> None:
    model = oracle()
    model.remove_reporter(OWNER, REPORTERS[0])
    model.remove_reporter(OWNER, REPORTERS[1])

    with pytest.raises(ModelRevert) as refused:
        model.remove_reporter(OWNER, REPORTERS[2])

    assert refused.value.cause is Cause.BELOW_THRESHOLD
    assert model.membership.version == 3
    assert model.membership.reporters == REPORTERS[2:]


@pytest.mark.parametrize("act", ["schedule", "remove", "guardian"])
def test_owner_acts__by_anyone_else__revert(act: str) -> None:
    model = oracle()
    acts: dict[str, Callable[[], object]] = {
        "schedule": lambda: model.schedule_membership(OUTSIDER, [], 0, NOW),
        "remove": lambda: model.remove_reporter(OUTSIDER, REPORTERS[0]),
        "guardian": lambda: model.set_guardian(OUTSIDER, OUTSIDER),
    }

    with pytest.raises(ModelRevert) as refused:
        acts[act]()

    assert refused.value.cause is Cause.NOT_ALLOWED


def test_set_guardian__to_nobody__leaves_no_veto() -> None:
    model = oracle()
    model.post_output(FACTS, SIGNERS, 0, 1, NOW)
    model.set_guardian(OWNER, "0x0")

    for caller in (GUARDIAN, "0x0"):
        with pytest.raises(ModelRevert) as refused:
            model.veto_output(caller, SERIES, DAY, NOW)
        assert refused.value.cause is Cause.NOT_ALLOWED
