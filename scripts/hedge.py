# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run hedge`: what a miner sells forward, and what that changes."""

from pathlib import Path

import click

from commands.shell.console import open_console
from commands.shell.late import imported_late
from commands.shell.options import one_line_errors


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
@click.option("--hashprice", help="Hashprice now, 43150sat; the last week of --data if not given.")
@click.option("--btc-usd", help="BTC/USD now; the last close of --data if not given.")
@click.option("--share", default="100", show_default=True, help="Percent of the fleet to hedge.")
@click.option("--pool-fee", default="0", show_default=True, help="Percent the pool keeps.")
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
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("hedge.png"),
    show_default=True,
    help="The picture to write.",
)
@one_line_errors
def cli(output: Path, is_brief: bool, **given: object) -> None:
    """Compute a miner's hedge: contracts to sell, margin locked, and what may come of it.

    A contract is 1 PH/s for each day of a month. A miner sells as many as the fleet has whole PH/s:
    what hashprice then loses, the contracts gain, between their floor and their cap. Selling locks
    days x (cap - price) for each contract; that is all it can lose, and there is no margin call.

    Shown for the whole window, unhedged and hedged: nothing changes; difficulty rises 20 % over the
    first month; BTC/USD halves; the subsidy halves in the middle of the window; and, with --data,
    the real days from each past month on, moved to today's level. Power is paid and hashrate runs
    on every day. All is exact; digits are cut off where they are printed.

    The mark, the price where none is given, is the hashprice now: it promises nothing. Needs no
    chain and sends nothing.

    \b
    Examples
      ape run hedge --phs 62.5 --j-per-th 17.5 --usd-per-kwh 0.055 --months JAN27:JUN27 \\
        --hashprice 43150sat --btc-usd 70000
      ape run hedge --phs 62.5 --j-per-th 17.5 --usd-per-kwh 0.055 --months 1Q27 \\
        --product HPS --price 43000sat --price 42500sat --price 42000sat --data ../data
    """
    show = imported_late("commands.hedge.show")
    show.run(open_console(), show.Request(**given), output, is_brief=is_brief)
