# SPDX-License-Identifier: AGPL-3.0-only
"""The demo's result in words and tables."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from oracles.units import PER_PHS_DECIMALS, decimal_text, iso_from_day
from scripts.lib.demo.replay import Audit, HolderResult
from scripts.lib.demo.rows import DayRow
from scripts.lib.demo.story import Cast

_THS_PER_PHS_WAD = 10**21
_SHOWN_DIFFERENCES = 20


def show_series(console: Console, cast: Cast, rows: Sequence[DayRow], source_label: str) -> None:
    """Print a series day by day; digits are cut off (not rounded) to what fits."""
    power = decimal_text(cast.power_price_usd_e6 // 1000, 3)
    title = f"{cast.symbol}: {cast.site}, power at {power} USD/kWh  ({source_label} days)"
    table = Table(title=title, title_justify="left")
    table.add_column("day", no_wrap=True)
    for name in ("hashprice\nsat/PH/day", "output\nPH/s", "held\nPH/s", "fee\nsat", "net\nsat"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, style in (
        ("paid from\nescrow", "green"),
        ("from\nbond", "yellow"),
        ("repaid\nlater", "magenta"),
        ("still\nowed", "bold red"),
    ):
        table.add_column(name, justify="right", no_wrap=True, style=style)
    for row in rows:
        table.add_row(*_cells(row))
    table.add_section()
    sums = (sum(getattr(row, name) for row in rows) for name in _MONEY)
    table.add_row("sum", "", "", "", *(f"{total:,}" for total in sums), style="bold")
    console.print(table)


_MONEY = ("fee", "reward", "from_escrow", "from_bond", "repaid", "owed")


def _cells(row: DayRow) -> tuple[str, ...]:
    return (
        iso_from_day(row.day),
        decimal_text(row.hashprice_wad // 10**PER_PHS_DECIMALS, 0),
        decimal_text(10 * row.delivered_ths // _THS_PER_PHS_WAD, 1),
        decimal_text(10 * row.held_ths // _THS_PER_PHS_WAD, 1),
        f"{row.fee:,}",
        f"{row.reward:,}",
        *(f"{getattr(row, name):,}" if getattr(row, name) else "" for name in _MONEY[2:]),
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
        verdict = "[green]equal[/green]" if result.agrees else "[bold red]DIFFERENT[/bold red]"
        console.print(
            f"  {symbols[result.series]:<10} {names[result.account]:<15}"
            f"paid {result.paid:>11,} sat, exact model {result.model:>11,} sat   {verdict}"
        )


def show_verdict(console: Console, audit: Audit) -> None:
    """Say whether chain and model agree in everything that was compared."""
    if not audit.differences:
        console.print(
            f"\n[bold green]{audit.comparisons:,} values compared with the reference model "
            "(reports, days, ledgers, claims, wallets): no difference.[/bold green]"
        )
        return
    console.print(f"\n[bold red]{len(audit.differences)} differences from the model:[/bold red]")
    for difference in audit.differences[:_SHOWN_DIFFERENCES]:
        console.print(f"  {difference}", markup=False)
