# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands print. No figure is ever cut."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_iso, iso_from_day
from hashrate.core.utc import utc_text
from hashrate.history import open_source
from hashrate.products.forwards.months import month_of_day
from maker.curve import GrowthBounds
from maker.cycle import Report
from maker.errors import SimulationError
from maker.quoting import Policy
from maker.simulation import Flow, Result, read_history, simulate

_PLAIN = Policy()
POLICIES = {
    "as shipped": _PLAIN,
    "half-width 2 %": replace(_PLAIN, half_width_bps=200, skew_bps=100, volatility_multiple=0),
    "half-width 4 %": replace(_PLAIN, volatility_multiple=0),
    "half-width 8 %": replace(_PLAIN, half_width_bps=800),
    "through retargets": replace(_PLAIN, quiet_blocks=0),
    "without skew": replace(_PLAIN, skew_bps=0),
}
"""What `simulate` compares: what is shipped, and what each part of it is worth."""


def show_report(report: Report) -> None:
    """Print what one look found."""
    if report.quiet:
        click.echo(f"Nothing is quoted: {report.quiet}")
    rows = [
        (
            offer.listing.name,
            "bid" if offer.quote.is_buy else "ask",
            f"{offer.quote.quantity:,}",
            offer.listing.terms.product.bare_price(offer.quote.price_ticks),
            utc_text(offer.deadline),
        )
        for offer in report.offers
    ]
    if rows:
        click.echo(aligned(("contract", "side", "contracts", "price", "until"), rows))
    tokens = [
        (
            offer.listing.name,
            "bid" if offer.quote.is_buy else "ask",
            tokens_text(offer.quote.quantity),
            f"{offer.quote.price:,}",
            utc_text(offer.deadline),
        )
        for offer in report.spot_offers
    ]
    if tokens:
        # [money base units for 1e18 of the token, or of what remains of it]
        click.echo(aligned(("token", "side", "quantity", "price", "until"), tokens))
    for money, amount in report.profit.items():
        unit = "cents" if money == "dollars" else "sat"
        click.echo(f"profit in {money}: {amount:,} {unit}")
    click.echo(f"{report.signed} orders signed")


def simulated(
    data: Path, first: str, end: str | None, months: int, seed: str, flow: int, loss: int | None
) -> list[Result]:
    """Let every policy quote through the same days and the same takers.

    Raises:
        SimulationError: the days do not reach, or no month could settle.
    """
    source, growth = open_source(f"dataset:{data}"), GrowthBounds()
    begin = day_from_iso(first)
    history = read_history(source, begin, growth)
    # trading ends so early that the last month listed is over with the last day known
    last = month_of_day(DayIndex(history.last + 1)).plus(-months).first_day
    until = last if end is None else min(last, day_from_iso(end))
    if until <= begin:
        raise SimulationError(f"from {first} on no month of {months} listed could settle")
    limit = 2**127 if loss is None else loss
    return [
        simulate(
            name,
            policy,
            history,
            (begin, until),
            flow=Flow(seed, flow),
            months=months,
            loss_limit=limit,
        )
        for name, policy in POLICIES.items()
    ]


def results_text(results: Sequence[Result]) -> str:
    """Write what became of policies as a table."""
    header = (
        "policy",
        "profit",
        "worst fall",
        "most locked",
        "most open",
        "trades",
        "fill rate",
        "to who knew",
        "stopped",
    )
    rows = [
        (
            each.name,
            f"{each.profit:,}",
            f"{each.drawdown:,}",
            f"{each.most_locked:,}",
            f"{each.most_open:,}",
            f"{each.fills:,}",
            _percent(each.served, each.wanted),
            f"{each.lost_to_known:,}",
            "-" if each.stopped_on is None else iso_from_day(each.stopped_on),
        )
        for each in results
    ]
    return aligned(header, rows)


def results_json(results: Sequence[Result]) -> str:
    """Write what became of policies; amounts are satoshi, as texts."""
    records = [
        {
            "policy": each.name,
            "profit_sats": str(each.profit),
            "worst_fall_sats": str(each.drawdown),
            "most_locked_sats": str(each.most_locked),
            "most_open": each.most_open,
            "trades": each.fills,
            "traded": each.traded,
            "wanted": each.wanted,
            "served": each.served,
            "to_who_knew_sats": str(each.lost_to_known),
            "stopped_on": None if each.stopped_on is None else iso_from_day(each.stopped_on),
        }
        for each in results
    ]
    return json.dumps(records, indent=2)


def tokens_text(quantity: int) -> str:
    """Write base units as tokens, exactly."""
    whole, part = divmod(quantity, 10**18)
    return f"{whole:,}" + (f".{part:018}".rstrip("0") if part else "")


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table of texts: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in (header, *rows):
        first, *rest = (
            cell.ljust(widths[0]) if not place else cell.rjust(widths[place])
            for place, cell in enumerate(row)
        )
        lines.append("  ".join([first, *rest]).rstrip())
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    """Write a share with one digit behind the point, cut off."""
    tenths = 1_000 * part // whole if whole else 0
    return f"{tenths // 10}.{tenths % 10} %"
