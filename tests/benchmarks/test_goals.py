# SPDX-License-Identifier: AGPL-3.0-only
"""The gas table: its goals, its file and its lines."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks import goals
from benchmarks.errors import ResultsError

pytestmark = pytest.mark.unit

AT_THE_LIMIT: goals.Results = {
    "transfer_same_day": {"gas": 35_700, "peers": {"plain_erc20": 34_000, "erc20votes": 104_000}},
    "transfer_first_touch": {
        "gas": 80_000,
        "peers": {"erc20votes": 100_000},
    },
    "claim_30_unchanged": {"gas": 69_500, "peers": {"staking_rewards": 73_000}},
    "claim_3650_unchanged": {"gas": 69_847, "peers": {"staking_rewards": 73_000}},
    "claim_per_touched_day": {"gas": 6_500, "peers": {}},
    "claim_first": {"gas": 88_000, "peers": {"staking_rewards": 103_000}},
    "report_3_of_5": {"gas": 120_000, "peers": {}},
    "report_2_of_3": {"gas": 120_000, "peers": {}},
    "report_5_of_9": {"gas": 140_000, "peers": {}},
    "report_9_of_17": {"gas": 180_000, "peers": {}},
    "output_report_3_of_5": {"gas": 80_000, "peers": {}},
    "settle_10_holders": {"gas": 90_000, "peers": {}},
    "settle_10000_holders": {"gas": 90_000, "peers": {}},
    "settle_further_day": {"gas": 45_000, "peers": {}},
    "forward_fill": {"gas": 188_000, "peers": {"lumerin_rest": 390_871, "lumerin_match": 536_491}},
    "forward_fill_100": {"gas": 188_000, "peers": {"lumerin_10_match": 3_843_022}},
    "forward_netting": {"gas": 148_500, "peers": {"polymarket_fill": 134_723}},
    "forward_match": {"gas": 229_000, "peers": {"lumerin_match": 536_491}},
    "forward_strip_per_month": {"gas": 71_500, "peers": {}},
    "forward_settle": {"gas": 55_500, "peers": {"gnosis_report": 97_000}},
    "forward_redeem": {"gas": 58_000, "peers": {"gnosis_redeem": 61_028}},
    "forward_spread": {"gas": 260_000, "peers": {}},
    "forward_many_per_order": {"gas": 122_000, "peers": {}},
    "forward_match_close": {"gas": 166_000, "peers": {"polymarket_merge": 228_727}},
    "forward_merge": {"gas": 56_000, "peers": {}},
    "review_day": {"gas": 58_000, "peers": {}},
    "review_day_and_later": {"gas": 61_000, "peers": {}},
    "offering_buy": {"gas": 145_000, "peers": {}},
    "offering_buy_again": {"gas": 103_000, "peers": {}},
    "offering_release_first": {"gas": 102_000, "peers": {}},
    "offering_release": {"gas": 85_000, "peers": {}},
    "spot_fill": {"gas": 84_500, "peers": {}},
    "spot_fill_first": {"gas": 101_600, "peers": {}},
    "spot_match": {"gas": 105_000, "peers": {}},
    "tranche_split": {"gas": 89_500, "peers": {"pendle_split": 159_705}},
    "tranche_split_first_touch": {"gas": 178_500, "peers": {}},
    "tranche_merge": {"gas": 84_500, "peers": {"pendle_merge": 236_035}},
    "tranche_senior_claim_30": {"gas": 83_500, "peers": {"pendle_yt_claim": 111_831}},
    "tranche_senior_claim_30_pull": {"gas": 120_500, "peers": {"pendle_yt_claim_pull": 160_163}},
    "strip_principal_transfer": {"gas": 35_722, "peers": {"plain_erc20": 33_700}},
    "tranche_junior_redeem_again": {"gas": 61_500, "peers": {"pendle_pt_redeem": 142_354}},
    "tranche_junior_redeem_paying": {"gas": 170_000, "peers": {}},
    "tranche_find_cut": {"gas": 110_000, "peers": {}},
    "fund_create_3": {"gas": 125_000, "peers": {}},
    "fund_claim_3": {"gas": 165_000, "peers": {}},
    "fund_transfer": {"gas": 35_722, "peers": {"plain_erc20": 33_700}},
    "headers_day_144": {"gas": 460_000, "peers": {}},
    "headers_per_header": {"gas": 2_250, "peers": {}},
    "fee_proof_block_217B": {"gas": 28_500, "peers": {}},
    "fee_proof_block_600B": {"gas": 43_000, "peers": {}},
}


@pytest.fixture
def results() -> goals.Results:
    """Results in which every operation costs exactly what it may."""
    copy: goals.Results = json.loads(json.dumps(AT_THE_LIMIT))
    return copy


def test_missed__every_operation_at_its_limit__returns_none(results: goals.Results) -> None:
    assert goals.missed(results) == []


@pytest.mark.parametrize("name", list(AT_THE_LIMIT))
def test_missed__one_gas_above_the_limit__returns_that_operation(
    results: goals.Results, name: str
) -> None:
    results[name]["gas"] += 1
    if name == goals.CLAIM_30:
        results["claim_3650_unchanged"]["gas"] += 1  # its own limit moves along

    assert goals.missed(results) == [name]


def test_missed__long_claim_cheaper_than_half_a_percent__returns_it(
    results: goals.Results,
) -> None:
    results["claim_3650_unchanged"]["gas"] = 69_153
    assert goals.missed(results) == []

    results["claim_3650_unchanged"]["gas"] -= 1

    assert goals.missed(results) == ["claim_3650_unchanged"]


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("transfer_same_day", Fraction(35_700)),
        ("transfer_first_touch", Fraction(80_000)),
        ("claim_3650_unchanged", Fraction("69847.5")),
        ("settle_further_day", Fraction(45_000)),
    ],
)
def test_limit__reference_of_each_kind__returns_gas(
    results: goals.Results, name: str, limit: Fraction
) -> None:
    assert goals.GOALS[name].limit(name, results) == limit


def test_render__one_operation_over__returns_a_line_for_each_and_says_which(
    results: goals.Results,
) -> None:
    results["report_3_of_5"]["gas"] = 121_200

    heading, *lines = goals.render(results).splitlines()

    assert heading.split()[:3] == ["operation", "gas", "goal"]
    cells = {line.split()[0]: line.split()[1:] for line in lines}
    assert list(cells) == list(AT_THE_LIMIT)
    assert cells["report_3_of_5"] == ["121,200", "120,000", "1.010", "over"]
    assert cells["claim_first"] == ["88,000", "88,000", "1.000", "ok", "staking_rewards", "103,000"]
    assert [name for name, line in cells.items() if line[3] != "ok"] == ["report_3_of_5"]


def test_write__complete_results__read_returns_the_same(
    results: goals.Results, tmp_path: Path
) -> None:
    path = tmp_path / "results.json"

    goals.write(results, path)

    assert goals.read(path) == results
    assert json.loads(path.read_text()) == results


def test_write__operation_missing__raises_and_writes_nothing(
    results: goals.Results, tmp_path: Path
) -> None:
    del results["claim_first"]

    with pytest.raises(ResultsError, match="operations"):
        goals.write(results, tmp_path / "results.json")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({"gas": 0, "peers": {}}, "amount of gas"),
        ({"gas": 1.5, "peers": {}}, "amount of gas"),
        ({"gas": True, "peers": {}}, "amount of gas"),
        ({"gas": 1, "peers": {"plain_erc20": -1}}, "amount of gas"),
        ({"gas": 1, "peers": {"erc777": 1}}, "unknown peers"),
        ({"gas": 1}, "fields"),
        ({"gas": 1, "peers": {}, "note": ""}, "fields"),
    ],
)
def test_read__malformed_operation__raises(
    results: goals.Results, tmp_path: Path, result: object, reason: str
) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps({**results, "report_3_of_5": result}))

    with pytest.raises(ResultsError, match=reason):
        goals.read(path)


def test_read__results_in_the_repository__meet_every_goal() -> None:
    assert goals.missed(goals.read()) == []
