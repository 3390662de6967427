# SPDX-License-Identifier: AGPL-3.0-only
"""When minting is refused, whom a claim pays."""

import pytest

from reference import (
    Cause,
    FactTable,
    FleetRegister,
    ModelRevert,
    Output,
    Parties,
    SeriesModel,
    SeriesTerms,
)
from reference.units import DAY_SECONDS, day_start

from .builders import (
    BUYER,
    FLEET_THS,
    GRACE_SECONDS,
    HOLDER,
    KEEPER,
    PARTIES,
    START,
    TH,
    Scene,
    final_time,
    scene,
)

pytestmark = pytest.mark.unit

NOW = day_start(START - 1) + 3_600


def cause_of_mint(world: Scene, amount: int, now: int = NOW, to: str = HOLDER) -> Cause:
    with pytest.raises(ModelRevert) as refused:
        world.series.mint(to, amount, now)
    return refused.value.cause


def test_mint__up_to_the_attested_hashrate__updates_supply() -> None:
    world = scene(holder_ths=0)

    assert cause_of_mint(world, FLEET_THS + 1) is Cause.OVER_ATTESTED
    world.series.mint(HOLDER, FLEET_THS, NOW)

    assert world.series.meter.supply == FLEET_THS
    assert cause_of_mint(world, 1) is Cause.OVER_ATTESTED


def test_mint__least_of_the_attestation_days__bounds_the_supply() -> None:
    world = scene(SeriesTerms(start_day=START, attestation_days=14), holder_ths=0)
    low = Output(0, FLEET_THS // 2, final_at=0)
    world.table.set_output(PARTIES.token, START - 15, low)

    assert cause_of_mint(world, FLEET_THS // 2 + 1) is Cause.OVER_ATTESTED
    world.table.set_output(PARTIES.token, START - 16, Output(0, 0, final_at=0))
    world.series.mint(HOLDER, FLEET_THS // 2, NOW)


def test_mint__missing_output_among_the_attestation_days__reverts() -> None:
    world = scene(SeriesTerms(start_day=START, attestation_days=14), holder_ths=0)
    del world.table.outputs[PARTIES.token, START - 10]

    assert cause_of_mint(world, 1) is Cause.OVER_ATTESTED


@pytest.mark.parametrize(("days_later", "allowed"), [(2, True), (3, False)])
def test_mint__newest_output_older_than_four_days__reverts(days_later: int, allowed: bool) -> None:
    world = scene(holder_ths=0)  # the newest output is of the day START - 2
    now = day_start(START + days_later)

    if allowed:
        world.series.mint(HOLDER, 1, now)
    else:
        assert cause_of_mint(world, 1, now) is Cause.OVER_ATTESTED


@pytest.mark.parametrize(("bond", "allowed"), [(3_000, True), (2_999, False)])
def test_mint__bond_rounded_up__is_needed(bond: int, allowed: bool) -> None:
    terms = SeriesTerms(start_day=START, attestation_days=1, bond_per_th=3)
    world = scene(terms, holder_ths=0, bond=bond)
    amount = FLEET_THS - TH // 4

    if allowed:
        world.series.mint(HOLDER, amount, NOW)
    else:
        assert world.series.bond_needed(amount) == 3_000
        assert cause_of_mint(world, amount) is Cause.BOND_TOO_SMALL


def test_mint__bond_drawn__reverts_until_refilled() -> None:
    world = scene(holder_ths=FLEET_THS // 2, bond=100_000)
    day = world.report(25_000, FLEET_THS // 2)
    world.series.settle(1, final_time(day) + GRACE_SECONDS)
    now = day_start(day + 4) + DAY_SECONDS // 2 + 1
    world.report_output(day + 3, 0, FLEET_THS, now)

    assert cause_of_mint(world, 1, now) is Cause.BOND_DRAWN
    world.series.post_bond(25_000)
    world.series.mint(HOLDER, 1, now)


def test_mint__arrears__reverts() -> None:
    world = scene(holder_ths=FLEET_THS // 2)
    day = world.report(25_000, FLEET_THS // 2)
    world.series.settle(1, final_time(day) + GRACE_SECONDS)
    now = day_start(day + 4) + DAY_SECONDS // 2 + 1
    world.report_output(day + 3, 0, FLEET_THS, now)

    assert cause_of_mint(world, 1, now) is Cause.ARREARS


def test_mint__paused__reverts_for_seven_days() -> None:
    world = scene(holder_ths=0)
    world.series.pause_minting(PARTIES.guardian, NOW)
    end = NOW + 7 * DAY_SECONDS
    world.report_output(START + 5, 0, FLEET_THS, 0)

    assert cause_of_mint(world, 1, end - 1) is Cause.MINT_PAUSED
    world.series.mint(HOLDER, 1, end)


def test_pause_minting__by_anyone_else__reverts() -> None:
    with pytest.raises(ModelRevert) as refused:
        scene().series.pause_minting(KEEPER, NOW)

    assert refused.value.cause is Cause.NOT_ALLOWED


def test_mint__to_the_distributor__reverts() -> None:
    world = scene(holder_ths=0)

    assert cause_of_mint(world, 1, to=PARTIES.distributor) is Cause.INVALID_ADDRESS


def test_mint__end_day_reached__reverts() -> None:
    terms = SeriesTerms(start_day=START, end_day=START + 1, attestation_days=1)
    world = scene(terms, holder_ths=0)
    world.report_output(START, 0, FLEET_THS, 0)

    assert cause_of_mint(world, 1, day_start(START + 1)) is Cause.ENDED
    world.series.mint(HOLDER, 1, day_start(START + 1) - 1)


def test_mint__supply_beyond_the_meter__reverts() -> None:
    world = scene(holder_ths=0)
    world.report_output(START - 2, 0, 2**96 - 1, 0)

    assert cause_of_mint(world, 2**94 + 1) is Cause.SUPPLY_TOO_LARGE
    world.series.mint(HOLDER, 2**94, NOW)


def test_mint__fleet_of_another_live_series__reverts_until_that_one_is_closed() -> None:
    fleets, table = FleetRegister(), FactTable(START)
    other = Parties(zero="0x00", token="0x21", distributor="0x22", issuer="0x23", guardian="0x04")
    terms = SeriesTerms(start_day=START, attestation_days=1)
    made = day_start(START - 3)
    older = SeriesModel(terms, table, PARTIES, fleets, 8, made)
    newer = SeriesModel(terms, table, other, fleets, 8, made)
    for token in (PARTIES.token, other.token):
        table.set_output(token, START - 2, Output(0, FLEET_THS, final_at=0))
    older.mint(HOLDER, 1, NOW)
    older.burn(HOLDER, 1, NOW)

    with pytest.raises(ModelRevert) as refused:
        newer.mint(HOLDER, 1, NOW)
    assert refused.value.cause is Cause.FLEET_BOUND
    older.close(PARTIES.issuer, day_start(START))
    newer.mint(HOLDER, 1, day_start(START))

    assert fleets.bound == {"fleet": other.token}


def paid_scene() -> Scene:
    world = scene()
    world.series.fund(50_000)
    world.settle(world.report(50_000, FLEET_THS))
    return world


def test_claim__by_anyone_for_an_account_without_code__pays_the_account() -> None:
    assert paid_scene().series.claim(HOLDER, KEEPER) == (HOLDER, 50_000)


def test_claim__by_anyone_for_a_contract__reverts_unless_it_chose() -> None:
    world = paid_scene()

    with pytest.raises(ModelRevert) as refused:
        world.series.claim(HOLDER, KEEPER, has_code=True)
    assert refused.value.cause is Cause.NOT_ALLOWED
    world.series.set_opt_in(HOLDER, True)
    assert world.series.claim(HOLDER, KEEPER, has_code=True) == (HOLDER, 50_000)


def test_claim__opted_out_again__reverts() -> None:
    world = paid_scene()
    world.series.set_opt_in(HOLDER, True)
    world.series.set_opt_in(HOLDER, False)

    with pytest.raises(ModelRevert):
        world.series.claim(HOLDER, KEEPER, has_code=True)


def test_claim__payout_address__is_paid_instead() -> None:
    world = paid_scene()
    world.series.set_payout(HOLDER, BUYER)

    assert world.series.claim(HOLDER, KEEPER, has_code=True) == (BUYER, 50_000)


@pytest.mark.parametrize("receiver", [PARTIES.zero, PARTIES.token, PARTIES.distributor])
def test_set_payout__to_a_refused_address__reverts(receiver: str) -> None:
    with pytest.raises(ModelRevert) as refused:
        scene().series.set_payout(HOLDER, receiver)

    assert refused.value.cause is Cause.INVALID_ADDRESS


@pytest.mark.parametrize(
    "terms",
    [
        SeriesTerms(start_day=START - 3),
        SeriesTerms(start_day=START - 1),
        SeriesTerms(start_day=START, end_day=START),
        SeriesTerms(start_day=START, pool_fee_bps=5_001),
        SeriesTerms(start_day=START, guaranteed_uptime_bps=10_001),
    ],
)
def test_terms__impossible__revert(terms: SeriesTerms) -> None:
    with pytest.raises(ModelRevert) as refused:
        scene(terms)

    assert refused.value.cause is Cause.INVALID_TERMS


@pytest.mark.parametrize(("made", "allowed"), [(-1, True), (0, False)])
def test_terms__start_day_begun__revert(made: int, allowed: bool) -> None:
    terms = SeriesTerms(start_day=START)
    now = day_start(START) + made

    if allowed:
        series = SeriesModel(terms, FactTable(START), PARTIES, FleetRegister(), 8, now)
        assert series.ledger.next_day == START
    else:
        with pytest.raises(ModelRevert) as refused:
            SeriesModel(terms, FactTable(START), PARTIES, FleetRegister(), 8, now)
        assert refused.value.cause is Cause.INVALID_TERMS
