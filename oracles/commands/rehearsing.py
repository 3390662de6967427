# SPDX-License-Identifier: AGPL-3.0-only
"""Past days through whole reporters and a local chain: who would have signed and sent what, when.

The sources are the operator's own, or recorded days; everything else is the rehearsal's.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_iso, day_start, iso_from_day
from hashrate.service.clock import Clock
from hashrate.service.logging import Redactor, configure_logging
from oracles.daemon.settings import LOCAL_CHAINS, Settings, load_settings
from oracles.daemon.wiring import Readers, Views, open_readers
from oracles.rehearsal.chain import open_chain, oracle_code
from oracles.rehearsal.errors import RehearsalError
from oracles.rehearsal.past import PastBitcoin, PastNode, PastOutputs, PastPrices
from oracles.rehearsal.rehearsal import Plan, rehearse
from oracles.rehearsal.told import Posted, Rehearsed, RehearsedOutput, Signed

_NO_ADDRESS = "0x" + "00" * 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for.

    Attributes:
        spec: source of whole days; None for the sources of the settings.
        config: file of the settings.
        first, days: the first day, YYYY-MM-DD, and how many.
        reporters: how many.
        rpc_url: a local chain; None to start one.
        contracts: what `make build` wrote; None for this checkout's.
    """

    spec: str | None
    config: Path | None
    first: str
    days: int
    reporters: int
    rpc_url: str | None
    contracts: Path | None


def show(wanted: Wanted, *, as_json: bool) -> bool:
    """Rehearse some days and print what came of them; gives whether all was posted.

    Raises:
        HashrateError: it cannot begin, or a reporter ended by itself.
    """
    first = day_from_iso(wanted.first)
    redactor = Redactor()
    configure_logging("WARNING", redactor, sys.stderr)
    settings = _settings(wanted)
    code = oracle_code(wanted.contracts)

    @contextmanager
    def readers_at(clock: Clock) -> Iterator[Readers]:
        views = Views(
            bitcoin=lambda source: PastBitcoin(source, clock.now),
            node=lambda source: PastNode(source, clock.now),
            prices=PastPrices,
            outputs=PastOutputs,
        )
        with open_readers(settings, redactor, clock, views=views) as readers:
            yield readers

    with (
        TemporaryDirectory(prefix="rehearsal-") as folder,
        open_chain(wanted.rpc_url, day_start(DayIndex(first - 1))) as chain,
    ):
        days = range(first, first + wanted.days)
        plan = Plan(settings, days, wanted.reporters, Path(folder))
        told = rehearse(plan, chain, code, readers_at)
    if as_json:
        print(json.dumps([_record(each) for each in told], indent=2))
    else:
        _print(told)
    return not _missing(told)


def _settings(wanted: Wanted) -> Settings:
    """Read the operator's settings, or take the defaults for a source of whole days."""
    if wanted.spec is None:
        return load_settings(wanted.config)
    if wanted.config is not None:
        raise RehearsalError("name either a --source or a --config with sources")
    return Settings(
        chain_id=min(LOCAL_CHAINS), oracle=_NO_ADDRESS, rpc_url="http://127.0.0.1", days=wanted.spec
    )


def _record(told: Rehearsed) -> dict[str, Any]:
    """Return a day as JSON has it: what may pass 2^53 as text."""
    facts = None
    if told.facts is not None:
        facts = {name: str(value) for name, value in asdict(told.facts).items() if name != "day"}
    outputs = [
        {**asdict(each), "delivered_ths": each.delivered_ths and str(each.delivered_ths)}
        for each in told.outputs
    ]
    return {**asdict(told), "day": iso_from_day(told.day), "facts": facts, "outputs": outputs}


def _print(told: list[Rehearsed]) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=240)
    console.print(
        _table(
            "What would have been signed and posted, by whom, when (UTC)",
            ("day", "blocks", "fees, sat", "hashprice, 1e-18 sat", "USD, 1e-8"),
            [_cells(each) for each in told],
        )
    )
    outputs = [_output_cells(day, each) for day in told for each in day.outputs]
    if outputs:
        columns = ("day", "series", "credited, sat", "delivered, 1e-18 TH/s")
        console.print(_table("Outputs of series", columns, outputs))
    missing = _missing(told)
    if missing:
        console.print(f"Not posted: {', '.join(missing)}; the log above says why")


def _table(title: str, columns: tuple[str, ...], rows: list[list[str]]) -> Table:
    table = Table(title=title)
    for name in (*columns, "signed by", "posted by", "with", "gas", "final"):
        table.add_column(name)
    for row in rows:
        table.add_row(*row)
    return table


def _missing(told: list[Rehearsed]) -> list[str]:
    """Name what was not posted."""
    missing = []
    for day in told:
        iso = iso_from_day(day.day)
        missing += [iso] if day.posted is None else []
        missing += [f"{iso} of {each.series}" for each in day.outputs if each.posted is None]
    return missing


def _cells(told: Rehearsed) -> list[str]:
    facts, posted = told.facts, told.posted
    row = [iso_from_day(told.day)]
    if facts is None:
        return [*row, "nobody signed it"]
    row += [f"{facts.first_height}-{facts.last_height}", str(facts.fees_sats)]
    row += [str(facts.hashprice_wad), str(posted.btc_usd_e8) if posted else ""]
    return row + _fate_cells(told.signed, posted)


def _output_cells(day: Rehearsed, told: RehearsedOutput) -> list[str]:
    row = [iso_from_day(day.day), told.series]
    if told.credited_sats is None:
        return [*row, "nobody signed it"]
    return [*row, str(told.credited_sats), str(told.delivered_ths)] + _fate_cells(
        told.signed, told.posted
    )


def _fate_cells(signed: Sequence[Signed], posted: Posted | None) -> list[str]:
    row = [", ".join(f"{each.reporter} {_time(each.at)}" for each in signed)]
    if posted is not None:
        row += [f"{posted.reporter} {_time(posted.at)}", ", ".join(map(str, posted.signers))]
        row += [str(posted.gas), _time(posted.final_at)]
    return row


def _time(seconds: int) -> str:
    """Write a moment [unix s], as month-day hour:minute:second."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%m-%d %H:%M:%S")
