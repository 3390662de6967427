# SPDX-License-Identifier: AGPL-3.0-only
"""Check that pages in two languages are in step: the same sections, lists, tables, code, links.

A pair is `NAME.md` beside `NAME.zh-Hant.md`, or the same file under `docs/guides/en` and
`docs/guides/zh-Hant`. What a sentence says only a person can compare; what is missing is found.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.vyper_source import ROOT, Problem

OTHER = "zh-Hant"
GUIDES = Path("docs/guides")
FENCE = re.compile(r"^\s*(```|~~~)")
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"(#+) ")
ITEM = re.compile(r"\s*(?:[*+-]|\d+[.)]) ")
Section = list[tuple[str, str]]


def outline(text: str) -> list[Section]:
    """Return what each section is made of, in order: its heading's level, items, rows, code, links.

    Code is compared word by word: it is the same in every language.
    """
    sections: list[Section] = [[]]
    fence = ""
    for line in text.splitlines():
        mark = FENCE.match(line)
        if fence:
            sections[-1].append(("code", line))
            fence = "" if mark and mark[1] == fence else fence
        elif mark:
            fence = mark[1]
        elif heading := HEADING.match(line):
            sections.append([("heading", heading[1])])
        elif line.startswith("|"):
            sections[-1].append(("row", str(line.count("|"))))
        elif ITEM.match(line):
            sections[-1].append(("item", ""))
        if not fence:
            links = sorted(target(match[2]) for match in LINK.finditer(line))
            sections[-1] += [("link", each) for each in links]
    return [sorted(section) for section in sections]


def target(link: str) -> str:
    """Return where a link leads in whatever language."""
    return (
        link.partition("#")[0]
        .replace(f".{OTHER}.", ".")
        .replace(f"-{OTHER}.", "-en.")
        .replace(f"/{OTHER}/", "/en/")
    )


def pairs(root: Path) -> Iterator[tuple[Path, Path]]:
    """Yield every page that has to be there twice, whether it is or not."""
    for translated in sorted(root.glob(f"*.{OTHER}.md")):
        yield root / translated.name.replace(f".{OTHER}", ""), translated
    names = {path.name for path in (root / GUIDES).glob("*/*.md")}
    for name in sorted(names):
        yield root / GUIDES / "en" / name, root / GUIDES / OTHER / name


def check(root: Path) -> Iterator[Problem]:
    """All findings below `root`."""
    for page, translated in pairs(root):
        missing = [path for path in (page, translated) if not path.exists()]
        if missing:
            yield Problem(missing[0].relative_to(root), 1, "not there in this language")
            continue
        here, there = (outline(path.read_text("utf-8")) for path in (page, translated))
        name = translated.relative_to(root)
        if len(here) != len(there):
            yield Problem(name, 1, f"{len(there) - 1} sections, {len(here) - 1} in {page.name}")
            continue
        for number, (one, other) in enumerate(zip(here, there, strict=True)):
            odd = [part for part in one if part not in other] or [
                part for part in other if part not in one
            ]
            if odd or len(one) != len(other):
                what = " ".join(odd[0]) if odd else "another number of items, rows or links"
                yield Problem(name, 1, f"section {number} is not as in {page.name}: {what}")


def main(root: Path) -> int:
    """Print the findings and return the exit status: 0 if there is none, else 1."""
    found = list(check(root))
    for problem in found:
        print(problem)
    print(f"languages: {len(list(pairs(root)))} pairs, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(ROOT))
