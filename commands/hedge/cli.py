# SPDX-License-Identifier: AGPL-3.0-only
"""The command line of the hedge: `python -m commands.hedge`, or `ape run hedge`.

It imports nothing but click until it runs: ape loads it for every command.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from commands.shell.late import imported_late
from hashrate.core.errors import HashrateError

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="What a miner sells forward, and what that changes.")
@click.option("--phs", required=True, help="Hashrate of the fleet [PH/s], such as 62.5.")
@click.option("--j-per-th", required=True, help="Energy, cooling included [J/TH], such as 17.5.")
@click.option("--usd-per-kwh", required=True, help="Price of power [USD/kWh], such as 0.055.")
@click.option("--months", required=True, help="JAN27, F27, JAN27:JUN27, 1Q27 or CAL27.")
@click.option(
    "--product",
    type=click.Choice(["HPS", "HPU"], case_sensitive=False),
    default="HPU",
    show_default=True,
    help="Hashprice in satoshi or in dollars.",
)
@click.option(
    "--price",
    "prices",
    multiple=True,
    help="Price sold at, 43150sat or $43.15: once for all months or once for each; "
    "the mark if not given.",
)
@click.option("--relay", help="Sell to the bids of this relay's book instead, the best first.")
@click.option("--hashprice", help="Hashprice now, 43150sat; the last week of --data if not given.")
@click.option("--btc-usd", help="BTC/USD now; the last close of --data if not given.")
@click.option("--today", help="UTC day the hedge is made on, YYYY-MM-DD; the clock's if not given.")
@click.option("--share", default="100", show_default=True, help="Percent of revenue to hedge.")
@click.option("--pool-fee", default="0", show_default=True, help="Percent the pool keeps.")
@click.option("--uptime", default="100", show_default=True, help="Percent of time machines run.")
@click.option(
    "--curtail-above",
    help="What a kWh is worth elsewhere [USD]: machines rest on days on which it mines less. "
    "The price of power itself for break-even; they never rest if not given.",
)
@click.option(
    "--fixed-usd-per-month", default="0", show_default=True, help="Costs that no rest saves."
)
@click.option(
    "--debt-usd-per-month",
    default="0",
    show_default=True,
    help="Debt service; the least share that keeps the worst case above it is worked out.",
)
@click.option("--fees", default="0", show_default=True, help="Percent of fees in hashprice now.")
@click.option(
    "--capital-cost", default="0", show_default=True, help="Percent a year that capital costs."
)
@click.option("--floor", help="Floor of the series, like --price; the standard listing's if not.")
@click.option("--cap", help="Cap of the series, likewise.")
@click.option(
    "--data",
    envvar="HASHRATE_DATA",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with real days (btc_daily.csv, difficulty_epochs.csv); or HASHRATE_DATA.",
)
@click.option("--brief", "is_brief", is_flag=True, help="Leave out the line for each past month.")
@click.option("--quote", "is_quote", is_flag=True, help="Print the order that quotes this strip.")
@click.option("--json", "is_json", is_flag=True, help="Print all of it as JSON instead.")
@click.option(
    "--csv",
    "table",
    type=click.Choice(["sales", "outcomes", "cash"]),
    help="Print one table as CSV instead.",
)
@click.option("--output", "picture", type=_FILE, help="Draw the outcomes into this PNG.")
@click.option("--pdf", type=_FILE, help="Write all of it on one page.")
def cli(today: str | None, **given: Any) -> None:
    """Compute a miner's hedge: contracts to sell, margin locked, and what may come of it.

    A contract is 1 PH/s for each day of a month. A miner sells as many as the fleet earns whole
    PH/s, uptime and the pool's fee taken off: what hashprice then loses, the contracts gain,
    between their floor and their cap. Selling locks days x (cap - price) for each contract; that is
    all it can lose, and there is no margin call.

    Shown for the whole window, unhedged and hedged: nothing changes; difficulty rises 20 % over the
    first month; BTC/USD halves; the subsidy halves in the middle of the window; and, with --data,
    the real days from each past month on, moved to today's level. "Hedged" has the cost of the
    locked money in it, from --today until each month is released. All is exact; digits are cut off
    where they are printed, towards zero.

    The mark, the price where none is given, is the hashprice now: it promises nothing. Needs no
    chain and sends nothing.

    \b
    Examples
      python -m commands.hedge --phs 62.5 --j-per-th 17.5 --usd-per-kwh 0.055 \\
        --months JAN27:JUN27 --hashprice 43150sat --btc-usd 70000 --capital-cost 8
      python -m commands.hedge --phs 62.5 --j-per-th 17.5 --usd-per-kwh 0.055 --months 1Q27 \\
        --product HPS --price 43000sat --price 42500sat --price 42000sat --data ../data
    """
    show = imported_late("commands.hedge.show")
    try:
        show.run(today=today or datetime.now(UTC).date().isoformat(), **given)
    except HashrateError as error:
        raise click.ClickException(str(error)) from error
