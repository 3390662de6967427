# SPDX-License-Identifier: AGPL-3.0-only
"""Wrapping fills text, keeps what must not be touched, and changes nothing the second time."""

from pathlib import Path

import pytest

from tools.wrap_docs import WIDTH, Wrapper, main

pytestmark = pytest.mark.unit

LONG = " ".join(["satoshi"] * 40)
KEPT = [
    "| a | " + LONG + " |\n",
    "```\n" + LONG + "\n* no item\n```\n",
    "# " + LONG + "\n",
    "<p>" + LONG + "</p>\n",
    "Text:\n\n    " + LONG + "\n",
    "Text:\n\n    one\n    two\n    three\n\n    four\n\nText.\n",
    "10. Item\n\n# Heading\n\n    one\n    two\n    three\n",
    "* Text:\n  ```\n  " + LONG + "\n  ```\n",
    "A break that is meant  \nand a line after it.\n",
]


@pytest.mark.parametrize("text", KEPT)
def test_wrap__what_is_not_text__stays(text):
    assert Wrapper().wrap(text) == text


@pytest.mark.parametrize(
    ("first", "rest"),
    [("", ""), ("* ", "  "), ("12. ", "    "), ("  - ", "    ")],
)
def test_wrap__long_text__is_filled_under_its_beginning(first, rest):
    lines = Wrapper().wrap(first + LONG).splitlines()

    assert len(lines) == 3
    assert max(map(len, lines)) <= WIDTH
    assert min(map(len, lines[:-1])) > WIDTH - len(" satoshi")
    assert lines[0].startswith(first + "satoshi")
    assert all(line.startswith(rest + "satoshi") for line in lines[1:])


def test_wrap__short_lines__are_joined():
    assert Wrapper().wrap("one\ntwo\n\n* three\n  four\n") == "one two\n\n* three four\n"


@pytest.mark.parametrize("whole", ["`" + "a b " * 40 + "`", "[" + "a b " * 40 + "](page.md)"])
def test_wrap__code_span_or_link__is_not_broken(whole):
    assert Wrapper().wrap(f"Before {whole}, after.") == f"Before\n{whole},\nafter.\n"


@pytest.mark.parametrize("sign", ["-", "+", "7.", "#", "|", "> x"])
def test_wrap__sign_that_would_open_a_block__never_begins_a_line(sign):
    text = "x" * (WIDTH - 2) + f" {sign} y"

    assert Wrapper().wrap(text).splitlines()[1].startswith(sign) is False


def test_wrap__again__changes_nothing():
    text = "\n\n".join([LONG, "* " + LONG, *KEPT])

    once = Wrapper().wrap(text)

    assert Wrapper().wrap(once) == once


def test_main__check__finds_what_wrapping_mends(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    page = tmp_path / "page.md"
    page.write_text(LONG, encoding="utf-8")

    assert main(tmp_path, is_check=True) == 1
    assert page.read_text(encoding="utf-8") == LONG
    assert "page.md: not wrapped" in capsys.readouterr().out
    assert main(tmp_path, is_check=False) == 0
    assert main(tmp_path, is_check=True) == 0
