# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run spot`: hashrate and other tokens against money, from wallet to wallet."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand

from commands.shell.chain import address_of
from commands.shell.options import (
    Sender,
    deployments_option,
    one_line_errors,
    permit_option,
    sending_command,
)
from commands.shell.session import Session
from commands.spot import acts
from commands.spot.orders import SPOT
from commands.spot.reader import SpotReader
from commands.spot.show import (
    as_csv,
    as_json,
    quote_record,
    show_book,
    show_trades,
    trade_record,
)
from hashrate.core.amounts import parse_hashrate
from hashrate.core.units import DAY_SECONDS
from hashrate.orders.spot_file import read_spot
from hashrate.products.spot.maths import parse_price

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(short_help="Trade hashrate from wallet to wallet.")
def cli() -> None:
    """Trade hashrate, and other tokens of the system, from wallet to wallet.

    A maker signs an order and hands it out; signing locks nothing. Whoever takes it pays the maker
    and gets the tokens in one transaction: nothing rests in the market, and there is no fee.
    docs/spot.md has the exact rules.
    """


@sending_command(short_help="Sign an order.")
@click.argument("side", type=click.Choice(["buy", "sell"], case_sensitive=False))
@click.argument("quantity")
@click.argument("token")
@click.argument("price")
@click.option("--to", "path", required=True, type=FILE, help="File to write; hand it out.")
@click.option("--relay", help="Also send it to the relay at this address.")
@click.option("--minimum", help="Least in one fill, such as 100ths.")
@click.option(
    "--days", type=click.IntRange(1, 366), default=7, show_default=True, help="Days it is valid."
)
@click.option("--taker", help="Only this account may take it.")
@click.option("--match-only", is_flag=True, help="Only `match` may fill it.")
def order(sender: Sender, **asked: Any) -> None:
    """Sign an order to SIDE QUANTITY of TOKEN at PRICE each.

    TOKEN is the name of a series, or any token's address; QUANTITY is written like 1.5phs or
    100ths, where a TH/s is one token. PRICE is 7001sat or 6.50usd a token; or 98.5%, of what
    remains of a token that pays itself down: such an order stays right as it does. What the order
    may take is added to the market's approval.

    \b
    Examples
      ape run spot order sell 2phs fjord 6900sat --to ask.json --account TEST::7
      ape run spot order buy 500ths fjord 6800sat --minimum 50ths --to bid.json --account TEST::8
    """
    if asked["taker"] and asked["match_only"]:
        raise click.UsageError("--taker or --match-only, not both")
    reader = SpotReader(sender.session)
    money = reader.money_for(asked["price"])
    price, is_per_remaining = parse_price(asked["price"], money.decimals)
    taker = address_of(asked["taker"]) if asked["taker"] else None
    wish = acts.Wish(
        is_buy=asked["side"].lower() == "buy",
        quantity=parse_hashrate(asked["quantity"]),
        minimum=parse_hashrate(asked["minimum"]) if asked["minimum"] else 0,
        token=reader.find_token(asked["token"]),
        money=money,
        price=price,
        is_per_remaining=is_per_remaining,
        taker=reader.address if asked["match_only"] else taker,
        valid_seconds=asked["days"] * DAY_SECONDS,
    )
    signed = acts.offer_order(
        reader, wish, asked["path"], is_dry=sender.is_dry, is_agreed=sender.is_agreed
    )
    if signed is not None and asked["relay"]:
        SPOT.post(asked["relay"], signed)
        sender.session.console.print(f"The relay at {asked['relay']} lists it", markup=False)


@sending_command(short_help="Take an order.")
@click.argument("source")
@click.option("--quantity", help="At most this, such as 100ths; all that its maker covers.")
@click.option("--at-least", "least", help="At least this; all of it by default.")
@permit_option
def fill(
    sender: Sender, source: str, quantity: str | None, least: str | None, by_permit: bool
) -> None:
    """Take the other side of the order in SOURCE, a file or its address at a relay.

    The maker's balance and approval are looked at before you approve anything, the approval grows
    by exactly what the part costs, and no more is ever paid than was shown.

    \b
    Examples
      ape run spot fill ask.json --quantity 100ths --account TEST::8
      ape run spot fill bid.json --account TEST::7 --dry-run
    """
    reader = SpotReader(sender.session)
    act = acts.fill(
        reader,
        SPOT.read(source),
        parse_hashrate(quantity) if quantity else None,
        parse_hashrate(least) if least else None,
        by_permit=by_permit,
    )
    sender.perform(act)


@sending_command(short_help="Take several orders, the best first.")
@click.argument("quantity")
@click.argument("sources", nargs=-1, required=True, type=FILE)
def sweep(sender: Sender, quantity: str, sources: tuple[Path, ...]) -> None:
    """Take QUANTITY from the orders in SOURCES, the best price first, in one transaction.

    All of them are on one token, in one money and on one side; up to 16. What somebody else was
    quicker to take is skipped.

    \b
    Examples
      ape run spot sweep 1phs asks/*.json --account TEST::8
    """
    reader = SpotReader(sender.session)
    orders = [read_spot(path) for path in sources]
    sender.perform(acts.fill_many(reader, orders, parse_hashrate(quantity)))


@sending_command(short_help="Let two orders trade with each other.")
@click.argument("one")
@click.argument("other")
@click.option("--quantity", help="At most this, such as 100ths.")
def match(sender: Sender, one: str, other: str, quantity: str | None) -> None:
    """Let the orders in ONE and OTHER, files or addresses at a relay, trade with each other.

    They pay half way between what each would cost.

    Anyone may; whoever sends pays for gas and gets nothing.

    \b
    Examples
      ape run spot match bid.json ask.json --account TEST::19
    """
    reader = SpotReader(sender.session)
    most = parse_hashrate(quantity) if quantity else None
    sender.perform(acts.match(reader, SPOT.read(one), SPOT.read(other), most))


@sending_command(short_help="Cancel one order, those on a token, or all.")
@click.argument("source", required=False)
@click.option("--token", help="All on this token: the name of a series, or an address.")
@click.option("--all", "is_all", is_flag=True, help="Every order signed by the account so far.")
def cancel(sender: Sender, source: str | None, token: str | None, is_all: bool) -> None:
    """Cancel the order in SOURCE, a file or its address at a relay; or all on a --token; or --all.

    An order that was handed out stays good until it is filled, over or cancelled on chain: deleting
    the file does not take it back.

    \b
    Examples
      ape run spot cancel ask.json --account TEST::7
      ape run spot cancel --token fjord --account TEST::7
      ape run spot cancel --all --account TEST::7
    """
    if (source is not None) + (token is not None) + is_all != 1:
        raise click.UsageError("give one of an order, --token and --all")
    reader = SpotReader(sender.session)
    if source is not None:
        sender.perform(acts.cancel(reader, SPOT.read(source).order))
    else:
        sender.perform(acts.cancel_all(reader, reader.find_token(token) if token else None))


hide_order = SPOT.hide_command(
    "ape run spot hide ask.json --relay http://127.0.0.1:8711 --account TEST::7"
)


@click.command(cls=ConnectedProviderCommand, short_help="The orders in a folder.")
@click.argument("folder", type=FOLDER)
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.option("--csv", "is_csv", is_flag=True, help="As CSV, a line each.")
@deployments_option
@one_line_errors
def book(folder: Path, is_json: bool, is_csv: bool, deployments: Path | None) -> None:
    """Show the orders in FOLDER that can be filled now, each checked with the market and with its
    maker's wallet; and why the others cannot. Sends nothing.

    \b
    Examples
      ape run spot book orders
      ape run spot book orders --csv
    """
    reader = SpotReader(Session(None, deployments))
    found = list(reader.quotes(sorted(folder.glob("*.json"))))
    records = [quote_record(reader, path, each) for path, each in found]
    if is_json:
        click.echo(as_json("orders", records))
    elif is_csv:
        click.echo(as_csv(records))
    else:
        show_book(reader, found)


@click.command(cls=ConnectedProviderCommand, short_help="What was traded.")
@click.argument("token", required=False)
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.option("--csv", "is_csv", is_flag=True, help="As CSV, a line each.")
@deployments_option
@one_line_errors
def trades(token: str | None, is_json: bool, is_csv: bool, deployments: Path | None) -> None:
    """Show the trades of TOKEN, or all, oldest first. Sends nothing.

    \b
    Examples
      ape run spot trades fjord
      ape run spot trades --json
    """
    reader = SpotReader(Session(None, deployments))
    found = reader.trades(reader.find_token(token).address if token else None)
    records = [trade_record(each) for each in found]
    if is_json:
        click.echo(as_json("trades", records))
    elif is_csv:
        click.echo(as_csv(records))
    else:
        show_trades(reader, found)


for command in (order, fill, sweep, match, cancel, hide_order, book, trades):
    cli.add_command(command)
