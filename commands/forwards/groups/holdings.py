# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run forwards positions`, `settle`, `redeem`, `mint`, `merge`, `withdraw`, books: yours."""

import json
from pathlib import Path

import click
from ape.cli import ConnectedProviderCommand

from commands.forwards.books import approve, disown
from commands.forwards.positions import (
    as_record,
    merge,
    mint,
    read_positions,
    redeem,
    settle,
    show_positions,
    withdraw,
)
from commands.forwards.reader import ForwardsReader
from commands.shell.chain import address_of
from commands.shell.options import (
    Sender,
    deployments_option,
    one_line_errors,
    permit_option,
    sending_command,
)
from commands.shell.session import Session
from hashrate.core.units import DAY_SECONDS
from hashrate.products.forwards.errors import PriceError


@click.command("positions", cls=ConnectedProviderCommand, short_help="Holdings, mark and profit.")
@click.argument("holder")
@click.option(
    "--price",
    "prices",
    multiple=True,
    help="Mark with this price for the days to come, such as HPS-JAN27=43150sat; may be repeated.",
)
@click.option("--json", "is_json", is_flag=True, help="Print JSON; integers are strings.")
@deployments_option
@one_line_errors
def show(holder: str, prices: tuple[str, ...], is_json: bool, deployments: Path | None) -> None:
    """Show what HOLDER holds, what it is worth at the mark, and what the trades have brought.

    Mark: the month's settlement if every day to come brought the same price. Days that are final in
    the oracle count as they are; each other day counts at the price of the last trade, or at
    --price. Once a month is due, the mark is what it pays.

    Value: LONG and SHORT held, times their marks. Profit: for each trade, quantity x (mark of LONG
    - what the buyer paid in), for a sale the opposite, whether it opened or closed a position; all
    trades ever, redeemed months included, exact to the base unit. What came or went by a transfer
    is in the value but not in the profit. Sends nothing.

    \b
    Examples
      ape run forwards positions TEST::5
      ape run forwards positions 0x… --price HPS-JAN27=43150sat --json
    """
    session = Session(None, deployments)
    reader, account = ForwardsReader(session), address_of(holder)
    marks = {}
    for text in prices:
        name, equals, price = text.partition("=")
        if not equals:
            raise PriceError(f"{text!r} is not a mark such as HPS-JAN27=43150sat")
        for listing in reader.find_created(name):
            marks[listing.series] = listing.terms.product.parse_price(price)
    found = read_positions(reader, account, marks)
    if is_json:
        click.echo(json.dumps([as_record(each) for each in found], indent=2))
    else:
        show_positions(session.console, account, found)


@sending_command("settle", short_help="Settle a month.")
@click.argument("contract")
def settle_series(sender: Sender, contract: str) -> None:
    """Store for ever what CONTRACT pays, once its last day is final. Anybody may.

    When it is done and by whom changes nothing. If the oracle falls silent, a month is due 60 days
    after its end: silent days then count as the mean of the last seven final ones. Redeeming
    settles as well.

    \b
    Examples
      ape run forwards settle HPS-JAN27 --account TEST::19
    """
    reader = ForwardsReader(sender.session)
    act = settle(reader, reader.find_one(contract))
    sender.perform(act)


@sending_command("redeem", short_help="Turn a due month into money.")
@click.argument("contract")
@click.option("--to", "recipient", help="Who is paid; the sending account if not given.")
def redeem_series(sender: Sender, contract: str, recipient: str | None) -> None:
    """Redeem all LONG and SHORT of CONTRACT for what they pay; settles it if that is not done.

    \b
    Examples
      ape run forwards redeem HPS-JAN27 --account TEST::5
    """
    reader = ForwardsReader(sender.session)
    act = redeem(reader, reader.find_one(contract), address_of(recipient or sender.account.address))
    sender.perform(act)


@sending_command("mint", short_help="Pay for pairs.")
@click.argument("contract")
@click.argument("quantity", type=click.IntRange(1))
@click.option("--long-to", help="Who gets LONG; the sending account if not given.")
@click.option("--short-to", help="Who gets SHORT; the sending account if not given.")
@permit_option
def mint_pairs(
    sender: Sender,
    contract: str,
    quantity: int,
    long_to: str | None,
    short_to: str | None,
    by_permit: bool,
) -> None:
    """Pay for QUANTITY pairs of CONTRACT in full: LONG and SHORT, for whom you like.

    Together they are worth what they cost, whatever happens; a maker mints pairs and sells a side.

    \b
    Examples
      ape run forwards mint HPS-JAN27 5 --account TEST::5
    """
    reader, own = ForwardsReader(sender.session), sender.account.address
    recipients = (address_of(long_to or own), address_of(short_to or own))
    listing = reader.find_one(contract)
    sender.perform(mint(reader, listing, quantity, recipients, by_permit=by_permit))


@sending_command("merge", short_help="Turn pairs back into money.")
@click.argument("contract")
@click.argument("quantity", type=click.IntRange(1))
@click.option("--to", "recipient", help="Who is paid; the sending account if not given.")
def merge_pairs(sender: Sender, contract: str, quantity: int, recipient: str | None) -> None:
    """Merge QUANTITY of both LONG and SHORT of CONTRACT into what a pair costs, at any time.

    \b
    Examples
      ape run forwards merge HPS-JAN27 5 --account TEST::5
    """
    reader, target = ForwardsReader(sender.session), address_of(recipient or sender.account.address)
    act = merge(reader, reader.find_one(contract), quantity, target)
    sender.perform(act)


@sending_command("withdraw", short_help="Fetch undelivered money.")
@click.option("--to", "recipient", help="Who is paid; the sending account if not given.")
def withdraw_credits(sender: Sender, recipient: str | None) -> None:
    """Fetch what the vault could not pay out, because a token refused the transfer.

    \b
    Examples
      ape run forwards withdraw --to 0x… --account TEST::5
    """
    reader, target = ForwardsReader(sender.session), address_of(recipient or sender.account.address)
    for token in reader.waiting(sender.account.address):
        sender.perform(withdraw(reader, token, target))


@sending_command("approve-book", short_help="Let another book trade for you.")
@click.argument("book")
@click.argument("limit")
@click.option("--days", type=click.IntRange(1, 366), required=True, help="Days it may.")
@click.option("--may-close", is_flag=True, help="It may also close what you hold.")
def approve_book(sender: Sender, book: str, limit: str, days: int, may_close: bool) -> None:
    """Let BOOK, the address of a contract, trade for you with at most LIMIT of a token.

    The official book needs no approval. Any other can trade at any price inside the band: name one
    only for what it may lose. LIMIT is an amount such as 0.5btc or 100usd; it is counted
    down by what its trades take, and replaces what was approved before.

    \b
    Examples
      ape run forwards approve-book 0x… 0.5btc --days 30 --account TEST::5
    """
    reader = ForwardsReader(sender.session)
    until = sender.session.chain.now + days * DAY_SECONDS
    token, amount = reader.amount(limit)
    sender.perform(approve(reader, address_of(book), token, amount, may_close, until))


@sending_command("disown-book", short_help="End all that a book may do for you.")
@click.argument("book", required=False)
def disown_book(sender: Sender, book: str | None) -> None:
    """End at once all that BOOK may do for you; without BOOK, the official one.

    Every order you signed for it is dead then, until you approve it again.

    \b
    Examples
      ape run forwards disown-book 0x… --account TEST::5
    """
    reader = ForwardsReader(sender.session)
    sender.perform(disown(reader, address_of(book or reader.domain.contract)))
