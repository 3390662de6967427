# SPDX-License-Identifier: AGPL-3.0-only
"""The check of error reasons finds each kind of mistake and accepts a clean project."""

from pathlib import Path

import pytest

from tools.check_errors import check

pytestmark = pytest.mark.unit

CONTRACT = """
@external
def spend(_amount: uint256):
    {statement}
"""


@pytest.fixture
def project(tmp_path):
    """An empty project with the folders the check reads."""
    for folder in ("contracts/mocks", "tests", "docs"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tests/test_it.py").write_text('"till: empty"', encoding="utf-8")
    (tmp_path / "docs/errors.md").write_text("| till: empty |", encoding="utf-8")
    return tmp_path


def findings(project: Path, statement: str, path: str = "contracts/Till.vy") -> list[str]:
    """What the check says about a contract with one statement."""
    (project / path).write_text(CONTRACT.format(statement=statement), encoding="utf-8")
    return [str(problem) for problem in check(project)]


@pytest.mark.parametrize("statement", ['assert _amount > 0, "till: empty"', 'raise "till: empty"'])
def test_check__known_reason__returns_nothing(project, statement):
    assert findings(project, statement) == []


@pytest.mark.parametrize(
    "statement", ["assert _amount > 0", "raise", "raise UNREACHABLE", "assert False, UNREACHABLE"]
)
def test_check__no_literal_reason__returns_problem(project, statement):
    assert findings(project, statement) == ["contracts/Till.vy:4: no literal reason"]


@pytest.mark.parametrize(
    "reason", ["empty", "till:empty", "Till: empty", "till: Empty", "till: empty.", "till: "]
)
def test_check__malformed_reason__returns_problem(project, reason):
    (project / "tests/test_it.py").write_text(reason, encoding="utf-8")
    (project / "docs/errors.md").write_text(reason, encoding="utf-8")

    (problem,) = findings(project, f'raise "{reason}"')

    assert problem == f'contracts/Till.vy:4: "{reason}" is not "<scope>: <why>" in lower case'


@pytest.mark.parametrize(("length", "count"), [(32, 0), (33, 1)])
def test_check__length_around_the_limit__returns_problem_above(project, length, count):
    reason = "till: " + "x" * (length - len("till: "))
    (project / "tests/test_it.py").write_text(reason, encoding="utf-8")
    (project / "docs/errors.md").write_text(reason, encoding="utf-8")

    assert len(findings(project, f'raise "{reason}"')) == count


def test_check__reason_twice_in_a_file__returns_problem(project):
    twice = 'assert _amount > 0, "till: empty"\n    raise "till: empty"'

    assert findings(project, twice) == [
        'contracts/Till.vy:5: "till: empty" stands on line 4 already'
    ]


def test_check__dev_reason__returns_problem(project):
    (problem,) = findings(project, 'raise "till: empty"  # dev: empty')

    assert problem.startswith("contracts/Till.vy:4: a `# dev:` reason")


def test_check__untested_and_undocumented_reason__returns_both(project):
    assert findings(project, 'raise "till: locked"') == [
        'contracts/Till.vy:4: "till: locked" is in no test',
        'contracts/Till.vy:4: "till: locked" is not in docs/errors.md',
    ]


def test_check__mock__needs_form_only(project):
    path = "contracts/mocks/MockTill.vy"

    assert findings(project, 'raise "till: locked"', path) == []
    assert findings(project, "raise", path) == [f"{path}:4: no literal reason"]
