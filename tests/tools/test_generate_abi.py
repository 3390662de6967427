# SPDX-License-Identifier: AGPL-3.0-only
"""A contract that changed without its table is found."""

from pathlib import Path

import pytest

from tools.generate_abi import SETS, TARGET, class_lines, outdated
from tools.vyper_source import ROOT

pytestmark = pytest.mark.unit


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the project's contracts and tables, by link."""
    (tmp_path / "contracts").symlink_to(ROOT / "contracts")
    folder = tmp_path / TARGET
    folder.mkdir(parents=True)
    for name in SETS:
        text = (ROOT / TARGET / f"{name}.py").read_text(encoding="utf-8")
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def test_outdated__the_project__is_current() -> None:
    """What is committed is what the sources give."""
    assert [str(problem) for problem in outdated()] == []


def test_outdated__another_type_and_an_unknown_module__are_found(project: Path) -> None:
    """One changed word is enough; a table of no contract is named."""
    module = project / TARGET / "oracle.py"
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace('"reporters", (), ("address[]"', '"reporters", (), ("bytes"'))
    (project / TARGET / "old.py").write_text("")

    assert [problem.path.name for problem in outdated(project)] == ["oracle.py", "old.py"]


def test_class_lines__struct_with_an_array__is_in_parentheses() -> None:
    """A struct's members are written out, arrays of structs too."""
    pair = [{"type": "uint256"}, {"type": "address[]"}]
    entry = {
        "type": "function",
        "name": "take",
        "inputs": [{"type": "tuple[]", "components": pair}],
        "outputs": [],
    }

    *_, line = class_lines("Box", [entry])

    assert line == """    take = Function("take", ('(uint256,address[])[]',), ())"""
