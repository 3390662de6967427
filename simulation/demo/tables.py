# SPDX-License-Identifier: AGPL-3.0-only
"""The demo's result in words and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from hashrate.core.units import PER_PHS_DECIMALS, decimal_text, iso_from_day
from simulation.demo.dispute import DisputeChapter
from simulation.demo.product_rows import ProductResult
from simulation.demo.replay import Audit, HolderResult
from simulation.demo.rows import DayRow
from simulation.demo.schedule import DemoSeries

_THS_PER_PHS_WAD = 10**21
_SHOWN_DIFFERENCES = 20


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of money: field of the row, heading, style."""

    name: str
    title: str
    style: str = ""


_MONEY = (
    _Column("fee", "fee\nsat"),
    _Column("reward", "net\nsat"),
    _Column("from_escrow", "paid from\nescrow", "green"),
    _Column("from_bond", "from\nbond", "yellow"),
    _Column("repaid", "repaid\nlater", "magenta"),
    _Column("owed", "still\nowed", "bold red"),
)


def show_series(
    console: Console, demo_series: DemoSeries, rows: Sequence[DayRow], source_label: str
) -> None:
    """Print a series day by day; digits are cut off (not rounded) to what fits."""
    power = decimal_text(demo_series.power_price_usd_e6 // 1000, 3)
    title = (
        f"{demo_series.symbol}: {demo_series.site}, power at {power} USD/kWh  ({source_label} days)"
    )
    columns = [column for column in _MONEY if any(getattr(row, column.name) for row in rows)]
    console.print(f"[bold]{title}[/bold]\n")
    # one space between columns: the widest table fits 80 of them
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("day", no_wrap=True)
    for name in ("hashprice\nsat/PH/d", "output\nPH/s"):
        table.add_column(name, justify="right", no_wrap=True)
    for column in columns:
        table.add_column(column.title, justify="right", no_wrap=True, style=column.style)
    for row in rows:
        amounts = (int(getattr(row, column.name)) for column in columns)
        table.add_row(*_facts(row), *(f"{amount:,}" if amount else "" for amount in amounts))
    sums = (sum(getattr(row, column.name) for row in rows) for column in columns)
    table.add_row("sum", "", "", *(f"{total:,}" for total in sums), style="bold")
    console.print(table)


def _facts(row: DayRow) -> tuple[str, str, str]:
    return (
        iso_from_day(row.day)[len("YYYY-") :],
        decimal_text(row.hashprice_wad // 10**PER_PHS_DECIMALS, 0),
        decimal_text(10 * row.delivered_ths // _THS_PER_PHS_WAD, 1),
    )


def show_holders(
    console: Console,
    results: Sequence[HolderResult],
    symbols: Mapping[str, str],
    names: Mapping[str, str],
) -> None:
    """State for every holder what was paid and what the model says.

    Args:
        console: where to.
        results: of the audit.
        symbols: of the series, by key.
        names: of the holders, by address.
    """
    console.print("\n[bold]Every holder, to the satoshi[/bold]")
    for result in results:
        if result.exact == 0 and result.paid == 0:
            continue
        verdict = "[green]✓[/green]" if result.agrees else "[bold red]DIFFERENT[/bold red]"
        console.print(
            f"{symbols[result.series]:<9} {names[result.account]:<14} "
            f"paid {result.paid:>11,} sat, exact model {result.model:>11,} sat {verdict}"
        )


def show_products(
    console: Console, results: Sequence[ProductResult], names: Mapping[str, str]
) -> None:
    """State what strips, notes and the fund paid to whom.

    Args:
        console: where to.
        results: as the chain logged them; the verdict says whether the models agree.
        names: of the holders, by address.
    """
    console.print("\n[bold]Strip, notes and fund: what they paid[/bold]")
    for result in results:
        console.print(
            f"{result.what:<26} {names.get(result.account, result.account):<14} "
            f"{result.amount:>11,} sat",
            markup=False,
        )


def show_dispute(console: Console, chapter: DisputeChapter) -> None:
    """Print the timeline of the chapter about a false day, and whether the models agree."""
    console.print("\n[bold]A bought quorum, a false height, and proof-of-work[/bold]")
    for moment in chapter.timeline:
        when = datetime.fromtimestamp(moment.at, UTC)
        console.print(f"  {when:%m-%d %H:%M}  {moment.text}", markup=False)
    if not chapter.differences:
        console.print(f"[green]{chapter.comparisons} values compared with the models.[/green]")
    for difference in chapter.differences:
        console.print(f"  [bold red]{difference}[/bold red]")


def show_verdict(console: Console, audit: Audit) -> None:
    """Print whether chain and model agree in everything that was compared."""
    if not audit.differences:
        console.print(
            f"\n[bold green]{audit.comparisons:,} values compared with the models (reports, days, "
            "ledgers, claims, sales, products, wallets): no difference.[/bold green]"
        )
        return
    console.print(f"\n[bold red]{len(audit.differences)} differences from the model:[/bold red]")
    for difference in audit.differences[:_SHOWN_DIFFERENCES]:
        console.print(f"  {difference}", markup=False)
