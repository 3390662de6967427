# SPDX-License-Identifier: AGPL-3.0-only
"""How the demo shows its result."""

import struct
from fractions import Fraction
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from rich.console import Console

from hashrate.core.types import DayIndex
from hashrate.history import open_source
from scripts import demo
from simulation.demo.chart import Line, Panel, Picture, ProductLine, draw
from simulation.demo.replay import Audit, HolderResult
from simulation.demo.rows import DayRow
from simulation.demo.schedule import FJORD
from simulation.demo.tables import show_holders, show_series, show_verdict

pytestmark = pytest.mark.unit

ROW = DayRow(
    day=DayIndex(21_285),
    hashprice_wad=20_902 * 10**15,
    delivered_ths=72 * 10**21,
    held_work=95 * 10**21 * 86_400,
    fee=829_931,
    reward=913_724,
    from_escrow=544_462,
    from_bond=300_000,
    repaid=60_000,
)


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=120, highlight=False)


def text_of(console: Console) -> str:
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def test_show_series__a_short_day__shows_where_its_money_came_from(console: Console) -> None:
    show_series(console, FJORD, [ROW], "simulated")

    shown = text_of(console)
    assert "(simulated days)" in shown
    for cell in ("04-11", "20902", "72.0", "829,931", "913,724"):
        assert cell in shown
    for part in ("544,462", "300,000", "60,000", "9,262"):
        assert shown.count(part) == 2  # the day and the sum


@pytest.mark.parametrize(("model", "verdict"), [(1_000, "✓"), (1_001, "DIFFERENT")])
def test_show_holders__any__states_paid_and_model(
    console: Console, model: int, verdict: str
) -> None:
    result = HolderResult("fjord", "0x1", 1_000, model, Fraction(model))

    show_holders(console, [result], {"fjord": "thFJORD"}, {"0x1": "treasury"})

    line = next(line for line in text_of(console).splitlines() if "treasury" in line)
    assert f"paid       1,000 sat, exact model       {model:,} sat {verdict}" in line


def test_show_verdict__differences__lists_them(console: Console) -> None:
    show_verdict(console, Audit(differences=["wallet of [x]: chain 1, model 2"]))

    assert "1 differences from the model" in text_of(console)
    assert "wallet of [x]: chain 1, model 2" in text_of(console)


def test_show_verdict__none__says_how_much_was_compared(console: Console) -> None:
    show_verdict(console, Audit(comparisons=1_639))

    assert "1,639 values compared" in text_of(console)
    assert "no difference." in text_of(console)


@pytest.mark.parametrize("agrees", [True, False])
def test_demo__outcome__is_the_exit_code(monkeypatch: pytest.MonkeyPatch, agrees: bool) -> None:
    module = SimpleNamespace(run=lambda data, start, output: agrees)
    monkeypatch.setattr(demo, "imported_late", lambda name: module)

    result = CliRunner().invoke(demo.cli, [])

    assert result.exit_code == (0 if agrees else 1)


def test_draw__a_few_days__writes_a_picture(tmp_path: Path) -> None:
    source = open_source("simulated:chart")
    facts = [source.observe(DayIndex(source.first_day + index)).facts for index in range(8)]
    start = facts[0].day * 86_400
    picture = Picture(
        facts=facts,
        vetoed=[facts[3].day],
        series=[Panel(FJORD, [ROW], [DayIndex(ROW.day + 2)])],
        products=[
            ProductLine("strip", None, [(facts[2].day, 10**6), (facts[3].day, 3 * 10**6)], []),
            ProductLine(
                "note", 2, [(facts[2].day, 10**6), (facts[3].day, 2 * 10**6)], [(start + 9, "met")]
            ),
            ProductLine("late", 5, [], []),
        ],
        holders=[
            Line("treasury", [(start + 5, 100), (start + 90_000, 900)], [(start + 99_000, 900)]),
            Line("nobody", [], []),
        ],
        until=start + 9 * 86_400,
        is_simulated=True,
    )

    path = tmp_path / "deeper/picture.png"
    draw(picture, path)

    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert width > 1_000
    assert height > 1_000
