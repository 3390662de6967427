# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run forwards months`, `list`, `quote`: what there is to trade."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand, account_option

from scripts.lib.acts import perform
from scripts.lib.forwards.desk import Desk
from scripts.lib.forwards.months import LISTED_MONTHS
from scripts.lib.forwards.products import Product
from scripts.lib.forwards.quote import show_months, show_quote
from scripts.lib.forwards.trading import create
from scripts.lib.options import deployments_option, dry_run_option, one_line_errors, yes_option
from scripts.lib.session import Session

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
    show_months(Desk(Session(None, deployments)), chosen, count)


@click.command("list", cls=ConnectedProviderCommand, short_help="List months.")
@click.argument("contracts", nargs=-1, required=True)
@account_option()
@deployments_option
@dry_run_option
@yes_option
@one_line_errors
def list_months(
    contracts: tuple[str, ...], account: Any, deployments: Path | None, dry_run: bool, yes: bool
) -> None:
    """Create the series of CONTRACTS with the standard floor and cap, where that was not done.

    Anybody may; it costs one transaction a month, and nothing about a series can ever change.
    CONTRACTS are codes, or strips: HPS-1Q27, HPS-CAL27, HPS-JAN27:JUN27.

    \b
    Examples
      ape run forwards list HPS-JAN27 HPU-JAN27 --account TEST::0
      ape run forwards list DIF-CAL27 --network ethereum:sepolia:node --account trader
    """
    session = Session(account, deployments)
    desk = Desk(session)
    listings = [listing for text in contracts for listing in desk.find(text)]
    for listing in listings:
        if listing.is_created:
            session.console.print(f"{listing.name} is listed already.")
        else:
            perform(session, create(desk, listing), is_dry=dry_run, is_agreed=yes)


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
    or the id of a series. Every order shown was checked with the engine. Sends nothing.

    \b
    Examples
      ape run forwards quote HPS-JAN27 --quantity 25 --price 43150sat
      ape run forwards quote HPU-JAN27 --orders orders/
      ape run forwards quote HPU-JAN27 --orders http://127.0.0.1:8600
    """
    desk = Desk(Session(None, deployments))
    for listing in desk.find(contract):
        show_quote(desk, listing, quantity, price, orders)
