# SPDX-License-Identifier: AGPL-3.0-only
"""The table of reasons, `errors.toml`, and the page that is written from it, `docs/errors.md`.

`python -m tools.errors` writes both anew, in their one form. `python -m tools.errors import
REVISION` first takes over what a branch changed in its page since it left this one: its rows are
added, changed or removed in the table, whatever else happened here.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import fill
from typing import Any

from tools.vyper_source import ROOT

TABLE = Path("errors.toml")
PAGE = Path("docs/errors.md")
_TABLE_HEAD = """\
# SPDX-License-Identifier: AGPL-3.0-only
# Every reason a contract can refuse a call with. `python -m tools.errors` writes docs/errors.md
# from it; the page and the commands read it; `make lint` compares it with contracts and tests.
# One value a line, each a string: web/tools/generate.mjs reads it line by line.
"""
_PAGE_HEAD = """\
Every reason a contract can refuse a call with, what causes it and what to do. A refused call
changes nothing. A call that fails without any reason is a defect, a call to the wrong address, or a
call made from inside another one (every contract is locked while it works). This page is written
from `errors.toml` by `python -m tools.errors`; `make lint` checks that table, contracts and tests
name the same reasons.
"""
_PAGE_WIDTH = 120
_ROW = re.compile(r"\| (`+)(.+?)\1 \| (.*) \|")
_COLUMNS = {2: ("cause", "remedy"), 3: ("used_by", "cause", "remedy")}


@dataclass
class Refusal:
    """One reason.

    Attributes:
        reason: as the contract gives it.
        cause, remedy: why it is refused, and what to do.
        used_by: which contracts give it, where the section does not say.
        zh_hant: cause and remedy in Traditional Chinese, for what holders meet.
    """

    reason: str
    cause: str
    remedy: str
    used_by: str = ""
    zh_hant: dict[str, str] = field(default_factory=dict)


@dataclass
class Section:
    """Reasons under one heading: a contract, and what is being done; the latter may be empty."""

    contract: str
    title: str
    refusals: list[Refusal] = field(default_factory=list)


Place = tuple[str, str]
"""Contract and title of a section."""


def read_table(text: str) -> list[Section]:
    """Read `errors.toml`."""
    return [
        Section(each["contract"], each.get("title", ""), [Refusal(**r) for r in each["refusal"]])
        for each in tomllib.loads(text)["section"]
    ]


def write_table(sections: Iterable[Section]) -> str:
    """Return the text of `errors.toml`."""
    return _TABLE_HEAD + "".join(_section_lines(sections))


def write_page(sections: Iterable[Section]) -> str:
    """Return the text of `docs/errors.md`."""
    lines, contract = [f"# Errors\n\n{fill(' '.join(_PAGE_HEAD.split()), _PAGE_WIDTH)}\n"], ""
    for section in sections:
        if section.contract != contract:
            contract = section.contract
            lines.append(f"## {contract}\n")
        if section.title:
            lines.append(f"### {section.title}\n")
        has_users = any(refusal.used_by for refusal in section.refusals)
        heads = ["Reason", *(["Contract"] if has_users else []), "Cause", "What to do"]
        lines.append(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
        lines += [_page_row(refusal, has_users=has_users) for refusal in section.refusals]
        lines.append("")
    return "\n".join(lines)


def read_page(text: str) -> dict[tuple[Place, str], Refusal]:
    """Read the rows of `docs/errors.md` by section and reason."""
    contract = title = ""
    rows = {}
    for line in text.splitlines():
        if line.startswith("## "):
            contract, title = line[3:], ""
        elif line.startswith("### "):
            title = line[4:]
        elif found := _ROW.fullmatch(line):
            cells = [cell.strip() for cell in found[3].split(" | ")]
            values: dict[str, Any] = dict(zip(_COLUMNS[len(cells)], cells, strict=True))
            reason = found[2].strip()
            rows[(contract, title), reason] = Refusal(reason, **values)
    return rows


def take_over(sections: list[Section], before: str, after: str) -> None:
    """Do to the table what was done to a page: the rows that differ between two of its texts."""
    old, new = read_page(before), read_page(after)
    for place, reason in old.keys() - new.keys():
        for section in sections:
            if (section.contract, section.title) == place:
                section.refusals = [r for r in section.refusals if r.reason != reason]
    for (place, reason), row in new.items():
        if old.get((place, reason)) == row:
            continue
        section = _section_at(sections, place)
        known = next((each for each in section.refusals if each.reason == reason), None)
        if known is None:
            section.refusals.append(row)
        else:  # a translation of other words would be wrong, and lint asks for one
            known.cause, known.remedy, known.used_by = row.cause, row.remedy, row.used_by
            known.zh_hant = {}
    sections[:] = [section for section in sections if section.refusals]


def _section_at(sections: list[Section], place: Place) -> Section:
    for section in sections:
        if (section.contract, section.title) == place:
            return section
    section = Section(*place)
    same = [i for i, each in enumerate(sections) if each.contract == section.contract]
    sections.insert(same[-1] + 1 if same else len(sections), section)
    return section


def _section_lines(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        yield "\n[[section]]\n" + _line("contract", section.contract)
        yield _line("title", section.title) if section.title else ""
        for each in section.refusals:
            yield "\n[[section.refusal]]\n" + _line("reason", each.reason)
            yield _line("used_by", each.used_by) if each.used_by else ""
            yield _line("cause", each.cause) + _line("remedy", each.remedy)
            yield from (_line(f"zh_hant.{name}", each.zh_hant[name]) for name in each.zh_hant)


def _line(name: str, value: str) -> str:
    return f"{name} = {json.dumps(value, ensure_ascii=False)}\n"


def _page_row(refusal: Refusal, *, has_users: bool) -> str:
    ticks = "``" if "`" in refusal.reason else "`"
    users = f" {refusal.used_by} |" if has_users else ""
    return f"| {ticks}{refusal.reason}{ticks} |{users} {refusal.cause} | {refusal.remedy} |"


def _page_at(revision: str) -> str:
    command = ["git", "show", f"{revision}:{PAGE}"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def main(arguments: list[str]) -> int:
    """Write table and page, after an import where one is asked for."""
    table = ROOT / TABLE
    sections = read_table(table.read_text(encoding="utf-8"))
    match arguments:
        case []:
            pass
        case ["import", revision]:
            base = ["git", "merge-base", "HEAD", revision]
            fork = subprocess.run(base, cwd=ROOT, check=True, capture_output=True, text=True)
            take_over(sections, _page_at(fork.stdout.strip()), _page_at(revision))
        case _:
            print(__doc__)
            return 2
    table.write_text(write_table(sections), encoding="utf-8")
    (ROOT / PAGE).write_text(write_page(sections), encoding="utf-8")
    print(f"errors: {sum(len(section.refusals) for section in sections)} reasons written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
