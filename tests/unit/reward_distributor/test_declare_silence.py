# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.declare_silence`: a series outlives its oracle."""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import NO_END_DAY
from tests.unit.chain import actor, event, events, go_to, go_to_day, now, refused, wait
from tests.unit.reporting import PRICE
from tests.unit.scene import DAY_SECONDS, FLEET, POWERED, START, TERMS, Scene, System

pytestmark = pytest.mark.unit

SILENCE = 180 * DAY_SECONDS
REWARD = 50_000


def declare(scene: Scene) -> None:
    """Declare silence as a stranger."""
    scene.distributor.declare_silence(sender=actor("stranger"))


def test_declare_silence__one_second_too_early__reverts(running: Scene) -> None:
    day = running.report_prices()
    go_to(running.final_at(day) + SILENCE)

    with refused("dist: oracle not silent", running.state):
        declare(running)

    wait(1)
    declare(running)
    declared = event(running.distributor, "SilenceDeclared")
    assert declared[1:] == (day + 1, REWARD // 1_000 * 10**18, PRICE)
    tomorrow = now() // DAY_SECONDS + 1
    assert event(running.distributor, "EndDayUpdated")[1:] == (NO_END_DAY, tomorrow)
    progress = running.distributor.progress()
    assert (progress.silent_from, progress.silenced_at) == (day + 1, now())
    assert progress.end_day == tomorrow


def test_declare_silence__no_day_ever__counts_from_the_first_days_end(running: Scene) -> None:
    go_to((START + 1) * DAY_SECONDS + SILENCE)

    with refused("dist: oracle not silent", running.state):
        declare(running)

    wait(1)
    declare(running)
    assert event(running.distributor, "SilenceDeclared")[1:] == (START, 0, 0)


def test_declare_silence__no_day_ever__settles_at_nothing(system: System, bitcoin: Any) -> None:
    """There is no price to compute a fee at and no hashprice to pay: no reward, no revert."""
    scene = system.begin_series(bitcoin, POWERED)
    go_to((START + 1) * DAY_SECONDS + SILENCE + 1)
    declare(scene)

    assert scene.settle(1) == 1

    settled = event(scene.distributor, "DaySettled")
    assert (settled.is_deemed, settled.fee, settled.reward) == (True, 0, 0)


def test_declare_silence__series_starts_later__counts_from_its_first_day(
    system: System, bitcoin: Any
) -> None:
    scene = system.list_series(bitcoin, replace(TERMS, start_day=START + 100))
    go_to((START + 101) * DAY_SECONDS + SILENCE)

    with refused("dist: oracle not silent", scene.state):
        declare(scene)


@pytest.mark.parametrize("days", [1, 6, 7, 8, 10])
def test_declare_silence__several_days__keeps_the_floored_means_of_the_last_seven(
    running: Scene, days: int
) -> None:
    hashprices = [50 * 10**18 + index * index for index in range(days)]
    prices = [PRICE + 7 * index**3 for index in range(days)]
    for hashprice, price in zip(hashprices, prices, strict=True):
        running.report_prices(hashprice, price)
    wait(SILENCE + 1)

    declare(running)

    last = min(days, 7)
    assert running.distributor.silent_hashprice_wad() == sum(hashprices[-7:]) // last
    assert running.distributor.silent_btc_usd_e8() == sum(prices[-7:]) // last


def test_declare_silence__pending_day__does_not_break_the_silence(running: Scene) -> None:
    """A day that is posted on the last day of the silence and not final yet is not heard."""
    first = running.report_prices()
    go_to(running.final_at(first) + SILENCE)
    running.report_prices(10**20, wait=False)
    wait(1)

    declare(running)

    assert event(running.distributor, "SilenceDeclared").silent_from == first + 1
    running.await_final(first + 1)
    running.fund(10**6)
    wait(TERMS.output_deadline_seconds + 1)
    assert running.settle(2) == 2
    assert [each.reward for each in events(running.distributor, "DaySettled")] == [REWARD] * 2


def test_declare_silence__final_day_in_time__reverts(running: Scene) -> None:
    first = running.report_prices()
    go_to(running.final_at(first) + SILENCE - 13 * 3_600)
    running.report_prices()

    wait(13 * 3_600)

    with refused("dist: oracle not silent", running.state):
        declare(running)


def test_declare_silence__twice__reverts(running: Scene) -> None:
    running.fall_silent()

    with refused("dist: silence is declared", running.state):
        declare(running)


def test_declare_silence__series_ends_sooner__keeps_its_end(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, replace(TERMS, end_day=START + 10))
    day = scene.report_prices()
    go_to(scene.final_at(day) + SILENCE + 1)

    declare(scene)

    assert event(scene.distributor, "EndDayUpdated")[1:] == (START + 10, START + 10)


def test_declare_silence__then_settled__pays_reported_days_and_means(running: Scene) -> None:
    """The reported day settles by its own output; later ones deemed, and outputs count no more."""
    running.fund(10**9)
    first = running.report(48_500, FLEET * 97 // 100)
    second = running.report_prices(60 * 10**18)
    go_to(running.final_at(second) + SILENCE + 1)
    declare(running)
    running.reporting.post_output(running.address, second + 1, 1, FLEET)
    wait(DAY_SECONDS)

    assert running.settle(4) == 4

    settled = events(running.distributor, "DaySettled")
    assert [(each.day - first, each.is_deemed, each.reward) for each in settled] == [
        (0, False, 48_500),
        (1, True, 60_000),
        (2, True, 55_000),
        (3, True, 55_000),
    ]


def test_declare_silence__oracle_speaks_again__changes_nothing(running: Scene) -> None:
    running.fund(10**9)
    running.fall_silent()
    for _ in range(3):
        running.report_prices(100 * 10**18)
    end_day = running.distributor.progress().end_day

    while running.distributor.progress().next_day < end_day:
        running.settle()

    assert running.distributor.ledger().paid == (end_day - START) * REWARD


def test_declare_silence__grace__runs_from_the_call(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, TERMS, bond=3 * REWARD)
    scene.fall_silent()
    scene.fund(REWARD)
    assert scene.settle(1) == 1  # the reported day: its own grace is long over
    silenced_at = scene.distributor.progress().silenced_at
    go_to(silenced_at + TERMS.grace_seconds - 1)

    with refused("dist: awaiting funds", scene.state):
        scene.settle()

    wait(1)
    assert scene.settle(1) == 1
    assert event(scene.distributor, "BondDrawn").amount == REWARD


def test_declare_silence__ended__cannot_mint(running: Scene) -> None:
    running.fall_silent()
    go_to_day(running.distributor.progress().end_day)

    with refused("dist: series has ended", running.state):
        running.mint(actor("buyer"), 1)
