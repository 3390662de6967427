# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run offering`: hashrate, sold for the first time."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand
from eth_utils.address import to_checksum_address

from commands.offering import acts
from commands.offering.reader import OfferingReader
from commands.offering.show import as_csv, as_json, show
from commands.shell.chain import address_of
from commands.shell.options import (
    Sender,
    deployments_option,
    one_line_errors,
    permit_option,
    sending_command,
)
from commands.shell.session import Session
from hashrate.core.amounts import parse_hashrate
from hashrate.core.units import HOUR_SECONDS
from hashrate.products.offering.terms import OfferingTerms, Pricing, parse_price


@click.group(short_help="Sell hashrate for the first time, and buy it.")
def cli() -> None:
    """Sell hashrate for the first time, and buy it.

    A buyer gets its tokens at once. Its money waits in the offering and goes to the seller day by
    day, as settled days prove delivery. If the series stays owing for thirty days, buyers hand
    tokens back, which are burned, and get their money for what was not delivered. docs/offering.md
    has the exact rules and an example to the satoshi.
    """


@sending_command("open", short_help="Open a round, as the issuer.")
@click.argument("series")
@click.argument("amount")
@click.argument("price")
@click.option("--to-price", help="Fall to this price until the round closes.")
@click.option("--price-days", type=click.IntRange(1, 65_535), help="Days of hashprice instead.")
@click.option("--hours", type=click.IntRange(1), default=72, show_default=True, help="Open for.")
@click.option(
    "--days",
    type=click.IntRange(1, 65_535),
    default=30,
    show_default=True,
    help="Days of delivery over which the money is released.",
)
@click.option("--keep-early-end", is_flag=True, help="Days after an early end are not refunded.")
def open_round(sender: Sender, series: str, amount: str, price: str, **asked: Any) -> None:
    """Offer AMOUNT of the hashrate of SERIES at PRICE for each TH/s. Nothing about a round can
    change; what is unsold can be taken back at any time.

    PRICE is written like 6500sat or 6.50usd, and says what buyers pay in. With --to-price it falls
    to that, second by second. With --price-days a TH/s costs what so many days of hashprice come
    to, by the mean of the oracle's last seven final days, at most PRICE and at least --to-price.

    \b
    Examples
      ape run offering open fjord 20phs 6500sat --account TEST::5
      ape run offering open fjord 20phs 7000sat --to-price 5000sat --hours 96 --account TEST::5
      ape run offering open fjord 20phs 9000sat --to-price 1000sat --price-days 120 \\
        --account TEST::5
    """
    session = sender.session
    reader = OfferingReader(session)
    to_price, price_days = asked["to_price"], asked["price_days"]
    found, money = session.series(series), reader.money_for(price)
    high = parse_price(price, money.decimals)
    pricing = Pricing.FALLING
    if price_days is not None:
        pricing = Pricing.USD if money is not reader.moneys[0] else Pricing.SATOSHI
    terms = OfferingTerms(
        series=to_checksum_address(found.distributor.address),
        money=money.address,
        amount_ths=parse_hashrate(amount),
        closes_at=session.chain.now + asked["hours"] * HOUR_SECONDS,
        delivery_days=asked["days"],
        refunds_early_end=not asked["keep_early_end"],
        pricing=pricing,
        price_days=price_days or 0,
        low_price=parse_price(to_price, money.decimals) if to_price else high,
        high_price=high,
    )
    sender.perform(acts.open_round(reader, found, money, terms))


@sending_command(short_help="Buy in a round.")
@click.argument("number", type=click.IntRange(1))
@click.argument("amount")
@click.option("--at-least", "least", help="Refuse less than this; whatever is left by default.")
@click.option("--at-most", "limit", help="Pay no more, such as 65000sat; what it costs now.")
@permit_option
def buy(
    sender: Sender,
    number: int,
    amount: str,
    least: str | None,
    limit: str | None,
    by_permit: bool,
) -> None:
    """Buy AMOUNT of hashrate, or what is left of it, in round NUMBER.

    The approval grows by exactly the cost. A falling price falls further until
    the transaction is mined; one by hashprice can rise: nothing above --at-most is paid.

    \b
    Examples
      ape run offering buy 1 2.5phs --account TEST::7
      ape run offering buy 1 2.5phs --at-most 17000000sat --account TEST::7 --dry-run
    """
    reader = OfferingReader(sender.session)
    money = reader.token_of(reader.round(number).state)
    act = acts.buy(
        reader,
        number,
        parse_hashrate(amount),
        parse_hashrate(least) if least else 0,
        parse_price(limit, money.decimals) if limit else None,
        by_permit=by_permit,
    )
    sender.perform(act)


@sending_command(short_help="Pay the seller for delivered days.")
@click.argument("number", type=click.IntRange(1))
def release(sender: Sender, number: int) -> None:
    """Pay the seller of round NUMBER what delivered days have earned it. Anyone may.

    Days count once they are settled and nothing is owed for them or for a day before. While the
    bond of the series is drawn nothing is released.

    \b
    Examples
      ape run offering release 1 --account TEST::19
    """
    sender.perform(acts.release(OfferingReader(sender.session), number))


@sending_command(short_help="Hand hashrate back after a default.")
@click.argument("number", type=click.IntRange(1))
@click.argument("amount", required=False)
@permit_option
def refund(sender: Sender, number: int, amount: str | None, by_permit: bool) -> None:
    """Hand AMOUNT of hashrate back to round NUMBER, or all you bought: it is burned, and you get
    your money for what was not delivered.

    Only in default: a day is owed for thirty days after it was due, or the series has ended early
    and the round refunds that. Any tokens of the series will do, up to what you bought.

    \b
    Examples
      ape run offering refund 1 --account TEST::7 --dry-run
      ape run offering refund 1 1.5phs --account TEST::7
    """
    wanted = parse_hashrate(amount) if amount else None
    reader = OfferingReader(sender.session)
    sender.perform(acts.refund(reader, number, wanted, by_permit=by_permit))


@sending_command("take-back", short_help="Take back what is unsold.")
@click.argument("number", type=click.IntRange(1))
def take_back(sender: Sender, number: int) -> None:
    """Take what is unsold of round NUMBER back, as its seller: nothing more is sold then.

    \b
    Examples
      ape run offering take-back 1 --account TEST::5
    """
    sender.perform(acts.take_back(OfferingReader(sender.session), number))


@click.command(cls=ConnectedProviderCommand, short_help="How rounds stand.")
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--buyer", help="Also show what this account bought.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.option("--csv", "is_csv", is_flag=True, help="As CSV, a line each.")
@deployments_option
@one_line_errors
def status(
    number: int | None,
    buyer: str | None,
    is_json: bool,
    is_csv: bool,
    deployments: Path | None,
) -> None:
    """Show round NUMBER, or all: price now, what is left, delivery, money. Sends nothing.

    \b
    Examples
      ape run offering status
      ape run offering status 1 --buyer TEST::7 --json
    """
    reader = OfferingReader(Session(None, deployments))
    rounds = reader.rounds() if number is None else [reader.round(number)]
    account = address_of(buyer) if buyer else None
    if is_json:
        click.echo(as_json(reader, rounds, account))
    elif is_csv:
        click.echo(as_csv(reader, rounds, account))
    else:
        show(reader, rounds, account)


for command in (open_round, buy, release, refund, take_back, status):
    cli.add_command(command)
