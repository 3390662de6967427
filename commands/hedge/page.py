# SPDX-License-Identifier: AGPL-3.0-only
"""The hedge on one page: its tables, and the pictures below them."""

import io
from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from rich.console import Console

from commands.hedge.chart import Picture, draw_panels
from commands.hedge.sections import Section
from commands.hedge.show import show_sections
from commands.shell.charting import PALE, STYLE

_WIDTH, _HEIGHT = 8.27, 11.69  # A4 [inch]
_COLUMNS = 80  # [characters] of a block of tables
_TOP, _PICTURES = 0.93, 0.34  # where tables begin, and pictures end, from below [of the height]
_LARGEST = 7.0  # [pt]
_POINTS = 72  # [pt per inch]
_CHARACTER, _LINE = 0.61, 1.3  # of the monospaced font [of its size]
_SMALLER = {"font.size": 7, "axes.titlesize": 8.5}


def write(picture: Picture, sections: Sequence[Section], path: Path) -> None:
    """Write a PDF of one page, whatever the number of months: the letters shrink.

    Args:
        picture: what is drawn.
        sections: what is written, cash last or behind it debt.
        path: the file.
    """
    cash = next(place for place, each in enumerate(sections) if each.title.startswith("Cash"))
    blocks = [
        _text([*sections[:cash], *sections[cash + 1 :]]),
        _text([sections[cash]]),
    ]
    lines = max(block.count("\n") + 1 for block in blocks)
    columns = max(len(line) for block in blocks for line in block.split("\n"))
    room = (_TOP - _PICTURES - 0.02) * _HEIGHT * _POINTS
    size = min(_LARGEST, room / lines / _LINE, 0.47 * _WIDTH * _POINTS / columns / _CHARACTER)
    panels = 2 if picture.history else 1
    with rc_context(STYLE | _SMALLER):
        figure = Figure(figsize=(_WIDTH, _HEIGHT))
        figure.text(0.03, 0.965, picture.title, fontsize=14, fontweight="bold")
        figure.text(0.03, 0.948, picture.subtitle, fontsize=8, color=PALE)
        for left, block in zip((0.03, 0.52), blocks, strict=True):
            figure.text(
                left,
                _TOP,
                block,
                fontsize=size,
                family="DejaVu Sans Mono",
                va="top",
                linespacing=_LINE / 1.2,
            )
        grid = figure.add_gridspec(
            panels, 1, left=0.09, right=0.97, bottom=0.04, top=_PICTURES - 0.03, hspace=0.45
        )
        draw_panels([figure.add_subplot(grid[place]) for place in range(panels)], picture)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="pdf", metadata={"Title": picture.title})


def _text(sections: Sequence[Section]) -> str:
    stream = io.StringIO()
    show_sections(Console(width=_COLUMNS, file=stream, highlight=False), list(sections))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())
