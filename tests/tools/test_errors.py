# SPDX-License-Identifier: AGPL-3.0-only
"""Table and page of reasons say the same; what a branch did to its page is taken over."""

import pytest

from tools.errors import (
    PAGE,
    TABLE,
    Refusal,
    Section,
    read_page,
    read_table,
    take_over,
    write_page,
    write_table,
)
from tools.vyper_source import ROOT

pytestmark = pytest.mark.unit


def sections() -> list[Section]:
    """Make a small table."""
    empty = Refusal("till: empty", "no money", "fill it", zh_hant={"cause": "空", "remedy": "補"})
    locked = Refusal("till: locked", 'a "lock"', "use `open`")
    odd = Refusal("erc: `s` value", "high", "use the low one", used_by="till, shop")
    return [Section("Till", "Money", [empty, locked]), Section("From others", "", [odd])]


def test_table__written_and_read__is_the_same() -> None:
    """Quotes, backticks and Chinese survive; the page has the same rows without translations."""
    assert read_table(write_table(sections())) == sections()
    rows = read_page(write_page(sections()))
    assert list(rows) == [
        (("Till", "Money"), "till: empty"),
        (("Till", "Money"), "till: locked"),
        (("From others", ""), "erc: `s` value"),
    ]
    assert rows[("From others", ""), "erc: `s` value"] == sections()[1].refusals[0]


def test_project__table_and_page__agree() -> None:
    """Every row of the page is one of the table."""
    table = read_table((ROOT / TABLE).read_text(encoding="utf-8"))
    rows = read_page((ROOT / PAGE).read_text(encoding="utf-8"))

    assert len(rows) == sum(len(section.refusals) for section in table) > 150


def test_take_over__rows_of_a_branch__are_added_changed_and_removed() -> None:
    """What the branch did is done here; what was done here meanwhile stays."""
    before = write_page(sections())
    after = before.replace("| no money | fill it |", "| no coins | fill it |")
    after = after.replace('| `till: locked` | a "lock" | use `open` |\n', "")
    after += "## Shop\n\n### Doors\n\n| `shop: shut` | it is late | come back |\n"
    here = sections()
    here[0].refusals[1].remedy = "changed here"
    here[0].refusals.append(Refusal("till: new here", "cause", "remedy"))

    take_over(here, before, after)

    assert here == [
        Section(
            "Till",
            "Money",
            [
                Refusal("till: empty", "no coins", "fill it"),  # its translation was of other words
                Refusal("till: new here", "cause", "remedy"),
            ],
        ),
        sections()[1],
        Section("Shop", "Doors", [Refusal("shop: shut", "it is late", "come back")]),
    ]


def test_take_over__untouched_rows__keep_what_was_done_here() -> None:
    """A row that the branch left alone is not set back."""
    page, here = write_page(sections()), sections()
    here[0].refusals[1].remedy = "changed here"

    take_over(here, page, page)

    assert here[0].refusals[1].remedy == "changed here"
    assert here[0].refusals[0].zh_hant == {"cause": "空", "remedy": "補"}
