# SPDX-License-Identifier: AGPL-3.0-only
"""A contract's refusal in one line, with what to do."""

from pathlib import Path

import pytest

from commands.shell.reasons import explain, hint_for

pytestmark = pytest.mark.unit

PAGE = """
# Errors

| Reason | Cause | What to do |
|---|---|---|
| `dist: awaiting funds` | escrow is too small | fund the series, or wait for grace |
| `dist: day not over`, `oracle: day not over` | too early | wait for midnight UTC |
| `dist: silent` | the cell that should say what to do is empty | |
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "errors.md"
    path.write_text(PAGE, encoding="utf-8")
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
def test_hint_for__reason__returns_what_to_do(page: Path, reason: str, hint: str | None) -> None:
    assert hint_for(reason, page) == hint


def test_explain__known_reason__adds_the_hint(page: Path) -> None:
    line = explain("dist: awaiting funds", page)

    assert line == (
        "the contract refuses: dist: awaiting funds (fund the series, or wait for grace)"
    )


def test_explain__unknown_reason__is_the_reason_alone(page: Path) -> None:
    assert explain("dist: unheard of", page) == "the contract refuses: dist: unheard of"


def test_explain__no_page__is_the_reason_alone(tmp_path: Path) -> None:
    line = explain("dist: awaiting funds", tmp_path / "none.md")

    assert line == "the contract refuses: dist: awaiting funds"


@pytest.mark.parametrize("reason", ["dist: awaiting funds", "oracle: day not over"])
def test_hint_for__the_project_s_own_page__knows_what_to_do(reason: str) -> None:
    assert hint_for(reason)
