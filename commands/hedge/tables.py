# SPDX-License-Identifier: AGPL-3.0-only
"""The hedge in words and tables. Digits are cut off (not rounded) to what is shown."""

from collections.abc import Sequence
from fractions import Fraction

from rich.console import Console
from rich.table import Table

from commands.shell.console import grid
from hashrate.core.units import decimal_text, iso_from_day
from hashrate.hedging.outcome import Outcome
from hashrate.hedging.plan import TOKEN_DECIMALS, WAD_PER_SAT_PHS, Fleet, Sale, Spot
from hashrate.products.forwards.product import Product

# what no forward takes away; docs/market.md says more
NOT_HEDGED = (
    "uptime: contracts settle for hashrate that always runs; a day offline is a loss of that day",
    "spikes of fees above the cap, falls below the floor: there the forward stops, mining goes on",
    "the pool: its own clock, fee, luck (unless it pays FPPS) and solvency; we settle on the UTC"
    " day of the blocks' mediantime",
    "the rest below a whole PH/s, and whatever share was not sold",
    "costs: power contracts, curtailment, taxes",
)
_BASIS = {
    Product.HASHPRICE_SATS: "BTC/USD: HPS fixes satoshi, power costs dollars; HPU fixes dollars",
    Product.HASHPRICE_USD: "the hour of the sale: HPU settles on each day's closing price, coins"
    " sold at another hour bring another",
}
_LOCKED = (
    "collateral: it stays locked until the last day is final in the oracle; what it could have"
    " earned elsewhere is a cost"
)


def show_fleet(console: Console, fleet: Fleet, spot: Spot, product: Product) -> None:
    """Print what was given and what it costs to run."""
    sats = spot.hashprice_wad // WAD_PER_SAT_PHS
    rows = [
        ("fleet", f"{_number(fleet.hashrate_phs)} PH/s at {_number(fleet.joules_per_th)} J/TH"),
        ("power", f"{_number(fleet.usd_per_kwh)} USD/kWh: {usd(fleet.power_usd_per_day)} a day"),
        ("pool fee", f"{_number(100 * fleet.pool_fee)} %"),
        ("hashprice", f"{sats:,} sat per PH/s per day"),
        ("BTC/USD", decimal_text(spot.btc_usd_e8 // 10**6, 2)),
        ("level of", iso_from_day(spot.day)),
        ("mark", product.price_text(spot.mark(product))),
    ]
    console.print(grid("Fleet and spot prices", rows))


def show_sales(console: Console, sales: Sequence[Sale], rate: Fraction, spot: Spot) -> None:
    """Print what to sell, at which price, and the margin that locks.

    Args:
        console: where to.
        sales: the months.
        rate: what capital costs, a year.
        spot: since when the margin is locked.
    """
    product = sales[0].contract.product
    table = Table(title="To sell", title_justify="left")
    table.add_column("contract", no_wrap=True)
    for name in ("contracts", "price", "floor", "cap", "locked margin", "its cost"):
        table.add_column(name, justify="right", no_wrap=True)
    locked, cost = 0, Fraction(0)
    for sale in sales:
        price, floor, cap = (
            product.price_text(ticks).partition(" ")[0]
            for ticks in (sale.price_ticks, sale.terms.floor_ticks, sale.terms.cap_ticks)
        )
        paid = sale.capital_cost(rate, spot.day)
        amounts = (_token(product, Fraction(sale.locked)), _token(product, paid))
        table.add_row(str(sale.contract), f"{sale.quantity:,}", price, floor, cap, *amounts)
        locked, cost = locked + sale.locked, cost + paid
    totals = (_token(product, Fraction(locked)), _token(product, cost))
    table.add_row("all", "", "", "", "", *totals, style="bold")
    console.print(table)
    console.print(
        f"Prices in {product.unit.shown}. The margin is all that can be lost; its cost is at "
        f"{_number(100 * rate)} % a year, and in no number below.\n"
    )


def show_outcomes(console: Console, title: str, outcomes: Sequence[Outcome]) -> None:
    """Print outcomes, one a line."""
    table = Table(title=title, title_justify="left")
    table.add_column("", no_wrap=True)
    names = ("mean sat/PH/d", "BTC/USD at end", "mined", "power", "unhedged", "forwards", "hedged")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for outcome in outcomes:
        table.add_row(
            outcome.name,
            f"{int(outcome.mean_sats):,}",
            f"{outcome.last_usd_e8 // 10**8:,}",
            *(usd(part, cents=False) for part in (outcome.mined_usd, outcome.power_usd)),
            _coloured(outcome.unhedged_usd),
            usd(outcome.forwards_usd, cents=False),
            _coloured(outcome.hedged_usd),
        )
    console.print(table)


def show_summary(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print the worst, the middle and the best of history, and how often money was lost."""
    rows = []
    for name in ("unhedged", "hedged"):
        results = sorted(getattr(outcome, f"{name}_usd") for outcome in outcomes)
        lost = sum(result < 0 for result in results)
        middle = results[len(results) // 2]
        marks = ", ".join(
            f"{word} {usd(value, cents=False)}"
            for word, value in (("worst", results[0]), ("median", middle), ("best", results[-1]))
        )
        rows.append((name, f"{marks} USD; a loss from {lost} of {len(results)} start months"))
    console.print(grid(f"{len(outcomes)} past start months", rows))


def show_not_hedged(console: Console, product: Product) -> None:
    """Describe what the forwards leave open."""
    console.print("Not hedged:")
    for line in (*NOT_HEDGED, _BASIS[product], _LOCKED):
        console.print(f"  * {line}", markup=False)


def usd(amount: Fraction, *, cents: bool = True) -> str:
    """Write dollars, cut off towards zero after the cents or before them."""
    whole, rest = divmod(int(abs(amount) * 100), 100)
    sign = "-" if amount < 0 and (whole or (cents and rest)) else ""
    return f"{sign}{whole:,}.{rest:02}" if cents else f"{sign}{whole:,}"


def _coloured(amount: Fraction) -> str:
    text = usd(amount, cents=False)
    return f"[red]{text}[/red]" if amount < 0 else f"[green]{text}[/green]"


def _token(product: Product, amount: Fraction) -> str:
    unit = "USD" if product.is_in_dollars else "BTC"
    return f"{decimal_text(int(amount), TOKEN_DECIMALS[product])} {unit}"


def _number(value: Fraction) -> str:
    """Write a number that was read from a decimal text, without zeros at its end."""
    whole, _, digits = decimal_text(int(value * 10**9), 9).partition(".")
    digits = digits.rstrip("0")
    return f"{int(whole):,}{'.' if digits else ''}{digits}"
