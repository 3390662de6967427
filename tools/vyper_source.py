# SPDX-License-Identifier: AGPL-3.0-only
"""The Vyper sources of the project, parsed by the compiler that builds them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from vyper.ast import nodes, parse_to_ast

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Problem:
    """One finding: where it is and what is wrong."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        """`file:line: text`, as editors understand it."""
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class VyperSource:
    """One file below `contracts/`; its name says what it is."""

    root: Path
    path: Path

    @property
    def name(self) -> Path:
        """Path relative to the project."""
        return self.path.relative_to(self.root)

    @property
    def is_interface(self) -> bool:
        """An interface: types, events and signatures only."""
        return self.path.suffix == ".vyi"

    @property
    def is_deployable(self) -> bool:
        """A contract to deploy (Pascal case), not a module (snake case)."""
        return not self.is_interface and self.path.stem[0].isupper()

    @property
    def is_mock(self) -> bool:
        """Only used by tests and the local demo."""
        return "mocks" in self.name.parts

    @cached_property
    def text(self) -> str:
        """The source as it stands in the file."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> Any:
        """The compiler's syntax tree, before any analysis."""
        return parse_to_ast(self.text, is_interface=self.is_interface)

    def functions(self) -> list[Any]:
        """Function definitions in the order of the file."""
        return list(self.tree.get_children(nodes.FunctionDef))

    def problem(self, line: int, text: str) -> Problem:
        """A finding in this file."""
        return Problem(self.name, line, text)


def vyper_sources(root: Path = ROOT) -> list[VyperSource]:
    """Every `.vy` and `.vyi` file of the project, sorted by path."""
    paths = sorted((root / "contracts").rglob("*.vy*"))
    return [VyperSource(root, path) for path in paths if path.suffix in {".vy", ".vyi"}]


def report(name: str, checked: int, problems: Iterator[Problem]) -> int:
    """Print the findings and one closing line.

    Args:
        name: what was checked, for the closing line.
        checked: how many files were read.
        problems: the findings.

    Returns:
        The exit status: 0 if there is none, else 1.
    """
    found = list(problems)
    for problem in found:
        print(problem)
    print(f"{name}: {checked} files, {len(found)} problems")
    return 1 if found else 0
