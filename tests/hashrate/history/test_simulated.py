# SPDX-License-Identifier: AGPL-3.0-only
"""The simulated source: deterministic, and true to consensus."""

from itertools import islice, pairwise

import pytest

from hashrate.bitcoin.days import median_time_past
from hashrate.bitcoin.difficulty import next_bits
from hashrate.bitcoin.subsidy import subsidy_at
from hashrate.core.types import Block, BlockHeight, DayIndex, DayObservation, Sats
from hashrate.core.units import day_from_iso
from hashrate.history import open_source
from hashrate.history.entropy import Entropy
from hashrate.history.errors import SourceSpecError, UnknownDayError
from hashrate.history.simulated import DEFAULTS, START_BITS, SimulatedSource
from hashrate.history.simulated_chain import ChainStart, SimulatedChain

pytestmark = pytest.mark.unit

FIRST = day_from_iso(DEFAULTS["start"])


def make_chain(seed: str = "1") -> SimulatedChain:
    start = ChainStart(seed, FIRST, BlockHeight(1_049_568), START_BITS, Sats(4_000_000))
    return SimulatedChain(start)


@pytest.fixture(scope="module")
def chain_blocks() -> list[Block]:
    """Blocks of two and a half epochs, from the first of an epoch on."""
    return list(islice(make_chain().blocks(), 5_000))


def observe_all(spec: str, days: int) -> list[DayObservation]:
    source = open_source(spec)
    return [source.observe(DayIndex(source.first_day + offset)) for offset in range(days)]


# ---------------------------------------------------------------- determinism


def test_observe__seed_1__returns_pinned_days() -> None:
    # Pinned: a change here changes every demonstration and every test that names a seed.
    first, third = open_source("simulated:1").observe(FIRST), observe_all("simulated:1", 3)[2]

    assert first.facts.as_tuple() == (
        21283,
        1049595,
        1049763,
        52812500000,
        746108489,
        42501448229172145750,
        150000509032110663544106167056986,
    )
    assert first.btc_usd_e8 == 9_698_550_000_000
    assert third.facts.as_tuple() == (
        21285,
        1049908,
        1050070,
        39843750000,
        729666694,
        33382213102883451748,
        150000509032110663544106167056986,
    )
    assert third.btc_usd_e8 == 9_407_292_844_950


def test_observe__days_asked_for_in_any_order__are_the_same() -> None:
    forward, backward = open_source("simulated:7"), open_source("simulated:7")
    days = [DayIndex(FIRST + offset) for offset in range(6)]

    backward_days = [backward.observe(day) for day in reversed(days)]

    assert [forward.observe(day) for day in days] == backward_days[::-1]


def test_observe__other_seed__is_another_network() -> None:
    assert observe_all("simulated:1", 2) != observe_all("simulated:2", 2)


def test_entropy__streams_of_one_seed__are_independent_and_pinned() -> None:
    assert [Entropy("1", "a").word() for _ in range(2)] == [13212868504135743963] * 2
    assert Entropy("1", "a").word() != Entropy("1", "b").word()
    assert Entropy("1", "a").word() != Entropy("2", "a").word()


def test_exponential__many_draws__have_mean_and_median_of_the_distribution() -> None:
    entropy = Entropy("mean", "exponential")
    draws = sorted(entropy.exponential() for _ in range(40_000))

    # The standard error of the mean is 1/200 of it; the seed is fixed, so this never flickers.
    unit = 1 << 64
    assert abs(sum(draws) - 40_000 * unit) < 40_000 * unit // 66
    # ln 2 = 0.693: the median, to 2 %
    assert 679 * unit < draws[20_000] * 1_000 < 707 * unit


def test_between__small_range__reaches_both_ends_and_nothing_else() -> None:
    entropy = Entropy("1", "between")

    assert {entropy.between(-1, 2) for _ in range(200)} == {-1, 0, 1, 2}


# ---------------------------------------------------------------- consensus


def test_blocks__heights__count_from_the_epochs_start(chain_blocks: list[Block]) -> None:
    assert [block.height for block in chain_blocks] == list(range(1_048_320, 1_053_320))


def test_blocks__header_times__go_back_but_stay_past_the_parents_mediantime(
    chain_blocks: list[Block],
) -> None:
    backward = sum(after.time < before.time for before, after in pairwise(chain_blocks))

    assert all(after.time > before.mediantime for before, after in pairwise(chain_blocks))
    assert 10 < backward < len(chain_blocks) // 5


def test_blocks__mediantime__is_of_the_last_eleven_and_never_goes_back(
    chain_blocks: list[Block],
) -> None:
    times = [block.time for block in chain_blocks]

    for i in range(10, len(chain_blocks)):
        assert chain_blocks[i].mediantime == median_time_past(times[: i + 1][-11:])
    assert all(b.mediantime <= a.mediantime for b, a in pairwise(chain_blocks))


def test_blocks__bits__change_only_by_the_retarget_rule(chain_blocks: list[Block]) -> None:
    epochs = [chain_blocks[start : start + 2016] for start in (0, 2016, 4032)]

    assert all(len({block.bits for block in epoch}) == 1 for epoch in epochs)
    for old, new in pairwise(epochs):
        assert new[0].bits == next_bits(old[0].bits, old[-1].time - old[0].time)
        assert new[0].bits != old[0].bits


def test_blocks__pace__is_what_hashrate_and_difficulty_make(chain_blocks: list[Block]) -> None:
    # 5,000 exponential intervals: a standard error of 1.4 %, beside some percent of hashrate walk
    seconds = chain_blocks[-1].mediantime - chain_blocks[0].mediantime

    assert 540 < seconds // len(chain_blocks) < 640


def test_observe__default_start__shows_a_halving_then_a_retarget() -> None:
    days = observe_all("simulated:1", 10)

    assert all(after.facts.first_height == b.facts.last_height + 1 for b, after in pairwise(days))
    halved = [d.facts.first_height <= 1_050_000 <= d.facts.last_height for d in days].index(True)
    moved = [d.facts.first_height <= 1_050_336 <= d.facts.last_height for d in days].index(True)
    assert 1 <= halved < moved < 8
    assert subsidy_at(BlockHeight(1_050_000)) * 2 == subsidy_at(BlockHeight(1_049_999))
    assert days[halved + 1].facts.hashprice_wad < days[halved - 1].facts.hashprice_wad * 6 // 10
    assert len({d.facts.difficulty_wad for d in days[:moved]}) == 1
    assert days[moved + 1].facts.difficulty_wad > days[0].facts.difficulty_wad


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_observe__two_years__stays_inside_what_the_oracle_takes_at_once(seed: str) -> None:
    # docs/rules.md 1.2: these bounds, kept, give the short window
    for before, after in pairwise(observe_all(f"simulated:{seed}", 730)):
        assert 58 * before.btc_usd_e8 <= 100 * after.btc_usd_e8 <= 150 * before.btc_usd_e8
        assert 7 * before.facts.difficulty_wad <= 10 * after.facts.difficulty_wad
        assert 10 * after.facts.difficulty_wad <= 14 * before.facts.difficulty_wad
        assert 20 <= after.facts.blocks <= 400
        assert after.facts.fees_sats > 0


# ---------------------------------------------------------------- options


def test_open_source__simulated__is_labelled_so() -> None:
    source = open_source("simulated:1")

    assert (source.label, source.is_simulated, source.last_day) == ("simulated", True, None)


def test_observe__options__move_start_height_price_and_fees() -> None:
    spec = "simulated:1?start=2030-01-01&height=100000&price=10&fees=0"

    seen = observe_all(spec, 1)[0]

    assert seen.facts.day == day_from_iso("2030-01-01")
    assert abs(seen.facts.first_height - 100_000) < 150  # the lead-up to it is random
    assert seen.facts.subsidy_sats == seen.facts.blocks * 5_000_000_000
    assert seen.facts.fees_sats == 0
    assert 9 * 10**8 < seen.btc_usd_e8 < 11 * 10**8


def test_observe__height_at_an_epochs_start__needs_no_lead_up() -> None:
    seen = observe_all("simulated:1?height=0", 1)[0]

    assert 0 <= seen.facts.first_height < 12  # mediantime lags the first blocks by six
    assert seen.facts.subsidy_sats == seen.facts.blocks * 5_000_000_000


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("a b", "seed 'a b'"),
        ("?height=1", "seed ''"),
        ("1?speed=2", "unknown option 'speed'; there are start, height, price, fees"),
        ("1?height", "are not name=value"),
        ("1?height=-1", "'-1' is not a non-negative integer"),
        ("1?height=2147483648", "more than 2147483647"),
        ("1?start=tomorrow", "'tomorrow' is not a day"),
        ("1?price=free", "'free' is not a decimal number"),
        ("1?price=0", "the price is zero"),
        ("1?fees=2100000001", "more than 2100000000"),
    ],
)
def test_from_spec__unusable__raises(spec: str, why: str) -> None:
    with pytest.raises(SourceSpecError, match=f"simulated: .*{why}"):
        SimulatedSource.from_spec(spec)


@pytest.mark.parametrize("offset", [-1, 36_600])
def test_observe__day_out_of_reach__raises(offset: int) -> None:
    with pytest.raises(UnknownDayError, match="days from 2028-04-09 on"):
        open_source("simulated:1").observe(DayIndex(FIRST + offset))
