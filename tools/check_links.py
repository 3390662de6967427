# SPDX-License-Identifier: AGPL-3.0-only
"""Check that what the docs link to exists: files of the project, and headings in them."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.vyper_source import ROOT, Problem
from tools.wrap_docs import markdown_files

LINK = re.compile(r"\]\(\s*<?([^)>\s]+)>?[^)]*\)|^\s*\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")
CODE = re.compile(r"^\s*(```|~~~).*?^\s*\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+\s+(.*?)\s*$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Return the fragments by which the headings of a page are linked to, as GitHub makes them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(CODE.sub("", text) if "```" in text else text)
    }


def check(root: Path) -> Iterator[Problem]:
    """All findings below `root`."""
    for page in markdown_files(root):
        # code is blanked out, so that positions stay
        prose = CODE.sub(lambda match: re.sub(r"\S", " ", match[0]), page.read_text("utf-8"))
        for match in LINK.finditer(prose):
            target = match[1] or match[2]
            if ELSEWHERE.match(target):
                continue
            name, _, fragment = target.partition("#")
            path = page.parent / name if name else page
            line = prose.count("\n", 0, match.start()) + 1
            if not path.exists():
                yield Problem(page.relative_to(root), line, f"no file {name}")
            elif fragment and fragment not in anchors(path.read_text(encoding="utf-8")):
                yield Problem(
                    page.relative_to(root), line, f"no heading #{fragment} in {path.name}"
                )


def main(root: Path) -> int:
    """Print the findings and return the exit status: 0 if there is none, else 1."""
    found = list(check(root))
    for problem in found:
        print(problem)
    print(f"links: {len(markdown_files(root))} files, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(ROOT))
