# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run tranches`: strips and notes on a series."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand
from eth_utils.address import to_checksum_address

from commands.shell.chain import address_of
from commands.shell.console import grid
from commands.shell.late import imported_late
from commands.shell.options import Sender, deployments_option, one_line_errors, sending_command
from commands.shell.parameters import resolve_day
from commands.shell.session import Session
from commands.tranches import acts
from commands.tranches.reader import TranchesReader
from hashrate.core.amounts import parse_bitcoin, parse_hashrate
from hashrate.products.tranches.terms import NO_FACE, TrancheTerms

_TRANCHE = click.Choice(["senior", "junior"])


@click.group(short_help="Split hashrate into SENIOR and JUNIOR: strips, notes, loans.")
def cli() -> None:
    """Split hashrate into SENIOR and JUNIOR: strips, notes, loans.

    Of a strip SENIOR has every reward of a term and JUNIOR the token back at its end. Of a note
    SENIOR has the first FACE that a TH/s earns and JUNIOR everything after it, with the token back
    as soon as the face is met: selling SENIOR is a loan that repays itself. docs/tranches.md has
    the exact rules and examples to the satoshi.
    """


@sending_command("create", short_help="Create a strip or a note.")
@click.argument("series")
@click.argument("start")
@click.argument("maturity")
@click.option("--face", help="What SENIOR of a note gets for each TH/s; a strip without it.")
@click.option("--grace-days", type=click.Choice(["10", "30"]), default="10", show_default=True)
def create(
    sender: Sender, series: str, start: str, maturity: str, face: str | None, grace_days: str
) -> None:
    """Create a product of SERIES over the days from START to the one before MATURITY. Anybody may;
    the same terms make one product only.

    \b
    Examples
      ape run tranches create fjord 2027-04-01 2027-07-01 --account TEST::5
      ape run tranches create fjord today+1 today+91 --face 1500sat --account TEST::5
    """
    reader, found = TranchesReader(sender.session), sender.session.series(series)
    now = sender.session.chain.now
    terms = TrancheTerms(
        to_checksum_address(found.distributor.address),
        resolve_day(start, now),
        resolve_day(maturity, now),
        face=NO_FACE if face is None else parse_bitcoin(face, found.decimals),
        grace_days=0 if face is None else int(grace_days),
    )
    sender.perform(acts.create(reader, found, terms))


@click.command("list", cls=ConnectedProviderCommand, short_help="All products.")
@deployments_option
@one_line_errors
def list_products(deployments: Path | None) -> None:
    """Show every product with its number. Sends nothing."""
    reader = TranchesReader(Session(None, deployments))
    rows = [
        (str(each.number), f"{each.name}, of {reader.series_name(each)}")
        for each in reader.products()
    ]
    reader.session.console.print(grid("Strips and notes", rows))


@click.command("status", cls=ConnectedProviderCommand, short_help="How a product stands.")
@click.argument("number", type=click.IntRange(1))
@click.option("--holder", help="Show what this account holds and can claim.")
@deployments_option
@one_line_errors
def status(number: int, holder: str | None, deployments: Path | None) -> None:
    """Show terms, outcome, what remains, and the pool of product NUMBER. Sends nothing.

    \b
    Examples
      ape run tranches status 1 --holder TEST::7
    """
    reader = TranchesReader(Session(None, deployments))
    product = reader.product(number)
    rows = reader.state_rows(product)
    if holder is not None:
        account = address_of(holder)
        for token in (product.senior, product.junior):
            due, _ = product.contract.preview_claim(token, account)
            held = product.token.text(int(token.balanceOf(account)))
            rows.append((str(token.symbol()), f"{held}, {product.money.text(int(due))} to claim"))
    reader.session.console.print(grid(product.name, rows))


@sending_command("split", short_help="Turn tokens into SENIOR and JUNIOR.")
@click.argument("number", type=click.IntRange(1))
@click.argument("amount")
@click.option("--senior-to", help="Who gets SENIOR; the sending account if not given.")
@click.option("--junior-to", help="Who gets JUNIOR; the sending account if not given.")
def split(
    sender: Sender, number: int, amount: str, senior_to: str | None, junior_to: str | None
) -> None:
    """Split AMOUNT of the series' token into SENIOR and JUNIOR of product NUMBER.

    \b
    Examples
      ape run tranches split 1 2phs --account TEST::7
    """
    reader = TranchesReader(sender.session)
    own = sender.account.address
    senior, junior = (address_of(each or own) for each in (senior_to, junior_to))
    sender.perform(
        acts.split(reader, reader.product(number), parse_hashrate(amount), senior, junior)
    )


@sending_command("merge", short_help="Turn SENIOR and JUNIOR back into tokens.")
@click.argument("number", type=click.IntRange(1))
@click.argument("amount")
def merge(sender: Sender, number: int, amount: str) -> None:
    """Merge AMOUNT of both SENIOR and JUNIOR of product NUMBER; it costs nothing."""
    reader = TranchesReader(sender.session)
    sender.perform(acts.merge(reader, reader.product(number), parse_hashrate(amount)))


@sending_command("claim", short_help="Claim what a tranche has earned.")
@click.argument("number", type=click.IntRange(1))
@click.argument("tranche", type=_TRANCHE)
@click.option("--for", "holder", help="Holder to claim for; the sending account if not given.")
def claim(sender: Sender, number: int, tranche: str, holder: str | None) -> None:
    """Pay a holder what its TRANCHE of product NUMBER has earned on settled days.

    \b
    Examples
      ape run tranches claim 1 senior --account TEST::8
    """
    reader = TranchesReader(sender.session)
    account = address_of(holder or sender.account.address)
    sender.perform(acts.claim(reader, reader.product(number), tranche, account))


@sending_command("redeem", short_help="Redeem JUNIOR, or SENIOR of an unmet note.")
@click.argument("number", type=click.IntRange(1))
@click.argument("tranche", type=_TRANCHE)
@click.argument("amount")
def redeem(sender: Sender, number: int, tranche: str, amount: str) -> None:
    """Redeem AMOUNT of TRANCHE of product NUMBER.

    JUNIOR gives the token: free once the face is met or the strip is over, at the shortfall of a
    note that is not met. SENIOR of such a note gives its part of what JUNIOR paid and left.

    \b
    Examples
      ape run tranches redeem 1 junior 2phs --account TEST::7
    """
    reader = TranchesReader(sender.session)
    sender.perform(acts.redeem(reader, reader.product(number), tranche, parse_hashrate(amount)))


@sending_command("auction", short_help="Note the outcome, buy JUNIOR, collect the pool.")
@click.argument("number", type=click.IntRange(1))
@click.argument("amount", required=False)
@click.option("--holder", help="Whose JUNIOR to buy.")
@click.option("--at-least", help="Tokens wanted for it; any number if not given.")
@click.option("--collect", is_flag=True, help="Add what forfeited tokens have earned to the pool.")
def auction(
    sender: Sender,
    number: int,
    amount: str | None,
    holder: str | None,
    at_least: str,
    collect: bool,
) -> None:
    """Note the outcome of product NUMBER; or buy AMOUNT of the JUNIOR of --holder at the shortfall,
    for a part of its tokens that grows from nothing to all in five days; or --collect.

    \b
    Examples
      ape run tranches auction 1 --account TEST::19
      ape run tranches auction 1 2phs --holder TEST::7 --at-least 1phs --account TEST::8
    """
    reader = TranchesReader(sender.session)
    product = reader.product(number)
    if collect:
        act = acts.collect(reader, product)
    elif amount is None or holder is None:
        act = acts.note(reader, product)
    else:
        least = 0 if at_least is None else parse_hashrate(at_least)
        act = acts.buy(reader, product, address_of(holder), parse_hashrate(amount), least)
    sender.perform(act)


@click.command("quote", cls=ConnectedProviderCommand, short_help="What a note's face means.")
@click.argument("series", required=False)
@click.option("--days", type=click.IntRange(1, 3_650), default=91, show_default=True, help="Term.")
@click.option(
    "--share", "shares", multiple=True, help="Percent of the net income; 30, 50, 70 if not given."
)
@click.option("--face", help="A face for each TH/s instead, such as 1500sat.")
@click.option("--yield", "yearly", default="8", show_default=True, help="Percent a year, simple.")
@click.option("--j-per-th", help="Energy of the machines [J/TH], in place of a SERIES.")
@click.option("--usd-per-kwh", help="Price of power [USD/kWh], likewise.")
@click.option(
    "--pool-fee", default="0", show_default=True, help="Percent the pool keeps, likewise."
)
@click.option(
    "--data",
    envvar="HASHRATE_DATA",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with real days (btc_daily.csv, difficulty_epochs.csv); or HASHRATE_DATA. "
    "The oracle's final days if not given.",
)
@click.option("--since", default="2019-01-01", show_default=True, help="First past start asked.")
@click.option("--phs", type=click.IntRange(1), default=1, show_default=True, help="Cash flow of.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON instead.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the cash flow of the first face into this PNG.",
)
@deployments_option
@one_line_errors
def quote(series: str | None, deployments: Path | None, **given: Any) -> None:
    """Show what a face of so many percent of the income means: its price at a yield, when the past
    met it, the worst case, and what lender and borrower have day by day.

    The income is that of one TH/s of SERIES, its costs taken off; or of machines as --j-per-th and
    --usd-per-kwh say. A face of 50 % is half of what 30 days' mean comes to over the term. The past
    is asked on every day since --since: with half of the income of its own last 30 days, when was
    the face met? Nothing of this is a promise. Sends nothing.

    \b
    Examples
      ape run tranches quote fjord --days 91
      ape run tranches quote --j-per-th 20 --usd-per-kwh 0.05 --days 180 --data ../data
      ape run tranches quote fjord --face 1500sat --yield 10 --data ../data --output note.png
    """
    quoting = imported_late("commands.tranches.quoting")
    quoting.run(Session(None, deployments), series, quoting.Given(**given))


for command in (create, list_products, status, quote, split, merge, claim, redeem, auction):
    cli.add_command(command)
