# SPDX-License-Identifier: AGPL-3.0-only
"""The hedge for programs: JSON and CSV. Dollars are texts, cut off at the cent towards zero."""

import csv
import io
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from commands.hedge.sections import usd
from hashrate.core.units import decimal_text, iso_from_day
from hashrate.hedging.hedge import Hedge
from hashrate.hedging.ladder import Step
from hashrate.hedging.outcome import Outcome
from hashrate.hedging.selling import Capital, Sale

VERSION = 1


def to_json(hedge: Hedge) -> str:
    """Write all of a hedge."""
    plan = hedge.plan
    record = {
        "version": VERSION,
        "today": iso_from_day(plan.capital.since),
        "level_of": iso_from_day(plan.spot.day),
        "product": plan.product.value,
        "hashprice_wad": str(plan.spot.hashprice_wad),
        "btc_usd": _dollars(Fraction(plan.spot.btc_usd_e8, 10**8)),
        "contracts": hedge.quantity,
        "missing": hedge.missing,
        "sales": [_sale(sale, plan.capital) for sale in hedge.sales],
        "stories": [_outcome(each) for each in hedge.stories],
        "history": [_outcome(each) for each in hedge.history],
        "worst": hedge.worst.name,
        "debt_usd": _dollars(plan.debt_usd),
        "least_contracts": hedge.least,
        "cash": [_step(each) for each in hedge.ladder],
    }
    return json.dumps(record, indent=2)


def to_csv(hedge: Hedge, table: str) -> str:
    """Write one table: `sales`, `outcomes` or `cash`."""
    rows: Sequence[dict[str, Any]]
    if table == "sales":
        rows = [_sale(sale, hedge.plan.capital) for sale in hedge.sales]
    elif table == "cash":
        rows = [_step(each) for each in hedge.ladder]
    else:
        parts = (("story", hedge.stories), ("history", hedge.history))
        rows = [{"kind": kind, **_outcome(each)} for kind, part in parts for each in part]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _sale(sale: Sale, capital: Capital) -> dict[str, Any]:
    mean = sale.mean_price
    product = sale.contract.product
    return {
        "contract": str(sale.contract),
        "wanted": sale.wanted,
        "sold": sale.quantity,
        "price": "" if mean is None else product.price_text(mean).partition(" ")[0],
        "floor": product.bare_price(sale.terms.floor_ticks),
        "cap": product.bare_price(sale.terms.cap_ticks),
        "locked_base_units": str(sale.locked),
        "capital_cost_base_units": str(int(capital.cost(sale))),
        "released": iso_from_day(sale.released_day),
    }


def _outcome(each: Outcome) -> dict[str, Any]:
    return {
        "name": each.name,
        "mean_sat_per_phs_day": decimal_text(int(each.mean_sats * 1000), 3),
        "last_btc_usd": _dollars(Fraction(each.last_usd_e8, 10**8)),
        "days_at_rest": each.days_at_rest,
        "mined_usd": _dollars(each.mined_usd),
        "power_usd": _dollars(each.power_usd),
        "fixed_usd": _dollars(each.fixed_usd),
        "unhedged_usd": _dollars(each.unhedged_usd),
        "forwards_usd": _dollars(each.forwards_usd),
        "capital_usd": _dollars(each.capital_usd),
        "hedged_usd": _dollars(each.hedged_usd),
    }


def _step(each: Step) -> dict[str, Any]:
    return {
        "day": iso_from_day(each.day),
        "what": each.what,
        "usd": _dollars(each.usd),
        "cash_usd": _dollars(each.cash_usd),
    }


def _dollars(amount: Fraction) -> str:
    return usd(amount).replace(",", "")
