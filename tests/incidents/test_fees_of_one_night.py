# SPDX-License-Identifier: AGPL-3.0-only
"""Fees that nobody could prove, and fees that nobody had time to look at.

A node said what transactions paid (`totalfee`), an explorer what the coinbase took; where a miner
claimed less, two honest reporters signed different days. Now only what the coinbase takes beyond
the subsidy counts, which is what can be proven. And a bought quorum could raise hashprice to two
and a half times by invented fees, consistent with each other, in twelve hours of one night: a day
of unusual fees, or of another hashprice at the same difficulty, takes the long window.
"""

from dataclasses import replace

import pytest

from hashrate.bitcoin.subsidy import subsidy_at
from hashrate.core.types import MAINNET, BlockHeight, Wad
from oracles.sources.chain_view import fees_out_of_coinbase
from tests.unit.chain import go_to, now
from tests.unit.reporting import BLOCKS, DIFFICULTY, LONG, SHORT, Reporting, expected_hashprice

pytestmark = pytest.mark.unit

RETARGET = 2016 * 431
HEIGHT = BlockHeight(870_000)
TOTALFEE = 12_345_678  # what the block's transactions paid [sats]


@pytest.fixture
def reporting(genesis: None) -> Reporting:
    """An oracle with two final days."""
    reporting = Reporting.open()
    reporting.post()
    last = reporting.post()
    go_to(reporting.oracle.day_record(last.day).final_at)
    return reporting


@pytest.mark.parametrize("unclaimed", [0, 1, TOTALFEE, TOTALFEE + 1])
def test_fees__miner_claims_less_than_it_may__are_what_its_coinbase_proves(unclaimed: int) -> None:
    outputs = subsidy_at(HEIGHT, MAINNET) + TOTALFEE - unclaimed

    assert fees_out_of_coinbase(outputs, HEIGHT, MAINNET) == max(0, TOTALFEE - unclaimed)


@pytest.mark.parametrize("percent", [104, 107, 130, 240])
def test_report_day__invented_fees__are_not_final_before_people_wake(
    reporting: Reporting, percent: int
) -> None:
    facts = reporting.next_facts()
    paid = facts.subsidy_sats + facts.fees_sats
    fees = paid * percent // 100 - facts.subsidy_sats
    false = reporting.next_facts(fees_sats=fees)
    assert false.hashprice_wad == expected_hashprice(false)
    assert false.last_height + 1 - false.first_height == BLOCKS

    reporting.post(false)

    window = SHORT if percent == 104 else LONG  # a twentieth is an ordinary night's
    assert reporting.oracle.day_record(false.day).final_at == now() + window


@pytest.mark.parametrize("percent", [25, 26, 140])
def test_report_day__fees_behind_a_retarget__are_not_final_before_people_wake(
    genesis: None, percent: int
) -> None:
    """A new difficulty leaves hashprice a wide band; fees of a quarter of the subsidy fill it."""
    reporting = Reporting.open(first_height=RETARGET - 2 * BLOCKS - 10)
    reporting.post()
    last = reporting.post()
    go_to(reporting.oracle.day_record(last.day).final_at)
    false = reporting.next_facts(
        fees_sats=last.subsidy_sats * percent // 100, difficulty_wad=DIFFICULTY * 105 // 100
    )

    reporting.post(false)

    window = SHORT if percent == 25 else LONG
    assert reporting.oracle.day_record(false.day).final_at == now() + window


def test_report_day__hashprice_jumps_at_one_difficulty__is_not_final_before_people_wake(
    reporting: Reporting,
) -> None:
    facts = reporting.next_facts()
    jumped = replace(facts, hashprice_wad=Wad(facts.hashprice_wad * 110 // 100))

    reporting.post(jumped)

    assert reporting.oracle.day_record(jumped.day).final_at == now() + LONG
