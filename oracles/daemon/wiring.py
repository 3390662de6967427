# SPDX-License-Identifier: AGPL-3.0-only
"""Opens the sources that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from oracles.daemon.readings import FactsReader, OutputReader, PriceReader, WholeDays
from oracles.daemon.settings import Settings
from oracles.daemon.table_output import TableOutput
from oracles.errors import SettingsError
from oracles.observability.logging import Redactor
from oracles.sources import open_source


@dataclass(frozen=True, slots=True)
class Readers:
    """Where facts, prices and outputs come from."""

    facts: FactsReader
    prices: PriceReader
    outputs: tuple[OutputReader, ...]


@contextmanager
def open_readers(settings: Settings, redactor: Redactor) -> Iterator[Readers]:
    """Open the sources, and close them afterwards.

    Raises:
        HashrateError: a source cannot be opened.
    """
    outputs = tuple(TableOutput(each) for each in settings.outputs if each.kind == "table")
    if settings.days is not None:
        whole = WholeDays(open_source(settings.days))
        yield Readers(whole, whole, outputs)
        return
    raise SettingsError("not yet")
