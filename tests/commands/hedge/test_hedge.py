# SPDX-License-Identifier: AGPL-3.0-only
"""A miner's hedge, against numbers worked out by hand."""

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import day_from_iso
from hashrate.hedging.errors import HedgeError
from hashrate.hedging.outcome import Day, Outcome, work_out
from hashrate.hedging.plan import (
    BandChoice,
    Fleet,
    Sale,
    Spot,
    hedge_terms,
    plan_sales,
    usd_of_base_units,
)
from hashrate.hedging.scenarios import (
    bitcoin_halves,
    difficulty_rises,
    flat,
    read_days,
    replay,
    spot_after,
    subsidy_halves,
    what_if,
)
from hashrate.history.dataset import DatasetSource
from hashrate.history.errors import UnknownDayError
from hashrate.products.forwards.codes import Contract, parse_contracts
from hashrate.products.forwards.errors import PriceError, TermsError
from hashrate.products.forwards.months import Month
from hashrate.products.forwards.product import Product
from scripts.hedge import cli

pytestmark = pytest.mark.unit

JAN27, FEB27 = Month(2027, 1), Month(2027, 2)
STANDARD = BandChoice()
# 10.5 PH/s at 20 J/TH are 210 kW; at $0.05 a day of them costs 24 x 210 x 0.05 = $252
FLEET = Fleet(Fraction(21, 2), Fraction(20), Fraction(1, 20))
# 40,000 sat per PH/s per day at $100,000: $40
SPOT = Spot(Wad(40_000 * 10**15), UsdE8(100_000 * 10**8), DayIndex(20_818))


def sales_of(code: str, price: int, fleet: Fleet = FLEET) -> list[Sale]:
    contracts = parse_contracts(code)
    return plan_sales(fleet, contracts, [price] * len(contracts), Fraction(1), STANDARD)


# ---------------------------------------------------------------- plan


def test_fleet__power__is_joules_times_hours_times_price() -> None:
    assert FLEET.power_usd_per_day == 252


def test_spot__mark__is_the_hashprice_in_ticks() -> None:
    assert SPOT.mark(Product.HASHPRICE_SATS) == 40_000
    assert SPOT.mark(Product.HASHPRICE_USD) == 40_00


def test_plan_sales__fleet_of_ten_and_a_half__sells_ten_and_locks_its_collateral() -> None:
    january, february = sales_of("HPS-JAN27:FEB27", 40_000)

    assert (january.quantity, february.quantity) == (10, 10)
    assert january.locked == 10 * 31 * (80_000 - 40_000) == 12_400_000
    assert february.locked == 10 * 28 * 40_000


def test_plan_sales__share_of_the_fleet__rounds_down_to_contracts() -> None:
    (sale,) = plan_sales(FLEET, parse_contracts("HPU-JAN27"), [40_00], Fraction(39, 42), STANDARD)

    assert sale.quantity == 9  # of 9.75
    assert sale.locked == 9 * 31 * (80_00 - 40_00) * 10**4


def test_capital_cost__eight_percent_for_half_a_year__is_simple_interest() -> None:
    (sale,) = sales_of("HPS-JAN27", 40_000)

    cost = sale.capital_cost(Fraction(8, 100), DayIndex(sale.terms.end_day - 73))

    assert cost == Fraction(12_400_000 * 8 * 73, 100 * 365) == 198_400


@pytest.mark.parametrize(
    ("contracts", "prices", "share", "complaint"),
    [
        ([JAN27, Month(2027, 3)], [40_000] * 2, 1, "the months must follow one another"),
        ([JAN27, FEB27], [40_000] * 3, 1, "2 months need one price, or as many; got 3"),
        ([JAN27], [40_000], Fraction(1, 11), "less than 1 PH/s to sell"),
    ],
)
def test_plan_sales__impossible__says_why(
    contracts: list[Month], prices: list[int], share: Fraction, complaint: str
) -> None:
    wanted = [Contract(Product.HASHPRICE_SATS, month) for month in contracts]
    with pytest.raises(HedgeError, match=complaint):
        plan_sales(FLEET, wanted, prices, share, STANDARD)


def test_plan_sales__price_beyond_the_band__is_refused() -> None:
    with pytest.raises(PriceError, match="outside the series' floor 10000 and cap 80000"):
        sales_of("HPS-JAN27", 80_001)


def test_hedge_terms__own_band__replaces_the_standard_one() -> None:
    contract = Contract(Product.HASHPRICE_SATS, Month(2024, 2))

    terms = hedge_terms(contract, BandChoice(50_000, 300_000))

    assert (terms.floor_ticks, terms.cap_ticks, terms.days) == (50_000, 300_000, 29)
    with pytest.raises(TermsError, match="standard months begin with JAN26"):
        hedge_terms(contract, STANDARD)
    with pytest.raises(HedgeError, match="the floor, 9 ticks, is not below the cap, 9"):
        hedge_terms(contract, BandChoice(9, 9))


def test_hedge_terms__difficulty__is_no_miners_hedge() -> None:
    with pytest.raises(HedgeError, match="HPS or HPU, not DIF"):
        hedge_terms(Contract(Product.DIFFICULTY, JAN27), STANDARD)


def test_usd_of_base_units__satoshi_and_dollars__are_dollars() -> None:
    assert usd_of_base_units(Product.HASHPRICE_SATS, Fraction(50_000_000), 60_000 * 10**8) == 30_000
    assert usd_of_base_units(Product.HASHPRICE_USD, Fraction(2_500_000), 1) == Fraction(5, 2)


# ---------------------------------------------------------------- outcomes


def by_name(code: str, price: int, fees: Fraction = Fraction(0)) -> dict[str, Outcome]:
    return {each.name: each for each in what_if(FLEET, sales_of(code, price), SPOT, fees)}


def test_what_if__nothing_changes__forwards_bring_nothing() -> None:
    outcome = by_name("HPU-JAN27:FEB27", 40_00)["nothing changes"]

    assert outcome.mined_usd == Fraction(21, 2) * 59 * 40
    assert outcome.power_usd == 252 * 59
    assert outcome.forwards == (0, 0)
    assert outcome.unhedged_usd == outcome.hedged_usd == 24_780 - 14_868
    assert outcome.mean_sats == 40_000


def test_what_if__bitcoin_halves__dollar_forwards_pay_what_is_lost() -> None:
    outcome = by_name("HPU-JAN27", 40_00)["BTC -50 %"]

    # 10 contracts gain $20 a day each; half a PH/s is not hedged
    assert outcome.forwards == (10 * 31 * 20 * 10**6,)
    assert outcome.mined_usd == Fraction(21, 2) * 31 * 20
    assert outcome.hedged_usd == Fraction(21, 2) * 620 + 6_200 - 252 * 31 == 4_898


def test_what_if__bitcoin_halves__satoshi_forwards_do_nothing() -> None:
    outcome = by_name("HPS-JAN27", 40_000)["BTC -50 %"]

    assert outcome.forwards == (0,)
    assert outcome.hedged_usd == outcome.unhedged_usd == 6_510 - 7_812


def test_what_if__halving_in_the_middle__halves_the_second_half() -> None:
    outcome = by_name("HPS-JAN27:FEB27", 40_000)["halving in the middle"]

    # 59 days: 29 as before, 30 at half: two in January, all of February
    assert outcome.mean_sats == Fraction(29 * 40_000 + 30 * 20_000, 59)
    assert outcome.forwards == (10 * 2 * 20_000, 10 * 28 * 20_000)
    assert outcome.forwards_usd == 400 + 5_600


def test_what_if__halving_with_fees__keeps_the_fees() -> None:
    outcome = by_name("HPS-FEB27", 40_000, fees=Fraction(1, 10))["halving in the middle"]

    # after it 4,000 sat of fees and 18,000 of subsidy, on 14 of 28 days
    assert outcome.forwards == (10 * 14 * 18_000,)


def test_difficulty_rises__first_month_and_after__follows_the_inverse() -> None:
    days = difficulty_rises(SPOT, [FEB27, Month(2027, 3)])

    assert len(days) == 59
    # a 28th of 20 % a day: 1 + 1/140, up to 1.2
    assert days[0].hashprice_wad == 40_000 * 10**15 * 140 // 141
    assert days[13].hashprice_wad == 40_000 * 10**15 * 10 // 11
    assert days[27].hashprice_wad == days[58].hashprice_wad == 40_000 * 10**15 * 5 // 6
    assert {day.btc_usd_e8 for day in days} == {SPOT.btc_usd_e8}


def test_stories__length__is_the_window() -> None:
    months = [JAN27, FEB27]

    assert flat(SPOT, months) == [Day(SPOT.hashprice_wad, SPOT.btc_usd_e8)] * 59
    assert len(bitcoin_halves(SPOT, months)) == 59
    assert len(subsidy_halves(SPOT, months, Fraction(0))) == 59


def test_work_out__above_the_cap__loses_the_locked_margin_and_no_more() -> None:
    sales = sales_of("HPS-JAN27", 40_000)
    days = [Day(Wad(200_000 * 10**15), UsdE8(10**13))] * 31

    outcome = work_out("spike", FLEET, sales, days)

    assert outcome.forwards == (-sales[0].locked,)
    # mining keeps what lies above the cap: 160,000 more a day against 40,000 lost
    assert (
        outcome.hedged_usd
        > work_out("cap", FLEET, sales, [Day(Wad(80_000 * 10**15), UsdE8(10**13))] * 31).hedged_usd
    )


def test_work_out__below_the_floor__gains_the_rest_of_the_pair_and_no_more() -> None:
    sales = sales_of("HPS-JAN27", 40_000)
    days = [Day(Wad(1_000 * 10**15), UsdE8(10**13))] * 31

    assert work_out("collapse", FLEET, sales, days).forwards == (10 * 31 * 30_000,)


def test_work_out__satoshi_gained__are_valued_at_the_months_last_close() -> None:
    days = [Day(Wad(30_000 * 10**15), UsdE8(10**13))] * 30
    days.append(Day(Wad(30_000 * 10**15), UsdE8(5 * 10**12)))

    outcome = work_out("", FLEET, sales_of("HPS-JAN27", 40_000), days)

    assert outcome.forwards == (3_100_000,)
    assert outcome.forwards_usd == 1_550
    # what was mined is sold at each day's close
    assert outcome.mined_usd == Fraction(21, 2) * (30 * 30 + 15)


def test_work_out__pool_fee__is_taken_from_what_is_mined_only() -> None:
    fleet = Fleet(Fraction(10), Fraction(20), Fraction(1, 20), pool_fee=Fraction(2, 100))

    outcome = work_out("", fleet, sales_of("HPU-JAN27", 40_00, fleet), flat(SPOT, [JAN27]))

    assert outcome.mined_usd == 10 * 31 * 40 * Fraction(98, 100)
    assert outcome.forwards == (0,)


# ---------------------------------------------------------------- history


def invented(count: int) -> dict[DayIndex, Day]:
    """Days from 2020-12-25 on: a week at 100,000 sat and $10,000, then each day a tenth more."""
    first = day_from_iso("2020-12-25")
    days = {DayIndex(first + i): Day(Wad(100_000 * 10**15), UsdE8(10**12)) for i in range(7)}
    later = Day(Wad(110_000 * 10**15), UsdE8(5 * 10**11))
    return days | {DayIndex(first + 7 + i): later for i in range(count)}


def test_replay__one_past_month__moves_from_todays_level() -> None:
    (outcome,) = replay(FLEET, sales_of("HPS-JAN27", 40_000), SPOT, invented(31))

    # 10 % more than 40,000 sat, half of $100,000
    assert outcome.name == "2021-01"
    assert outcome.mean_sats == 44_000
    assert outcome.last_usd_e8 == 50_000 * 10**8
    assert outcome.forwards == (-10 * 31 * 4_000,)
    assert outcome.forwards_usd == -620


def test_replay__a_day_short__is_refused() -> None:
    with pytest.raises(HedgeError, match="the data hold no 31 days in a row"):
        replay(FLEET, sales_of("HPS-JAN27", 40_000), SPOT, invented(30))


def test_replay__every_start_month_that_fits__is_there(market_data_dir: Path) -> None:
    days = read_days(DatasetSource(market_data_dir))
    sales = sales_of("HPU-APR26:SEP26", 30_00)  # 183 days

    outcomes = replay(FLEET, sales, spot_after(days, max(days)), days)

    # 2015-01-01 has no week before it; 183 days from 2025-10-01 end after 2026-03-22
    assert (outcomes[0].name, outcomes[-1].name, len(outcomes)) == ("2015-02", "2025-09", 128)


def test_spot_after__real_week__is_its_mean_and_last_close(market_data_dir: Path) -> None:
    days = read_days(DatasetSource(market_data_dir))
    last = day_from_iso("2026-03-22")

    spot = spot_after(days, last)

    assert spot.hashprice_wad == sum(days[DayIndex(last - i)].hashprice_wad for i in range(7)) // 7
    assert spot.btc_usd_e8 == days[last].btc_usd_e8
    with pytest.raises(UnknownDayError, match="the data lack one of seven days to 2015-01-06"):
        spot_after(days, day_from_iso("2015-01-06"))


# ---------------------------------------------------------------- command

GIVEN = ["--phs", "10.5", "--j-per-th", "20", "--usd-per-kwh", "0.05", "--months", "JAN27"]
NOW = ["--hashprice", "40000sat", "--btc-usd", "100000"]


def test_hedge__without_chain_or_data__shows_everything_and_draws(tmp_path: Path) -> None:
    picture = tmp_path / "hedge.png"

    result = CliRunner().invoke(
        cli, [*GIVEN, *NOW, "--capital-cost", "8", "--output", str(picture)], env={}
    )

    assert result.exit_code == 0, result.output
    for words in ("HPU-JAN27", "252.00 a day", "12400.000000 USD", "BTC -50 %", "Not hedged:"):
        assert words in result.output
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("brief", [True, False])
def test_hedge__with_data__shows_past_months(
    tmp_path: Path, market_data_dir: Path, brief: bool
) -> None:
    options = ["--data", str(market_data_dir), "--output", str(tmp_path / "hedge.png")]
    options += ["--months", "APR26", *(["--brief"] if brief else [])]

    result = CliRunner().invoke(cli, [*GIVEN, *options])

    assert result.exit_code == 0, result.output
    assert ("│ 2018-01 " in result.output) is not brief
    assert "past start months" in result.output


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ([], "give --data, or both --hashprice and --btc-usd"),
        ([*NOW, "--price", "40000sat"], "'40000sat' is not a price of HPU such as $43.15"),
        ([*NOW, "--share", "101"], "share: 101 is above 100 %"),
        ([*NOW, "--phs", "0"], "a fleet without hashrate has nothing to hedge"),
        ([*NOW, "--months", "JAN"], "'JAN' is not a month such as JAN27, F27 or 2027-01"),
        ([*NOW, "--j-per-th", "x"], "'x' is not a decimal number"),
        (["--hashprice", "0sat", "--btc-usd", "1"], "must be above zero"),
    ],
)
def test_hedge__nonsense__says_why_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], complaint: str
) -> None:
    monkeypatch.delenv("HASHRATE_DATA", raising=False)

    result = CliRunner().invoke(cli, [*GIVEN, *options, "--output", str(tmp_path / "no.png")])

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert complaint in result.output
    assert list(tmp_path.iterdir()) == []
