# SPDX-License-Identifier: AGPL-3.0-only
"""Termination, silence and closing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reference import Cause, DayPrices, ModelRevert, SeriesTerms
from reference.invariants import check_series
from reference.silence import SILENCE_SECONDS
from reference.units import day_start

from .builders import (
    FLEET_THS,
    GRACE_SECONDS,
    HOLDER,
    KEEPER,
    PARTIES,
    POWERED,
    PRICES,
    START,
    Scene,
    final_time,
    scene,
)

pytestmark = pytest.mark.unit

POOR = replace(PRICES, hashprice_wad=25 * 10**18)
THREE_DAYS = replace(POWERED, attestation_days=1, termination_days=3)


def poor_days(count: int, terms: SeriesTerms = THREE_DAYS) -> tuple[Scene, int]:
    world = scene(terms)
    return world, [world.report(0, 0, POOR) for _ in range(count)][-1]


def test_terminate__enough_hopeless_days__ends_tomorrow() -> None:
    world, day = poor_days(3)

    world.series.terminate(final_time(day))

    assert world.series.end_day == day + 2
    assert world.series.meter.supply == FLEET_THS


def test_terminate__one_day_too_few__reverts() -> None:
    world, day = poor_days(3)

    with pytest.raises(ModelRevert) as refused:
        world.series.terminate(final_time(day) - 1)

    assert refused.value.cause is Cause.NOT_TERMINABLE


def test_terminate__days_before_the_start__reverts() -> None:
    world, day = poor_days(2)

    with pytest.raises(ModelRevert) as refused:
        world.series.terminate(final_time(day))

    assert refused.value.cause is Cause.NOT_TERMINABLE


def test_terminate__one_profitable_day_between__reverts() -> None:
    world, _ = poor_days(1)
    world.report(0, 0, replace(POOR, hashprice_wad=POOR.hashprice_wad + 1))
    day = world.report(0, 0, POOR)

    with pytest.raises(ModelRevert) as refused:
        world.series.terminate(final_time(day))

    assert refused.value.cause is Cause.NOT_TERMINABLE


def test_terminate__nothing_reported__reverts() -> None:
    with pytest.raises(ModelRevert) as refused:
        scene().series.terminate(day_start(START + 30))

    assert refused.value.cause is Cause.NOT_TERMINABLE


def test_terminate__end_nearer_already__keeps_the_end() -> None:
    world, day = poor_days(3, replace(THREE_DAYS, end_day=START + 3))

    world.series.terminate(final_time(day))

    assert world.series.end_day == START + 3


def test_declare_silence__180_days_after_the_last_final_day__ends_tomorrow() -> None:
    world = scene()
    day = world.report(50_000, FLEET_THS)
    silent_at = final_time(day) + SILENCE_SECONDS + 1

    with pytest.raises(ModelRevert) as refused:
        world.series.declare_silence(silent_at - 1)
    assert refused.value.cause is Cause.NOT_SILENT
    world.series.declare_silence(silent_at)

    assert world.series.end_day == silent_at // 86_400 + 1


def silent_scene() -> tuple[Scene, int, int]:
    """Eight final days, hashprice 51 to 58; then silence. Returns (scene, last day, call time)."""
    world = scene(SeriesTerms(start_day=START, attestation_days=1))
    for step in range(8):
        prices = DayPrices((51 + step) * 10**18, PRICES.btc_usd_e8 + step)
        day = world.report((51 + step) * 1_000, FLEET_THS, prices)
    silent_at = final_time(day) + SILENCE_SECONDS + 1
    world.series.declare_silence(silent_at)
    return world, day, silent_at


def test_settle__silent_days__pays_the_mean_of_the_last_seven() -> None:
    world, last_day, silent_at = silent_scene()
    world.series.fund(10**9)

    settled = world.series.settle(1_000, silent_at)

    after = [each for each in settled if each.day > last_day]
    assert {each.reward for each in after} == {55_000}
    assert all(each.deemed for each in after)
    assert settled[-1].day == silent_at // 86_400 - 1
    check_series(world.series, silent_at)


def test_declare_silence__mean_price__rounds_down() -> None:
    world, last_day, _ = silent_scene()

    silence = world.series.silence

    assert silence is not None
    assert silence.mean == DayPrices(55 * 10**18, PRICES.btc_usd_e8 + 4)
    assert silence.last_final_day == last_day


def test_settle__silent_days_unfunded__wait_for_grace_from_the_call() -> None:
    world, last_day, silent_at = silent_scene()
    world.series.fund(sum(range(51, 59)) * 1_000)

    settled = world.series.settle(1_000, silent_at + GRACE_SECONDS - 1)
    assert settled[-1].day == last_day
    settled = world.series.settle(1_000, silent_at + GRACE_SECONDS)

    assert world.series.ledger.arrears == 55_000 * len(settled)


def test_settle__day_reported_after_the_silence__changes_nothing() -> None:
    world, last_day, silent_at = silent_scene()
    world.series.fund(10**9)
    world.table.add_day(DayPrices(10**20, PRICES.btc_usd_e8), silent_at + 1)

    settled = world.series.settle(1_000, silent_at + 2)

    rewards = {each.day: each.reward for each in settled}
    assert rewards[last_day + 1] == 55_000


def test_declare_silence__again__reverts() -> None:
    world, _, silent_at = silent_scene()

    with pytest.raises(ModelRevert) as refused:
        world.series.declare_silence(silent_at + 1)

    assert refused.value.cause is Cause.ALREADY_SILENT


def test_declare_silence__never_a_final_day__owes_nothing() -> None:
    world = scene()
    silent_at = day_start(START + 1) + SILENCE_SECONDS + 1

    with pytest.raises(ModelRevert):
        world.series.declare_silence(silent_at - 1)
    world.series.declare_silence(silent_at)

    settled = world.series.settle(1_000, day_start(silent_at // 86_400 + 1))
    assert len(settled) == 182
    assert {each.reward for each in settled} == {0}
    assert world.series.close(KEEPER, day_start(silent_at // 86_400 + 1)) == 0


def test_close__end_reached_and_settled__returns_escrow_and_bond() -> None:
    world = scene(SeriesTerms(start_day=START, end_day=START + 1, attestation_days=1), bond=700)
    world.series.fund(50_009)
    day = world.report(50_000, FLEET_THS)

    with pytest.raises(ModelRevert) as refused:
        world.series.close(KEEPER, final_time(day))
    assert refused.value.cause is Cause.NOT_SETTLED
    world.settle(day)

    assert world.series.close(KEEPER, final_time(day)) == 709
    assert world.series.claim(HOLDER, HOLDER) == (HOLDER, 50_000)
    assert world.series.ledger.liabilities == 0


def test_settle__day_after_the_end__settles_nothing() -> None:
    world = scene(SeriesTerms(start_day=START, end_day=START + 1, attestation_days=1))
    world.series.fund(200_000)
    world.report(50_000, FLEET_THS)
    day = world.report(50_000, FLEET_THS)

    assert world.settle(day) == 1


def test_close__before_the_end__reverts() -> None:
    with pytest.raises(ModelRevert) as refused:
        scene().series.close(PARTIES.issuer, day_start(START))

    assert refused.value.cause is Cause.NOT_ENDED


def test_close__arrears__reverts() -> None:
    world = scene(SeriesTerms(start_day=START, end_day=START + 1, attestation_days=1))
    day = world.report(50_000, FLEET_THS)
    now = final_time(day) + GRACE_SECONDS
    world.series.settle(1, now)

    with pytest.raises(ModelRevert) as refused:
        world.series.close(PARTIES.issuer, now)

    assert refused.value.cause is Cause.ARREARS


def test_close__bought_back__is_for_the_issuer_the_day_after() -> None:
    world = scene(bond=5)
    burned_at = day_start(START) - 1
    world.series.burn(HOLDER, FLEET_THS, burned_at)

    for caller, now in ((PARTIES.issuer, burned_at), (KEEPER, burned_at + 1)):
        with pytest.raises(ModelRevert) as refused:
            world.series.close(caller, now)
        assert refused.value.cause is Cause.NOT_ENDED

    assert world.series.close(PARTIES.issuer, burned_at + 1) == 5
    assert world.series.end_day == START


def test_close__burned_a_second_into_today__reverts() -> None:
    world = scene()
    world.series.burn(HOLDER, FLEET_THS, day_start(START) + 1)

    with pytest.raises(ModelRevert) as refused:
        world.series.close(PARTIES.issuer, day_start(START + 1) - 1)

    assert refused.value.cause is Cause.NOT_ENDED


def test_close__burned_at_midnight__closes_today() -> None:
    world = scene()
    world.series.burn(HOLDER, FLEET_THS, day_start(START))

    assert world.series.close(PARTIES.issuer, day_start(START) + 1) == 0


@pytest.mark.parametrize("act", ["fund", "bond", "mint", "close", "silence", "terminate"])
def test_close__once__refuses_everything_but_claims(act: str) -> None:
    world = scene(SeriesTerms(start_day=START, end_day=START + 1, attestation_days=1))
    world.series.fund(50_000)
    day = world.report(50_000, FLEET_THS)
    world.settle(day)
    now = final_time(day)
    world.series.close(KEEPER, now)
    acts: dict[str, Callable[[], object]] = {
        "fund": lambda: world.series.fund(1),
        "bond": lambda: world.series.post_bond(1),
        "mint": lambda: world.series.mint(HOLDER, 1, now),
        "close": lambda: world.series.close(PARTIES.issuer, now),
        "silence": lambda: world.series.declare_silence(now + 2 * SILENCE_SECONDS),
        "terminate": lambda: world.series.terminate(now),
    }

    with pytest.raises(ModelRevert) as refused:
        acts[act]()

    assert refused.value.cause is Cause.CLOSED
