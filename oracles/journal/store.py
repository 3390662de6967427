# SPDX-License-Identifier: AGPL-3.0-only
"""Opening the journal: SQLite that is on disk before the daemon goes on."""

from pathlib import Path

from hashrate.service.database import Database, Schema, name_the_kind, open_database
from oracles.journal.errors import JournalError
from oracles.journal.models import Base

JOURNAL = Schema(
    kind="journal",
    tables=Base.metadata,
    landmark="signatures",
    steps=(name_the_kind("journal"),),
    error=JournalError,
    only_sqlite="what is signed must be on this machine's disk before anybody sees it",
)


def open_store(path: Path, *, writes: bool = True) -> Database:
    """Open a journal, and make it where there is none; one process writes, others may read.

    Args:
        path: the SQLite file.
        writes: whether this process writes; then no other may.

    Raises:
        JournalError: another process writes to it, it cannot be opened, or is of a version that
            cannot be used.
    """
    return open_database(JOURNAL, path, writes=writes, is_exclusive=writes)
