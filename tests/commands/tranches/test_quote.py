# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run tranches quote`: what it says, writes and draws."""

import json
from fractions import Fraction
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from commands.shell.errors import ScriptError
from commands.tranches import chart, quoting
from commands.tranches.quote import Question, as_json, flows, quote, show
from hashrate.core.types import DayIndex
from hashrate.core.units import WAD
from hashrate.products.tranches.errors import QuoteError
from hashrate.products.tranches.quote import Income

pytestmark = pytest.mark.unit

FIRST = DayIndex(20_000)
DAYS = 10
# 40 satoshi a day, then ten days of 10, then 40 again
INCOME = Income(FIRST, [40 * WAD] * 50 + [10 * WAD] * 10 + [40 * WAD] * 60)
ASKED = Question("fjord", "made-up days", INCOME, DAYS, FIRST, Fraction(0))
GIVEN = quoting.Given(
    days=DAYS,
    shares=("50",),
    face=None,
    yearly="8",
    j_per_th="20",
    usd_per_kwh="0.05",
    pool_fee="0",
    data=None,
    since="2019-01-01",
    phs=1,
    is_json=True,
    output=None,
)


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=160, highlight=False)


def text_of(console: Console) -> str:
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def test_quote__half_of_the_income__is_met_in_half_of_the_term_if_nothing_changes() -> None:
    found = quote(ASKED, Fraction(1, 2), None)

    assert (found.face, found.share, found.flat.met_after) == (200, Fraction(1, 2), 5)
    assert found.price == 200 * WAD  # nothing is asked for the time
    assert found.record is not None
    assert found.record.worst.start == FIRST + 50
    assert found.record.worst.paid_share == Fraction(1, 2)
    assert found.worst is not None
    assert found.worst.shortfall == 100 * WAD


def test_quote__a_face_that_is_named__works_its_share_out() -> None:
    assert quote(ASKED, None, 100).share == Fraction(1, 4)
    with pytest.raises(QuoteError, match="neither a face nor a share"):
        quote(ASKED, None, None)


def test_quote__no_income__is_refused() -> None:
    asked = Question("fjord", "days", Income(FIRST, [0] * 40), DAYS, FIRST, Fraction(0))

    with pytest.raises(QuoteError, match="fjord has had no net income for 30 days"):
        quote(asked, Fraction(1, 2), None)


def test_flows__price_and_face__come_to_what_the_term_earns() -> None:
    found = quote(ASKED, Fraction(1, 2), None)

    lender, borrower = flows(found, found.flat, 1_000)

    assert (lender[0], lender[5], lender[-1]) == (-200_000, 0, 0)
    assert (borrower[0], borrower[5], borrower[-1]) == (200_000, 200_000, 400_000)


def test_show__any_quote__says_all_of_it(console: Console) -> None:
    show(console, ASKED, [quote(ASKED, Fraction(1, 2), None)], 1_000)

    shown = text_of(console)
    for words in ("50.0 %", "200", "past starts since", "Cash flow of 1 PH/s", "100,000"):
        assert words in shown


def test_show__a_young_oracle__says_nothing_of_the_past(console: Console) -> None:
    asked = Question("fjord", "days", Income(FIRST, [40 * WAD] * 30), DAYS, FIRST, Fraction(0))

    show(console, asked, [quote(asked, Fraction(1, 2), None)], 1_000)

    assert "Too few days are known" in text_of(console)


def test_as_json__any_quote__has_whole_numbers_as_text() -> None:
    found = json.loads(as_json(ASKED, [quote(ASKED, Fraction(1, 2), None)]))

    (only,) = found["quotes"]
    assert (only["share_bps"], only["face_sats"], only["price_wad"]) == (
        "5000",
        "200",
        str(200 * WAD),
    )
    assert (only["worst_paid_bps"], only["worst_days_short"]) == ("5000", 10)


def test_draw__with_and_without_a_past__writes_a_picture(tmp_path: Path) -> None:
    young = Question("fjord", "days", Income(FIRST, [40 * WAD] * 30), DAYS, FIRST, Fraction(0))
    for name, asked in (("old", ASKED), ("young", young)):
        path = tmp_path / f"{name}/note.png"
        chart.draw(asked, quote(asked, Fraction(1, 2), None), 1_000, path)
        assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def _run(console: Console, series: str | None, given: quoting.Given) -> None:
    session: Any = SimpleNamespace(console=console)
    quoting.run(session, series, given)


@pytest.mark.parametrize(
    ("series", "changes", "message"),
    [
        (None, {"j_per_th": None}, "name a series, or machines"),
        ("fjord", {}, "a series has its own machines"),
    ],
)
def test_run__neither_or_both__is_refused(
    console: Console, series: str | None, changes: dict[str, None], message: str
) -> None:
    fields = {name: getattr(GIVEN, name) for name in quoting.Given.__slots__}
    with pytest.raises(ScriptError, match=message):
        _run(console, series, quoting.Given(**{**fields, **changes}))


def test_run__real_days__quotes_them(console: Console, market_data_dir: Path) -> None:
    fields = {name: getattr(GIVEN, name) for name in quoting.Given.__slots__}

    _run(console, None, quoting.Given(**{**fields, "data": market_data_dir, "days": 180}))

    (only,) = json.loads(text_of(console))["quotes"]
    assert int(only["starts"]) >= 2_459
    assert int(only["met"]) < int(only["starts"])
