# SPDX-License-Identifier: AGPL-3.0-only
"""The check of error reasons finds each kind of mistake and accepts a clean project."""

from pathlib import Path

import pytest

from tools.check_errors import check
from tools.errors import Refusal, Section, write_page, write_table

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
    know(tmp_path, "till: empty")
    return tmp_path


def know(project: Path, *reasons: str) -> None:
    """Write a table of reasons and its page."""
    sections = [Section("Till", "", [Refusal(each, "cause", "remedy") for each in reasons])]
    (project / "errors.toml").write_text(write_table(sections), encoding="utf-8")
    (project / "docs/errors.md").write_text(write_page(sections), encoding="utf-8")


def findings(project: Path, statement: str, path: str = "contracts/Till.vy") -> list[str]:
    """What the check says about a contract with one statement, the table aside."""
    (project / path).write_text(CONTRACT.format(statement=statement), encoding="utf-8")
    found = [str(problem) for problem in check(project)]
    return [line for line in found if line.startswith("contracts/")]


def table_findings(project: Path) -> list[str]:
    """What the check says about the table and its page."""
    return [str(problem) for problem in check(project) if not str(problem).startswith("contracts/")]


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
    know(project, reason)

    (problem,) = findings(project, f'raise "{reason}"')

    assert problem == f'contracts/Till.vy:4: "{reason}" is not "<scope>: <why>" in lower case'


@pytest.mark.parametrize(("length", "count"), [(32, 0), (33, 1)])
def test_check__length_around_the_limit__returns_problem_above(project, length, count):
    reason = "till: " + "x" * (length - len("till: "))
    (project / "tests/test_it.py").write_text(reason, encoding="utf-8")
    know(project, reason)

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
        'contracts/Till.vy:4: "till: locked" is not in errors.toml',
    ]


def test_check__mock__needs_form_only(project):
    path = "contracts/mocks/MockTill.vy"

    assert findings(project, 'raise "till: locked"', path) == []
    assert findings(project, "raise", path) == [f"{path}:4: no literal reason"]


def test_check__reason_that_no_contract_gives__returns_problem(project):
    """A row that is left behind is found; what snekmate's contracts give is known."""
    know(project, "till: empty", "till: gone", "erc20: insufficient allowance")
    findings(project, 'raise "till: empty"')

    assert table_findings(project) == ['errors.toml:15: no contract says "till: gone"']


def test_check__page_edited_by_hand__returns_problem(project):
    """The page says what the table says, in its one form."""
    findings(project, 'raise "till: empty"')
    page, table = project / "docs/errors.md", project / "errors.toml"
    page.write_text(page.read_text().replace("cause", "other"), encoding="utf-8")
    assert table_findings(project) == [
        "docs/errors.md:1: not written from errors.toml: run `python -m tools.errors`"
    ]

    know(project, "till: empty")
    table.write_text(table.read_text().replace('"remedy"', "'remedy'"), encoding="utf-8")
    assert table_findings(project) == [
        "errors.toml:1: not in its one form: run `python -m tools.errors`"
    ]


def test_check__row_without_remedy__returns_problem(project):
    """Every reason says what to do."""
    sections = [Section("Till", "", [Refusal("till: empty", "cause", "")])]
    (project / "errors.toml").write_text(write_table(sections), encoding="utf-8")
    (project / "docs/errors.md").write_text(write_page(sections), encoding="utf-8")
    findings(project, 'raise "till: empty"')

    assert table_findings(project) == ['errors.toml:10: "till: empty" has no cause or no remedy']
