# SPDX-License-Identifier: AGPL-3.0-only
"""Pages in two languages: what is missing in one of them is found."""

from pathlib import Path

import pytest

from tools.check_languages import ROOT, check, main

pytestmark = pytest.mark.unit

ENGLISH = """# Guide

Words, [one](a.md).

## Part

* item
* item

| a | b |
|---|---|
| 1 | 2 |

```
run this
```
![picture](../pictures/one-en.webp)
"""
CHINESE = (
    ENGLISH.replace("Words", "文字").replace("## Part", "## 部分").replace("-en.", "-zh-Hant.")
)


def write(root: Path, english: str, chinese: str) -> None:
    """Write a pair of guides."""
    for folder, text in (("en", english), ("zh-Hant", chinese)):
        path = root / "docs/guides" / folder / "one.md"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")


def test_check__same_sections_in_other_words__finds_nothing(tmp_path):
    write(tmp_path, ENGLISH, CHINESE)

    assert list(check(tmp_path)) == []
    assert main(tmp_path) == 0


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("## 部分\n", "", "1 sections, 2"),
        ("## 部分", "### 部分", "heading ##"),
        ("* item\n* item", "* item", "another number"),
        ("| 1 | 2 |\n", "", "another number"),
        ("run this", "run that", "code run this"),
        ("[one](a.md)", "one", "link a.md"),
        ("one-zh-Hant.webp", "two-zh-Hant.webp", "link ../pictures/one-en.webp"),
    ],
)
def test_check__something_is_missing__says_what(tmp_path, old, new, found):
    assert old in CHINESE
    write(tmp_path, ENGLISH, CHINESE.replace(old, new))

    (problem,) = check(tmp_path)
    assert found in str(problem)


def test_check__page_in_one_language_only__is_found(tmp_path):
    write(tmp_path, ENGLISH, CHINESE)
    (tmp_path / "docs/guides/en/one.md").unlink()
    (tmp_path / "README.zh-Hant.md").write_text("# 專案\n", encoding="utf-8")

    assert [str(problem).split(":")[0] for problem in check(tmp_path)] == [
        "README.md",
        "docs/guides/en/one.md",
    ]


def test_check__of_this_project__finds_nothing():
    assert list(check(ROOT)) == []
