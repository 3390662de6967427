# SPDX-License-Identifier: AGPL-3.0-only
"""Wrap the text of all Markdown files at 120 columns; `--check` only says which are not.

Paragraphs and list items are filled greedily. Tables, code, headings and HTML stay as they are; a
code span or a link is never broken, so a line is longer only where one of them is.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.vyper_source import ROOT

WIDTH = 120
PAGES = ("*.md", "docs/**/*.md", "benchmarks/**/*.md")
CODE_INDENT = 4  # beyond the text around it
# a code span, a link or image, or anything else without a space, in any sequence
TOKEN = re.compile(r"(?:`[^`]*`|!?\[[^\]]*\]\([^)]*\)|\S)+")
FENCE = re.compile(r"\s*(```|~~~)")
ITEM = re.compile(r"(\s*(?:[*+-]|\d+[.)])\s+)(?=\S)")
VERBATIM = re.compile(r"\s*(\||#|<|>|\[[^\]]+\]:\s)|\s*(?:---+|===+)\s*$")
# what would begin a list, a heading, a quotation or a table if it stood first on a line
OPENS_BLOCK = re.compile(r"[*+-]|\d+[.)]|#{1,6}|[>|].*|=+|-+")


def fill(text: str, first: str, rest: str) -> Iterator[str]:
    """Fill a block.

    Args:
        text: its words.
        first: what the first line begins with.
        rest: what every other line begins with.
    """
    line, is_empty = first, True
    for token in TOKEN.findall(text):
        fits = len(line) + (not is_empty) + len(token) <= WIDTH
        if is_empty or fits or OPENS_BLOCK.fullmatch(token):
            line += token if is_empty else f" {token}"
        else:
            yield line
            line = rest + token
        is_empty = False
    yield line


class Wrapper:
    """Reads lines and writes them wrapped."""

    def __init__(self) -> None:
        self._written: list[str] = []
        self._block: list[str] = []  # lines of the block that is open, without indentation
        self._first = self._rest = ""  # what its first and its other lines begin with
        self._list_indent = 0  # of the text of the innermost list item
        self._is_code = False  # whether the line before is of an indented block of code

    def wrap(self, text: str) -> str:
        """Wrap a whole file."""
        fence, is_after_blank = "", True
        for line in text.splitlines():
            mark = FENCE.match(line)
            if fence or mark:
                self._keep(line)
                if mark and not fence:
                    fence = mark[1]
                elif mark and mark[1] == fence:
                    fence = ""
            elif not line.strip():
                self._keep("")
            else:
                self._read(line, is_after_blank)
            is_after_blank = not line.strip()
        self._flush()
        return "\n".join(self._written).rstrip("\n") + "\n"

    def _read(self, line: str, is_after_blank: bool) -> None:
        indent = len(line) - len(line.lstrip())
        may_be_code = is_after_blank or self._is_code
        self._is_code = may_be_code and indent >= self._list_indent + CODE_INDENT
        if self._is_code or VERBATIM.match(line):
            self._list_indent = min(self._list_indent, indent)  # a heading ends a list
            self._keep(line)
            return
        if item := ITEM.match(line):
            self._flush()
            self._first, self._list_indent = item[1], len(item[1])
            self._rest = " " * len(item[1])
            line = line[len(item[1]) :]
        elif not self._block:
            self._list_indent = min(self._list_indent, indent)
            self._first = self._rest = " " * indent
        self._block.append(line.strip())
        if line.endswith(("  ", "\\")):  # a line break that is meant
            self._flush()
            self._written[-1] += "  " if line.endswith("  ") else ""

    def _keep(self, line: str) -> None:
        self._flush()
        self._written.append(line)

    def _flush(self) -> None:
        if self._block:
            self._written += fill(" ".join(self._block), self._first, self._rest)
            self._first, self._block = self._rest, []


def markdown_files(root: Path) -> list[Path]:
    """Return every Markdown file of the project, sorted by path."""
    return sorted(path for pattern in PAGES for path in root.glob(pattern))


def main(root: Path, *, is_check: bool) -> int:
    """Wrap, or say what is not wrapped.

    Returns:
        The exit status: 1 if a check found something, else 0.
    """
    files, wrong = markdown_files(root), 0
    for path in files:
        text = path.read_text(encoding="utf-8")
        wrapped = Wrapper().wrap(text)
        if wrapped == text:
            continue
        wrong += 1
        if is_check:
            print(f"{path.relative_to(root)}: not wrapped, run `python -m tools.wrap_docs`")
        else:
            path.write_text(wrapped, encoding="utf-8")
    print(f"wrapping: {len(files)} files, {wrong} {'problems' if is_check else 'changed'}")
    return 1 if wrong and is_check else 0


if __name__ == "__main__":
    sys.exit(main(ROOT, is_check="--check" in sys.argv[1:]))
