# SPDX-License-Identifier: AGPL-3.0-only
"""The command line. It only reads arguments and shows results."""

import json
import sys

import click

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import DayIndex, DayObservation
from hashrate.core.units import day_from_iso, iso_from_day
from hashrate.history import Source, open_source
from hashrate.service.command_line import one_line_errors
from oracles.commands.daemon import DAEMON_COMMANDS
from oracles.commands.headers_group import headers
from oracles.commands.presentation import day_record, print_table

PROGRESS_FROM_DAYS = 200


class DayParam(click.ParamType):
    """A UTC day written as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> DayIndex:
        """Turn the text into a day, or fail as click does."""
        try:
            return day_from_iso(value)
        except NumberFormatError as error:
            self.fail(str(error), param, ctx)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Bitcoin hashrate oracle: what a TH/s earned each day, exactly."""


@main.command()
@click.option("--source", "spec", required=True, metavar="SOURCE", help="Where days come from.")
@click.option("--day", required=True, type=DayParam(), help="The day, UTC by mediantime.")
@click.option("--to", "last", type=DayParam(), help="Last day of a range, included.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, one object a day.")
@one_line_errors
def hashprice(spec: str, day: DayIndex, last: DayIndex | None, as_json: bool) -> None:
    """Show the hashprice of a day, or of a range of days.

    Hashprice is the expected reward of hashrate: 86,400 s times the mean, over the day's blocks, of
    (subsidy + fees) / (difficulty x 2^32). A block belongs to the UTC day of its mediantime.

    \b
    SOURCE is one of
      dataset:FOLDER   real days, from btc_daily.csv and difficulty_epochs.csv
      simulated:SEED   an invented network, the same for the same seed; it says so
                       wherever it is shown. Options follow a question mark:
                       start=YYYY-MM-DD, height=N, price=USD, fees=SATS a block

    \b
    The columns a dataset needs; others are not read
      btc_daily.csv          date, height_first, height_last, BlkCnt (blocks),
                             IssTotNtv (subsidy, BTC), FeeTotNtv (fees, BTC),
                             PriceUSD (close)
      difficulty_epochs.csv  start_height, end_height, bits_hex (8 digits)

    \b
    Examples
      One real day:
        python -m oracles hashprice --source dataset:data --day 2024-04-20
      A month of them for another program:
        python -m oracles hashprice --source dataset:data \\
            --day 2024-04-01 --to 2024-04-30 --json
      A halving and a retarget that have not happened yet:
        python -m oracles hashprice --source simulated:1 \\
            --day 2028-04-09 --to 2028-04-18

    With --json, every digit is there: amounts are integers in satoshi; difficulty, prices and
    hashprice_wad (satoshi per TH/s per day, times 1e18) are strings.

    Exit code 2 and one line on stderr when the input is bad.
    """
    if last is not None and last < day:
        raise click.BadParameter(f"{iso_from_day(last)} is before --day", param_hint="'--to'")
    source = open_source(spec)
    observations = _observe(source, range(day, (day if last is None else last) + 1))
    if as_json:
        records = [day_record(seen, simulated=source.is_simulated) for seen in observations]
        click.echo(json.dumps(records, indent=2))
    else:
        print_table(observations, source.label)


def _observe(source: Source, days: range) -> list[DayObservation]:
    """Read the days, with a progress bar on stderr when there are many and someone watches."""
    if len(days) < PROGRESS_FROM_DAYS or not sys.stderr.isatty():
        return [source.observe(DayIndex(day)) for day in days]
    with click.progressbar(days, label=f"Reading {len(days)} days", file=sys.stderr) as bar:
        return [source.observe(DayIndex(day)) for day in bar]


for _command in (*DAEMON_COMMANDS, headers):
    main.add_command(_command)
