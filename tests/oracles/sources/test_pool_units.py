# SPDX-License-Identifier: AGPL-3.0-only
"""Units of hashrate and boundaries of days, as pools have them."""

from fractions import Fraction

import pytest

from hashrate.core.errors import NumberFormatError
from oracles.sources import foundry
from oracles.sources.day_end import DayBoundary
from oracles.sources.pool import hashes_per_second, ths_wad
from tests.oracles.sources.asking import ClientFactory

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("unit", "hashes"),
    [
        ("H/s", 1),
        ("kH/s", 10**3),
        ("Mh/s", 10**6),
        ("Gh/s", 10**9),
        ("TH/s", 10**12),
        ("Ph/s", 10**15),
        ("EH/s", 10**18),
    ],
)
def test_hashes_per_second__unit__is_exact(unit: str, hashes: int) -> None:
    assert hashes_per_second(unit) == hashes


@pytest.mark.parametrize("unit", ["", "TH", "H", "/s", "TTH/s", "TH/s ", "TH/day", "TH/sh/s"])
def test_hashes_per_second__no_unit__is_refused(unit: str) -> None:
    with pytest.raises(NumberFormatError, match="is not a unit of hashrate"):
        hashes_per_second(unit)


def test_foundry__unit_not_stated__is_refused_before_asking() -> None:
    clients = ClientFactory("http://127.0.0.1:9")

    with pytest.raises(NumberFormatError):
        foundry.Foundry(clients.client(), clients.clock, "fleet", "")


def test_ths_wad__fraction_of_a_hash__is_floored() -> None:
    assert ths_wad(Fraction(1, 3), 10**12) == 333_333_333_333_333_333
    assert ths_wad(Fraction(1), 1) == 10**6


@pytest.mark.parametrize(("offset", "delay"), [(43_201, 0), (-43_201, 0), (0, -1)])
def test_day_boundary__unusable__is_refused(offset: int, delay: int) -> None:
    with pytest.raises(ValueError, match="over half a day, or the delay is negative"):
        DayBoundary(offset, delay)
