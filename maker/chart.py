# SPDX-License-Identifier: AGPL-3.0-only
"""A simulation as one picture. Floats are for drawing only; nothing is computed from them."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from maker.simulation import Result

_SATS_PER_BTC = 10**8
_COLOURS = ("#0072b2", "#f7931a", "#56b4e9", "#009e73", "#c92a2a", "#7b8794")
_EPOCH = dt.date(1970, 1, 1)


def draw(results: Sequence[Result], path: Path) -> None:
    """Draw profit and inventory of policies as a PNG."""
    figure = Figure(figsize=(12, 8), layout=ConstrainedLayoutEngine())
    profit, inventory = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    for result, colour in zip(results, _COLOURS, strict=False):
        days = [
            _EPOCH + dt.timedelta(days=result.first_day + place)
            for place in range(len(result.days))
        ]
        values = [value / _SATS_PER_BTC for value in result.days]
        profit.plot(days, values, color=colour, linewidth=1.4, label=result.name)
    first = results[0]
    days = [_EPOCH + dt.timedelta(days=first.first_day + n) for n in range(len(first.inventory))]
    inventory.fill_between(days, first.inventory, color=_COLOURS[0], alpha=0.5, linewidth=0)
    profit.set_title("Profit of each policy, valued each day  [BTC]", loc="left")
    profit.legend(frameon=False)
    inventory.set_title(f"LONG less SHORT, {first.name}  [contracts]", loc="left")
    for axis in (profit, inventory):
        axis.grid(axis="y", color="#e4e7eb")
        axis.spines[["top", "right", "left"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
