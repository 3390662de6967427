# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run forwards`: hashprice forwards and difficulty swaps."""

import click

from commands.forwards.groups import holdings, market, orders


@click.group(short_help="Trade hashprice forwards and difficulty swaps.")
def cli() -> None:
    """Trade hashprice forwards and difficulty swaps.

    A contract is 1 PH/s for every day of a month or fortnight. Its buyer gets LONG and pays
    (price - floor) for each day, its seller gets SHORT and pays (cap - price): both are paid in
    full, so nobody is ever liquidated or owed anything. After the window LONG pays the oracle's
    daily mean above the floor, SHORT the rest. docs/market.md has conventions and an example to the
    satoshi.

    \b
    HPS-JAN27   hashprice in satoshi, tick 1 sat per PH/s per day
    HPU-JAN27   hashprice in dollars, tick $0.01 per PH/s per day
    DIF-JAN27   difficulty, tick 1e9; DIF-04JAN27 is a fortnight
    HPS-JAN27@21000-59000   with another floor and cap than the standard ones
    """


for command in (
    market.months,
    market.list_months,
    market.quote,
    market.history,
    market.bands,
    orders.order,
    orders.fill_order,
    orders.sweep_orders,
    orders.match_orders,
    orders.cancel_order,
    orders.hide_order,
    holdings.show,
    holdings.settle_series,
    holdings.redeem_series,
    holdings.mint_pairs,
    holdings.merge_pairs,
    holdings.approve_book,
    holdings.disown_book,
    holdings.withdraw_credits,
):
    cli.add_command(command)
