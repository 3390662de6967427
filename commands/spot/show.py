# SPDX-License-Identifier: AGPL-3.0-only
"""Orders and trades for people, as JSON and as CSV. Reads only."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Table

from commands.spot.reader import Quote, SpotReader, Trade
from hashrate.core.units import decimal_text
from hashrate.orders.spot import spot_hash
from hashrate.products.spot.maths import price_text

Record = Mapping[str, object]


def quote_record(reader: SpotReader, path: Path, found: Quote | str) -> dict[str, object]:
    """Turn an order into values; integers as text, since many a reader would round them."""
    if isinstance(found, str):
        return {"file": path.name, "refused": found}
    order = found.order
    return {
        "file": path.name,
        "order": "0x" + spot_hash(reader.domain, order).hex(),
        "maker": order.maker,
        "side": "buy" if order.is_buy else "sell",
        "token": order.token,
        "money": order.money,
        "price": str(order.price),
        "is_per_remaining": order.is_per_remaining,
        "remaining": str(found.remaining),
        "covered": str(found.covered),
        "cost": str(found.cost),
        "deadline": str(order.deadline),
    }


def trade_record(trade: Trade) -> dict[str, object]:
    """Turn a trade into values; integers as text."""
    return {
        "block": str(trade.block),
        "token": trade.token,
        "buyer": trade.buyer,
        "seller": trade.seller,
        "money": trade.money,
        "quantity": str(trade.quantity),
        "cost": str(trade.cost),
    }


def as_json(name: str, records: Sequence[Record]) -> str:
    """Write records as JSON under a name."""
    return json.dumps({name: list(records)}, indent=2)


def as_csv(records: Sequence[Record]) -> str:
    """Write records as CSV, a line each."""
    fields = list(dict.fromkeys(field for record in records for field in record))
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().rstrip("\n")


def show_book(reader: SpotReader, found: Sequence[tuple[Path, Quote | str]]) -> None:
    """Print orders, offers above bids, the best of each in the middle."""
    table = Table(title="Orders that can be filled now", title_justify="left")
    for name in ("side", "price", "left", "covered", "token", "file"):
        table.add_column(name, overflow="fold")
    quotes = [(path, each) for path, each in found if isinstance(each, Quote)]
    quotes.sort(key=lambda pair: (pair[1].order.is_buy, -pair[1].order.price))
    for path, quote in quotes:
        order, money = quote.order, reader.token(quote.order.money)
        token = reader.token(order.token)
        price = price_text(
            order.price, money.decimals, money.symbol, is_per_remaining=order.is_per_remaining
        )
        left, covered = (
            decimal_text(each, token.decimals) for each in (quote.remaining, quote.covered)
        )
        side = "buys" if order.is_buy else "sells"
        table.add_row(side, price, left, covered, reader.name_of(token), path.name)
    reader.session.console.print(table)
    for path, reason in found:
        if isinstance(reason, str):
            reader.session.console.print(f"{path.name}: {reason}", markup=False)


def show_trades(reader: SpotReader, trades: Sequence[Trade]) -> None:
    """Print trades, oldest first."""
    table = Table(title="Trades", title_justify="left")
    for name in ("block", "token", "amount", "for", "buyer", "seller"):
        table.add_column(name, overflow="fold")
    for trade in trades:
        token, money = reader.token(trade.token), reader.token(trade.money)
        amount = decimal_text(trade.quantity, token.decimals)
        name, paid = reader.name_of(token), money.text(trade.cost)
        table.add_row(str(trade.block), name, amount, paid, trade.buyer, trade.seller)
    reader.session.console.print(table)
