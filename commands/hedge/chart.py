# SPDX-License-Identifier: AGPL-3.0-only
"""The hedge as one picture. Floats are for drawing only; nothing is computed from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from commands.shell.charting import ALERT, INK, PALE, STYLE
from hashrate.hedging.outcome import Outcome

_UNHEDGED, _HEDGED = "#f7931a", "#0072b2"
_BAR = 0.36
_MANY = 24  # start months above which only some are named


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn.

    Attributes:
        title: what is hedged.
        subtitle: fleet, prices, where the days are from.
        what_if: the simple stories.
        history: past start months; none without data.
    """

    title: str
    subtitle: str
    what_if: Sequence[Outcome]
    history: Sequence[Outcome]


def draw(picture: Picture, path: Path) -> None:
    """Draw the picture as a PNG."""
    panels = 2 if picture.history else 1
    with rc_context(STYLE):
        layout = ConstrainedLayoutEngine(hspace=0.06, rect=(0.008, 0.008, 0.984, 0.985))
        height = 1.4 + 4.4 * panels
        figure = Figure(figsize=(12, height), layout=layout)
        axes = figure.subplots(panels, 1, squeeze=False)[:, 0]
        figure.suptitle(f"{picture.title}\n\n", x=0.012, ha="left", fontsize=18, fontweight="bold")
        below = 1 - 0.58 / height
        figure.text(0.012, below, picture.subtitle, fontsize=11.5, color=PALE, va="top")
        draw_panels(axes, picture)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=130)


def draw_panels(axes: Any, picture: Picture) -> None:
    """Draw the stories, and history where there is a second panel and data for it."""
    _draw_stories(axes[0], picture.what_if)
    if picture.history:
        _draw_history(axes[1], picture.history)
    for axis in axes:
        axis.axhline(0, color=INK, linewidth=1)
        axis.tick_params(length=0)
        axis.yaxis.set_major_locator(MaxNLocator(6))
        axis.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def _draw_stories(axis: Any, outcomes: Sequence[Outcome]) -> None:
    axis.set_title("Margin of all months together if …  [USD]")
    for shift, name, colour in ((-_BAR / 2, "unhedged", _UNHEDGED), (_BAR / 2, "hedged", _HEDGED)):
        values = [_drawn(getattr(outcome, f"{name}_usd")) for outcome in outcomes]
        places = [index + shift for index in range(len(outcomes))]
        axis.bar(places, values, width=_BAR, color=colour, label=name)
        for place, value in zip(places, values, strict=True):
            offset, align = (3, "bottom") if value >= 0 else (-3, "top")
            axis.annotate(
                f"{value:,.0f}",
                (place, value),
                xytext=(0, offset),
                textcoords="offset points",
                ha="center",
                va=align,
                fontsize="small",
                color=PALE,
            )
    axis.set_xticks(range(len(outcomes)), [outcome.name for outcome in outcomes])
    axis.margins(y=0.15)
    axis.legend(loc="upper right", ncols=2, fontsize="small", borderaxespad=0)


def _draw_history(axis: Any, outcomes: Sequence[Outcome]) -> None:
    axis.set_title("The same if history repeats from a past month on  [USD]")
    note = "moves of the real days, from today's level"
    axis.set_title(note, loc="right", color=PALE, fontsize="medium", fontweight="normal")
    places = list(range(len(outcomes)))
    lost = [outcome.unhedged_usd < 0 for outcome in outcomes]
    low = [_drawn(outcome.unhedged_usd) for outcome in outcomes]
    high = [_drawn(outcome.hedged_usd) for outcome in outcomes]
    axis.plot(places, low, color=_UNHEDGED, linewidth=1.8, label="unhedged")
    axis.plot(places, high, color=_HEDGED, linewidth=1.8, label="hedged")
    axis.fill_between(places, low, 0, where=lost, color=ALERT, alpha=0.15, linewidth=0)
    every = 1 if len(outcomes) <= _MANY else 12
    named = places[::every]
    axis.set_xticks(named, [outcomes[place].name for place in named])
    axis.set_xlim(-0.5, len(outcomes) - 0.5)
    axis.legend(loc="upper right", ncols=2, fontsize="small", borderaxespad=0)


def _drawn(amount: Fraction) -> float:
    return float(amount)
