# SPDX-License-Identifier: AGPL-3.0-only
"""`ForwardsVault.create_series`: what a series is, and what it may be."""

from dataclasses import replace
from typing import Any

import pytest
from eth_abi import encode
from eth_utils import keccak

from tests.unit.chain import actor, go_to_day, now, refused, wait
from tests.unit.pit import (
    DIFFICULTY,
    FIRST_DAY,
    OPENING,
    TERMS,
    USD,
    ForwardTerms,
    Pit,
    plain_token,
    told,
)
from tests.unit.reporting import FIRST_DAY as ORACLE_START
from tests.unit.reporting import SHORT, Reporting

pytestmark = pytest.mark.unit

TERMS_TYPE = "(address,uint256,uint256,uint256,uint256,uint256,uint256,address)"
WIDEST = ForwardTerms(DIFFICULTY, 2**24 - 2, 2**24 - 1, 2**64 - 1, 2**64, 2**63 - 1)
LARGEST_VALUE = ForwardTerms(USD, FIRST_DAY, FIRST_DAY + 1, 0, 1, 2**96 - 1)


def expected_series(pit: Pit, terms: ForwardTerms, chain_id: int = 1) -> int:
    """Return the id that the rules give."""
    encoded = encode(
        ["uint256", "address", TERMS_TYPE],
        [chain_id, pit.vault.address, pit.terms_tuple(terms)],
    )
    return int.from_bytes(keccak(encoded), "big") & ~1


@pytest.mark.parametrize(
    "terms",
    [
        TERMS,
        replace(TERMS, metric=USD, tick_value=10**4),
        replace(TERMS, metric=DIFFICULTY, end_day=FIRST_DAY + 366),
        replace(TERMS, first_day=OPENING + 1),
        WIDEST,
        LARGEST_VALUE,
    ],
)
def test_create_series__allowed_terms__are_stored_as_given(pit: Pit, terms: ForwardTerms) -> None:
    series = pit.create(terms)

    assert told(pit.vault, "SeriesCreated") == [(series, *pit.terms_tuple(terms))]
    assert series == expected_series(pit, terms)
    assert series % 2 == 0
    assert tuple(pit.vault.terms_of(series)) == pit.terms_tuple(terms)
    assert pit.vault.series_of(pit.terms_tuple(terms)) == series
    assert pit.vault.pair_cost(series) == terms.cost
    assert tuple(pit.vault.outcome_of(series)) == (False, False, 0, 0, 0)


def test_create_series__twice__returns_the_same_and_does_nothing(pit: Pit) -> None:
    first = pit.create()

    second = pit.vault.create_series(pit.terms_tuple(TERMS), sender=actor("somebody else"))

    assert second == first
    assert told(pit.vault, "SeriesCreated") == []


def test_create_series__existing_and_begun__returns_it(pit: Pit) -> None:
    first = pit.create()
    go_to_day(TERMS.end_day + 100)

    assert pit.create() == first


def test_create_series__any_other_term__is_another_series(pit: Pit, tokens: dict[str, Any]) -> None:
    changes: list[dict[str, int]] = [
        {},
        {"metric": USD},
        {"first_day": FIRST_DAY + 1},
        {"end_day": TERMS.end_day + 1},
        {"floor_ticks": TERMS.floor_ticks + 1},
        {"cap_ticks": TERMS.cap_ticks + 1},
        {"tick_value": 2},
    ]

    found = {pit.create(replace(TERMS, **change)) for change in changes}
    found.add(replace(pit, token=tokens["6"]).create())

    assert len(found) == len(changes) + 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"metric": 0}, "index: call failed"),
        ({"metric": 4}, "index: call failed"),
        ({"metric": 2**16}, "terms: metric too large"),
        ({"first_day": OPENING}, "terms: not in the future"),
        ({"first_day": OPENING - 1}, "terms: not in the future"),
        ({"first_day": 0}, "terms: not in the future"),
        ({"end_day": FIRST_DAY}, "terms: not 1 to 366 days"),
        ({"end_day": FIRST_DAY - 1}, "terms: not 1 to 366 days"),
        ({"end_day": FIRST_DAY + 367}, "terms: not 1 to 366 days"),
        ({"first_day": 2**24 - 1, "end_day": 2**24}, "terms: too far away"),
        ({"end_day": 2**256 - 1}, "terms: too far away"),
        ({"floor_ticks": TERMS.cap_ticks}, "terms: floor or cap out of range"),
        ({"floor_ticks": 2**256 - 1}, "terms: floor or cap out of range"),
        ({"cap_ticks": 2**64 + 1}, "terms: floor or cap out of range"),
        ({"cap_ticks": 2**256 - 1}, "terms: floor or cap out of range"),
        ({"tick_value": 0}, "terms: tick value out of range"),
        ({"tick_value": 2**96}, "terms: tick value out of range"),
        ({"tick_value": 2**256 - 1}, "terms: tick value out of range"),
        (
            {"end_day": FIRST_DAY + 1, "cap_ticks": 2**64, "tick_value": 2**63},
            "terms: contract too large",
        ),
        ({"cap_ticks": 2**64, "tick_value": 2**96 - 1}, "terms: contract too large"),
    ],
)
def test_create_series__senseless_terms__reverts(
    pit: Pit, change: dict[str, int], reason: str
) -> None:
    with refused(reason):
        pit.create(replace(TERMS, **change))


def test_create_series__first_day_tomorrow__only_until_midnight(pit: Pit) -> None:
    terms = replace(TERMS, first_day=now() // 86_400 + 1)
    go_to_day(terms.first_day, -1)
    pit.create(terms)
    go_to_day(terms.first_day)

    with refused("terms: not in the future"):
        pit.create(replace(terms, tick_value=2))


def test_create_series__token_not_listed__reverts(pit: Pit) -> None:
    with refused("cash: token not listed"):
        replace(pit, token=plain_token()).create()


def test_create_series__before_the_oracles_first_day__reverts(genesis: None) -> None:
    """An oracle that begins later than the chain's clock can know nothing of earlier days."""
    reporting = Reporting.open(1, 1, first_day=FIRST_DAY + 10)
    token = plain_token()

    with refused("series: before the index"):
        Pit.at(reporting, token).create(replace(TERMS, end_day=FIRST_DAY + 20))


def test_create_series__six_final_days__reverts_and_seven_do(genesis: None) -> None:
    reporting = Reporting.open(1, 1, long_window_seconds=SHORT)
    token = plain_token()
    for _ in range(6):
        reporting.post()
    wait(SHORT)
    reporting.post()
    pit = Pit.at(reporting, token)
    wait(SHORT - 1)
    assert reporting.oracle.last_final_day() == ORACLE_START + 5

    with refused("series: index too young"):
        pit.create()
    wait(1)

    pit.create()


def test_views__unknown_series__reverts(pit: Pit, series: int) -> None:
    for unknown in (0, series + 1, series + 2):
        for view in (pit.vault.terms_of, pit.vault.pair_cost, pit.vault.outcome_of):
            with refused("series: unknown"):
                view(unknown)
