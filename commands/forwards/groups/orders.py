# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run forwards order`, `fill`, `match`, `cancel`: trade."""

from pathlib import Path
from typing import Any

import click

from commands.forwards.making import Following, Wish, WishedLeg, offer_order
from commands.forwards.orders import FORWARDS, assess
from commands.forwards.quote import read_orders
from commands.forwards.reader import ForwardsReader
from commands.forwards.sweeping import Target, make_plan, sweep
from commands.forwards.taking import cancel, cancel_all, cancel_series, fill, match
from commands.shell.chain import address_of
from commands.shell.options import Sender, permit_option, sending_command
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
@click.option(
    "--leg",
    "legs",
    multiple=True,
    metavar="TEXT",
    help="A further leg, such as 'sell HPS-JUN28 9000sat', or 'sell 2 HPS-JUN28 9000sat' for two "
    "of it in each unit; may be repeated.",
)
@click.option("--between", help="Lowest and highest price that follows the index, LOW:HIGH.")
@click.option(
    "--mean-days",
    type=click.IntRange(1, 7),
    default=1,
    show_default=True,
    help="Final days whose mean a price follows.",
)
@click.option(
    "--max-age",
    type=click.IntRange(0, 30),
    default=2,
    show_default=True,
    help="Days that the newest of them may be old.",
)
@click.option("--taker", help="Only this account may take it.")
@click.option("--match-only", is_flag=True, help="Only another order may take it.")
@click.option("--net", is_flag=True, help="Take no more than closing what is held leaves to pay.")
@click.option("--in-window", is_flag=True, help="Keep it open once a window has begun.")
@permit_option
def order(sender: Sender, **asked: Any) -> None:
    """Sign an order to SIDE (buy: LONG, sell: SHORT) QUANTITY contracts of CONTRACT at PRICE.

    A strip such as HPS-1Q27 is QUANTITY of every month at one PRICE. With --leg other series are
    traded together with it, each at its own price: a calendar spread, a roll. All legs are filled,
    or none. PRICE may follow the index: `index`, `index+200sat`, `index-50sat`, with --between.

    Signing costs nothing and locks nothing: collateral moves when somebody fills it. What the
    vault may take grows by what the whole order may cost, since other orders of yours draw on the
    same approval; keep so much in the account, or the order cannot be filled. With --permit the
    order carries a signature in place of an approval, one order at a time. It ends with --days, or
    before the first window begins, whichever comes first, or when you cancel it.

    \b
    Examples
      ape run forwards order sell 60 HPU-JAN27 '$38.50' --to ask.json --account TEST::5
      ape run forwards order buy 10 HPS-1Q27 43150sat --minimum 5 --to bid.json --account TEST::6 \\
        --relay http://127.0.0.1:8711
      ape run forwards order sell 5 HPS-JAN27 43000sat --leg 'buy HPS-FEB27 42000sat' --net \\
        --to roll.json --account TEST::6
      ape run forwards order buy 10 HPS-JAN27 index-400sat --between 41000sat:45000sat \\
        --to peg.json --account TEST::6
    """
    reader = ForwardsReader(sender.session)
    is_buy = asked["side"].lower() == "buy"
    legs = [
        WishedLeg(is_buy, 1, each, asked["price"])
        for each in reader.find_created(asked["contract"])
    ]
    legs += [_leg(reader, text) for text in asked["legs"]]
    wish = Wish(
        legs=sorted(legs, key=lambda leg: leg.listing.series),
        quantity=asked["quantity"],
        minimum=asked["minimum"],
        following=Following(asked["between"], asked["mean_days"], asked["max_age"]),
        taker=address_of(asked["taker"]) if asked["taker"] else None,
        is_match_only=asked["match_only"],
        counts_holdings=asked["net"],
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
        by_permit=asked["by_permit"],
    )


def _leg(reader: ForwardsReader, text: str) -> WishedLeg:
    """Read a leg, such as `sell HPS-JUN28 9000sat`."""
    side, *middle = text.split()
    if side.lower() not in ("buy", "sell") or len(middle) not in (2, 3):
        raise click.BadParameter(f"{text!r} is not a leg such as 'sell HPS-JUN28 9000sat'")
    *ratio, contract, price = middle
    if ratio and not ratio[0].isdecimal():
        raise click.BadParameter(f"{ratio[0]!r} is not a number of contracts")
    number = int(ratio[0]) if ratio else 1
    return WishedLeg(side.lower() == "buy", number, reader.find_one(contract), price)


@sending_command("fill", short_help="Take an order.")
@click.argument("source")
@click.option("--quantity", type=click.IntRange(1), help="Contracts at most; all that is left.")
@click.option(
    "--minimum", type=click.IntRange(1), default=1, show_default=True, help="Contracts at least."
)
@permit_option
def fill_order(
    sender: Sender, source: str, quantity: int | None, minimum: int, by_permit: bool
) -> None:
    """Take the other side of the order in SOURCE, a file or its address at a relay.

    Shows what you pay or receive after netting: where you hold the other side already, the trade
    closes that first and pays you for it. What the maker has is looked at before anything is
    approved; the approval grows by exactly what you pay, so that your own orders keep theirs.

    \b
    Examples
      ape run forwards fill ask.json --quantity 20 --account TEST::6
      ape run forwards fill bid.json --account TEST::5 --dry-run
      ape run forwards fill http://127.0.0.1:8711/orders/0x… --account TEST::5
    """
    session = sender.session
    reader = ForwardsReader(session)
    offer = assess(reader, FORWARDS.read(source), session.chain.now)
    sender.perform(fill(reader, offer, quantity or offer.remaining, minimum, by_permit=by_permit))


@sending_command("sweep", short_help="Take several orders, the best first.")
@click.argument("side", type=click.Choice(["buy", "sell"], case_sensitive=False))
@click.argument("quantity", type=click.IntRange(1))
@click.argument("contract")
@click.argument("price")
@click.option("--orders", "source", required=True, help="Folder of order files, or a relay.")
def sweep_orders(
    sender: Sender, side: str, quantity: int, contract: str, price: str, source: str
) -> None:
    """Buy (LONG) or sell (SHORT) up to QUANTITY of CONTRACT, at PRICE or better, in one go.

    Shows the plan first: which orders, how much of each at which price, the mean, and the most you
    pay. Up to 16 orders of this contract alone, the best price first, each as far as its maker can
    pay. One that somebody else was quicker to take is skipped; if all are, nothing happens.

    \b
    Examples
      ape run forwards sweep buy 50 HPU-JAN27 '$39' --orders http://127.0.0.1:8711 \\
        --account TEST::6
      ape run forwards sweep sell 20 HPS-JAN27 42500sat --orders orders/ --account TEST::5 --dry-run
    """
    reader = ForwardsReader(sender.session)
    listing = reader.find_one(contract)
    limit = listing.terms.product.parse_price(price)
    signed, complaints = read_orders(source, listing)
    for line in complaints:
        sender.session.console.print(f"  unreadable: {line}", markup=False)
    is_buy = side.lower() == "buy"
    plan = make_plan(reader, listing, signed, Target(is_buy, quantity, limit))
    sender.perform(sweep(reader, listing, plan))


hide_order = FORWARDS.hide_command(
    "ape run forwards hide ask.json --relay http://127.0.0.1:8711 --account TEST::5"
)


@sending_command("match", short_help="Let two orders trade with each other.")
@click.argument("one")
@click.argument("other")
@click.option("--quantity", type=click.IntRange(1), help="Units at most; all that both have left.")
def match_orders(sender: Sender, one: str, other: str, quantity: int | None) -> None:
    """Let the orders in ONE and OTHER, files or their addresses at a relay, trade with each other.

    They have the same legs on opposite sides, and prices that cross in each leg; each trades half
    way between. Anybody may, and whoever does pays the gas.

    \b
    Examples
      ape run forwards match bid.json ask.json --account TEST::19
    """
    reader, now = ForwardsReader(sender.session), sender.session.chain.now
    first, second = (assess(reader, FORWARDS.read(source), now) for source in (one, other))
    most = quantity or min(first.remaining, second.remaining)
    sender.perform(match(reader, first, second, most))


@sending_command("cancel", short_help="Cancel one order, or many.")
@click.argument("source", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every order signed by the account so far.")
@click.option("--contract", help="Every order of the account so far with a leg in this contract.")
def cancel_order(sender: Sender, source: str | None, is_all: bool, contract: str | None) -> None:
    """Cancel the order in SOURCE, a file or its address at a relay; or --all, or --contract.

    An order that was handed out stays good until it is filled, over or cancelled on chain: deleting
    the file does not take it back. --all and --contract cost the same however many orders there
    are.

    \b
    Examples
      ape run forwards cancel ask.json --account TEST::5
      ape run forwards cancel --contract HPS-JAN27 --account TEST::5
      ape run forwards cancel --all --account TEST::5
    """
    if [source is not None, is_all, contract is not None].count(True) != 1:
        raise click.UsageError("give an order, or --all, or --contract")
    reader = ForwardsReader(sender.session)
    if source is not None:
        act = cancel(reader, FORWARDS.read(source).order)
    elif contract is not None:
        act = cancel_series(reader, reader.find_one(contract))
    else:
        act = cancel_all(reader)
    sender.perform(act)
