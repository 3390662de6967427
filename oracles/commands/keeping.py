# SPDX-License-Identifier: AGPL-3.0-only
"""Keeping the journal: copies of it, what it weighs, and a day of it for others."""

import os
from pathlib import Path

from hashrate.core.errors import MissingFileError
from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_iso, day_from_time
from hashrate.service import database
from hashrate.service.clock import SystemClock
from oracles.daemon.settings import load_settings
from oracles.journal import evidence
from oracles.journal.store import JOURNAL, open_store

_PRIVATE = 0o600


def back_up(config: Path | None, target: Path) -> str:
    """Copy the journal while the reporter runs; gives a line about it.

    Raises:
        HashrateError: it cannot be copied.
    """
    journal = load_settings(config).journal
    database.back_up(JOURNAL, journal, target)
    return f"{journal} is copied to {target}, {target.stat().st_size} bytes"


def restore(config: Path | None, source: Path) -> str:
    """Put a copy in the journal's place; gives a line about it.

    Raises:
        HashrateError: the reporter runs, a journal is there, or the copy is no journal.
    """
    journal = load_settings(config).journal
    database.restore(JOURNAL, source, journal)
    return f"{source} is now {journal}"


def prune(config: Path | None, keep_days: int) -> str:
    """Drop what sources said of old days; the reporter must be stopped. Gives a line about it.

    Raises:
        HashrateError: the reporter runs, or the journal cannot be written.
    """
    settings = load_settings(config)
    before = DayIndex(day_from_time(SystemClock().now()) - keep_days)
    store = open_store(settings.journal)
    try:
        was = store.size()
        rows = evidence.prune(store, before)
        return f"{rows} observations dropped, {was - store.size()} bytes given back"
    finally:
        store.close()


def export(config: Path | None, day: str, target: Path) -> str:
    """Write a day's evidence to a file; gives a line about it.

    Raises:
        HashrateError: there is no report of the day, or the file cannot be written.
    """
    store = open_store(load_settings(config).journal, writes=False)
    try:
        text = evidence.export_day(store, day_from_iso(day))
    finally:
        store.close()
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise MissingFileError(f"cannot write {target}: {error.strerror}") from error
    return f"{day}: {target}"
