# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.report_day`: facts that no true day can have are refused, whoever signs."""

from dataclasses import replace

import pytest

from hashrate.core.types import BlockHeight, DayFacts, Sats, Wad
from reference.day_rules import subsidy_of
from tests.unit.chain import go_to, refused
from tests.unit.reporting import BLOCKS, Reporting, posting_time

pytestmark = pytest.mark.unit

MAX_HASHPRICE = 2**112 - 1
MAX_DIFFICULTY = 2**120 - 1
MAX_FEES = 2**51 - 1
MAX_HEIGHT = 2**31 - 1


def try_post(reporting: Reporting, facts: DayFacts, reason: str | None) -> None:
    """Post signed facts and require the refusal, or none, and that all stays as it was."""
    go_to(max(posting_time(facts.day), reporting.oracle.env.timestamp))
    signed = reporting.sign(facts)
    if reason is None:
        reporting.send(facts, signed)
        assert reporting.oracle.next_day() == facts.day + 1
    else:
        with refused(reason, reporting.state):
            reporting.send(facts, signed)


def with_last(facts: DayFacts, last: int) -> DayFacts:
    """Return facts with another last height and the subsidy of the heights there are."""
    subsidy = subsidy_of(facts.first_height, last, 210_000)
    return replace(facts, last_height=BlockHeight(last), subsidy_sats=Sats(subsidy))


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_report_day__first_height__is_the_configured_one(empty: Reporting, shift: int) -> None:
    facts = empty.next_facts()
    moved = replace(facts, first_height=BlockHeight(facts.first_height + shift))
    moved = with_last(moved, moved.first_height + BLOCKS - 1)

    try_post(empty, moved, "oracle: not the first height" if shift else None)


@pytest.mark.parametrize("blocks", [-BLOCKS, -2, -1])
def test_report_day__heights_reversed__reverts(reporting: Reporting, blocks: int) -> None:
    facts = reporting.next_facts()
    last = facts.first_height + blocks - 1

    try_post(
        reporting,
        replace(facts, last_height=BlockHeight(last), subsidy_sats=Sats(0)),
        "oracle: heights reversed",
    )


@pytest.mark.parametrize("off", [-(10**8), -1, 0, 1])
def test_report_day__subsidy__is_the_schedules(reporting: Reporting, off: int) -> None:
    facts = reporting.next_facts()
    changed = replace(facts, subsidy_sats=Sats(facts.subsidy_sats + off))

    try_post(reporting, changed, "oracle: subsidy off schedule" if off else None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0, "oracle: zero hashprice"),
        (1, None),
        (MAX_HASHPRICE, None),
        (MAX_HASHPRICE + 1, "oracle: hashprice too wide"),
        (2**256 - 1, "oracle: hashprice too wide"),
    ],
)
def test_report_day__hashprice__fits_its_field(
    reporting: Reporting, value: int, reason: str | None
) -> None:
    try_post(reporting, replace(reporting.next_facts(), hashprice_wad=Wad(value)), reason)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0, "oracle: zero difficulty"),
        (1, None),
        (MAX_DIFFICULTY, None),
        (MAX_DIFFICULTY + 1, "oracle: difficulty too wide"),
        (2**256 - 1, "oracle: difficulty too wide"),
    ],
)
def test_report_day__difficulty__fits_its_field(
    empty: Reporting, value: int, reason: str | None
) -> None:
    try_post(empty, replace(empty.next_facts(), difficulty_wad=Wad(value)), reason)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0, None),
        (MAX_FEES, None),
        (MAX_FEES + 1, "oracle: fees too wide"),
        (2**256 - 1, "oracle: fees too wide"),
    ],
)
def test_report_day__fees__fit_their_field(
    reporting: Reporting, value: int, reason: str | None
) -> None:
    try_post(reporting, replace(reporting.next_facts(), fees_sats=Sats(value)), reason)


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [(1, None), (2, "oracle: height too wide"), (2**40, "oracle: height too wide")],
)
def test_report_day__height__fits_its_field(genesis: None, blocks: int, reason: str | None) -> None:
    last_of_all = Reporting.open(first_height=MAX_HEIGHT)
    facts = last_of_all.next_facts(blocks=1)

    try_post(last_of_all, with_last(facts, MAX_HEIGHT + blocks - 1), reason)


def test_report_day__first_without_blocks__reverts(empty: Reporting) -> None:
    facts = empty.next_facts()

    try_post(
        empty,
        replace(with_last(facts, facts.first_height - 1), fees_sats=Sats(0)),
        "oracle: no blocks",
    )


def empty_day(reporting: Reporting, **changes: int) -> DayFacts:
    """Return the facts of a day without blocks, which repeats the day before, but for changes."""
    like = reporting.next_facts()
    before = reporting.oracle.day_record(like.day - 1)
    older = reporting.oracle.day_record(like.day - 2)
    hashprice = before.hashprice_sum_wad - older.hashprice_sum_wad
    facts = replace(
        like,
        last_height=BlockHeight(like.first_height - 1),
        subsidy_sats=Sats(0),
        fees_sats=Sats(0),
        hashprice_wad=Wad(hashprice),
    )
    return replace(facts, **{name: getattr(facts, name) + by for name, by in changes.items()})


def test_report_day__without_blocks__repeats_the_day_before(reporting: Reporting) -> None:
    facts = empty_day(reporting)
    try_post(reporting, facts, None)
    assert reporting.oracle.day_record(facts.day).last_height == facts.first_height - 1

    following = reporting.next_facts()
    assert following.first_height == facts.first_height
    try_post(reporting, following, None)


def test_report_day__several_days_without_blocks__repeat_each_other(reporting: Reporting) -> None:
    for _ in range(3):
        try_post(reporting, empty_day(reporting), None)
    try_post(reporting, reporting.next_facts(), None)


@pytest.mark.parametrize(
    ("field", "by", "reason"),
    [
        ("subsidy_sats", 1, "oracle: subsidy off schedule"),
        ("fees_sats", 1, "oracle: fees without blocks"),
        ("hashprice_wad", 1, "oracle: hashprice not repeated"),
        ("hashprice_wad", -1, "oracle: hashprice not repeated"),
        ("difficulty_wad", 1, "oracle: difficulty not repeated"),
        ("difficulty_wad", -1, "oracle: difficulty not repeated"),
    ],
)
def test_report_day__without_blocks_and_not_repeating__reverts(
    reporting: Reporting, field: str, by: int, reason: str
) -> None:
    try_post(reporting, empty_day(reporting, **{field: by}), reason)
