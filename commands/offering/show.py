# SPDX-License-Identifier: AGPL-3.0-only
"""Rounds for people, as JSON and as CSV. Reads only."""

import csv
import io
import json
from collections.abc import Sequence

from commands.offering.acts import delivery_rows, price_words, uptime_words
from commands.offering.reader import OfferingReader, RoundState, pricing_of
from commands.shell.console import grid
from hashrate.core.amounts import hashrate_text
from hashrate.core.utc import utc_text


def record_of(reader: OfferingReader, found: RoundState, buyer: str | None) -> dict[str, object]:
    """Turn a round into values; integers as text, since many a reader would round them."""
    state = found.state
    record: dict[str, object] = {
        "round": str(found.number),
        "series": found.series_name,
        "distributor": str(state.series),
        "token": str(state.token),
        "seller": str(state.seller),
        "money": reader.token_of(state).symbol,
        "money_decimals": str(reader.token_of(state).decimals),
        "opened_at": str(int(state.opened_at)),
        "closes_at": str(int(state.closes_at)),
        "first_day": str(int(state.first_day)),
        "delivery_days": str(int(state.delivery_days)),
        "delivered_days": str(found.delivered_days),
        "refunds_early_end": bool(state.refunds_early_end),
        "pricing": pricing_of(state).name.lower(),
        "price_days": str(int(state.price_days)),
        "low_price": str(int(state.low_price)),
        "high_price": str(int(state.high_price)),
        "price": None if found.price is None else str(found.price),
        "unsold_ths": str(int(state.unsold_ths)),
        "paid": str(int(state.paid)),
        "released": str(int(state.released)),
        "kept": str(int(state.kept)),
        "due": str(found.due),
        "is_in_default": found.is_in_default,
        "guaranteed_uptime_bps": str(found.guaranteed_uptime_bps),
    }
    if buyer is not None:
        paid, bought = reader.purchase(found.number, buyer)
        back = int(reader.offering.preview_refund(found.number, buyer, bought)) if bought else 0
        record |= {"buyer": buyer, "buyer_paid": str(paid), "buyer_bought_ths": str(bought)}
        record["buyer_refund"] = str(back)
    return record


def as_json(reader: OfferingReader, rounds: Sequence[RoundState], buyer: str | None) -> str:
    """Write rounds as JSON."""
    return json.dumps({"rounds": [record_of(reader, each, buyer) for each in rounds]}, indent=2)


def as_csv(reader: OfferingReader, rounds: Sequence[RoundState], buyer: str | None) -> str:
    """Write rounds as CSV, a line each."""
    records = [record_of(reader, each, buyer) for each in rounds]
    text = io.StringIO()
    if records:
        writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    return text.getvalue().rstrip("\n")


def show(reader: OfferingReader, rounds: Sequence[RoundState], buyer: str | None) -> None:
    """Print rounds for people."""
    console = reader.session.console
    if not rounds:
        console.print("No round was opened yet.")
    for found in rounds:
        state, money = found.state, reader.token_of(found.state)
        now = found.price_reason if found.price is None else money.text(found.price)
        is_open = reader.session.chain.now < int(state.closes_at)
        rows = [
            ("seller", str(state.seller)),
            ("closes" if is_open else "closed", utc_text(int(state.closes_at))),
            ("price of a TH/s", price_words(state, money)),
            ("now", now),
            ("unsold", hashrate_text(int(state.unsold_ths))),
            *delivery_rows(state, int(state.first_day)),
            ("guaranteed uptime", uptime_words(found.guaranteed_uptime_bps)),
            ("delivered", f"{found.delivered_days} of {int(state.delivery_days)} days"),
            ("in default", "yes: buyers may hand back" if found.is_in_default else "no"),
            ("paid in", money.text(int(state.paid))),
            ("released", money.text(int(state.released))),
            ("due", money.text(found.due)),
        ]
        if buyer is not None:
            paid, bought = reader.purchase(found.number, buyer)
            rows.append((f"{buyer} bought", f"{hashrate_text(bought)} for {money.text(paid)}"))
        console.print(grid(f"Round {found.number} of {found.series_name}", rows))
