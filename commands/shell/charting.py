# SPDX-License-Identifier: AGPL-3.0-only
"""How the project's pictures look."""

from typing import Any

INK, PALE, GRID, ALERT = "#1f2933", "#7b8794", "#e4e7eb", "#c92a2a"
SMALL = 9.5  # [pt]
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "text.color": INK,
    "axes.edgecolor": PALE,
    "axes.labelcolor": PALE,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 12.5,
    "axes.titleweight": "bold",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "legend.frameon": False,
}
