# SPDX-License-Identifier: AGPL-3.0-only
"""How days are written: records for programs, a table for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from hashrate.core.types import DayObservation
from hashrate.core.units import PER_PHS_DECIMALS, decimal_text, iso_from_day, usd_wad_per_ths_day

_BAR = "█"
_BAR_CELLS = 16


def day_record(seen: DayObservation, *, simulated: bool) -> dict[str, str | int | bool]:
    """Make the record of one day; an invented day carries `simulated: true`.

    Every number is exact: decimals are strings with all their digits, and the dollar figure has the
    one floor (1e-18 USD per TH/s) that the oracle contract makes too.
    """
    facts = seen.facts
    usd_wad = usd_wad_per_ths_day(facts.hashprice_wad, seen.btc_usd_e8)
    record: dict[str, str | int | bool] = {
        "day": iso_from_day(facts.day),
        "first_height": facts.first_height,
        "last_height": facts.last_height,
        "blocks": facts.blocks,
        "subsidy_sats": facts.subsidy_sats,
        "fees_sats": facts.fees_sats,
        "difficulty": decimal_text(facts.difficulty_wad, 18),
        "hashprice_sats_per_ph_day": decimal_text(facts.hashprice_wad, PER_PHS_DECIMALS),
        "hashprice_wad": str(facts.hashprice_wad),
        "btc_usd": decimal_text(seen.btc_usd_e8, 8),
        "hashprice_usd_per_ph_day": decimal_text(usd_wad, PER_PHS_DECIMALS),
    }
    return record | {"simulated": True} if simulated else record


def print_table(observations: Sequence[DayObservation], label: str) -> None:
    """Print days as a table on stdout, digits cut off (not rounded) to what fits.

    Args:
        observations: shape (n >= 1,).
        label: the kind of source, shown above the table.
    """
    table = Table(title=f"Hashprice ({label})")
    table.add_column("day", no_wrap=True)
    for name in ("heights", "blocks", "reward BTC", "fees", "difficulty T", "BTC/USD"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("USD/PH/day", justify="right", no_wrap=True)
    table.add_column("sat/PH/day", justify="right", no_wrap=True, style="bold")
    table.add_column("", no_wrap=True, style="cyan")
    highest = max(seen.facts.hashprice_wad for seen in observations)
    for seen in observations:
        table.add_row(*_cells(seen, highest))
    # A pipe has no width of its own: never fold or cut the numbers there.
    console = Console()
    console = console if console.is_terminal else Console(width=160)
    console.print(table)


def _cells(seen: DayObservation, highest: int) -> tuple[str, ...]:
    facts = seen.facts
    reward = facts.subsidy_sats + facts.fees_sats
    usd_wad = usd_wad_per_ths_day(facts.hashprice_wad, seen.btc_usd_e8)
    return (
        iso_from_day(facts.day),
        f"{facts.first_height}-{facts.last_height}",
        str(facts.blocks),
        decimal_text(reward, 8),
        f"{decimal_text(1000 * facts.fees_sats // reward if reward else 0, 1)}%",
        decimal_text(facts.difficulty_wad // 10**26, 4),
        decimal_text(seen.btc_usd_e8 // 10**6, 2),
        decimal_text(usd_wad // 10**11, 4),
        decimal_text(facts.hashprice_wad // 10**13, 2),
        _BAR * max(1, _BAR_CELLS * facts.hashprice_wad // highest),
    )
