# SPDX-License-Identifier: AGPL-3.0-only
"""The demo's run as one picture. Floats are for drawing only; nothing is computed from them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib import dates, rc_context
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from commands.shell.charting import ALERT, PALE, SMALL, STYLE
from hashrate.core.types import MAINNET, DayFacts, DayIndex
from hashrate.core.units import DAY_SECONDS, iso_from_day
from simulation.demo.rows import DayRow
from simulation.demo.schedule import DemoSeries

_HASHPRICE = "#f7931a"
_LAYERS = (
    ("paid from escrow", "from_escrow", "#2a9d8f"),
    ("paid from the bond", "from_bond", "#e9c46a"),
    ("arrears, repaid later", "repaid", "#8d5fd3"),
    ("still owed", "owed", ALERT),
)
_HOLDERS = ("#0072b2", "#d55e00", "#009e73", "#b5478c", "#3aa0d8", "#4a4a4a")
_SATS_PER_PHS_WAD = 10**15
_SATS_PER_BTC = 10**8
_MILLION = 10**6
_RETARGET_BLOCKS = 2016
_DATES: Any = dates  # matplotlib ships no types for it


@dataclass(frozen=True, slots=True)
class Panel:
    """One series: its settled days, and the days on which arrears were repaid."""

    demo_series: DemoSeries
    rows: Sequence[DayRow]
    repaid_on: Sequence[DayIndex]


@dataclass(frozen=True, slots=True)
class Line:
    """One holder: times [unix s] with totals [sats].

    Attributes:
        name: of the holder.
        earned: by the reference model.
        received: from the chain, after each round of claims.
    """

    name: str
    earned: Sequence[tuple[int, int]]
    received: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ProductLine:
    """What one SENIOR of a strip or a note had earned, by the reference model.

    Attributes:
        name: of SENIOR.
        face: of a note [sats]; None for a strip.
        points: day and total [1e-6 sats].
        notes: what happened to it: time [unix s] and words.
    """

    name: str
    face: int | None
    points: Sequence[tuple[int, int]]
    notes: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn.

    Attributes:
        facts: of every reported day, in order.
        vetoed: days whose first report was vetoed.
        series: a panel each.
        products: a line each.
        holders: a line each.
        until: end of the picture [unix s].
        is_simulated: whether the days are invented; the picture says so.
    """

    facts: Sequence[DayFacts]
    vetoed: Sequence[DayIndex]
    series: Sequence[Panel]
    products: Sequence[ProductLine]
    holders: Sequence[Line]
    until: int
    is_simulated: bool


def draw(picture: Picture, path: Path) -> None:
    """Draw the picture as a PNG."""
    with rc_context(STYLE):
        layout = ConstrainedLayoutEngine(hspace=0.035, rect=(0.008, 0.005, 0.984, 0.99))
        figure = Figure(figsize=(12, 16.5), layout=layout)
        heights = [1.0, *(1.0 for _ in picture.series), 1.1, 1.3]
        axes = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
        _heading(figure, picture)
        _draw_hashprice(axes[0], picture)
        for axis, panel in zip(axes[1:], picture.series, strict=False):
            _draw_rewards(axis, panel)
        _draw_products(axes[-2], picture.products)
        _draw_holders(axes[-1], picture)
        _frame(axes, picture)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=130)


def _heading(figure: Any, picture: Picture) -> None:
    first, last = iso_from_day(picture.facts[0].day), iso_from_day(picture.facts[-1].day)
    kind = "SIMULATED network and price" if picture.is_simulated else "Real Bitcoin days"
    figure.suptitle(
        f"{len(picture.facts)} days of two hashrate series\n",
        x=0.012,
        ha="left",
        fontsize=18,
        fontweight="bold",
    )
    figure.text(
        0.012,
        0.965,
        f"{kind}, {first} to {last}",
        fontsize=11.5,
        color=ALERT if picture.is_simulated else PALE,
    )


def _time(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _noon(day: int) -> dt.datetime:
    return _time(day * DAY_SECONDS + DAY_SECONDS // 2)


def _draw_hashprice(axis: Any, picture: Picture) -> None:
    axis.set_title("Hashprice  [sat per PH/s per day]")
    days = [_noon(facts.day) for facts in picture.facts]
    values = [facts.hashprice_wad / _SATS_PER_PHS_WAD for facts in picture.facts]
    axis.plot(days, values, color=_HASHPRICE, linewidth=2.4, solid_capstyle="round")
    axis.fill_between(days, values, color=_HASHPRICE, alpha=0.13, linewidth=0)
    axis.set_ylim(0, max(values) * 1.25)
    for before, facts in zip(picture.facts, picture.facts[1:], strict=False):
        _note_event(axis, before, facts)
    for day in picture.vetoed:
        where = (_noon(day), values[day - picture.facts[0].day])
        axis.plot(*([part] for part in where), "o", color=ALERT, markersize=7, zorder=5)
        _text(axis, where, "first report vetoed, then corrected", (7, 9), color=ALERT)


def _note_event(axis: Any, before: DayFacts, facts: DayFacts) -> None:
    """Mark a halving or a retarget, which happen at certain heights."""
    for label, blocks, shift, align in (
        ("halving", MAINNET.halving_blocks, -5, "right"),
        ("retarget", _RETARGET_BLOCKS, 5, "left"),
    ):
        if facts.last_height // blocks != before.last_height // blocks:
            when = _noon(facts.day)
            axis.axvline(when, color=PALE, linewidth=0.9, linestyle=(0, (2, 3)))
            top = axis.get_ylim()[1]
            _text(axis, (when, top), label, (shift, -11), color=PALE, ha=align)


def _draw_rewards(axis: Any, panel: Panel) -> None:
    demo_series, rows = panel.demo_series, panel.rows
    power = demo_series.power_price_usd_e6 / _MILLION
    axis.set_title(f"{demo_series.symbol}: net reward of each day  [million sat]")
    about = f"{demo_series.site}, power at {power:.3f} USD/kWh"
    axis.set_title(about, loc="right", color=PALE, fontsize=10.5, fontweight="normal")
    days = [_noon(row.day) for row in rows]
    tops = [0.0] * len(rows)
    for label, name, colour in _LAYERS:
        heights = [getattr(row, name) / _MILLION for row in rows]
        if any(heights):
            axis.bar(days, heights, bottom=tops, width=0.8, color=colour, label=label)
            tops = [low + height for low, height in zip(tops, heights, strict=True)]
    axis.set_ylim(0, max(tops) * 1.45)
    for row, top in zip(rows, tops, strict=True):
        if row.delivered_ths < row.held_ths:
            share = 100 * row.delivered_ths // row.held_ths
            label = f"fleet delivers {share} % of what is held"
            _point_at(axis, (_noon(row.day), top), label, "right")
    _note_repayment(axis, panel, dict(zip((row.day for row in rows), tops, strict=True)))
    first = _time(rows[0].day * DAY_SECONDS)
    note = "proof of\noutput\ncomes first"
    _text(axis, (first, axis.get_ylim()[1] / 4), note, (-8, 0), color=PALE, ha="right")
    axis.legend(loc="upper right", ncols=4, fontsize=SMALL, borderaxespad=0)


def _note_repayment(axis: Any, panel: Panel, tops: dict[DayIndex, float]) -> None:
    late = [row.day for row in panel.rows if row.repaid]
    if late and panel.repaid_on:
        day = late[-1]
        when = iso_from_day(panel.repaid_on[-1])
        label = f"issuer short of money, repaid {when}"
        _point_at(axis, (_noon(day), tops[day]), label, "left")


def _point_at(axis: Any, where: tuple[dt.datetime, float], label: str, align: str) -> None:
    """Write a label above the bars, with a line down to the one it is about."""
    height = axis.get_ylim()[1] * 0.84
    axis.plot([where[0]] * 2, [where[1], height], color=ALERT, linewidth=0.9)
    axis.plot([where[0]], [where[1]], "o", color=ALERT, markersize=3.5)
    shift = 5 if align == "left" else -5
    _text(axis, (where[0], height), label, (shift, -6), color=ALERT, ha=align)


def _draw_products(axis: Any, products: Sequence[ProductLine]) -> None:
    axis.set_title("One SENIOR of a strip and of two notes  [sat earned per TH/s]")
    legend = "by the reference model; dashed: faces"
    axis.set_title(legend, loc="right", color=PALE, fontsize=10.5, fontweight="normal")
    tops = [each.face or 0 for each in products]
    tops += [each.points[-1][1] // _MILLION for each in products if each.points]
    axis.set_ylim(0, max(tops) * 1.25)
    for colour, product in zip(_HOLDERS, products, strict=False):
        if not product.points:
            continue
        times = [_time(product.points[0][0] * DAY_SECONDS)]
        times += [_time((day + 1) * DAY_SECONDS) for day, _ in product.points]
        totals = [0.0, *(total / _MILLION for _, total in product.points)]
        if product.face is None:
            # the same line as the notes' until they are cut: wide, behind theirs
            axis.plot(times, totals, color=colour, linewidth=5, alpha=0.3)
            _text(axis, (times[-1], totals[-1]), product.name, (9, -24), color=colour)
        else:
            axis.plot(times, totals, color=colour, linewidth=1.8)
            _draw_face(axis, product.face, product, times, colour)


def _draw_face(
    axis: Any, face: int, product: ProductLine, times: Sequence[dt.datetime], colour: str
) -> None:
    """Draw a note's face, with its name behind it and what happened to it above it."""
    last = max([times[-1], *(_time(at) for at, _ in product.notes)])
    axis.plot([times[0], last], [face, face], color=colour, linewidth=1, linestyle="--")
    _text(axis, (last, face), product.name, (9, -4), color=colour)
    for at, words in product.notes:
        axis.plot([_time(at)], [face], "o", color=colour, markersize=4.5)
        align = "left" if words == product.notes[-1][1] else "right"
        _text(axis, (_time(at), face), words, (0, 7), color=colour, ha=align)


def _draw_holders(axis: Any, picture: Picture) -> None:
    axis.set_title("Holders, both series together  [BTC]")
    legend = "lines: earned, by the reference model     dots: received on the chain"
    axis.set_title(legend, loc="right", color=PALE, fontsize=10.5, fontweight="normal")
    start, end = picture.facts[0].day * DAY_SECONDS, picture.until
    labels = []
    for colour, line in zip(_HOLDERS, picture.holders, strict=False):
        points = [(start, 0), *line.earned, (end, line.earned[-1][1] if line.earned else 0)]
        times = [_time(at) for at, _ in points]
        totals = [amount / _SATS_PER_BTC for _, amount in points]
        axis.step(times, totals, where="post", color=colour, linewidth=1.6)
        dots = [(_time(at), amount / _SATS_PER_BTC) for at, amount in line.received]
        if dots:
            axis.plot(*zip(*dots, strict=True), "o", color=colour, markersize=5.5)
        got = line.received[-1][1] if line.received else 0
        labels.append((totals[-1], f"{line.name}  {got / _SATS_PER_BTC:.8f}", colour))
    axis.set_ylim(0, max(value for value, _, _ in labels) * 1.08)
    _label_ends(axis, _time(end), labels)


def _label_ends(axis: Any, end: dt.datetime, labels: Sequence[tuple[float, str, str]]) -> None:
    """Write each line's name at its end, moved up where two would overlap."""
    gap = axis.get_ylim()[1] * 0.075
    height = -gap
    for value, label, colour in sorted(labels):
        height = max(value, height + gap)
        _text(axis, (end, height), label, (9, -4), color=colour)


def _text(
    axis: Any, where: tuple[Any, float], label: str, offset: tuple[int, int], **style: Any
) -> None:
    axis.annotate(
        label,
        where,
        xytext=offset,
        textcoords="offset points",
        fontsize=SMALL,
        annotation_clip=False,
        **style,
    )


def _frame(axes: Any, picture: Picture) -> None:
    axes[0].yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes[-1].set_xlim(_time(picture.facts[0].day * DAY_SECONDS), _time(picture.until))
    axes[-1].xaxis.set_major_locator(_DATES.DayLocator(interval=3))
    axes[-1].xaxis.set_major_formatter(_DATES.DateFormatter("%d %b"))
    for axis in axes:
        axis.tick_params(length=0)
        axis.yaxis.set_major_locator(MaxNLocator(5))
