# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run forwards order`, `fill`, `cancel`: trade."""

from pathlib import Path
from typing import Any

import click

from commands.forwards.book import assess, read_signed
from commands.forwards.engine_reader import EngineReader
from commands.forwards.trading import Wish, cancel, cancel_all, fill, offer_order
from commands.shell.chain import address_of
from commands.shell.options import Sender, sending_command
from hashrate.core.units import DAY_SECONDS


@sending_command(short_help="Sign an order.")
@click.argument("side", type=click.Choice(["buy", "sell"], case_sensitive=False))
@click.argument("quantity", type=click.IntRange(1))
@click.argument("contract")
@click.argument("price")
@click.option(
    "--to",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; hand it to whom you like.",
)
@click.option("--relay", help="Also send it to the relay at this address.")
@click.option(
    "--minimum", type=click.IntRange(1), default=1, show_default=True, help="Least in one fill."
)
@click.option(
    "--days", type=click.IntRange(1, 366), default=7, show_default=True, help="Days it is valid."
)
@click.option("--taker", help="Only this account may take it.")
@click.option("--in-window", is_flag=True, help="Keep it open once a month has begun.")
def order(sender: Sender, **asked: Any) -> None:
    """Sign an order to SIDE (buy: LONG, sell: SHORT) QUANTITY contracts of CONTRACT at PRICE.

    A strip such as HPS-1Q27 is QUANTITY of every month at one PRICE, filled in all of them or in
    none. Signing costs nothing and locks nothing: collateral moves when somebody fills it. The
    engine is approved for what the whole order may cost, where it is allowed less; keep so much in
    the account, or the order cannot be filled. It ends with --days, or before the first month
    begins, whichever comes first, or when you cancel it.

    \b
    Examples
      ape run forwards order sell 60 HPU-JAN27 '$38.50' --to ask.json --account TEST::5
      ape run forwards order buy 10 HPS-1Q27 43150sat --minimum 5 --to bid.json --account TEST::6 \\
        --relay http://127.0.0.1:8711
    """
    reader = EngineReader(sender.session)
    wish = Wish(
        is_buy=asked["side"].lower() == "buy",
        quantity=asked["quantity"],
        minimum=asked["minimum"],
        price=asked["price"],
        months=reader.find_created(asked["contract"]),
        taker=address_of(asked["taker"]) if asked["taker"] else None,
        valid_seconds=asked["days"] * DAY_SECONDS,
        in_window=asked["in_window"],
    )
    offer_order(
        reader,
        wish,
        asked["path"],
        asked["relay"],
        is_dry=sender.is_dry,
        is_agreed=sender.is_agreed,
    )


@sending_command("fill", short_help="Take an order.")
@click.argument("source")
@click.option("--quantity", type=click.IntRange(1), help="Contracts at most; all that is left.")
@click.option(
    "--minimum", type=click.IntRange(1), default=1, show_default=True, help="Contracts at least."
)
def fill_order(sender: Sender, source: str, quantity: int | None, minimum: int) -> None:
    """Take the other side of the order in SOURCE, a file or its address at a relay.

    Shows what you pay or receive after netting: where you hold the other side already, the trade
    closes that first and pays you for it. The token is approved for exactly that, where missing.

    \b
    Examples
      ape run forwards fill ask.json --quantity 20 --account TEST::6
      ape run forwards fill bid.json --account TEST::5 --dry-run
      ape run forwards fill http://127.0.0.1:8711/orders/0x… --account TEST::5
    """
    session = sender.session
    reader = EngineReader(session)
    offer = assess(reader, read_signed(source), session.chain.now)
    act = fill(reader, offer, quantity or offer.remaining, minimum)
    sender.perform(act)


@sending_command("cancel", short_help="Cancel one order, or all.")
@click.argument("source", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every order signed by the account so far.")
def cancel_order(sender: Sender, source: str | None, is_all: bool) -> None:
    """Cancel the order in SOURCE, a file or its address at a relay; or --all.

    An order that was handed out stays good until it is filled, over or cancelled on chain: deleting
    the file does not take it back. --all costs the same however many orders there are.

    \b
    Examples
      ape run forwards cancel ask.json --account TEST::5
      ape run forwards cancel --all --account TEST::5
    """
    if is_all == (source is not None):
        raise click.UsageError("give an order, or --all")
    reader = EngineReader(sender.session)
    act = cancel_all(reader) if source is None else cancel(reader, read_signed(source).order)
    sender.perform(act)
