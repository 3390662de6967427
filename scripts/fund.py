# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run fund`: baskets of series in one token."""

from pathlib import Path

import click
from ape.cli import ConnectedProviderCommand

from commands.fund import acts
from commands.fund.reader import FundReader
from commands.shell.chain import address_of
from commands.shell.console import grid
from commands.shell.options import Sender, deployments_option, one_line_errors, sending_command
from commands.shell.session import Session
from hashrate.products.fund.basket import parse_shares, parse_weights


@click.group(short_help="Baskets of series in one token.")
def cli() -> None:
    """Baskets of series in one token.

    A share is a fixed number of whole TH/s of each series, for ever. Bring the basket and get
    shares, redeem shares and get the basket; what the series pay goes to whoever held the shares,
    each in its own coin. There is no manager, no fee and no price. docs/fund.md has the exact rules
    and an example to the satoshi.
    """


@sending_command("create-fund", short_help="Create a fund over series.")
@click.argument("name")
@click.argument("symbol")
@click.argument("weights", nargs=-1, required=True, metavar="SERIES=THS...")
def create_fund(sender: Sender, name: str, symbol: str, weights: tuple[str, ...]) -> None:
    """Create a fund called NAME whose share is so many whole TH/s of each SERIES. Anybody may;
    nothing about a fund can ever change, and its creator has no right in it.

    \b
    Examples
      ape run fund create-fund "Nordic basket" NORD fjord=2 prairie=5 --account TEST::5
    """
    reader = FundReader(sender.session)
    sender.perform(acts.create_fund(reader, name, symbol, parse_weights(weights)))


@sending_command("create", short_help="Bring the basket, get shares.")
@click.argument("number", type=click.IntRange(1))
@click.argument("shares")
@click.option("--to", "receiver", help="Who gets the shares; the sending account if not given.")
def create(sender: Sender, number: int, shares: str, receiver: str | None) -> None:
    """Bring the basket of fund NUMBER for SHARES, such as 10 or 2.5. Each token is approved first,
    for exactly this amount, where that is missing.

    \b
    Examples
      ape run fund create 1 10 --account TEST::7
    """
    reader = FundReader(sender.session)
    to = address_of(receiver or sender.account.address)
    sender.perform(acts.create(reader, reader.fund(number), parse_shares(shares), to))


@sending_command("redeem", short_help="Turn shares back into the basket.")
@click.argument("number", type=click.IntRange(1))
@click.argument("shares")
@click.option("--to", "receiver", help="Who gets the basket; the sending account if not given.")
def redeem(sender: Sender, number: int, shares: str, receiver: str | None) -> None:
    """Turn SHARES of fund NUMBER back into the basket. What they have earned stays claimable.

    \b
    Examples
      ape run fund redeem 1 2.5 --account TEST::7
    """
    reader = FundReader(sender.session)
    to = address_of(receiver or sender.account.address)
    sender.perform(acts.redeem(reader, reader.fund(number), parse_shares(shares), to))


@sending_command("claim", short_help="Claim what shares have earned.")
@click.argument("number", type=click.IntRange(1))
@click.option("--for", "holder", help="Holder to claim for; the sending account if not given.")
@click.option("--only", multiple=True, help="Only this series; may be repeated.")
def claim(sender: Sender, number: int, holder: str | None, only: tuple[str, ...]) -> None:
    """Pay a holder what its shares of fund NUMBER have earned on settled days, of each series in
    its own coin. A series that cannot pay now is passed over.

    \b
    Examples
      ape run fund claim 1 --account TEST::7
      ape run fund claim 1 --only fjord --for TEST::7 --account TEST::19
    """
    reader = FundReader(sender.session)
    account = address_of(holder or sender.account.address)
    sender.perform(acts.claim(reader, reader.fund(number), account, only))


@click.command("status", cls=ConnectedProviderCommand, short_help="Funds, and how one stands.")
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--holder", help="Show what this account holds and can claim.")
@deployments_option
@one_line_errors
def status(number: int | None, holder: str | None, deployments: Path | None) -> None:
    """Show fund NUMBER: basket, shares, and what a share earned on the last 7 and 30 settled days;
    or list all funds. Sends nothing.

    \b
    Examples
      ape run fund status
      ape run fund status 1 --holder TEST::7
    """
    reader = FundReader(Session(None, deployments))
    if number is None:
        rows = [(str(each.number), f"{each.symbol}, {each.basket_text}") for each in reader.funds()]
        reader.session.console.print(grid("Funds", rows))
        return
    fund = reader.fund(number)
    rows = reader.state_rows(fund)
    if holder is not None:
        rows += reader.holder_rows(fund, address_of(holder))
    reader.session.console.print(grid(f"{fund.name} ({fund.symbol})", rows))


for command in (create_fund, create, redeem, claim, status):
    cli.add_command(command)
