# SPDX-License-Identifier: AGPL-3.0-only
"""What is measured, what it may cost, and the table and file that say so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TypedDict

from benchmarks.errors import ResultsError

RESULTS = Path(__file__).resolve().parent / "results.json"
PLAIN_ERC20 = "plain_erc20"
ERC20_VOTES = "erc20votes"
SOLADY = "solady_erc20"
STAKING_REWARDS = "staking_rewards"
MERKLE_1_024 = "merkle_1024"
MERKLE_131_072 = "merkle_131072"
SCRIBE_5 = "scribe_5"
SCRIBE_10 = "scribe_10"
LUMERIN_REST = "lumerin_rest"
LUMERIN_MATCH = "lumerin_match"
LUMERIN_10_REST = "lumerin_10_rest"
LUMERIN_10_MATCH = "lumerin_10_match"
POLYMARKET_MINT = "polymarket_mint"
POLYMARKET_FILL = "polymarket_fill"
POLYMARKET_MERGE = "polymarket_merge"
GNOSIS_REPORT = "gnosis_report"
GNOSIS_REDEEM = "gnosis_redeem"
ATOMIQ_RELAY = "atomiq_relay"
LUMERIN_COINBASE = "lumerin_coinbase"
PENDLE_SPLIT = "pendle_split"
PENDLE_MERGE = "pendle_merge"
PENDLE_YT_CLAIM = "pendle_yt_claim"
PENDLE_YT_CLAIM_PULL = "pendle_yt_claim_pull"
PENDLE_PT_REDEEM = "pendle_pt_redeem"
PEERS = (
    PLAIN_ERC20,
    ERC20_VOTES,
    SOLADY,
    STAKING_REWARDS,
    MERKLE_1_024,
    MERKLE_131_072,
    SCRIBE_5,
    SCRIBE_10,
    LUMERIN_REST,
    LUMERIN_MATCH,
    LUMERIN_10_REST,
    LUMERIN_10_MATCH,
    POLYMARKET_MINT,
    POLYMARKET_FILL,
    POLYMARKET_MERGE,
    GNOSIS_REPORT,
    GNOSIS_REDEEM,
    ATOMIQ_RELAY,
    LUMERIN_COINBASE,
    PENDLE_SPLIT,
    PENDLE_MERGE,
    PENDLE_YT_CLAIM,
    PENDLE_YT_CLAIM_PULL,
    PENDLE_PT_REDEEM,
)
CLAIM_30 = "claim_30_unchanged"
REPORT = "report_3_of_5"
REPORT_5 = "report_5_of_9"
REPORT_9 = "report_9_of_17"
FORWARD_FILL = "forward_fill"
FORWARD_FILL_100 = "forward_fill_100"
FORWARD_MATCH = "forward_match"
FORWARD_NETTING = "forward_netting"
FORWARD_SETTLE = "forward_settle"
FORWARD_REDEEM = "forward_redeem"
FORWARD_MATCH_CLOSE = "forward_match_close"
FORWARD_MERGE = "forward_merge"
TRANCHE_SPLIT = "tranche_split"
TRANCHE_MERGE = "tranche_merge"
SENIOR_CLAIM = "tranche_senior_claim_30"
SENIOR_CLAIM_PULL = "tranche_senior_claim_30_pull"
PRINCIPAL_TRANSFER = "strip_principal_transfer"
JUNIOR_REDEEM = "tranche_junior_redeem_again"
FUND_TRANSFER = "fund_transfer"


class Result(TypedDict):
    """One operation in results.json.

    Attributes:
        gas: of our transaction.
        peers: of each peer's for the same purpose [gas].
    """

    gas: int
    peers: dict[str, int]


Results = dict[str, Result]


@dataclass(frozen=True, slots=True)
class Goal:
    """What an operation may cost.

    Attributes:
        most: a number of gas, or a multiple of the reference's gas.
        peer: the reference, where it is a peer in the same operation.
        operation: the reference, where it is another operation of ours.
        least: where given, the operation must not cost less than this multiple either.
    """

    most: Fraction
    peer: str | None = None
    operation: str | None = None
    least: Fraction = Fraction(0)

    def limit(self, name: str, results: Results) -> Fraction:
        """Return the most the operation may cost [gas]."""
        return self.most * self._reference(name, results)

    def is_met(self, name: str, results: Results) -> bool:
        """Return whether the operation costs what it may."""
        floor = self.least * self._reference(name, results)
        return floor <= results[name]["gas"] <= self.limit(name, results)

    def _reference(self, name: str, results: Results) -> int:
        if self.peer is not None:
            return results[name]["peers"][self.peer]
        return 1 if self.operation is None else results[self.operation]["gas"]


def _gas(most: int) -> Goal:
    return Goal(Fraction(most))


GOALS: Mapping[str, Goal] = {
    "transfer_same_day": Goal(Fraction("1.05"), peer=PLAIN_ERC20),
    "transfer_first_touch": Goal(Fraction("0.80"), peer=ERC20_VOTES),
    CLAIM_30: _gas(69_500),
    "claim_3650_unchanged": Goal(Fraction("1.005"), operation=CLAIM_30, least=Fraction("0.995")),
    "claim_per_touched_day": _gas(6_500),
    "claim_first": _gas(88_000),
    REPORT: _gas(120_000),
    # one transaction however many sign: about 10,000 a further signature at the most
    "report_2_of_3": Goal(Fraction(1), operation=REPORT),
    REPORT_5: Goal(1 + 2 * Fraction(1, 12), operation=REPORT),
    REPORT_9: Goal(1 + 6 * Fraction(1, 12), operation=REPORT),
    "output_report_3_of_5": _gas(80_000),
    "settle_10_holders": _gas(90_000),
    "settle_10000_holders": _gas(90_000),
    "settle_further_day": _gas(45_000),
    FORWARD_FILL: _gas(188_000),
    FORWARD_FILL_100: _gas(188_000),
    FORWARD_NETTING: _gas(148_500),
    FORWARD_MATCH: _gas(229_000),
    "forward_strip_per_month": _gas(71_500),
    FORWARD_SETTLE: _gas(55_500),
    FORWARD_REDEEM: _gas(58_000),
    "forward_spread": _gas(260_000),
    "forward_many_per_order": _gas(122_000),
    FORWARD_MATCH_CLOSE: _gas(166_000),
    FORWARD_MERGE: _gas(56_000),
    "review_day": _gas(58_000),
    "review_day_and_later": _gas(61_000),
    "offering_buy": _gas(145_000),
    "offering_buy_again": _gas(103_000),
    "offering_release_first": _gas(102_000),
    "offering_release": _gas(85_000),
    "spot_fill": _gas(84_500),
    "spot_fill_first": _gas(101_600),
    "spot_match": _gas(105_000),
    TRANCHE_SPLIT: _gas(89_500),
    "tranche_split_first_touch": _gas(178_500),
    TRANCHE_MERGE: _gas(84_500),
    SENIOR_CLAIM: _gas(83_500),
    SENIOR_CLAIM_PULL: _gas(120_500),
    PRINCIPAL_TRANSFER: Goal(Fraction("1.06"), peer=PLAIN_ERC20),
    JUNIOR_REDEEM: _gas(61_500),
    "tranche_junior_redeem_paying": _gas(170_000),
    "tranche_find_cut": _gas(110_000),
    "fund_create_3": _gas(125_000),
    "fund_claim_3": _gas(165_000),
    FUND_TRANSFER: Goal(Fraction("1.06"), peer=PLAIN_ERC20),
    "headers_day_144": _gas(460_000),
    "headers_per_header": _gas(2_250),
    "fee_proof_block_217B": _gas(28_500),
    "fee_proof_block_600B": _gas(43_000),
}


def render(results: Results) -> str:
    """Make the table, one line for each operation."""
    lines = [("operation", "gas", "goal", "gas / goal", "", "peers")]
    for name, goal in GOALS.items():
        limit = goal.limit(name, results)
        ratio = Decimal(results[name]["gas"] * limit.denominator) / limit.numerator
        peers = ", ".join(f"{peer} {gas:,}" for peer, gas in results[name]["peers"].items())
        lines.append(
            (
                name,
                f"{results[name]['gas']:,}",
                f"{int(limit):,}",
                f"{ratio:.3f}",
                "ok" if goal.is_met(name, results) else "over",
                peers,
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def missed(results: Results) -> list[str]:
    """Name the operations that cost more than they may."""
    return [name for name, goal in GOALS.items() if not goal.is_met(name, results)]


def check(results: Results) -> None:
    """Refuse results that are not complete.

    Raises:
        ResultsError: an operation is missing, unknown, or has no sensible numbers.
    """
    if list(results) != list(GOALS):
        raise ResultsError(f"operations {list(results)}, expected {list(GOALS)}")
    for name, result in results.items():
        if set(result) != {"gas", "peers"}:
            raise ResultsError(f"{name}: fields {sorted(result)}")
        unknown = set(result["peers"]) - set(PEERS)
        if unknown:
            raise ResultsError(f"{name}: unknown peers {sorted(unknown)}")
        for gas in (result["gas"], *result["peers"].values()):
            if type(gas) is not int or gas <= 0:
                raise ResultsError(f"{name}: {gas!r} is not an amount of gas")


def write(results: Results, path: Path = RESULTS) -> None:
    """Write complete results as JSON.

    Raises:
        ResultsError: they are not complete.
    """
    check(results)
    path.write_text(json.dumps(results, indent=2) + "\n")


def read(path: Path = RESULTS) -> Results:
    """Read results and check that they are complete.

    Raises:
        ResultsError: they are not.
    """
    results: Results = json.loads(path.read_text())
    check(results)
    return results
