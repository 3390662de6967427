# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.report_day`: facts that no true day can have are refused, whoever signs."""

from dataclasses import replace

import pytest

from hashrate.core.types import BlockHeight, DayFacts, Sats, Wad
from reference.day_rules import subsidy_of
from tests.unit.chain import go_to, refused
from tests.unit.desk import BLOCKS, Desk, posting_time

pytestmark = pytest.mark.unit

MAX_HASHPRICE = 2**112 - 1
MAX_DIFFICULTY = 2**120 - 1
MAX_FEES = 2**51 - 1
MAX_HEIGHT = 2**31 - 1


def try_post(desk: Desk, facts: DayFacts, reason: str | None) -> None:
    """Post signed facts and require the refusal, or none, and that all stays as it was."""
    go_to(max(posting_time(facts.day), desk.oracle.env.timestamp))
    signed = desk.sign(facts)
    if reason is None:
        desk.send(facts, signed)
        assert desk.oracle.next_day() == facts.day + 1
    else:
        with refused(reason, desk.state):
            desk.send(facts, signed)


def with_last(facts: DayFacts, last: int) -> DayFacts:
    """Return facts with another last height and the subsidy of the heights there are."""
    subsidy = subsidy_of(facts.first_height, last, 210_000)
    return replace(facts, last_height=BlockHeight(last), subsidy_sats=Sats(subsidy))


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_report_day__first_height__is_the_configured_one(empty: Desk, shift: int) -> None:
    facts = empty.next_facts()
    moved = replace(facts, first_height=BlockHeight(facts.first_height + shift))
    moved = with_last(moved, moved.first_height + BLOCKS - 1)

    try_post(empty, moved, "oracle: not the first height" if shift else None)


@pytest.mark.parametrize("blocks", [-BLOCKS, -2, -1])
def test_report_day__heights_reversed__reverts(desk: Desk, blocks: int) -> None:
    facts = desk.next_facts()
    last = facts.first_height + blocks - 1

    try_post(
        desk,
        replace(facts, last_height=BlockHeight(last), subsidy_sats=Sats(0)),
        "oracle: heights reversed",
    )


@pytest.mark.parametrize("off", [-(10**8), -1, 0, 1])
def test_report_day__subsidy__is_the_schedules(desk: Desk, off: int) -> None:
    facts = desk.next_facts()
    changed = replace(facts, subsidy_sats=Sats(facts.subsidy_sats + off))

    try_post(desk, changed, "oracle: subsidy off schedule" if off else None)


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
def test_report_day__hashprice__fits_its_field(desk: Desk, value: int, reason: str | None) -> None:
    try_post(desk, replace(desk.next_facts(), hashprice_wad=Wad(value)), reason)


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
    empty: Desk, value: int, reason: str | None
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
def test_report_day__fees__fit_their_field(desk: Desk, value: int, reason: str | None) -> None:
    try_post(desk, replace(desk.next_facts(), fees_sats=Sats(value)), reason)


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [(1, None), (2, "oracle: height too wide"), (2**40, "oracle: height too wide")],
)
def test_report_day__height__fits_its_field(genesis: None, blocks: int, reason: str | None) -> None:
    last_of_all = Desk.open(first_height=MAX_HEIGHT)
    facts = last_of_all.next_facts(blocks=1)

    try_post(last_of_all, with_last(facts, MAX_HEIGHT + blocks - 1), reason)


def test_report_day__first_without_blocks__reverts(empty: Desk) -> None:
    facts = empty.next_facts()

    try_post(
        empty,
        replace(with_last(facts, facts.first_height - 1), fees_sats=Sats(0)),
        "oracle: no blocks",
    )


def empty_day(desk: Desk, **changes: int) -> DayFacts:
    """Return the facts of a day without blocks, which repeats the day before, but for changes."""
    like = desk.next_facts()
    before = desk.oracle.day_record(like.day - 1)
    older = desk.oracle.day_record(like.day - 2)
    hashprice = before.hashprice_sum_wad - older.hashprice_sum_wad
    facts = replace(
        like,
        last_height=BlockHeight(like.first_height - 1),
        subsidy_sats=Sats(0),
        fees_sats=Sats(0),
        hashprice_wad=Wad(hashprice),
    )
    return replace(facts, **{name: getattr(facts, name) + by for name, by in changes.items()})


def test_report_day__without_blocks__repeats_the_day_before(desk: Desk) -> None:
    facts = empty_day(desk)
    try_post(desk, facts, None)
    assert desk.oracle.day_record(facts.day).last_height == facts.first_height - 1

    following = desk.next_facts()
    assert following.first_height == facts.first_height
    try_post(desk, following, None)


def test_report_day__several_days_without_blocks__repeat_each_other(desk: Desk) -> None:
    for _ in range(3):
        try_post(desk, empty_day(desk), None)
    try_post(desk, desk.next_facts(), None)


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
    desk: Desk, field: str, by: int, reason: str
) -> None:
    try_post(desk, empty_day(desk, **{field: by}), reason)
