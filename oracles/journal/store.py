# SPDX-License-Identifier: AGPL-3.0-only
"""Opening the journal: SQLite that is on disk before the daemon goes on."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from hashrate.core.errors import JournalError, JournalLockedError
from oracles.journal.models import SCHEMA_VERSION, Base, SchemaRow

_BUSY_SECONDS = 10
_PRIVATE = 0o600


class Store:
    """The journal's file. One process writes; others may read."""

    def __init__(self, engine: Engine, lock: IO[str] | None) -> None:
        self.engine = engine
        self._lock = lock
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction; what was written is on disk when the block is left.

        Raises:
            JournalError: it cannot be written; nothing of the block is.
        """
        try:
            with self._sessions.begin() as session:
                yield session
        except SQLAlchemyError as error:
            raise JournalError(f"journal: {_why(error)}") from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a view for reading.

        Raises:
            JournalError: it cannot be read.
        """
        try:
            with self._sessions() as session:
                yield session
        except SQLAlchemyError as error:
            raise JournalError(f"journal: {_why(error)}") from error

    def close(self) -> None:
        """Close the file and let another process write."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


def open_store(path: Path, *, writes: bool = True) -> Store:
    """Open a journal, and make it where there is none.

    Args:
        path: the SQLite file.
        writes: whether this process writes; then no other may.

    Raises:
        JournalLockedError: another process writes to it.
        JournalError: it cannot be opened, or is of another version.
    """
    if not writes and not path.exists():
        raise JournalError(f"journal: {path} does not exist")
    lock = _take_lock(path) if writes else None
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _configure)
    store = Store(engine, lock)
    try:
        if writes:
            _create(store, path)
        _require_version(store)
    except JournalError:
        store.close()
        raise
    return store


def _take_lock(path: Path) -> IO[str]:
    lock_path = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = lock_path.open("w", encoding="ascii")
    except OSError as error:
        raise JournalError(f"journal: cannot write {lock_path}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise JournalLockedError(f"journal: {path} is in use by another process") from error
    return lock


def _configure(connection: Any, _record: object) -> None:
    """Make a commit mean that the data is on disk, whatever happens to machine or process."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _create(store: Store, path: Path) -> None:
    try:
        Base.metadata.create_all(store.engine)
        os.chmod(path, _PRIVATE)
    except (SQLAlchemyError, OSError) as error:
        raise JournalError(f"journal: {_why(error)}") from error
    with store.write() as session:
        if session.scalar(select(SchemaRow.version)) is None:
            session.add(SchemaRow(version=SCHEMA_VERSION))


def _require_version(store: Store) -> None:
    with store.read() as session:
        version = session.scalar(select(SchemaRow.version))
    if version != SCHEMA_VERSION:
        raise JournalError(f"journal: schema version {version}, this program has {SCHEMA_VERSION}")


def _why(error: Exception) -> str:
    """Return the first line of an error, without the statement and its parameters."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {cause}".splitlines()[0]
