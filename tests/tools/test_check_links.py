# SPDX-License-Identifier: AGPL-3.0-only
"""The check of links finds files and headings that are not there, and nothing in code."""

from pathlib import Path

import pytest

from tools.check_links import main

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](other.md)", ""),
        ("[a](other.md#what-it-is)", ""),
        ("[a](#here)\n\n## Here", ""),
        ("[a](https://example.org/none.md)", ""),
        ("`[a](none.md)`\n\n```\n[a](none.md)\n```", ""),
        ("One.\n\n[a\nb](none.md)", "page.md:4: no file none.md"),
        ("[a]: none.md", "page.md:1: no file none.md"),
        ("[a](other.md#what-it-was)", "page.md:1: no heading #what-it-was in other.md"),
        ("[a](#there)\n\n## Here", "page.md:1: no heading #there in page.md"),
    ],
)
def test_check__link__is_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, expected: str
) -> None:
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    (tmp_path / "other.md").write_text("# What it is\n", encoding="utf-8")

    assert main(tmp_path) == (1 if expected else 0)
    assert capsys.readouterr().out.splitlines()[:-1] == ([expected] if expected else [])
