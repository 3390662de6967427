# SPDX-License-Identifier: AGPL-3.0-only
"""A note as one picture. Floats are for drawing only; nothing is computed from them."""

from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from commands.shell.charting import ALERT, INK, PALE, STYLE
from commands.tranches.quote import Question, Quote, flows
from hashrate.core.units import THS_PER_PHS, WAD
from hashrate.products.tranches.quote import Record

_COLOURS = ("#0072b2", "#009e73", ALERT)
_BAR = "#f7931a"
_WHO = (
    ("The lender buys SENIOR", "paid first, up to the face"),
    ("The borrower sells it and keeps JUNIOR", "the token is free once the face is met"),
)


def draw(asked: Question, found: Quote, ths: int, path: Path) -> None:
    """Draw the cash flow of lender and borrower, and when the past met the face, as a PNG."""
    panels = len(_WHO) + (found.record is not None)
    with rc_context(STYLE):
        layout = ConstrainedLayoutEngine(hspace=0.06, rect=(0.008, 0.008, 0.984, 0.985))
        height = 1.3 + 3.7 * panels
        figure = Figure(figsize=(12, height), layout=layout)
        axes = figure.subplots(panels, 1, squeeze=False)[:, 0]
        title = f"A note of {found.face:,} sat a TH/s over {asked.days} days"
        figure.suptitle(f"{title}\n\n", x=0.012, ha="left", fontsize=18, fontweight="bold")
        share = int(found.share * 1_000)
        subtitle = (
            f"{asked.name}: {share // 10}.{share % 10} % of the net income of the last 30 days, "
            f"for {ths // THS_PER_PHS:,} PH/s   ({asked.origin})"
        )
        figure.text(0.012, 1 - 0.58 / height, subtitle, fontsize=11.5, color=PALE, va="top")
        for side, axis in enumerate(axes[: len(_WHO)]):
            _draw_side(axis, found, ths, side)
        if found.record is not None:
            _draw_days(axes[-1], asked, found.record)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=130)


def _draw_side(axis: Any, found: Quote, ths: int, side: int) -> None:
    who, note = _WHO[side]
    axis.set_title(f"{who}: what it has after each day  [sat]")
    axis.set_title(note, loc="right", color=PALE, fontsize="medium", fontweight="normal")
    for (name, flow), colour in zip(found.stories, _COLOURS, strict=False):
        line = flows(found, flow, ths)[side]
        axis.plot(range(len(line)), line, color=colour, linewidth=1.8, label=name)
        if flow.shortfall:
            end = len(line) - 1
            owed = line[-1] + (1, -1)[side] * flow.shortfall * ths // WAD
            axis.plot([end, end], [line[-1], owed], color=colour, linewidth=1.2, linestyle=":")
            axis.annotate(
                "shortfall, JUNIOR's to pay",
                (end, (line[-1] + owed) / 2),
                xytext=(-6, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize="small",
                color=colour,
            )
    _frame(axis)
    axis.axhline(0, color=INK, linewidth=1)
    axis.set_xlim(0, len(found.flat.senior) + 0.5)
    axis.legend(loc="lower right" if side == 0 else "upper left", fontsize="small")


def _draw_days(axis: Any, asked: Question, record: Record) -> None:
    days = [past.met_after for past in record.pasts if past.met_after is not None]
    axis.set_title("When past starts had met the face  [number of starts by day of the term]")
    missed = len(record.pasts) - len(days)
    note = f"{len(record.pasts):,} starts, {missed:,} never met it in the term"
    axis.set_title(note, loc="right", color=PALE, fontsize="medium", fontweight="normal")
    width = max(1, asked.days // 60)
    edges = range(1, asked.days + width + 1, width)
    axis.hist(days, bins=list(edges), color=_BAR, label="met on these days")
    if missed:
        last = asked.days + 2 * width
        axis.bar([last], [missed], width=width, color=ALERT, label="not met")
    _frame(axis)
    axis.set_xlim(0, asked.days + 3 * width)
    axis.legend(loc="upper left", fontsize="small")


def _frame(axis: Any) -> None:
    axis.tick_params(length=0)
    axis.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axis.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
