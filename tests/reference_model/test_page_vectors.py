# SPDX-License-Identifier: AGPL-3.0-only
"""The holder's page works days out by itself; its examples are the reference model's answers.

`python -m tests.reference_model.test_page_vectors` writes them again.
"""

import json
import random
from pathlib import Path

import pytest

from reference import DayPrices, Output, SeriesTerms, day_reward
from reference.units import DAY_SECONDS

pytestmark = pytest.mark.unit

VECTORS = Path(__file__).resolve().parents[2] / "web" / "tests" / "day_reward_vectors.json"
COUNT = 60
TH = 10**18


def _vector(random_state: random.Random) -> dict[str, str | int | None]:
    """Make one example: everything a day's reward depends on, and what it comes to."""
    between = random_state.randint
    terms = SeriesTerms(
        start_day=1,
        pool_fee_bps=between(0, 400),
        guaranteed_uptime_bps=random_state.choice([0, 9_500, 10_000]),
        efficiency_mj_per_th=between(0, 40_000),
        power_price_micro_usd_per_kwh=between(0, 120_000),
        service_sats_per_th_day_wad=between(0, 3 * TH),
    )
    prices = DayPrices(between(1, 90 * TH), between(10**11, 3 * 10**13))
    held = between(0, 200_000 * TH) * between(0, DAY_SECONDS)
    delivered = between(0, 150_000 * TH)
    credited = prices.hashprice_wad * delivered // TH**2 * between(0, 30) // 10
    output = random_state.choice([None, Output(credited, delivered, final_at=0)])
    decimals = random_state.choice([8, 12, 18])
    day = day_reward(terms, prices, output, held, decimals)
    return {
        "pool_fee_bps": terms.pool_fee_bps,
        "guaranteed_uptime_bps": terms.guaranteed_uptime_bps,
        "efficiency_mj_per_th": terms.efficiency_mj_per_th,
        "power_price_usd_e6": terms.power_price_micro_usd_per_kwh,
        "service_fee_wad": str(terms.service_sats_per_th_day_wad),
        "hashprice_wad": str(prices.hashprice_wad),
        "btc_usd_e8": str(prices.btc_usd_e8),
        "credited_sats": None if output is None else str(credited),
        "delivered_ths": None if output is None else str(delivered),
        "held_work": str(held),
        "decimals": decimals,
        "paid_work": str(day.work),
        "gross": str(day.gross),
        "fee": str(day.fee),
        "reward": str(day.reward),
    }


def _text() -> str:
    random_state = random.Random("holder's page")
    return json.dumps([_vector(random_state) for _ in range(COUNT)], indent=2) + "\n"


def test_page_vectors__as_committed__are_the_models_answers() -> None:
    assert VECTORS.read_text(encoding="utf-8") == _text()


if __name__ == "__main__":
    VECTORS.write_text(_text(), encoding="utf-8")
