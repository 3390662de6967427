# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.report_day`: the price that several signers agree on."""

import pytest

from tests.unit.chain import event, go_to, refused
from tests.unit.reporting import PRICE, Reporting, posting_time

pytestmark = pytest.mark.unit

MAX_PRICE = 2**56 - 1


@pytest.fixture(scope="module")
def five(genesis: None) -> Reporting:
    """An oracle of five reporters, three of whom are enough."""
    return Reporting.open(5, 3)


def report(reporting: Reporting, prices: list[int]) -> int:
    """Report the first day at one price for each of the first signers; return the price taken."""
    facts = reporting.next_facts()
    go_to(posting_time(facts.day))
    reporting.send(facts, reporting.sign(facts, prices, reporting.signers[: len(prices)]))
    return int(event(reporting.oracle, "DayReported").btc_usd_e8)


@pytest.mark.parametrize(
    ("offsets", "median"),
    [
        ((0, 0, 0), 0),
        ((3, 1, 2), 2),
        ((2, 3, 1), 2),
        ((1, 2, 3), 2),
        ((9, 0, 0), 0),
        ((4, 1, 3, 2), 2),  # the floor of 2.5
        ((4, 4, 1, 1), 2),
        ((8, 1, 3, 6), 4),
        ((5, 4, 3, 2, 1), 3),
        ((1, 5, 2, 4, 3), 3),
        ((7, 7, 7, 1, 1), 7),
    ],
    ids=str,
)
def test_report_day__prices__takes_the_median(
    five: Reporting, offsets: tuple[int, ...], median: int
) -> None:
    assert report(five, [PRICE + offset for offset in offsets]) == PRICE + median


def test_report_day__spread__is_allowed_to_the_last_unit(five: Reporting) -> None:
    lowest = PRICE + 7
    highest = lowest + lowest // 100
    facts = five.next_facts()
    go_to(posting_time(facts.day))

    with refused("oracle: prices too far apart", five.state):
        five.send(facts, five.sign(facts, [highest + 1, lowest, lowest + 5], five.signers[:3]))

    assert report(five, [highest, lowest, lowest + 5]) == lowest + 5


def test_report_day__spread_of_the_outer_two__counts_not_that_of_neighbours(
    five: Reporting,
) -> None:
    facts = five.next_facts()
    go_to(posting_time(facts.day))
    prices = [PRICE + index * PRICE // 300 for index in range(5)]

    with refused("oracle: prices too far apart", five.state):
        five.send(facts, five.sign(facts, prices, five.signers))

    five.send(facts, five.sign(facts, prices[:4], five.signers[:4]))


def test_report_day__one_price_zero__reverts(five: Reporting) -> None:
    facts = five.next_facts()
    go_to(posting_time(facts.day))

    for prices in ([0, 0, 0], [PRICE, 0, PRICE]):
        with refused("oracle: zero price", five.state):
            five.send(facts, five.sign(facts, prices, five.signers[:3]))


def test_report_day__smallest_price__is_allowed(five: Reporting) -> None:
    assert report(five, [1, 1, 1]) == 1


def test_report_day__price_wider_than_its_field__reverts(five: Reporting) -> None:
    facts = five.next_facts()
    go_to(posting_time(facts.day))

    for highest in (MAX_PRICE + 1, 2**255):
        with refused("oracle: price too wide", five.state):
            five.send(facts, five.sign(facts, [highest, MAX_PRICE, MAX_PRICE], five.signers[:3]))

    assert report(five, [MAX_PRICE] * 3) == MAX_PRICE
    assert five.oracle.day_record(facts.day).btc_usd_e8 == MAX_PRICE


def test_report_day__spread_of_zero__asks_for_one_price(genesis: None) -> None:
    strict = Reporting.open(2, 2, spread_bps=0)
    facts = strict.next_facts()
    go_to(posting_time(facts.day))

    with refused("oracle: prices too far apart", strict.state):
        strict.send(facts, strict.sign(facts, [PRICE, PRICE + 1]))

    assert report(strict, [PRICE, PRICE]) == PRICE


def test_report_day__31_signers__is_accepted(genesis: None) -> None:
    many = Reporting.open(31, 16)

    assert report(many, [PRICE + 31 - index for index in range(31)]) == PRICE + 16
