# SPDX-License-Identifier: AGPL-3.0-only
"""A miner's hedge, against numbers worked out by hand."""

import csv
import io
import json
import resource
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from commands.hedge.sections import sections_of
from commands.hedge.show import show_sections
from commands.shell.provenance import ROOT
from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import day_from_iso
from hashrate.hedging.errors import HedgeError
from hashrate.hedging.hedge import Hedge, HedgePlan, work_out_hedge
from hashrate.hedging.ladder import lowest
from hashrate.hedging.outcome import Day, Outcome, course_of, work_out
from hashrate.hedging.plan import (
    BandChoice,
    Fleet,
    Spot,
    hedge_terms,
    require_consecutive,
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
from hashrate.hedging.selling import Bid, Capital, Fill, MonthBids, Sale, contracts_of, sell
from hashrate.history.dataset import DatasetSource
from hashrate.history.errors import UnknownDayError
from hashrate.products.forwards.codes import Contract, parse_contracts
from hashrate.products.forwards.errors import PriceError, TermsError
from hashrate.products.forwards.months import Month
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import ForwardTerms
from scripts.hedge import cli

pytestmark = pytest.mark.unit

JAN27, FEB27 = Month(2027, 1), Month(2027, 2)
STANDARD = BandChoice()
TODAY = DayIndex(20_783)  # 2026-11-26
FREE = Capital(Fraction(0), TODAY)
WITHOUT_DATA = {"HASHRATE_DATA": None}
# 10.5 PH/s at 20 J/TH are 210 kW; at $0.05 a day of them costs 24 x 210 x 0.05 = $252
FLEET = Fleet(Fraction(21, 2), Fraction(20), Fraction(1, 20))
# 40,000 sat per PH/s per day at $100,000: $40
SPOT = Spot(Wad(40_000 * 10**15), UsdE8(100_000 * 10**8), DayIndex(20_818))


def months_of(code: str, *bids: Bid) -> list[MonthBids]:
    return [
        MonthBids(contract, hedge_terms(contract, STANDARD), bids)
        for contract in parse_contracts(code)
    ]


def sales_of(code: str, price: int, fleet: Fleet = FLEET) -> list[Sale]:
    return sell(months_of(code, Bid(price, None)), contracts_of(fleet, Fraction(1)))


def terms_of(code: str) -> list[ForwardTerms]:
    return [hedge_terms(contract, STANDARD) for contract in parse_contracts(code)]


def settled(fleet: Fleet, sales: list[Sale], days: list[Day]) -> Outcome:
    course = course_of("", fleet, [sale.terms for sale in sales], days)
    return work_out(course, sales, FREE)


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


def test_contracts_of__share_of_the_fleet__rounds_down_to_contracts() -> None:
    quantity = contracts_of(FLEET, Fraction(39, 42))
    (sale,) = sell(months_of("HPU-JAN27", Bid(40_00, None)), quantity)

    assert sale.quantity == 9  # of 9.75
    assert sale.locked == 9 * 31 * (80_00 - 40_00) * 10**4


def test_contracts_of__fee_and_uptime__are_not_sold() -> None:
    fleet = Fleet(Fraction(100), Fraction(20), Fraction(1, 20), Fraction(2, 100), Fraction(95, 100))

    assert contracts_of(fleet, Fraction(1)) == 93  # of 100 x 0.98 x 0.95 = 93.1
    assert fleet.power_usd_per_day == 24 * 20 * 100 * Fraction(5, 100) * Fraction(95, 100)


def test_capital_cost__eight_percent_for_half_a_year__is_simple_interest() -> None:
    (sale,) = sales_of("HPS-JAN27", 40_000)

    # released the day after its last day is over
    capital = Capital(Fraction(8, 100), DayIndex(sale.terms.end_day + 1 - 73))

    assert capital.cost(sale) == Fraction(12_400_000 * 8 * 73, 100 * 365) == 198_400


def test_sell__book__is_walked_from_the_best_bid_down() -> None:
    bids = Bid(41_000, 4), Bid(40_000, 3), Bid(39_000, 50)

    (sale,) = sell(months_of("HPS-JAN27", *bids), 10)

    assert sale.fills == (Fill(41_000, 4), Fill(40_000, 3), Fill(39_000, 3))
    assert sale.locked == 31 * (4 * 39_000 + 3 * 40_000 + 3 * 41_000)
    assert sale.mean_price == Fraction(4 * 41_000 + 3 * 40_000 + 3 * 39_000, 10)


def test_sell__thin_book__sells_what_there_are_bids_for() -> None:
    thin, empty = sell([*months_of("HPS-JAN27", Bid(41_000, 4)), *months_of("HPS-FEB27")], 10)

    assert (thin.quantity, thin.wanted) == (4, 10)
    assert (empty.quantity, empty.locked, empty.mean_price) == (0, 0, None)


def test_require_consecutive__gap__is_refused() -> None:
    wanted = [Contract(Product.HASHPRICE_SATS, month) for month in (JAN27, Month(2027, 3))]
    with pytest.raises(HedgeError, match="the months must follow one another"):
        require_consecutive(wanted)


def test_contracts_of__less_than_one__is_refused() -> None:
    with pytest.raises(HedgeError, match="less than 1 PH/s to sell"):
        contracts_of(FLEET, Fraction(1, 11))


def test_month_bids__price_beyond_the_band__is_refused() -> None:
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
    sales = sales_of(code, price)
    courses = what_if(FLEET, [sale.terms for sale in sales], SPOT, fees)
    return {course.name: work_out(course, sales, FREE) for course in courses}


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
    days = difficulty_rises(SPOT, terms_of("HPS-FEB27:MAR27"))

    assert len(days) == 59
    # a 28th of 20 % a day: 1 + 1/140, up to 1.2
    assert days[0].hashprice_wad == 40_000 * 10**15 * 140 // 141
    assert days[13].hashprice_wad == 40_000 * 10**15 * 10 // 11
    assert days[27].hashprice_wad == days[58].hashprice_wad == 40_000 * 10**15 * 5 // 6
    assert {day.btc_usd_e8 for day in days} == {SPOT.btc_usd_e8}


def test_stories__length__is_the_window() -> None:
    months = terms_of("HPS-JAN27:FEB27")

    assert flat(SPOT, months) == [Day(SPOT.hashprice_wad, SPOT.btc_usd_e8)] * 59
    assert len(bitcoin_halves(SPOT, months)) == 59
    assert len(subsidy_halves(SPOT, months, Fraction(0))) == 59


def test_work_out__above_the_cap__loses_the_locked_margin_and_no_more() -> None:
    sales = sales_of("HPS-JAN27", 40_000)
    days = [Day(Wad(200_000 * 10**15), UsdE8(10**13))] * 31

    outcome = settled(FLEET, sales, days)

    assert outcome.forwards == (-sales[0].locked,)
    # mining keeps what lies above the cap: 160,000 more a day against 40,000 lost
    assert (
        outcome.hedged_usd
        > settled(FLEET, sales, [Day(Wad(80_000 * 10**15), UsdE8(10**13))] * 31).hedged_usd
    )


def test_work_out__below_the_floor__gains_the_rest_of_the_pair_and_no_more() -> None:
    sales = sales_of("HPS-JAN27", 40_000)
    days = [Day(Wad(1_000 * 10**15), UsdE8(10**13))] * 31

    assert settled(FLEET, sales, days).forwards == (10 * 31 * 30_000,)


def test_work_out__satoshi_gained__are_valued_at_the_months_last_close() -> None:
    days = [Day(Wad(30_000 * 10**15), UsdE8(10**13))] * 30
    days.append(Day(Wad(30_000 * 10**15), UsdE8(5 * 10**12)))

    outcome = settled(FLEET, sales_of("HPS-JAN27", 40_000), days)

    assert outcome.forwards == (3_100_000,)
    assert outcome.forwards_usd == 1_550
    # what was mined is sold at each day's close
    assert outcome.mined_usd == Fraction(21, 2) * (30 * 30 + 15)


def test_work_out__pool_fee__is_taken_from_what_is_mined() -> None:
    fleet = Fleet(Fraction(10), Fraction(20), Fraction(1, 20), pool_fee=Fraction(2, 100))

    outcome = settled(fleet, sales_of("HPU-JAN27", 40_00, fleet), flat(SPOT, terms_of("HPU-JAN27")))

    assert outcome.mined_usd == 10 * 31 * 40 * Fraction(98, 100)
    assert outcome.forwards == (0,)


def test_work_out__capital_cost__is_in_what_is_hedged() -> None:
    sales = sales_of("HPU-JAN27", 40_00)
    days = flat(SPOT, terms_of("HPU-JAN27"))
    course = course_of("", FLEET, terms_of("HPU-JAN27"), days)
    capital = Capital(Fraction(1, 10), DayIndex(sales[0].terms.end_day + 1 - 365))

    outcome = work_out(course, sales, capital)

    assert outcome.capital_usd == Fraction(10 * 31 * 40, 10)
    assert outcome.hedged_usd == outcome.unhedged_usd - Fraction(10 * 31 * 40, 10)


def test_course__below_break_even__rests_and_short_still_pays() -> None:
    # a kWh of 20 J/TH mines 40 / 480 of a dollar now, and half of it when bitcoin halves
    fleet = Fleet(
        Fraction(10),
        Fraction(20),
        Fraction(1, 20),
        curtail_above=Fraction(1, 20),
        fixed_usd_per_month=Fraction(1_000),
    )
    days = [*flat(SPOT, terms_of("HPU-JAN27"))[:30], Day(SPOT.hashprice_wad, UsdE8(10**13 // 2))]

    outcome = settled(fleet, sales_of("HPU-JAN27", 40_00, fleet), days)

    assert outcome.days_at_rest == 1
    assert outcome.mined_usd == 10 * 30 * 40
    assert outcome.power_usd == 30 * 240
    assert outcome.fixed_usd == 1_000
    assert outcome.forwards == (10 * 20 * 10**6,)


def test_fleet__exactly_at_break_even__mines() -> None:
    fleet = Fleet(Fraction(1), Fraction(20), Fraction(0), Fraction(1, 10), Fraction(1), Fraction(9))

    assert fleet.mines_at(Fraction(4_800))
    assert not fleet.mines_at(Fraction(4_799))


# ---------------------------------------------------------------- whole


def plan_of(code: str, price: int, fleet: Fleet = FLEET, debt: int = 0, *bids: Bid) -> HedgePlan:
    months = months_of(code, *(bids or [Bid(price, None)]))
    capital, nothing = Capital(Fraction(8, 100), TODAY), Fraction(0)
    return HedgePlan(fleet, SPOT, tuple(months), Fraction(1), capital, nothing, Fraction(debt), {})


def worst_at(plan: HedgePlan, quantity: int) -> Fraction:
    sales = sell(plan.months, quantity)
    courses = what_if(plan.fleet, [sale.terms for sale in sales], plan.spot, plan.fees)
    return min(work_out(course, sales, plan.capital).hedged_usd for course in courses)


@pytest.mark.parametrize(
    "bids", [(Bid(40_00, None),), (Bid(40_00, 20), Bid(36_00, 25), Bid(31_00, 100))]
)
def test_least__every_number_tried__is_the_least_that_pays(bids: tuple[Bid, ...]) -> None:
    fleet = Fleet(Fraction(90), Fraction(20), Fraction(1, 20))
    found = set()

    for debt in range(0, 90_000, 4_000):
        plan = plan_of("HPU-JAN27:FEB27", 0, fleet, debt + 1, *bids)
        good = [q for q in range(91) if worst_at(plan, q) >= plan.debt_usd]
        least = work_out_hedge(plan).least
        assert least == (good[0] if good else None)
        found.add(least)

    assert len(found) > 5
    assert None in found


def test_ladder__all_movements__end_at_the_margin_without_interest() -> None:
    hedge = work_out_hedge(plan_of("HPU-JAN27:FEB27", 40_00, FLEET, 100))
    worst = hedge.worst

    # what is left: the margin, its interest not paid in cash, after debt
    assert hedge.ladder[-1].cash_usd == worst.hedged_usd + worst.capital_usd - 200
    assert sum(step.usd for step in hedge.ladder) == hedge.ladder[-1].cash_usd
    # bitcoin halves: locked 10 x 59 x 40, January mines 10.5 x 31 x 20, power, debt
    assert lowest(list(hedge.ladder)).cash_usd == -23_600 + 6_510 - 31 * 252 - 100
    assert [step.what for step in hedge.ladder[:3]] == [
        "JAN27 locked",
        "FEB27 locked",
        "JAN27 mined",
    ]
    assert hedge.ladder[2].day == hedge.sales[0].terms.end_day


def test_hedge__made_after_it_began__is_refused() -> None:
    plan = plan_of("HPU-JAN26", 40_00)

    with pytest.raises(HedgeError, match="HPU-JAN26 has begun on 2026-11-26"):
        work_out_hedge(plan)


# ---------------------------------------------------------------- history


def invented(count: int) -> dict[DayIndex, Day]:
    """Days from 2020-12-25 on: a week at 100,000 sat and $10,000, then each day a tenth more."""
    first = day_from_iso("2020-12-25")
    days = {DayIndex(first + i): Day(Wad(100_000 * 10**15), UsdE8(10**12)) for i in range(7)}
    later = Day(Wad(110_000 * 10**15), UsdE8(5 * 10**11))
    return days | {DayIndex(first + 7 + i): later for i in range(count)}


def test_replay__one_past_month__moves_from_todays_level() -> None:
    sales = sales_of("HPS-JAN27", 40_000)
    (course,) = replay(FLEET, terms_of("HPS-JAN27"), SPOT, invented(31))
    outcome = work_out(course, sales, FREE)

    # 10 % more than 40,000 sat, half of $100,000
    assert outcome.name == "2021-01"
    assert outcome.mean_sats == 44_000
    assert outcome.last_usd_e8 == 50_000 * 10**8
    assert outcome.forwards == (-10 * 31 * 4_000,)
    assert outcome.forwards_usd == -620


def test_replay__a_day_short__is_refused() -> None:
    with pytest.raises(HedgeError, match="the data hold no 31 days in a row"):
        replay(FLEET, terms_of("HPS-JAN27"), SPOT, invented(30))


def test_replay__every_start_month_that_fits__is_there(market_data_dir: Path) -> None:
    days = read_days(DatasetSource(market_data_dir))
    months = terms_of("HPU-APR26:SEP26")  # 183 days

    outcomes = replay(FLEET, months, spot_after(days, max(days)), days)

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


# ---------------------------------------------------------------- screen


def big_hedge(phs: int) -> Hedge:
    lost = Fraction(0) if phs == 1 else Fraction(1, 100)  # 1 PH/s less a fee sells nothing
    fleet = Fleet(
        Fraction(phs),
        Fraction(35, 2),
        Fraction(55, 1000),
        pool_fee=lost,
        uptime=1 - 4 * lost,
        curtail_above=Fraction(55, 1000),
        fixed_usd_per_month=Fraction(123_456 * phs, 100),
    )
    return work_out_hedge(plan_of("HPU-FEB27:JAN28", 30_20, fleet, 500 * phs))


@pytest.mark.parametrize("phs", [1, 2, 5_000, 5_000_000])
@pytest.mark.parametrize("width", [40, 80, 120, 250])
def test_screen__any_fleet_and_width__shows_every_figure_whole(phs: int, width: int) -> None:
    sections = sections_of(big_hedge(phs), is_brief=False)
    console = Console(width=width, file=io.StringIO(), highlight=False)

    show_sections(console, sections)

    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\u2026" not in shown
    figures = {
        cell
        for section in sections
        if section.header
        for row in section.rows
        for cell in row
        if any(each.isdigit() for each in cell)
    }
    assert len(figures) > 60
    assert [cell for cell in figures if cell not in shown] == []


def test_screen__eighty_columns__five_exahash_is_a_table() -> None:
    console = Console(width=80, file=io.StringIO(), highlight=False)

    show_sections(console, sections_of(big_hedge(5_000), is_brief=False))

    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(len(line) for line in lines) <= 80
    assert sum("\u2523" in line or "\u2521" in line for line in lines) == 3


# ---------------------------------------------------------------- command

GIVEN = ["--phs", "10.5", "--j-per-th", "20", "--usd-per-kwh", "0.05", "--months", "JAN27"]
NOW = ["--hashprice", "40000sat", "--btc-usd", "100000", "--today", "2026-11-26"]
CPU_SECONDS = 2


def test_hedge__without_chain_or_data__shows_everything_and_draws(tmp_path: Path) -> None:
    picture, page = tmp_path / "hedge.png", tmp_path / "hedge.pdf"
    files = ["--output", str(picture), "--pdf", str(page)]

    result = CliRunner().invoke(
        cli, [*GIVEN, *NOW, "--capital-cost", "8", "--quote", *files], env=WITHOUT_DATA
    )

    assert result.exit_code == 0, result.output
    for words in ("HPU-JAN27", "252.00 a day", "12,400.00", "BTC -50 %", "Not hedged:"):
        assert words in result.output
    assert "ape run forwards order sell 10 HPU-JAN27 40usd --to strip.json" in result.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    written = page.read_bytes()
    assert written.startswith(b"%PDF")
    assert written.count(b"/Type /Page\n") + written.count(b"/Type /Page ") == 1


def test_hedge__program__starts_fast_and_cuts_nothing_in_a_pipe() -> None:
    """CPU time, not the clock's: other work on the machine changes nothing."""
    command = [sys.executable, "-m", "commands.hedge", *GIVEN, *NOW, "--phs", "5000"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert used < CPU_SECONDS
    assert "\u2026" not in done.stdout
    assert "6,200,000" in done.stdout  # mined: 5,000 x 31 x 40


def test_hedge__program__imports_neither_ape_nor_pictures() -> None:
    code = "import sys, runpy; sys.argv = ['hedge', *sys.argv[1:]]\n"
    code += "try: runpy.run_module('commands.hedge', run_name='__main__')\n"
    code += "except SystemExit: print(sorted({'ape', 'matplotlib', 'vyper'} & set(sys.modules)))"
    command = [sys.executable, "-c", code, *GIVEN, *NOW]

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.splitlines()[-1] == "[]"


def test_hedge__json__is_what_the_tables_say() -> None:
    result = CliRunner().invoke(
        cli, [*GIVEN, *NOW, "--capital-cost", "8", "--json"], env=WITHOUT_DATA
    )

    record = json.loads(result.output)
    assert record["contracts"] == 10
    assert record["sales"][0]["locked_base_units"] == "12400000000"
    # released on 2 February: 68 days; 12,400 x 0.08 x 68 / 365 = 184.81...
    story = record["stories"][0]
    assert story["capital_usd"] == "184.81"
    assert (story["mined_usd"], story["hedged_usd"]) == ("13020.00", "5023.18")
    assert [step["what"] for step in record["cash"]] == [
        "JAN27 locked",
        "JAN27 mined",
        "JAN27 power bill due",
        "JAN27 released",
    ]


@pytest.mark.parametrize(("table", "rows"), [("sales", 1), ("outcomes", 4), ("cash", 4)])
def test_hedge__csv__is_one_table(table: str, rows: int) -> None:
    result = CliRunner().invoke(cli, [*GIVEN, *NOW, "--csv", table], env=WITHOUT_DATA)

    read = list(csv.DictReader(io.StringIO(result.output)))
    assert len(read) == rows
    assert all(None not in row and "" not in row.values() for row in read)


@pytest.mark.parametrize("brief", [True, False])
def test_hedge__with_data__shows_past_months(market_data_dir: Path, brief: bool) -> None:
    options = ["--data", str(market_data_dir), "--today", "2026-03-23"]
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
        ([*NOW, "--price", "$1", "--price", "$2"], "1 months need one price, or as many; got 2"),
        ([*NOW, "--share", "101"], "share: 101 is above 100 %"),
        ([*NOW, "--uptime", "101"], "uptime: 101 is above 100 %"),
        ([*NOW, "--today", "2027-01-01"], "HPU-JAN27 has begun on 2027-01-01"),
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
