# SPDX-License-Identifier: AGPL-3.0-only
"""The page works hedges out by itself; its examples are the library's answers.

`python -m tests.hashrate.hedging.test_page_vectors` writes them again.
"""

import json
import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.hedging.ladder import cash_ladder
from hashrate.hedging.outcome import Day, Outcome, work_out
from hashrate.hedging.plan import TOKEN_DECIMALS, BandChoice, Fleet, Spot, hedge_terms
from hashrate.hedging.scenarios import replay, what_if
from hashrate.hedging.selling import Bid, Capital, MonthBids, contracts_of, sell
from hashrate.hedging.sizing import least_quantity, worst_of
from hashrate.products.forwards.codes import Contract
from hashrate.products.forwards.months import Month
from hashrate.products.forwards.product import Product

pytestmark = pytest.mark.unit

VECTORS = Path(__file__).resolve().parents[3] / "web" / "tests" / "hedge_vectors.json"
COUNT = 24
PAST_EVERY = 6  # one example in so many has a past, which takes much room
PAST_DAYS = 160  # more than four months and the week before them


def _vector(random_state: random.Random, *, has_past: bool) -> dict[str, Any]:
    """Make one example: a fleet, its months, and all that comes of selling them."""
    between = random_state.randint
    product = random_state.choice([Product.HASHPRICE_SATS, Product.HASHPRICE_USD])
    spot = Spot(
        Wad(between(2 * 10**19, 8 * 10**19)), UsdE8(between(10**12, 2 * 10**13)), DayIndex(0)
    )
    mark = spot.mark(product)
    band = BandChoice(mark // 2, mark * between(11, 26) // 10)
    first = Month(2027, between(1, 12))
    contracts = [Contract(product, first.plus(step)) for step in range(between(1, 4))]
    months = [
        MonthBids(
            contract, hedge_terms(contract, band), (Bid(between(mark * 6 // 10, mark), None),)
        )
        for contract in contracts
    ]
    fleet = Fleet(
        Fraction(between(10, 5_000_000), 10),
        Fraction(between(100, 400), 10),
        Fraction(between(1, 120), 1_000),
        pool_fee=Fraction(between(0, 400), 10_000),
        uptime=Fraction(between(800, 1_000), 1_000),
        curtail_above=random_state.choice([None, Fraction(between(1, 200), 1_000)]),
        fixed_usd_per_month=Fraction(between(0, 10**6)),
    )
    capital = Capital(Fraction(between(0, 20), 100), DayIndex(first.first_day - between(1, 200)))
    fees, share = Fraction(between(0, 30), 100), Fraction(between(20, 100), 100)
    debt = Fraction(between(0, 10**5))
    quantity = contracts_of(fleet, share)
    courses = what_if(fleet, [month.terms for month in months], spot, fees)
    outcomes = [work_out(course, sell(months, quantity), capital) for course in courses]
    most = contracts_of(fleet, Fraction(1))
    least = least_quantity(courses, months, capital, debt * len(months), most)
    past = _past(random_state, spot) if has_past else {}
    replays = replay(fleet, [month.terms for month in months], spot, past) if past else []
    return {
        "past": {
            "first_day": str(min(past, default=0)),
            "days": [[str(day.hashprice_wad), str(day.btc_usd_e8)] for day in past.values()],
            "outcomes": {
                course.name: _figures(work_out(course, sell(months, quantity), capital))
                for course in replays
            },
        },
        "fleet": {
            "hashrate": _text_of(fleet.hashrate_phs),
            "joules": _text_of(fleet.joules_per_th),
            "usd_per_kwh": _text_of(fleet.usd_per_kwh),
            "pool_fee": _text_of(fleet.pool_fee),
            "uptime": _text_of(fleet.uptime),
            "curtail_above": None if fleet.curtail_above is None else _text_of(fleet.curtail_above),
            "fixed_usd": _text_of(fleet.fixed_usd_per_month),
        },
        "spot": [str(spot.hashprice_wad), str(spot.btc_usd_e8)],
        "metric": str(product.metric),
        "scale": str(product.scale),
        "unit": str(10 ** TOKEN_DECIMALS[product]),
        "months": [_month(month) for month in months],
        "capital": [_text_of(capital.rate), str(capital.since)],
        "fees": _text_of(fees),
        "share": _text_of(share),
        "debt": _text_of(debt),
        "mark": str(mark),
        "quantity": str(quantity),
        "outcomes": [_figures(outcome) for outcome in outcomes],
        "least": None if least is None else str(least),
        "ladder": _ladder(worst_of(outcomes), spot, capital, debt),
    }


def _past(random_state: random.Random, spot: Spot) -> dict[DayIndex, Day]:
    """Make days that move by up to a half around the present."""
    first = random_state.randint(17_000, 20_000)
    factors = [
        (random_state.randint(50, 150), random_state.randint(50, 150)) for _ in range(PAST_DAYS)
    ]
    return {
        DayIndex(first + place): Day(
            Wad(spot.hashprice_wad * hashprice // 100), UsdE8(spot.btc_usd_e8 * price // 100)
        )
        for place, (hashprice, price) in enumerate(factors)
    }


def _month(month: MonthBids) -> list[str]:
    terms = month.terms
    numbers = (terms.first_day, terms.end_day, terms.floor_ticks, terms.cap_ticks, terms.tick_value)
    return [*map(str, numbers), str(month.bids[0].price_ticks)]


def _figures(outcome: Outcome) -> list[str]:
    costs = outcome.power_usd + outcome.fixed_usd
    parts = (outcome.mined_usd, costs, outcome.forwards_usd, outcome.capital_usd)
    figures = (*parts, outcome.unhedged_usd, outcome.hedged_usd)
    return [str(outcome.days_at_rest), *map(_text_of, figures)]


def _ladder(outcome: Outcome, spot: Spot, capital: Capital, debt: Fraction) -> Sequence[list[str]]:
    steps = cash_ladder(outcome, spot, capital, debt)
    return [[str(step.day), _text_of(step.usd), _text_of(step.cash_usd)] for step in steps]


def _text_of(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _text() -> str:
    random_state = random.Random("miner's page")
    vectors = [_vector(random_state, has_past=place % PAST_EVERY == 0) for place in range(COUNT)]
    return json.dumps(vectors, indent=1) + "\n"


def test_page_vectors__as_committed__are_the_librarys_answers() -> None:
    assert json.loads(VECTORS.read_text(encoding="utf-8")) == json.loads(_text())


if __name__ == "__main__":
    VECTORS.write_text(_text(), encoding="utf-8")
