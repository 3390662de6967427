# SPDX-License-Identifier: AGPL-3.0-only
"""Check the error reasons of the contracts.

Each `assert` and `raise` has one; it reads `<scope>: <why>`, in lower case, at most 32 characters
and once in its file. Outside the mocks it stands in a test and in errors.toml, and every reason of
that table is given by a contract, ours or snekmate's. The table and the page written from it,
docs/errors.md, are in their one form.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import snekmate
from vyper.ast import nodes

from tools.errors import PAGE, TABLE, Section, read_table, write_page, write_table
from tools.vyper_source import ROOT, Problem, VyperSource, report, vyper_sources

MAX_LENGTH = 32  # characters; a longer reason costs another word of bytecode
SHAPE = re.compile(r"[a-z0-9]+: [^A-Z]*[^A-Z.\s]")


def reason_of(statement: Any) -> str | None:
    """Return the literal reason of an assert or a raise; None where there is none."""
    reason = statement.msg if isinstance(statement, nodes.Assert) else statement.exc
    return reason.value if isinstance(reason, nodes.Str) else None


def reasons(source: VyperSource) -> Iterator[tuple[int, str | None]]:
    """Line and reason of each assert and raise, in order; None where there is no literal reason."""
    statements = source.tree.get_descendants((nodes.Assert, nodes.Raise))
    for statement in sorted(statements, key=lambda node: int(node.lineno)):
        yield statement.lineno, reason_of(statement)


def check_form(source: VyperSource) -> Iterator[Problem]:
    """Findings that need nothing but the file itself."""
    seen: dict[str, int] = {}
    for line, reason in reasons(source):
        if reason is None:
            yield source.problem(line, "no literal reason")
            continue
        if not SHAPE.fullmatch(reason):
            yield source.problem(line, f'"{reason}" is not "<scope>: <why>" in lower case')
        if len(reason) > MAX_LENGTH:
            yield source.problem(line, f'"{reason}" has {len(reason)} characters, not {MAX_LENGTH}')
        if reason in seen:
            yield source.problem(line, f'"{reason}" stands on line {seen[reason]} already')
        seen.setdefault(reason, line)
    for line, text in enumerate(source.text.splitlines(), start=1):
        if "# dev:" in text:
            yield source.problem(line, "a `# dev:` reason is invisible to most callers")


def check_known(source: VyperSource, tests: str, known: set[str]) -> Iterator[Problem]:
    """Findings against the text of all tests and the reasons of errors.toml."""
    for line, reason in reasons(source):
        if reason is None:
            continue
        if reason not in tests:
            yield source.problem(line, f'"{reason}" is in no test')
        if reason not in known:
            yield source.problem(line, f'"{reason}" is not in {TABLE}')


def check_table(
    root: Path, text: str, sections: list[Section], given: set[str]
) -> Iterator[Problem]:
    """Findings in errors.toml and its page, against the reasons that contracts give."""
    lines = text.splitlines()
    for refusal in (each for section in sections for each in section.refusals):
        reason = refusal.reason
        line = next((n for n, each in enumerate(lines, 1) if reason in each), 1)
        if reason not in given and reason not in _imported_text():
            yield Problem(TABLE, line, f'no contract says "{reason}"')
        if not (refusal.cause and refusal.remedy):
            yield Problem(TABLE, line, f'"{reason}" has no cause or no remedy')
    if text != write_table(sections):
        yield Problem(TABLE, 1, "not in its one form: run `python -m tools.errors`")
    page = root / PAGE
    if not page.exists() or page.read_text(encoding="utf-8") != write_page(sections):
        yield Problem(PAGE, 1, f"not written from {TABLE}: run `python -m tools.errors`")


@cache
def _imported_text() -> str:
    """Return the text of the contracts that ours import."""
    (folder,) = map(Path, snekmate.__path__)
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.vy")))


def check(root: Path) -> Iterator[Problem]:
    """All findings below `root`."""
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (root / "tests").rglob("*.py"))
    text = (root / TABLE).read_text(encoding="utf-8")
    sections = read_table(text)
    known = {refusal.reason for section in sections for refusal in section.refusals}
    given: set[str] = set()
    for source in vyper_sources(root):
        yield from check_form(source)
        if not source.is_mock:
            yield from check_known(source, tests, known)
            given.update(reason for _, reason in reasons(source) if reason)
    yield from check_table(root, text, sections, given)


if __name__ == "__main__":
    sys.exit(report("error reasons", len(vyper_sources()), check(ROOT)))
