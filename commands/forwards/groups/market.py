# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run forwards months`, `list`, `quote`, `history`: what there is to trade, and was."""

from pathlib import Path

import click
from ape.cli import ConnectedProviderCommand

from commands.forwards.bands import read_past, show_bands
from commands.forwards.history import parse_band, settle_months, show_settlements
from commands.forwards.making import create
from commands.forwards.quote import show_months, show_quote
from commands.forwards.reader import ForwardsReader
from commands.shell.console import open_console
from commands.shell.options import Sender, deployments_option, one_line_errors, sending_command
from commands.shell.session import Session
from hashrate.core.units import day_from_iso
from hashrate.history import open_source
from hashrate.products.forwards.bands import Style
from hashrate.products.forwards.codes import parse_contracts
from hashrate.products.forwards.months import LISTED_MONTHS, parse_months
from hashrate.products.forwards.product import Product

PRODUCTS = [product.value for product in Product]


@click.command(cls=ConnectedProviderCommand, short_help="The standard months.")
@click.option(
    "--product",
    "products",
    multiple=True,
    type=click.Choice(PRODUCTS, case_sensitive=False),
    help="Only this one; may be repeated.",
)
@click.option(
    "--count",
    type=click.IntRange(1, LISTED_MONTHS),
    default=LISTED_MONTHS,
    show_default=True,
    help="How many months.",
)
@deployments_option
@one_line_errors
def months(products: tuple[str, ...], count: int, deployments: Path | None) -> None:
    """Show the standard months: the next 36 of each product, their floors and caps, which are
    listed. Sends nothing, needs no account.

    HPS is hashprice in satoshi, HPU in dollars, DIF is difficulty. A contract is 1 PH/s for every
    day of a calendar month in UTC. HPS-JAN27 may also be written HPSF27 or HPS-2027-01.

    \b
    Examples
      ape run forwards months
      ape run forwards months --product HPS --count 6
    """
    chosen = [Product(name.upper()) for name in products or PRODUCTS]
    show_months(ForwardsReader(Session(None, deployments)), chosen, count)


@sending_command("list", short_help="List months and fortnights.")
@click.argument("contracts", nargs=-1, required=True)
@click.option(
    "--band",
    "style",
    type=click.Choice([style.value for style in Style]),
    help="Floor and cap around the index of today, in place of those the code names.",
)
def list_months(sender: Sender, contracts: tuple[str, ...], style: str | None) -> None:
    """Create the series of CONTRACTS with the floor and cap their codes name, where not done yet.

    Anybody may; it costs one transaction a month, and nothing about a series can ever change.
    CONTRACTS are codes, or strips: HPS-1Q27, HPS-CAL27, HPS-JAN27:JUN27. A code without a band
    means the standard one; --band narrow, wide or insurance works one out from the oracle's newest
    days, as docs/market.md says, and the series' code names it.

    \b
    Examples
      ape run forwards list HPS-JAN27 HPU-JAN27 --account TEST::0
      ape run forwards list HPS-1Q27 --band narrow --account TEST::0
      ape run forwards list DIF-04JAN27@90-160 --account TEST::0
      ape run forwards list DIF-CAL27 --network ethereum:sepolia:node --account trader
    """
    session = sender.session
    reader = ForwardsReader(session)
    if style is None:
        listings = [listing for text in contracts for listing in reader.find(text)]
    else:
        named = [contract for text in contracts for contract in parse_contracts(text)]
        banded = [reader.listed_band(contract, Style(style)) for contract in named]
        listings = [reader.listing_of_contract(contract) for contract in banded]
    for listing in listings:
        if listing.is_created:
            session.console.print(f"{listing.name} is listed already.")
        else:
            sender.perform(create(reader, listing))


@click.command(cls=ConnectedProviderCommand, short_help="Mark, book and collateral of a month.")
@click.argument("contract")
@click.option("--quantity", type=click.IntRange(1), default=1, show_default=True, help="Contracts.")
@click.option("--price", help="Work with this price instead of the last trade's, such as 43150sat.")
@click.option("--orders", help="Folder of order files, or a relay's address: shows the book.")
@deployments_option
@one_line_errors
def quote(
    contract: str, quantity: int, price: str | None, orders: str | None, deployments: Path | None
) -> None:
    """Show CONTRACT: its terms, how much of it is realised, the mark, the book, the collateral.

    The mark is what the month would settle at if each day to come brought the price of the last
    trade (or --price): the days that are final in the oracle count as they are. CONTRACT is a code
    or the id of a series. Every order shown was checked with the book. Sends nothing.

    \b
    Examples
      ape run forwards quote HPS-JAN27 --quantity 25 --price 43150sat
      ape run forwards quote HPU-JAN27 --orders orders/
      ape run forwards quote HPU-JAN27 --orders http://127.0.0.1:8711
    """
    reader = ForwardsReader(Session(None, deployments))
    for listing in reader.find(contract):
        show_quote(reader, listing, quantity, price, orders)


@click.command(short_help="How far windows have ended from the index.")
@click.option(
    "--data",
    envvar="HASHRATE_DATA",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with real days (btc_daily.csv, difficulty_epochs.csv); or HASHRATE_DATA.",
)
@click.option("--since", default="2019-01-01", show_default=True, help="First day of a listing.")
@one_line_errors
def bands(data: Path, since: str) -> None:
    """Show what floors and caps would have meant for every window of 30 days since a day.

    For each time from listing to window: by how much the window's mean has differed from the index,
    and how often it ended beyond the narrow band. Then what LONG and SHORT of each band pay if the
    mean ends at a multiple of the index. Needs no chain, sends nothing.

    \b
    Examples
      ape run forwards bands --data ../data
    """
    past = read_past(open_source(f"dataset:{data}"))
    show_bands(open_console(), past, day_from_iso(since))


@click.command(short_help="What past months would have settled at.")
@click.argument("months_asked", metavar="MONTHS")
@click.option(
    "--data",
    envvar="HASHRATE_DATA",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with real days (btc_daily.csv, difficulty_epochs.csv); or HASHRATE_DATA.",
)
@click.option(
    "--band",
    "bands",
    multiple=True,
    help="Floor and cap, such as HPS=50000sat:300000sat; may be repeated.",
)
@one_line_errors
def history(months_asked: str, data: Path, bands: tuple[str, ...]) -> None:
    """Settle past MONTHS from real days, exactly as the vault would, for one contract each.

    MONTHS is a month or a range of them, such as 2024-02:2024-07. Needs no chain, sends nothing.

    \b
    Examples
      ape run forwards history 2024-02:2024-07 --data ../data \\
        --band HPS=50000sat:300000sat --band HPU=$20:$200 --band DIF=50t:200t
    """
    source = open_source(f"dataset:{data}")
    chosen = dict(parse_band(text) for text in bands)
    show_settlements(open_console(), settle_months(source, parse_months(months_asked), chosen))
