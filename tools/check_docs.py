# SPDX-License-Identifier: AGPL-3.0-only
"""Check headers and docstrings.

Vyper checks the docstrings of external functions and ignores those of internal ones; this checks
both with the compiler's own parser, and the header each file must open with.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vyper.ast import nodes
from vyper.ast.natspec import _parse_docstring
from vyper.exceptions import NatSpecSyntaxException

from tools.vyper_source import ROOT, Problem, VyperSource, report, vyper_sources

SPDX = "# SPDX-License-Identifier: AGPL-3.0-only"
LINE_LENGTH = 100
CONSTRUCTORS = ("__init__", "__post_init__")
SPOKEN = ("Give ", "Gives ", "Say ", "Says ", "Tell ", "Tells ")  # functions return and describe
FEWEST_WORDS = 5  # of a constructor's docstring
HEADER_TAGS = ("title", "license", "notice")
PYTHON_FOLDERS = (
    "benchmarks",
    "commands",
    "hashrate",
    "maker",
    "oracles",
    "reference",
    "relay",
    "scripts",
    "simulation",
    "testing",
    "tests",
    "tools",
)


def check_header(source: VyperSource) -> Iterator[Problem]:
    """The docstring a file opens with: what it is, for whom, and how it is stopped."""
    docstring = source.tree.get("doc_string.value")
    if docstring is None:
        yield source.problem(1, "no header docstring")
        return
    try:
        tags = _parse_docstring(source.text, docstring, ("param", "return"))
    except NatSpecSyntaxException as error:
        yield source.problem(1, f"header: {error.message}")
        return
    needs_kill = source.is_deployable and not source.is_mock
    for tag in (*HEADER_TAGS, *(("custom:kill",) if needs_kill else ())):
        if tag not in tags:
            yield source.problem(1, f"header without @{tag}")


def check_function(source: VyperSource, function: Any) -> Iterator[Problem]:
    """One function's docstring: it exists, has a notice, and its names are the real ones."""
    docstring = function.get("doc_string.value")
    line, name = function.lineno, function.name
    if docstring is None:
        yield source.problem(line, f"{name}: no docstring")
        return
    arguments = tuple(argument.arg for argument in function.args.args)
    try:
        tags = _parse_docstring(
            source.text, docstring, ("title", "license"), arguments, returned_values(function)
        )
    except NatSpecSyntaxException as error:
        yield source.problem(line, f"{name}: {error.message}")
        return
    if tags.get("notice", "").startswith(SPOKEN):
        yield source.problem(line, f"{name}: @notice begins with a word of talk")
    if not {"notice", "details"} & tags.keys():
        yield source.problem(line, f"{name}: neither @notice nor @dev")
    documented = tags.get("params", {})
    missing = [argument for argument in arguments if argument not in documented]
    if documented and missing:
        yield source.problem(line, f"{name}: no @param for {', '.join(missing)}")


def returned_values(function: Any) -> int:
    """How many values a function returns."""
    if function.returns is None:
        return 0
    if isinstance(function.returns, nodes.Tuple):
        return len(function.returns.elements)
    return 1


def check_lines(source: VyperSource) -> Iterator[Problem]:
    """The licence on the first line, and the length of every line that can be broken."""
    lines = source.text.splitlines()
    if not lines or lines[0] != SPDX:
        yield source.problem(1, f"the first line is not `{SPDX}`")
    for number, line in enumerate(lines, start=1):
        # Vyper cannot break a string literal, and an EIP-712 type is one
        is_literal = line.strip().startswith('"') and line.strip().endswith('"')
        if len(line) > LINE_LENGTH and not is_literal:
            yield source.problem(number, f"{len(line)} characters, not {LINE_LENGTH}")


def check_python_licence(root: Path) -> Iterator[Problem]:
    """The licence on the first line of every Python file that has lines."""
    for folder in PYTHON_FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            first = path.read_text(encoding="utf-8").partition("\n")[0]
            if first not in ("", SPDX):
                yield Problem(path.relative_to(root), 1, f"the first line is not `{SPDX}`")


def check_python_docstrings(root: Path) -> Iterator[Problem]:
    """Docstrings are in the words of the field; a constructor's says more than that it is one."""
    for folder in PYTHON_FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    continue
                text = ast.get_docstring(node) or ""
                if text.startswith(SPOKEN):
                    yield Problem(path.relative_to(root), node.lineno, f"a word of talk: {text}")
                is_specific = "[" in text or "`" in text
                is_short = 0 < len(text.split()) < FEWEST_WORDS
                if node.name in CONSTRUCTORS and is_short and not is_specific:
                    yield Problem(path.relative_to(root), node.lineno, f"says nothing: {text}")


def check(root: Path) -> Iterator[Problem]:
    """All findings below `root`."""
    for source in vyper_sources(root):
        yield from check_lines(source)
        yield from check_header(source)
        if not source.is_interface:
            for function in source.functions():
                yield from check_function(source, function)
    yield from check_python_licence(root)
    yield from check_python_docstrings(root)


if __name__ == "__main__":
    sys.exit(report("docstrings", len(vyper_sources()), check(ROOT)))
