# SPDX-License-Identifier: AGPL-3.0-only
"""`MetricFeed`: each metric, each final day, in the shape of an AggregatorV3Interface."""

from dataclasses import replace
from typing import Any

import pytest

from hashrate.core.types import Wad
from tests.unit.chain import actor, deployer, go_to, go_to_day, refused, wait
from tests.unit.reporting import FIRST_DAY, LONG, PRICE, SHORT, Reporting

pytestmark = pytest.mark.unit

SATS, USD, MEAN_DIFFICULTY = 1, 2, 4
METRICS = (SATS, USD, MEAN_DIFFICULTY)
DAY = 86_400


@pytest.fixture(scope="session")
def single(genesis: None) -> Reporting:
    """An oracle of one reporter."""
    return Reporting.open(1, 1)


@pytest.fixture(scope="session")
def feeds(single: Reporting) -> dict[int, Any]:
    """A feed of each metric."""
    feed = deployer("oracle/MetricFeed")
    return {metric: feed.deploy(single.oracle.address, metric) for metric in METRICS}


def answers(facts: Any, price: int) -> dict[int, int]:
    """Return each metric's answer for a day, by hand.

    Satoshi and dollars per PH/s per day with 8 decimals: 1e3 TH/s, 1e18 to 1e8.
    """
    usd_wad = facts.hashprice_wad * price // 10**16
    return {
        SATS: facts.hashprice_wad * 1_000 * 10**8 // 10**18,
        USD: usd_wad * 1_000 * 10**8 // 10**18,
        MEAN_DIFFICULTY: facts.difficulty_wad // 10**18,
    }


@pytest.mark.parametrize("metric", METRICS)
def test_rounds__every_final_day__answers(
    single: Reporting, feeds: dict[int, Any], metric: int
) -> None:
    posted = [
        (single.post(price=PRICE + 77 * index, fees_sats=index * 10**8 + 1), PRICE + 77 * index)
        for index in range(5)
    ]
    wait(LONG)

    for facts, price in posted:
        expected = (
            facts.day,
            answers(facts, price)[metric],
            facts.day * DAY,
            (facts.day + 1) * DAY,
            facts.day,
        )
        assert feeds[metric].getRoundData(facts.day) == expected
    assert feeds[metric].latestRoundData() == expected


@pytest.mark.parametrize("metric", METRICS)
def test_rounds__not_final__are_no_data(
    single: Reporting, feeds: dict[int, Any], metric: int
) -> None:
    feed = feeds[metric]
    with refused("feed: no data"):
        feed.latestRoundData()
    single.post()
    for day in (0, FIRST_DAY - 1, FIRST_DAY, FIRST_DAY + 1, 2**80 - 1):
        with refused("feed: no data"):
            feed.getRoundData(day)
    with refused("feed: no data"):
        feed.latestRoundData()

    go_to(single.oracle.day_record(FIRST_DAY).final_at)

    assert feed.latestRoundData()[0] == FIRST_DAY
    for day in (FIRST_DAY - 1, FIRST_DAY + 1):
        with refused("feed: no data"):
            feed.getRoundData(day)


def test_latest_round_data__posted_late__is_as_old_as_the_day(
    single: Reporting, feeds: dict[int, Any]
) -> None:
    """Catching up must not look fresh: `updatedAt` is the end of the day observed."""
    go_to_day(FIRST_DAY + 40)
    single.post()
    wait(LONG)

    _, _, started_at, updated_at, _ = feeds[SATS].latestRoundData()

    assert (started_at, updated_at) == (FIRST_DAY * DAY, (FIRST_DAY + 1) * DAY)


def test_latest_round_data__stands_still__while_later_days_wait(
    single: Reporting, feeds: dict[int, Any]
) -> None:
    single.post()
    wait(LONG)
    single.post(price=PRICE + 1)
    single.oracle.veto_day(FIRST_DAY + 1, sender=actor("guardian"))
    wait(SHORT)

    assert feeds[USD].latestRoundData()[0] == FIRST_DAY


@pytest.mark.parametrize(
    ("metric", "decimals", "description"),
    [
        (SATS, 8, "Bitcoin hashprice, sat per PH/s per day"),
        (USD, 8, "Bitcoin hashprice, USD per PH/s per day"),
        (MEAN_DIFFICULTY, 0, "Bitcoin difficulty, mean of the day"),
    ],
)
def test_description__says_what_the_answer_is(
    single: Reporting, feeds: dict[int, Any], metric: int, decimals: int, description: str
) -> None:
    feed = feeds[metric]

    assert (feed.decimals(), feed.description(), feed.version()) == (decimals, description, 1)
    assert (feed.ORACLE(), feed.METRIC()) == (single.oracle.address, metric)


def test_rounds__largest_values__fit_the_answer(genesis: None) -> None:
    reporting = Reporting.open(1, 1)
    price = 2**56 - 1
    # the greatest at this price whose value in USD the oracle takes
    hashprice = (2**104 * 10**16 - 1) // price
    facts = replace(
        reporting.next_facts(), hashprice_wad=Wad(hashprice), difficulty_wad=Wad(2**120 - 1)
    )
    reporting.post(facts, price)
    wait(LONG)

    for metric in METRICS:
        feed = deployer("oracle/MetricFeed").deploy(reporting.oracle.address, metric)
        assert feed.latestRoundData()[1] == answers(facts, price)[metric]


@pytest.mark.parametrize("metric", [0, 3, 5, 6, 7])
def test_init__unknown_metric__reverts(single: Reporting, metric: int) -> None:
    with refused("feed: unknown metric"):
        deployer("oracle/MetricFeed").deploy(single.oracle.address, metric)


def test_init__no_oracle__reverts(genesis: None) -> None:
    with refused("feed: no oracle"):
        deployer("oracle/MetricFeed").deploy(actor("nobody"), SATS)
