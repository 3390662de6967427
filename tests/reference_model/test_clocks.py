# SPDX-License-Identifier: AGPL-3.0-only
"""The table of all clocks: every number is the code's, and every chain ends before its limit."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.shell.headers import HeadersParameters
from commands.shell.parameters import OracleParameters, SeriesParameters

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
HOUR = 3_600
FIELDS = OracleParameters.model_fields | SeriesParameters.model_fields
TERM = re.compile(r"(?:(\d+) \* )?(\w+)")


def rows(columns: int) -> Iterator[list[str]]:
    """Yield the rows of the page's tables with so many columns, headings left out."""
    for line in (ROOT / "docs/clocks.md").read_text().splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns and any(c.isdigit() for c in cells):
            yield cells


CLOCKS = {name: int(hours) for name, hours, *_ in rows(4)}
PLACES = {name: place for name, _, _, place in rows(4) if place}


def seconds_in_code(place: str) -> int:
    """Return a clock as the code has it: a parameter's default, or a constant of a contract."""
    if place in FIELDS:
        return int(FIELDS[place].default)
    if place == "dispute_window_seconds":
        return int(HeadersParameters.model_fields[place].default)
    module, constant = place.split(".")
    (path,) = (ROOT / "contracts").rglob(f"{module}.vy")
    found = re.search(rf"^{constant}: constant\(uint256\) = ([\d_ *]+)$", path.read_text(), re.M)
    assert found is not None, place
    value = 1
    for factor in found[1].split("*"):
        value *= int(factor)
    windows = constant.endswith("_WINDOWS")
    return value * (seconds_in_code("dispute_window_seconds") if windows else 1)


def hours_of(chain: str) -> int:
    """Add the clocks of a chain up."""
    terms = [TERM.fullmatch(term) for term in chain.split(" + ")]
    assert all(terms), chain
    return sum(int(term[1] or 1) * CLOCKS[term[2]] for term in terms if term)


def test_clocks__table__has_them_all() -> None:
    assert len(CLOCKS) == 14
    assert set(CLOCKS) - set(PLACES) == {"POSTING"}


@pytest.mark.parametrize("name", PLACES)
def test_clock__each__is_what_the_code_says(name: str) -> None:
    assert CLOCKS[name] * HOUR == seconds_in_code(PLACES[name])


@pytest.mark.parametrize("cells", rows(5), ids=lambda cells: cells[0])
def test_chain__each__ends_before_its_limit(cells: list[str]) -> None:
    _, chain, hours, limit, limit_hours = cells

    assert hours_of(chain) == int(hours)
    assert CLOCKS[limit] == int(limit_hours)
    assert int(hours) <= int(limit_hours)


def test_chain__a_clock_of_the_code_changed__is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the test: a limit moved below a chain."""
    monkeypatch.setitem(CLOCKS, "SETTLEMENT", 1_000)

    broken = [cells[0] for cells in rows(5) if hours_of(cells[1]) > CLOCKS[cells[3]]]
    assert broken == ["Two of these in a row"]
