# SPDX-License-Identifier: AGPL-3.0-only
"""A contract's refusal in one line, with what to do."""

from pathlib import Path

import pytest

from commands.shell.reasons import explain, hint_for

pytestmark = pytest.mark.unit

TABLE = """
[[section]]
contract = "RewardDistributor"

[[section.refusal]]
reason = "dist: awaiting funds"
cause = "escrow is too small"
remedy = "fund the series, or wait for grace"

[[section]]
contract = "HashpriceOracle"

[[section.refusal]]
reason = "oracle: day not over"
cause = "too early"
remedy = "wait for midnight UTC"

[[section.refusal]]
reason = "dist: silent"
cause = "the remedy is empty"
remedy = ""
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "errors.toml"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("dist: awaiting funds", "fund the series, or wait for grace"),
        ("oracle: day not over", "wait for midnight UTC"),
        ("dist: silent", None),
        ("dist: awaiting", None),
        ("escrow is too small", None),
    ],
)
def test_hint_for__reason__returns_what_to_do(table: Path, reason: str, hint: str | None) -> None:
    assert hint_for(reason, table) == hint


def test_explain__known_reason__adds_the_hint(table: Path) -> None:
    line = explain("dist: awaiting funds", table)

    assert line == (
        "the contract refuses: dist: awaiting funds (fund the series, or wait for grace)"
    )


def test_explain__unknown_reason__is_the_reason_alone(table: Path) -> None:
    assert explain("dist: unheard of", table) == "the contract refuses: dist: unheard of"


def test_explain__no_table__is_the_reason_alone(tmp_path: Path) -> None:
    line = explain("dist: awaiting funds", tmp_path / "none.toml")

    assert line == "the contract refuses: dist: awaiting funds"


@pytest.mark.parametrize("reason", ["dist: awaiting funds", "oracle: day not over"])
def test_hint_for__the_project_s_own_table__knows_what_to_do(reason: str) -> None:
    assert hint_for(reason)
