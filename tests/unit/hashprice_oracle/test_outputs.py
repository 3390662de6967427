# SPDX-License-Identifier: AGPL-3.0-only
"""Output reports: `report_output`, `replace_output`, `veto_output`."""

import pytest

from hashrate.core.types import DayIndex, Sats
from hashrate.reports.quorum import assemble_output
from hashrate.reports.report import OracleDomain, OutputReport, sign_output_report
from tests.unit.chain import actor, event, go_to, go_to_day, now, refused, wait
from tests.unit.reporting import FIRST_DAY, SHORT, Reporting, reporters

pytestmark = pytest.mark.unit

SERIES, OTHER, GUARDIAN = actor("a series"), actor("another series"), actor("guardian")
DAY = FIRST_DAY + 5
CREDITED, DELIVERED = 123_456, 789 * 10**18


@pytest.fixture
def over(empty: Reporting) -> Reporting:
    """An oracle on the morning after a day, no day of its own reported."""
    go_to_day(DAY + 1)
    return empty


def record(reporting: Reporting, series: str = SERIES, day: int = DAY) -> tuple[int, ...]:
    """Return an output as stored."""
    return tuple(reporting.oracle.output_record(series, day))


def post(reporting: Reporting) -> None:
    """Post the output."""
    reporting.post_output(SERIES, DAY, CREDITED, DELIVERED)


def veto(reporting: Reporting, sender: str = GUARDIAN) -> None:
    """Veto the output."""
    reporting.oracle.veto_output(SERIES, DAY, sender=sender)


def test_report_output__plain__is_stored_and_emitted(over: Reporting) -> None:
    post(over)

    final_at = now() + SHORT
    reported = event(over.oracle, "OutputReported")
    assert reported[1:] == (SERIES, DAY, 0, CREDITED, DELIVERED, final_at)
    assert record(over) == (CREDITED, DELIVERED, final_at, 0, 0)
    assert record(over, OTHER) == (0,) * 5


def test_report_output__any_order_and_any_series__stand_apart(over: Reporting) -> None:
    for series, day in ((SERIES, DAY), (OTHER, DAY), (SERIES, DAY - 3), (SERIES, DAY - 30)):
        over.post_output(series, day, CREDITED + day, DELIVERED)

    assert record(over, SERIES, DAY - 3)[0] == CREDITED + DAY - 3
    assert record(over, SERIES, DAY - 1) == (0,) * 5


def test_report_output__assembled_from_all_reporters__is_accepted(over: Reporting) -> None:
    report = OutputReport(SERIES, DayIndex(DAY), Sats(CREDITED), DELIVERED, 0, 1)
    parts = [sign_output_report(signer, over.domain, report) for signer in reporters(3)]
    signatures = assemble_output(parts, 2).signature_tuples()

    over.oracle.report_output(SERIES, DAY, CREDITED, DELIVERED, signatures)

    assert record(over)[0] == CREDITED


def test_report_output__day_not_over__reverts_until_midnight(empty: Reporting) -> None:
    go_to((DAY + 1) * 86_400 - 1)

    with refused("oracle: output day not over", lambda: record(empty)):
        post(empty)

    wait(1)
    post(empty)


@pytest.mark.parametrize("is_final", [False, True])
def test_report_output__twice__reverts(over: Reporting, is_final: bool) -> None:
    post(over)
    if is_final:
        wait(SHORT)

    with refused("oracle: output is posted", lambda: record(over)):
        over.post_output(SERIES, DAY, 1, 1)


@pytest.mark.parametrize(
    ("credited", "delivered", "reason"),
    [
        (0, 0, None),
        (2**64 - 1, 2**96 - 1, None),
        (2**64, 0, "output: credit too wide"),
        (0, 2**96, "output: delivered too wide"),
        (2**256 - 1, 2**256 - 1, "output: credit too wide"),
    ],
)
def test_report_output__values__fit_their_fields(
    over: Reporting, credited: int, delivered: int, reason: str | None
) -> None:
    if reason is None:
        over.post_output(SERIES, DAY, credited, delivered)
        assert record(over)[:2] == (credited, delivered)
    else:
        with refused(reason, lambda: record(over)):
            over.post_output(SERIES, DAY, credited, delivered)


def test_report_output__clock_beyond_its_field__reverts(empty: Reporting) -> None:
    go_to(2**32 - SHORT)

    with refused("output: time too wide", lambda: record(empty)):
        post(empty)


@pytest.mark.parametrize("field", ["series", "day", "credited", "delivered", "revision", "version"])
def test_report_output__signed_over_another_value__reverts(over: Reporting, field: str) -> None:
    sent = {"series": SERIES, "day": DAY, "credited": CREDITED, "delivered": DELIVERED}
    signed = {**sent, "revision": 0, "version": 1}
    signed[field] = OTHER if field == "series" else int(signed[field]) + 1
    signatures = [each.as_tuple() for each in over.sign_output(**signed)]

    with refused("quorum: not a reporter", lambda: record(over)):
        over.oracle.report_output(*sent.values(), signatures)


@pytest.mark.parametrize(
    ("chain_id", "contract"), [(2, None), (1, OTHER)], ids=["another chain", "another contract"]
)
def test_report_output__signed_for_elsewhere__reverts(
    over: Reporting, chain_id: int, contract: str | None
) -> None:
    domain = OracleDomain(chain_id, contract or over.oracle.address)
    signed = over.sign_output(SERIES, DAY, CREDITED, DELIVERED, domain=domain)

    with refused("quorum: not a reporter", lambda: record(over)):
        over.oracle.report_output(
            SERIES, DAY, CREDITED, DELIVERED, [each.as_tuple() for each in signed]
        )


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ((), "quorum: too few signatures"),
        ((0,), "quorum: too few signatures"),
        ((0, 0), "quorum: signers not ascending"),
        ((1, 0), "quorum: signers not ascending"),
        ((0, 2, 1), "quorum: signers not ascending"),
    ],
)
def test_report_output__signers__are_a_quorum_in_order(
    over: Reporting, order: tuple[int, ...], reason: str
) -> None:
    signers = [over.signers[index] for index in order]
    signed = over.sign_output(SERIES, DAY, CREDITED, DELIVERED, signers)

    with refused(reason, lambda: record(over)):
        over.oracle.report_output(
            SERIES, DAY, CREDITED, DELIVERED, [each.as_tuple() for each in signed]
        )


def test_report_output__as_a_day_report__does_not_pass(over: Reporting) -> None:
    """Reports of one kind are no reports of the other: their types are part of the digest."""
    facts = over.next_facts()
    signed = [(each.v, each.r, each.s) for each in over.sign(facts)]

    with refused("quorum: not a reporter", lambda: record(over)):
        over.oracle.report_output(SERIES, DAY, CREDITED, DELIVERED, signed)


def test_replace_output__pending__takes_its_place(over: Reporting) -> None:
    post(over)
    wait(SHORT - 1)

    over.replace_output(SERIES, DAY, CREDITED + 1, DELIVERED - 1)

    assert event(over.oracle, "OutputRemoved")[1:] == (SERIES, DAY, False, 1)


def test_replace_output__pending__starts_its_window_again(over: Reporting) -> None:
    post(over)
    wait(SHORT - 1)

    over.replace_output(SERIES, DAY, CREDITED + 1, DELIVERED - 1)

    reported = event(over.oracle, "OutputReported")
    assert reported[1:] == (SERIES, DAY, 1, CREDITED + 1, DELIVERED - 1, now() + SHORT)
    assert record(over) == (CREDITED + 1, DELIVERED - 1, now() + SHORT, 1, 0)


def test_replace_output__old_signatures__are_void(over: Reporting) -> None:
    post(over)
    signed = over.sign_output(SERIES, DAY, CREDITED, DELIVERED, revision=0)

    with refused("quorum: not a reporter", lambda: record(over)):
        over.oracle.replace_output(
            SERIES, DAY, CREDITED, DELIVERED, [each.as_tuple() for each in signed]
        )


def test_replace_output__final__reverts(over: Reporting) -> None:
    post(over)
    wait(SHORT)

    with refused("oracle: output not pending", lambda: record(over)):
        over.replace_output(SERIES, DAY, 1, 1)


def test_replace_output__not_posted__reverts(over: Reporting) -> None:
    with refused("oracle: output not pending", lambda: record(over)):
        over.replace_output(SERIES, DAY, 1, 1)


def test_veto_output__pending__removes_it(over: Reporting) -> None:
    post(over)
    wait(SHORT - 1)

    veto(over)

    assert event(over.oracle, "OutputRemoved")[1:] == (SERIES, DAY, True, 1)
    assert record(over) == (0, 0, 0, 1, 1)


def test_veto_output__then_reported__needs_the_new_revision(over: Reporting) -> None:
    old = over.sign_output(SERIES, DAY, CREDITED, DELIVERED)
    post(over)
    veto(over)

    with refused("quorum: not a reporter", lambda: record(over)):
        over.oracle.report_output(
            SERIES, DAY, CREDITED, DELIVERED, [each.as_tuple() for each in old]
        )

    post(over)
    assert record(over) == (CREDITED, DELIVERED, now() + SHORT, 1, 1)


def test_veto_output__twice_and_not_a_third_time(over: Reporting) -> None:
    for _ in range(2):
        post(over)
        veto(over)
    post(over)

    with refused("oracle: output vetoed twice", lambda: record(over)):
        veto(over)

    over.replace_output(SERIES, DAY, 1, 1)
    with refused("oracle: output vetoed twice", lambda: record(over)):
        veto(over)
    assert record(over)[3:] == (3, 2)


def test_veto_output__replacements__do_not_use_up_vetoes(over: Reporting) -> None:
    post(over)
    for index in range(3):
        over.replace_output(SERIES, DAY, index, index)

    for vetoes in (1, 2):
        veto(over)
        assert record(over)[4] == vetoes
        post(over)


def test_veto_output__final__reverts(over: Reporting) -> None:
    post(over)
    wait(SHORT)

    with refused("oracle: output not pending", lambda: record(over)):
        veto(over)


def test_veto_output__not_posted__reverts(over: Reporting) -> None:
    with refused("oracle: output not pending", lambda: record(over)):
        veto(over)


def test_veto_output__by_others__reverts(over: Reporting) -> None:
    post(over)

    for caller in (actor("owner"), actor("stranger"), over.signers[0].address):
        with refused("oracle: not the guardian", lambda: record(over)):
            veto(over, caller)
