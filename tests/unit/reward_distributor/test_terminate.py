# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.terminate`: after days on which the market paid less than the power."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.chain import actor, event, now, refused
from tests.unit.reporting import PRICE
from tests.unit.scene import DAY_SECONDS, POWERED, START, TH, Scene, System

pytestmark = pytest.mark.unit

DAYS = 7
TERMS = replace(POWERED, termination_days=DAYS)
CHEAP = 48_000 * 10**8  # at this price a TH/s takes 50 satoshi of power and 1 of service
BREAK_EVEN = 51 * 10**18


@pytest.fixture
def scene(system: System, bitcoin: Any) -> Scene:
    """A series with power to pay for, terminable after seven days."""
    return system.begin_series(bitcoin, TERMS)


def terminate(scene: Scene) -> None:
    """Terminate as a stranger."""
    scene.distributor.terminate(sender=actor("stranger"))


def bad_days(scene: Scene, days: int, hashprice_wad: int = BREAK_EVEN, credited: int = 0) -> None:
    """Report days on which the market left nothing."""
    for index in range(days):
        scene.report(credited, index * 100 * TH, hashprice_wad, CHEAP)


@pytest.mark.parametrize("credited", [0, 10**6], ids=["unlucky fleet", "lucky fleet"])
def test_terminate__enough_bad_days__ends_tomorrow(scene: Scene, credited: int) -> None:
    bad_days(scene, DAYS, credited=credited)

    terminate(scene)

    tomorrow = now() // DAY_SECONDS + 1
    ended = event(scene.distributor, "EndDayUpdated")
    assert ended[1:] == (TERMS.end_day, tomorrow)
    assert scene.distributor.progress().end_day == tomorrow


def test_terminate__a_day_too_few__reverts(scene: Scene) -> None:
    bad_days(scene, DAYS - 1)

    with refused("dist: too few days", scene.state):
        terminate(scene)

    bad_days(scene, 1)
    terminate(scene)


def test_terminate__no_final_day__reverts(scene: Scene) -> None:
    with refused("dist: too few days", scene.state):
        terminate(scene)


def test_terminate__last_day_pending__reverts(scene: Scene) -> None:
    bad_days(scene, DAYS - 1)
    scene.report_prices(BREAK_EVEN, CHEAP, wait=False)

    with refused("dist: too few days", scene.state):
        terminate(scene)


@pytest.mark.parametrize("good", [0, 3, DAYS - 1], ids=["oldest", "middle", "newest"])
def test_terminate__one_day_that_paid__reverts(scene: Scene, good: int) -> None:
    for index in range(DAYS):
        scene.report_prices(BREAK_EVEN + (index == good), CHEAP)

    with refused("dist: market pays", scene.state):
        terminate(scene)


def test_terminate__older_day_that_paid__is_forgotten(scene: Scene) -> None:
    scene.report_prices(10**20, PRICE)
    bad_days(scene, DAYS)

    terminate(scene)

    assert scene.distributor.progress().end_day < TERMS.end_day


@pytest.mark.parametrize(("fee_bps", "hashprice_wad"), [(0, BREAK_EVEN), (1_500, 60 * 10**18)])
def test_terminate__pool_fee__counts_against_the_market(
    system: System, bitcoin: Any, fee_bps: int, hashprice_wad: int
) -> None:
    """51 satoshi are 60 less 15 %: at the most that, and not 1e-18 satoshi more."""
    scene = system.begin_series(bitcoin, replace(TERMS, pool_fee_bps=fee_bps))
    bad_days(scene, DAYS - 1, hashprice_wad)
    scene.report_prices(hashprice_wad + 2, CHEAP)

    with refused("dist: market pays", scene.state):
        terminate(scene)

    bad_days(scene, DAYS, hashprice_wad)
    terminate(scene)


def test_terminate__service_alone_takes_all__ends(system: System, bitcoin: Any) -> None:
    terms = replace(TERMS, efficiency_mj_per_th=0, service_sats_per_th_day_wad=50 * 10**18)
    scene = system.begin_series(bitcoin, terms)
    bad_days(scene, DAYS, 50 * 10**18)

    terminate(scene)

    assert scene.distributor.progress().end_day < terms.end_day


def test_terminate__days_before_the_start__do_not_count(system: System, bitcoin: Any) -> None:
    scene = system.list_series(bitcoin, replace(TERMS, start_day=START + 3))
    for _ in range(3 + DAYS - 1):
        scene.report_prices(BREAK_EVEN, CHEAP)

    with refused("dist: too few days", scene.state):
        terminate(scene)

    scene.report_prices(BREAK_EVEN, CHEAP)
    terminate(scene)


@pytest.mark.parametrize(("end_in", "is_ending"), [(1, True), (2, False)])
def test_terminate__ends_soon_anyway__reverts(
    system: System, bitcoin: Any, end_in: int, is_ending: bool
) -> None:
    end_day = START + DAYS + end_in  # the seventh day is final on the day after it
    scene = system.begin_series(bitcoin, replace(TERMS, end_day=end_day))
    bad_days(scene, DAYS)
    assert now() // DAY_SECONDS == START + DAYS

    if is_ending:
        with refused("dist: series ending", scene.state):
            terminate(scene)
    else:
        terminate(scene)
        assert scene.distributor.progress().end_day == START + DAYS + 1


def test_terminate__twice__reverts(scene: Scene) -> None:
    bad_days(scene, DAYS)
    terminate(scene)
    bad_days(scene, 1)

    with refused("dist: series ending", scene.state):
        terminate(scene)


def test_terminate__ended__settles_to_the_end_and_closes(scene: Scene) -> None:
    """Nothing metered changes: the last day is paid in full to whoever held it."""
    scene.fund(10**6)
    bad_days(scene, DAYS)
    terminate(scene)
    end_day = scene.distributor.progress().end_day
    scene.report_at_hashprice(price=PRICE)
    assert now() // DAY_SECONDS == end_day

    assert scene.settle() == DAYS + 1

    assert scene.claim(actor("holder")) == 25_000
    scene.distributor.close(sender=actor("stranger"))
    assert scene.distributor.is_closed()
