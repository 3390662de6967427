# SPDX-License-Identifier: AGPL-3.0-only
"""The check of headers and docstrings finds each kind of mistake and accepts a clean project."""

from pathlib import Path

import pytest

from tools.check_docs import SPDX, check

pytestmark = pytest.mark.unit

HEADER = f'''{SPDX}
"""
@title Till
@license GNU Affero General Public License v3.0 only
@notice Holds small change.
@custom:kill Cannot be stopped.
"""


'''
FUNCTION = '''@internal
def _spend(_amount_sats: uint256) -> uint256:
    """
    @notice Spend.
    @param _amount_sats [satoshi] how much
    @return [satoshi] what is left
    """
    return _amount_sats
'''


def findings(project: Path, source: str, path: str = "contracts/Till.vy") -> list[str]:
    """What the check says about one file."""
    target = project / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source, encoding="utf-8")
    return [str(problem).removeprefix(f"{path}:") for problem in check(project)]


def test_check__complete_contract__returns_nothing(tmp_path):
    assert findings(tmp_path, HEADER + FUNCTION) == []


@pytest.mark.parametrize("tag", ["title", "license", "notice", "custom:kill"])
def test_check__header_without_tag__returns_problem(tmp_path, tag):
    lines = [line for line in HEADER.splitlines() if not line.startswith(f"@{tag}")]

    assert findings(tmp_path, "\n".join(lines)) == [f"1: header without @{tag}"]


@pytest.mark.parametrize("path", ["contracts/modules/till.vy", "contracts/mocks/MockTill.vy"])
def test_check__module_or_mock_without_kill__returns_nothing(tmp_path, path):
    assert findings(tmp_path, HEADER.replace("@custom:kill Cannot be stopped.\n", ""), path) == []


def test_check__no_header__returns_problem(tmp_path):
    assert findings(tmp_path, SPDX + "\n") == ["1: no header docstring"]


def test_check__no_licence_line__returns_problem(tmp_path):
    (problem,) = findings(tmp_path, HEADER.removeprefix(SPDX))

    assert problem.startswith("1: the first line is not")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("@param _amount_sats", "@param _amount", "Method has no parameter '_amount'"),
        ("@param", "@params", "Unknown NatSpec field '@params'"),
        ("-> uint256", "", "Method does not return any values"),
        ("@notice Spend.\n", "", "neither @notice nor @dev"),
        ("_spend(", "_spend(_to: address, ", "no @param for _to"),
        ("@notice Spend.", "@notice Give it away.", "@notice begins with a word of talk"),
    ],
)
def test_check__wrong_internal_docstring__returns_problem(tmp_path, old, new, expected):
    assert findings(tmp_path, HEADER + FUNCTION.replace(old, new)) == [f"11: _spend: {expected}"]


def test_check__function_without_docstring__returns_problem(tmp_path):
    bare = "@internal\ndef _spend():\n    pass\n"

    assert findings(tmp_path, HEADER + bare) == ["11: _spend: no docstring"]


@pytest.mark.parametrize(("width", "problems"), [(100, []), (101, ["10: 101 characters, not 100"])])
def test_check__line_around_the_limit__returns_problem_above(tmp_path, width, problems):
    assert findings(tmp_path, HEADER + "#" * width + "\n") == problems


def test_check__python_file_without_licence__returns_problem(tmp_path):
    (problem,) = findings(tmp_path, '"""Nothing."""\n', "commands/nothing.py")

    assert problem.startswith("1: the first line is not")


def test_check__empty_python_file__returns_nothing(tmp_path):
    assert findings(tmp_path, "", "commands/__init__.py") == []


@pytest.mark.parametrize(
    ("docstring", "is_empty"),
    [
        ("Use it.", True),
        ("Start with nothing in it.", False),
        ("Start at `now`.", False),
        ("Start at midnight [s].", False),
    ],
)
def test_check__constructor_that_says_nothing__returns_problem(tmp_path, docstring, is_empty):
    text = f'{SPDX}\nclass Till:\n    def __init__(self):\n        """{docstring}"""\n'

    found = findings(tmp_path, text, "tools/till.py")

    assert found == ([f"3: says nothing: {docstring}"] if is_empty else [])


def test_check__python_docstring_that_talks__returns_problem(tmp_path):
    text = f'{SPDX}\ndef left():\n    """Give what is left [sats]."""\n'

    assert findings(tmp_path, text, "tools/till.py") == [
        "2: a word of talk: Give what is left [sats]."
    ]
