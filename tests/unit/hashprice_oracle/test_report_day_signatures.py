# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.report_day`: whose signatures over what make a report."""

from collections.abc import Callable
from dataclasses import replace

import boa
import pytest

from hashrate.core.types import DayFacts
from hashrate.reports.report import OracleDomain, PricedSignature
from tests.unit.chain import account, actor, event, go_to, refused
from tests.unit.reporting import DELAY, PRICE, Reporting, posting_time, reporters

pytestmark = pytest.mark.unit

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
FIELDS = [
    "first_height",
    "last_height",
    "subsidy_sats",
    "fees_sats",
    "hashprice_wad",
    "difficulty_wad",
]
NOT_A_REPORTER = "quorum: not a reporter"


@pytest.fixture
def facts(reporting: Reporting) -> DayFacts:
    """Return the next day's facts, in the hour in which they are reported."""
    facts = reporting.next_facts()
    go_to(posting_time(facts.day))
    return facts


@pytest.mark.parametrize("signers", [2, 3])
def test_report_day__threshold_or_more__is_accepted(
    reporting: Reporting, facts: DayFacts, signers: int
) -> None:
    reporting.send(facts, reporting.sign(facts, signers=reporting.signers[:signers]))

    assert event(reporting.oracle, "DayReported").day == facts.day


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2)])
def test_report_day__any_two_of_three__is_accepted(
    reporting: Reporting, facts: DayFacts, pair: tuple[int, int]
) -> None:
    reporting.send(
        facts, reporting.sign(facts, signers=[reporting.signers[index] for index in pair])
    )

    assert reporting.oracle.next_day() == facts.day + 1


@pytest.mark.parametrize("signers", [0, 1])
def test_report_day__fewer_than_the_threshold__reverts(
    reporting: Reporting, facts: DayFacts, signers: int
) -> None:
    with refused("quorum: too few signatures", reporting.state):
        reporting.send(facts, reporting.sign(facts, signers=reporting.signers[:signers]))


def test_report_day__one_signer_twice__reverts(reporting: Reporting, facts: DayFacts) -> None:
    with refused("quorum: signers not ascending", reporting.state):
        reporting.send(facts, reporting.sign(facts, signers=[reporting.signers[0]] * 2))


def test_report_day__one_signer_at_two_prices__reverts(
    reporting: Reporting, facts: DayFacts
) -> None:
    signed = reporting.sign(facts, [PRICE, PRICE + 1], [reporting.signers[1]] * 2)

    with refused("quorum: signers not ascending", reporting.state):
        reporting.send(facts, signed)


@pytest.mark.parametrize("order", [(1, 0), (2, 1), (0, 2, 1), (2, 0, 1)])
def test_report_day__not_ascending__reverts(
    reporting: Reporting, facts: DayFacts, order: tuple[int, ...]
) -> None:
    with refused("quorum: signers not ascending", reporting.state):
        reporting.send(
            facts, reporting.sign(facts, signers=[reporting.signers[index] for index in order])
        )


def test_report_day__a_stranger_among_them__reverts(reporting: Reporting, facts: DayFacts) -> None:
    signers = sorted(
        [reporting.signers[0], account("stranger")], key=lambda each: int(each.address, 16)
    )

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, reporting.sign(facts, signers=signers))


def test_report_day__a_stranger_beyond_the_threshold__reverts(
    reporting: Reporting, facts: DayFacts
) -> None:
    """Every signature brought counts: a bad one spoils the report even where two are good."""
    signers = sorted(
        [*reporting.signers, account("stranger")], key=lambda each: int(each.address, 16)
    )

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, reporting.sign(facts, signers=signers))


def test_report_day__removed_reporter__reverts(reporting: Reporting, facts: DayFacts) -> None:
    reporting.oracle.remove_reporter(reporting.signers[0].address, sender=actor("owner"))

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, reporting.sign(facts))

    reporting.send(facts, reporting.sign(facts, signers=reporting.signers[1:]))


def test_report_day__signed_before_a_removal__is_void(
    reporting: Reporting, facts: DayFacts
) -> None:
    """The others' signatures of that time are void too: the membership is another."""
    signed = reporting.sign(facts, signers=reporting.signers[1:])
    reporting.oracle.remove_reporter(reporting.signers[0].address, sender=actor("owner"))

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, signed)


def test_report_day__added_reporter__counts_once_applied(
    reporting: Reporting, facts: DayFacts
) -> None:
    new = reporters(4)
    added = next(each for each in new if each not in reporting.signers)
    reporting.oracle.schedule_membership([added.address], 3, sender=actor("owner"))
    signers = [each for each in new if each in (added, *reporting.signers[:2])]

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, reporting.sign(facts, signers=signers))

    go_to(posting_time(facts.day) + DELAY)
    reporting.oracle.apply_membership()
    with refused("quorum: too few signatures", reporting.state):
        reporting.send(facts, reporting.sign(facts, signers=reporting.signers[:2]))
    reporting.send(facts, reporting.sign(facts, signers=signers))


@pytest.mark.parametrize("version", [0, 2])
def test_report_day__other_membership_version__reverts(
    reporting: Reporting, facts: DayFacts, version: int
) -> None:
    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, reporting.sign(facts, version=version))


def test_report_day__other_revision__reverts(reporting: Reporting, facts: DayFacts) -> None:
    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, reporting.sign(facts, revision=1))


@pytest.mark.parametrize("field", FIELDS)
def test_report_day__signed_over_another_value__reverts(
    reporting: Reporting, facts: DayFacts, field: str
) -> None:
    """Whoever transmits cannot change a field."""
    signed = reporting.sign(facts)
    changed = replace(facts, **{field: getattr(facts, field) + 1})

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(changed, signed)


@pytest.mark.parametrize("field", ["day", *FIELDS])
def test_report_day__one_signer_over_another_value__reverts(
    reporting: Reporting, facts: DayFacts, field: str
) -> None:
    """Two signatures that are each good make no quorum if their facts differ in one field."""
    other = replace(facts, **{field: getattr(facts, field) + 1})
    revision = reporting.oracle.revision_of(facts.day)
    signed = [
        *reporting.sign(facts, signers=reporting.signers[:1]),
        *reporting.sign(other, signers=reporting.signers[1:2], revision=revision),
    ]

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, signed)


def test_report_day__price_changed_on_the_way__reverts(
    reporting: Reporting, facts: DayFacts
) -> None:
    signed = reporting.sign(facts)

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, [signed[0], replace(signed[1], btc_usd_e8=PRICE + 1)])


def test_report_day__signed_for_another_contract__reverts(
    reporting: Reporting, facts: DayFacts
) -> None:
    domain = OracleDomain(1, actor("another oracle"))

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, reporting.sign(facts, domain=domain))


def test_report_day__signed_for_another_chain__reverts(
    reporting: Reporting, facts: DayFacts
) -> None:
    domain = OracleDomain(11_155_111, reporting.oracle.address)

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, reporting.sign(facts, domain=domain))


def test_report_day__chain_forked__takes_the_new_chain_id_and_no_longer_the_old(
    reporting: Reporting, facts: DayFacts
) -> None:
    signed = reporting.sign(facts)
    separator = reporting.oracle.DOMAIN_SEPARATOR()
    boa.env.evm.patch.chain_id = 4_242

    with refused(NOT_A_REPORTER, reporting.state):
        reporting.send(facts, signed)

    assert reporting.oracle.DOMAIN_SEPARATOR() != separator
    reporting.send(
        facts, reporting.sign(facts, domain=OracleDomain(4_242, reporting.oracle.address))
    )


def high_s(signature: PricedSignature) -> PricedSignature:
    """Return the other valid signature of the same key over the same digest."""
    return replace(signature, v=55 - signature.v, s=ORDER - signature.s)


MANGLED: dict[str, tuple[Callable[[PricedSignature], PricedSignature], str]] = {
    "high s": (high_s, "ecdsa: invalid signature `s` value"),
    "other v": (lambda each: replace(each, v=55 - each.v), NOT_A_REPORTER),
    "v as parity": (lambda each: replace(each, v=each.v - 27), "ecdsa: invalid signature"),
    "v of EIP-155": (lambda each: replace(each, v=each.v + 10), "ecdsa: invalid signature"),
    "zero r": (lambda each: replace(each, r=0), "ecdsa: invalid signature"),
    "zero s": (lambda each: replace(each, s=0), "ecdsa: invalid signature"),
    "zeros": (lambda each: replace(each, v=0, r=0, s=0), "ecdsa: invalid signature"),
}


@pytest.mark.parametrize(("mangle", "reason"), MANGLED.values(), ids=MANGLED)
def test_report_day__signature_not_in_its_one_form__reverts(
    reporting: Reporting,
    facts: DayFacts,
    mangle: Callable[[PricedSignature], PricedSignature],
    reason: str,
) -> None:
    first, second = reporting.sign(facts)

    with refused(reason, reporting.state):
        reporting.send(facts, [first, mangle(second)])
