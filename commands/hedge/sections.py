# SPDX-License-Identifier: AGPL-3.0-only
"""The hedge in words and tables, for screen and page. Digits are cut off towards zero."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hashrate.core.units import decimal_text, iso_from_day
from hashrate.hedging.hedge import Hedge
from hashrate.hedging.ladder import lowest
from hashrate.hedging.outcome import Outcome
from hashrate.hedging.plan import TOKEN_DECIMALS, WAD_PER_SAT_PHS
from hashrate.hedging.selling import Sale
from hashrate.products.forwards.product import Product

# what no forward takes away; docs/market.md says more
NOT_HEDGED = (
    "uptime beyond what was given: contracts settle for hashrate that always runs",
    "spikes of fees above the cap, falls below the floor: there the forward stops, mining goes on",
    "the pool: its own clock, luck (unless it pays FPPS) and solvency; we settle on the UTC"
    " day of the blocks' mediantime",
    "the rest below a whole PH/s, and whatever share was not sold",
    "costs: power contracts, taxes",
)
BASIS = {
    Product.HASHPRICE_SATS: "BTC/USD: HPS fixes satoshi, power costs dollars; HPU fixes dollars",
    Product.HASHPRICE_USD: "the hour of the sale: HPU settles on each day's closing price, coins"
    " sold at another hour bring another",
}
_HEADER_WIDTH = 12
_CENTS = 2


@dataclass(frozen=True, slots=True)
class Section:
    """A part of what is shown.

    Attributes:
        title: above it.
        header: names of columns; none for names with values.
        rows: cells, the first of each row names it.
        note: a sentence below.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def sections_of(hedge: Hedge, *, is_brief: bool) -> list[Section]:
    """Return all there is to show, in order.

    Args:
        hedge: worked out.
        is_brief: leave the line for each past start month out.
    """
    sections = [_fleet(hedge), _sales(hedge), _stories(hedge)]
    if hedge.history and not is_brief:
        sections.append(_history(hedge.history))
    if hedge.history:
        sections.append(_summary(hedge.history))
    sections += [_cash(hedge), _least(hedge)] if hedge.plan.debt_usd else [_cash(hedge)]
    return sections


def not_hedged(product: Product) -> tuple[str, ...]:
    """Return what the forwards leave open."""
    return (*NOT_HEDGED, BASIS[product])


def usd(amount: Fraction, *, cents: bool = True) -> str:
    """Write dollars, cut off towards zero after the cents or before them."""
    whole, rest = divmod(int(abs(amount) * 100), 100)
    sign = "-" if amount < 0 and (whole or (cents and rest)) else ""
    return f"{sign}{whole:,}.{rest:02}" if cents else f"{sign}{whole:,}"


def number_text(value: Fraction) -> str:
    """Write a number that was read from a decimal text, without zeros at its end."""
    whole, _, digits = decimal_text(int(value * 10**9), 9).partition(".")
    digits = digits.rstrip("0")
    return f"{int(whole):,}{'.' if digits else ''}{digits}"


def token_text(product: Product, amount: Fraction) -> str:
    """Write an amount [base units] of a product's token: bitcoin whole, dollars to the cent."""
    decimals = TOKEN_DECIMALS[product]
    if product.is_in_dollars:
        return usd(Fraction(amount, 10**decimals))
    whole, _, digits = decimal_text(int(amount), decimals).partition(".")
    return f"{int(whole):,}.{digits}"


def price_text(sale: Sale) -> str:
    """Write the mean price of a sale, a dash if nothing was sold."""
    mean = sale.mean_price
    return "-" if mean is None else sale.contract.product.price_text(mean).partition(" ")[0]


def _fleet(hedge: Hedge) -> Section:
    plan, fleet, spot = hedge.plan, hedge.plan.fleet, hedge.plan.spot
    kwh = number_text(fleet.usd_per_kwh)
    rows = [
        (
            "fleet",
            f"{number_text(fleet.hashrate_phs)} PH/s at {number_text(fleet.joules_per_th)} J/TH",
        ),
        ("uptime", f"{number_text(100 * fleet.uptime)} %"),
        ("power", f"{kwh} USD/kWh: {usd(fleet.power_usd_per_day)} a day"),
        ("pool fee", f"{number_text(100 * fleet.pool_fee)} %"),
        ("earns", f"what {number_text(fleet.exposure_phs)} PH/s mine"),
    ]
    if fleet.curtail_above is not None:
        rows.append(("rests", f"when a kWh mines less than {number_text(fleet.curtail_above)} USD"))
    if fleet.fixed_usd_per_month:
        rows.append(("fixed", f"{usd(fleet.fixed_usd_per_month)} a month"))
    rows += [
        ("hashprice", f"{spot.hashprice_wad // WAD_PER_SAT_PHS:,} sat per PH/s per day"),
        ("BTC/USD", usd(Fraction(spot.btc_usd_e8, 10**8))),
        ("level of", iso_from_day(spot.day)),
        ("today", iso_from_day(plan.capital.since)),
        ("mark", plan.product.price_text(spot.mark(plan.product))),
    ]
    return Section("Fleet and spot prices", (), tuple(rows))


def _sales(hedge: Hedge) -> Section:
    plan, product = hedge.plan, hedge.plan.product
    unit = "USD" if product.is_in_dollars else "BTC"
    rows, locked, cost = [], 0, Fraction(0)
    for sale in hedge.sales:
        paid = plan.capital.cost(sale)
        band = "-".join(
            product.price_text(ticks).partition(" ")[0]
            for ticks in (sale.terms.floor_ticks, sale.terms.cap_ticks)
        )
        amounts = token_text(product, Fraction(sale.locked)), token_text(product, paid)
        rows.append((str(sale.contract), f"{sale.quantity:,}", price_text(sale), band, *amounts))
        locked, cost = locked + sale.locked, cost + paid
    totals = token_text(product, Fraction(locked)), token_text(product, cost)
    rows.append(("all", "", "", "", *totals))
    header = ("contract", "PH/s", "price", "floor-cap", f"locked, {unit}", f"cost, {unit}")
    note = f"Prices in {product.unit.shown}. What is locked is all that can be lost; it costs "
    note += f"{number_text(100 * plan.capital.rate)} % a year, which is in every hedged number."
    for code, missing in hedge.missing.items():
        note += f" Nobody bids for {missing:,} of {hedge.quantity:,} {code}."
    return Section("To sell", header, tuple(rows), note)


def _stories(hedge: Hedge) -> Section:
    outcomes, debt = hedge.stories, hedge.plan.debt_usd
    lines: list[tuple[str, list[str]]] = [
        ("mean sat/PH/d", [f"{int(each.mean_sats):,}" for each in outcomes]),
        ("BTC/USD at end", [f"{each.last_usd_e8 // 10**8:,}" for each in outcomes]),
        ("days at rest", [str(each.days_at_rest) for each in outcomes]),
    ]
    amounts: dict[str, list[Fraction]] = {
        "mined": [each.mined_usd for each in outcomes],
        "power": [each.power_usd for each in outcomes],
        "fixed costs": [each.fixed_usd for each in outcomes],
        "unhedged": [each.unhedged_usd for each in outcomes],
        "forwards": [each.forwards_usd for each in outcomes],
        "cost of capital": [each.capital_usd for each in outcomes],
        "hedged": [each.hedged_usd for each in outcomes],
    }
    if debt:
        amounts["after debt"] = [each.hedged_usd - debt for each in outcomes]
    lines += [(name, [usd(each, cents=False) for each in part]) for name, part in amounts.items()]
    header = ["", *("\n".join(textwrap.wrap(each.name, _HEADER_WIDTH)) for each in outcomes)]
    rows = tuple((name, *cells) for name, cells in lines)
    return Section("Margin of all months together, USD", tuple(header), rows)


def _history(outcomes: Sequence[Outcome]) -> Section:
    header = ("from", "mean sat/PH/d", "BTC/USD at end", "unhedged", "hedged")
    rows = tuple(
        (
            each.name,
            f"{int(each.mean_sats):,}",
            f"{each.last_usd_e8 // 10**8:,}",
            usd(each.unhedged_usd, cents=False),
            usd(each.hedged_usd, cents=False),
        )
        for each in outcomes
    )
    return Section("If history repeats from a past month on, USD", header, rows)


def _summary(outcomes: Sequence[Outcome]) -> Section:
    """Return the worst, the middle and the best of history, and how often money was lost."""
    rows = []
    for name in ("unhedged", "hedged"):
        results = sorted(getattr(outcome, f"{name}_usd") for outcome in outcomes)
        lost = sum(result < 0 for result in results)
        marks = (results[0], results[len(results) // 2], results[-1])
        rows.append((name, *(usd(mark, cents=False) for mark in marks), str(lost)))
    title = f"{len(outcomes)} past start months, USD"
    header = ("", "worst", "median", "best", "with a loss")
    return Section(title, header, tuple(rows))


def _cash(hedge: Hedge) -> Section:
    rows = tuple(
        (iso_from_day(step.day), step.what, usd(step.usd), usd(step.cash_usd))
        for step in hedge.ladder
    )
    low = lowest(list(hedge.ladder))
    note = f"The worst of all that is shown. Lowest on {iso_from_day(low.day)}: "
    note += f"{usd(low.cash_usd)} USD. Satoshi are valued at the price of their day."
    header = ("day", "what", "USD", "cash, USD")
    return Section(f"Cash if: {hedge.worst.name}", header, rows, note)


def _least(hedge: Hedge) -> Section:
    plan, least = hedge.plan, hedge.least
    if least is None:
        text = "no share does: sell dearer, or owe less"
    else:
        share = 100 * least / plan.fleet.exposure_phs
        text = f"{least:,} contracts a month, {decimal_text(int(share * _CENTS * 50), _CENTS)} %"
    rows = (
        ("debt service", f"{usd(plan.debt_usd)} for all months"),
        ("worst, as planned", f"{usd(hedge.worst.hedged_usd)}: {hedge.worst.name}"),
        ("least that pays it", text),
    )
    return Section("Debt service in the worst of all", (), rows)
