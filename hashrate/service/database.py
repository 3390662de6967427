# SPDX-License-Identifier: AGPL-3.0-only
"""One way to open a service's database: private, versioned, migrated in order, or refused.

A schema is its tables at the newest version and the steps that lead there. A new file is made at
the newest version. An older one is copied first and then taken through every step in a single
transaction: a crash at any moment leaves the old file or the new one, never half of each.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    create_engine,
    event,
    func,
    inspect,
    literal_column,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from hashrate.core.errors import HashrateError

_BUSY_SECONDS = 10
_PRIVATE = 0o600
_VERSION_TABLE = "schema_version"
_SQLITE = "sqlite"
_POSTGRES = "postgresql+psycopg"
_SCHEMA_LOCK = 8_711_001  # any number that nothing else here locks

# One row. The name of the table and of its first column are those of the first release.
_versions = Table(
    _VERSION_TABLE,
    MetaData(),
    Column("version", Integer, primary_key=True),
    Column("kind", String, nullable=False, server_default=""),
)

Step = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Schema:
    """What a service keeps.

    Attributes:
        kind: what the file is, one word; messages begin with it.
        tables: the tables at the newest version.
        landmark: a table that every version has; it tells a file of version 1, which does not say
            its kind, from another service's.
        steps: the first leads from version 1 to 2, and so on; none is ever changed or removed.
        error: what is raised.
        only_sqlite: why no other database than SQLite will do; empty where PostgreSQL does as well.
        is_durable: whether a commit must outlive a power cut; else it may lose the last seconds.
    """

    kind: str
    tables: MetaData
    landmark: str
    steps: Sequence[Step]
    error: type[HashrateError]
    only_sqlite: str = ""
    is_durable: bool = True

    @property
    def version(self) -> int:
        """Return the newest version."""
        return 1 + len(self.steps)

    def refusal(self, why: object) -> HashrateError:
        """Return the error that says why."""
        return self.error(f"{self.kind}: {why}")


class Database:
    """An open database. Any thread may use it; a transaction belongs to one.

    `is_shared` tells whether other processes may write to it, too.
    """

    def __init__(self, schema: Schema, engine: Engine, lock: IO[str] | None) -> None:
        self.engine = engine
        self.is_shared = engine.dialect.name != _SQLITE
        self._schema = schema
        self._lock = lock
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction, committed when the block is left.

        Raises:
            HashrateError: of the schema's kind: it cannot be written; nothing of the block is.
        """
        try:
            with self._sessions.begin() as session:
                yield session
        except SQLAlchemyError as error:
            raise self._schema.refusal(_why(error)) from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a view for reading.

        Raises:
            HashrateError: of the schema's kind: it cannot be read.
        """
        try:
            with self._sessions() as session:
                yield session
        except SQLAlchemyError as error:
            raise self._schema.refusal(_why(error)) from error

    def size(self) -> int:
        """Return the size of the file, and of what is not merged into it yet [bytes]."""
        path = Path(str(self.engine.url.database))
        return sum(part.stat().st_size for part in _files_of(path) if part.exists())

    def close(self) -> None:
        """Close it and let another process write."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


def open_database(
    schema: Schema, place: Path | str, *, writes: bool = True, is_exclusive: bool = False
) -> Database:
    """Open a database; make it where there is none, migrate it where it is old.

    Args:
        schema: what it holds.
        place: the SQLite file, or a database's URL; of a server only PostgreSQL's, and only where
            the schema is for one, too.
        writes: whether this process writes; a reader neither makes nor migrates.
        is_exclusive: whether no other process may write to a file as long as this one does.

    Raises:
        HashrateError: of the schema's kind: it is no SQLite, in use, unreadable, damaged, of
            another kind or of a newer version, or a reader finds an older one.
    """
    if (server := _server_of(schema, place)) is not None:
        return _open_server(schema, server, writes=writes)
    path = _path_of(schema, place)
    if not writes and not path.exists():
        raise schema.refusal(f"{path} does not exist")
    lock = None
    if writes:
        with _translated(schema):
            path.parent.mkdir(parents=True, exist_ok=True)
        lock = _take_lock(schema, path) if is_exclusive else None
    database = Database(schema, _engine_of(schema, path, writes=writes), lock)
    try:
        with _translated(schema):
            if writes:
                _make_private(path)
                _bring_up(schema, database.engine, "BEGIN IMMEDIATE", path)
            else:
                _require_newest(schema, database.engine)
    except HashrateError:
        database.close()
        raise
    return database


def version_in(schema: Schema, path: Path) -> int:
    """Return the version of an existing file; it is not changed.

    Raises:
        HashrateError: of the schema's kind: it cannot be read, is of another kind or newer.
    """
    engine = _engine_of(schema, path, writes=False)
    try:
        with _translated(schema), engine.connect() as connection:
            version = _version_of(schema, connection)
            return schema.version if version is None else version
    finally:
        engine.dispose()


def back_up(schema: Schema, path: Path, copy_path: Path) -> None:
    """Copy a database to one file, whole and unreadable to others, while its service runs.

    Raises:
        HashrateError: of the schema's kind: it cannot be read, is damaged or of another kind, or
            the copy cannot be written, or is there already.
    """
    version_in(schema, path)
    if copy_path.exists():
        raise schema.refusal(f"{copy_path} exists")
    with _translated(schema):
        _copy(schema, path, copy_path)


def restore(schema: Schema, copy_path: Path, path: Path) -> None:
    """Put a copy in the place of a database that is gone; its service must be stopped.

    Raises:
        HashrateError: of the schema's kind: the service runs, a database is there, or the copy is
            damaged, of another kind or of a newer version.
    """
    version_in(schema, copy_path)
    with _translated(schema):
        path.parent.mkdir(parents=True, exist_ok=True)
    lock = _take_lock(schema, path)
    try:
        left = [each for each in _files_of(path) if each.exists()]
        if left:
            raise schema.refusal(f"{left[0]} exists: move it away first")
        with _translated(schema):
            _copy(schema, copy_path, path)
    finally:
        lock.close()


def shrink(database: Database) -> None:
    """Return the room of deleted rows to the disk."""
    with database.engine.connect() as connection:
        freely = connection.execution_options(isolation_level="AUTOCOMMIT")
        freely.exec_driver_sql("VACUUM")
        freely.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # until then both are on disk


def name_the_kind(kind: str) -> Step:
    """Return the step to version 2: the file says what it is, so that no other service takes it."""

    def step(connection: Connection) -> None:
        connection.exec_driver_sql(
            f"ALTER TABLE {_VERSION_TABLE} ADD COLUMN kind VARCHAR NOT NULL DEFAULT ''"
        )
        connection.execute(_versions.update().values(kind=kind))

    return step


# Opening


def _server_of(schema: Schema, place: Path | str) -> URL | None:
    """Return the address of a server of PostgreSQL, if the place is one that the schema is for."""
    if isinstance(place, Path) or schema.only_sqlite:
        return None
    try:
        url = make_url(place)
    except ArgumentError:
        return None
    return url.set(drivername=_POSTGRES) if url.get_backend_name() == "postgresql" else None


def _open_server(schema: Schema, url: URL, *, writes: bool) -> Database:
    """Open a database of a server; its operator's copies are the server's, none is made here."""
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": _BUSY_SECONDS})
    database = Database(schema, engine, None)
    try:
        with _translated(schema):
            if writes:
                # one process at a time makes or migrates
                lock = f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"
                _bring_up(schema, engine, lock, None)
            else:
                _require_newest(schema, engine)
    except HashrateError:
        database.close()
        raise
    return database


def _path_of(schema: Schema, place: Path | str) -> Path:
    """Return the file of a place."""
    if isinstance(place, Path):
        return place
    try:
        url = make_url(place)
    except ArgumentError as error:
        raise schema.refusal("neither a file nor the URL of a database") from error
    if url.get_backend_name() != _SQLITE:
        why = schema.only_sqlite or "only SQLite and PostgreSQL are tried"
        raise schema.refusal(f"not in {url.get_backend_name()}: {why}")
    if not url.database:
        raise schema.refusal("a database in memory is lost with the process")
    return Path(url.database)


def _engine_of(schema: Schema, path: Path, *, writes: bool) -> Engine:
    """Return an engine on an SQLite file, with the settings that every connection gets."""
    # FULL: a commit means that the data is on disk, whatever happens to machine or process.
    # NORMAL: the file stays whole; a power cut may lose the last commits.
    synchronous = "FULL" if schema.is_durable else "NORMAL"
    for_writing = ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON")
    pragmas = for_writing if writes else ("query_only=ON",)

    def configure(connection: Any, _record: object) -> None:
        with closing(connection.cursor()) as cursor:
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")

    arguments = {"timeout": _BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args=arguments)
    event.listen(engine, "connect", configure)
    return engine


def _take_lock(schema: Schema, path: Path) -> IO[str]:
    lock_path = path.with_name(path.name + ".lock")
    try:
        lock = lock_path.open("w", encoding="ascii")
    except OSError as error:
        raise schema.refusal(f"cannot write {lock_path}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise schema.refusal(f"{path} is in use by another process") from error
    return lock


def _make_private(path: Path) -> None:
    """Make the file unreadable to others before SQLite puts anything in it or beside it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE)
    try:
        os.fchmod(handle, _PRIVATE)
    finally:
        os.close(handle)


# Versions


def _bring_up(schema: Schema, engine: Engine, begin: str, path: Path | None) -> None:
    with engine.connect() as connection:
        # Nobody else makes or migrates from here to the commit, and nobody writes to a file: its
        # copy is what the steps begin with. SQLite's driver opens no transaction before DDL.
        connection.exec_driver_sql(begin)
        version = _version_of(schema, connection)
        if version is None:
            _create(schema, connection)
        elif version < schema.version:
            if path is not None:
                _back_up(schema, path, version)
            for step in schema.steps[version - 1 :]:
                step(connection)
            connection.execute(_versions.update().values(version=schema.version))
        connection.commit()


def _require_newest(schema: Schema, engine: Engine) -> None:
    with engine.connect() as connection:
        version = _version_of(schema, connection)
    if version != schema.version:
        raise schema.refusal(
            f"version {version or 'unknown'}, this program has {schema.version}; "
            "the service migrates it when it starts"
        )


def _version_of(schema: Schema, connection: Connection) -> int | None:
    """Return a database's version, None if nothing was ever kept in it."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    row = None
    if _VERSION_TABLE in tables:
        every_column: Select[Any] = select(literal_column("*")).select_from(_versions)
        row = connection.execute(every_column).mappings().first()
    if row is None and _was_interrupted(schema, connection, tables):
        return None
    if row is None or row.get("kind", schema.kind) != schema.kind or schema.landmark not in tables:
        raise schema.refusal(f"the file is no {schema.kind}")
    version: int = row["version"]
    if version > schema.version:
        raise schema.refusal(
            f"version {version}, this program has {schema.version}: it is of a newer program"
        )
    return version


def _was_interrupted(schema: Schema, connection: Connection, tables: set[str]) -> bool:
    """Return whether the first release was stopped while it made the file: all is there but rows.

    It wrote its version after the tables and before anything else.
    """
    own = schema.tables.tables
    return tables <= {*own, _VERSION_TABLE} and not any(
        connection.scalar(select(func.count()).select_from(own[name])) for name in tables & set(own)
    )


def _create(schema: Schema, connection: Connection) -> None:
    for metadata in (schema.tables, _versions.metadata):
        metadata.drop_all(connection)  # what an interrupted first release left, without a row
        metadata.create_all(connection)
    connection.execute(_versions.insert().values(version=schema.version, kind=schema.kind))


def _back_up(schema: Schema, path: Path, version: int) -> None:
    """Copy an SQLite file to `<name>.version-<n>`, in place of an earlier try's copy.

    Steps are one transaction: a file of the old version was not touched by any, so its copy is as
    good as one from before an interrupted migration. A damaged file replaces no copy.
    """
    _copy(schema, path, path.with_name(f"{path.name}.version-{version}"))


def _files_of(path: Path) -> tuple[Path, ...]:
    """Return an SQLite file and what may lie beside it."""
    return (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")))


def _copy(schema: Schema, path: Path, copy_path: Path) -> None:
    """Copy an SQLite file, whole or not at all."""
    part = copy_path.with_name(copy_path.name + ".part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
        source_url = path.absolute().as_uri() + "?mode=ro"
        with (
            closing(sqlite3.connect(source_url, uri=True)) as source,
            closing(sqlite3.connect(part)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise schema.refusal(f"{path} is damaged: {verdict}".splitlines()[0])
        _sync(part)
        part.replace(copy_path)
        _sync(path.parent)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# Errors


@contextmanager
def _translated(schema: Schema) -> Iterator[None]:
    """Raise the schema's error in place of the database's and the file system's."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise schema.refusal(_why(error)) from error


def _why(error: Exception) -> str:
    """Return the first line of an error, without the statement and its parameters."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {cause}".splitlines()[0]
