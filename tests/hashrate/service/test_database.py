# SPDX-License-Identifier: AGPL-3.0-only
"""Databases of every release are copied and migrated, or refused as they are."""

import multiprocessing
import os
import resource
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from hashrate.core.errors import HashrateError
from hashrate.service.database import Schema, open_database, version_in
from oracles.journal.store import JOURNAL, open_store
from relay.tables import RELAY

pytestmark = pytest.mark.unit

DATA = Path(__file__).parent / "data"
SCHEMAS = {"journal": JOURNAL, "relay": RELAY}
FILES = sorted(path.stem for path in DATA.glob("*-version-*.sql"))
SECONDS = 60
Rows = dict[str, list[tuple[Any, ...]]]


def old_file(folder: Path, name: str) -> Path:
    """Make the file that a release wrote, in the mode it kept."""
    path = folder / "service.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript((DATA / f"{name}.sql").read_text(encoding="utf-8"))
    path.chmod(0o644)
    return path


def rows_of(path: Path) -> Rows:
    """Read every table but the version's, in order of tables and rows."""
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: database.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()  # noqa: S608
            for (name,) in sorted(tables)
            if name != "schema_version"
        }


def form_of(path: Path) -> dict[str, Any]:
    """Read the form of every table and index, as SQLite understands them."""
    with closing(sqlite3.connect(path)) as database:
        names = database.execute("SELECT name, type FROM sqlite_master ORDER BY name").fetchall()
        form: dict[str, Any] = {}
        for name, kind in names:
            if kind == "index":
                form[name] = database.execute(f"PRAGMA index_info({name})").fetchall()
                continue
            columns, indices, keys = (
                sorted(database.execute(f"PRAGMA {what}({name})").fetchall())
                for what in ("table_info", "index_list", "foreign_key_list")
            )
            # an index's first field is when it was made
            form[name] = columns, sorted(row[1:] for row in indices), keys
        return form


def version_row(path: Path) -> list[tuple[Any, ...]]:
    """Read the version's table."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT * FROM schema_version").fetchall()


def copies(path: Path) -> list[str]:
    """Return names of what lies beside a file, but SQLite's own and the lock."""
    own = {path.name + end for end in ("", "-wal", "-shm", ".lock")}
    return sorted(each.name for each in path.parent.iterdir() if each.name not in own)


def brought_up(rows: Rows, version: int) -> Rows:
    """Return rows as the newest version has them.

    Orders on the book before version 3 are off it; since version 4 each has its kind, the number of
    its change and what a check found, and every relay the last number.
    """
    if "orders" not in rows or version >= 4:  # noqa: PLR2004
        return rows
    orders = rows["orders"]
    if version < 3:  # noqa: PLR2004
        orders = [row if row[5] is not None else (*row[:5], 0, "other_type") for row in orders]
    last = {row[2]: row[0] for row in sorted(orders)}
    return {
        "orders": [(*row[:3], "forward", *row[3:], row[0], "") for row in orders],
        "followed": [(domain, number, None, "", 0, 0, 0) for domain, number in last.items()],
        "trades": [],
        "moves": [],
        "holdings": [],
    }


def schema_of(name: str) -> Schema:
    """Return whose file it is."""
    return SCHEMAS[name.partition("-")[0]]


def test_files__there_is_one__for_each_earlier_version() -> None:
    """Whoever adds a step adds a file of the version before it."""
    wanted = {
        f"{kind}-version-{version}"
        for kind, schema in SCHEMAS.items()
        for version in range(1, schema.version)
    }

    assert set(FILES) == wanted


@pytest.mark.parametrize("name", FILES)
def test_open__older__is_copied_and_migrated(tmp_path: Path, name: str) -> None:
    """Every row is there afterwards, in the tables of a new file; the copy is the old file.

    Orders of a relay are over: version 3 knows another type of them.
    """
    schema, path = schema_of(name), old_file(tmp_path, name)
    before, old_row = rows_of(path), version_row(path)

    open_database(schema, path).close()

    new = tmp_path / "new" / "new.sqlite3"
    open_database(schema, new).close()
    assert rows_of(path) == brought_up(before, int(name[-1]))
    assert sum(map(len, before.values())) > 0
    assert form_of(path) == form_of(new)
    assert version_row(path) == version_row(new) == [(schema.version, schema.kind)]
    copy = tmp_path / f"service.sqlite3.version-{old_row[0][0]}"
    assert copies(path) == ["new", copy.name]
    assert rows_of(copy) == before
    assert version_row(copy) == old_row
    assert {each.stat().st_mode & 0o777 for each in (path, copy, new)} == {0o600}


@pytest.mark.parametrize("name", FILES)
def test_open__migrated__is_opened_without_another_copy(tmp_path: Path, name: str) -> None:
    """A migration happens once."""
    schema, path = schema_of(name), old_file(tmp_path, name)
    open_database(schema, path).close()
    (copy,) = copies(path)
    (tmp_path / copy).unlink()

    open_database(schema, path).close()

    assert copies(path) == []


def test_open__rows_still_in_the_log__are_in_the_copy(tmp_path: Path) -> None:
    """A process that was killed leaves its last rows beside the file; they are copied too."""
    path = old_file(tmp_path, "relay-version-1")
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_autocheckpoint=0")
        database.execute("DELETE FROM orders WHERE sequence > 1")
        database.commit()
        assert (tmp_path / "service.sqlite3-wal").stat().st_size > 0

        open_database(RELAY, path).close()

        assert len(rows_of(tmp_path / "service.sqlite3.version-1")["orders"]) == 1


def _die(_connection: Connection) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _spoil_and_die(connection: Connection) -> None:
    connection.exec_driver_sql("DELETE FROM orders")
    connection.exec_driver_sql("ALTER TABLE orders ADD COLUMN extra VARCHAR")
    _die(connection)


@pytest.mark.parametrize(
    ("at", "step"),
    [(0, _die), (0, _spoil_and_die), (1, _spoil_and_die)],
    ids=["between copy and step", "within a step", "after a whole step"],
)
def test_open__killed__goes_on_from_the_old_file(
    tmp_path: Path, at: int, step: Callable[[Connection], None]
) -> None:
    """A kill leaves the old file whole; the next start copies and migrates it."""
    path = old_file(tmp_path, "relay-version-1")
    before = rows_of(path)
    deadly = replace(RELAY, steps=(*RELAY.steps[:at], step))

    process = multiprocessing.get_context("fork").Process(
        target=open_database, args=(deadly, path), daemon=True
    )
    process.start()
    process.join(SECONDS)

    assert process.exitcode == -signal.SIGKILL
    assert copies(path) == ["service.sqlite3.version-1"]
    assert (rows_of(path), version_row(path)) == (before, [(1,)])
    open_database(RELAY, path).close()
    assert rows_of(path) == brought_up(before, 1)
    assert version_row(path) == [(RELAY.version, "relay")]
    assert copies(path) == ["service.sqlite3.version-1"]


def test_open__a_step_fails__leaves_the_old_file(tmp_path: Path) -> None:
    """An error of the second step undoes the first."""
    path = old_file(tmp_path, "relay-version-1")
    before = rows_of(path)

    def wrong(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(RELAY.error, match="relay: OperationalError: no such table: nowhere"):
        open_database(replace(RELAY, steps=(*RELAY.steps, wrong)), path)

    assert (rows_of(path), version_row(path)) == (before, [(1,)])


def test_open__several_steps__run_in_order_from_its_version(tmp_path: Path) -> None:
    """A file is taken through the steps after its version, and only those."""
    done: list[int] = []

    def step(number: int) -> Callable[[Connection], None]:
        return lambda _: done.append(number)

    path = old_file(tmp_path, "relay-version-1")
    newest = RELAY.version
    steps = (*RELAY.steps, step(newest + 1), step(newest + 2))
    open_database(replace(RELAY, steps=steps), path).close()
    open_database(replace(RELAY, steps=(*steps, step(newest + 3))), path).close()

    assert done == [newest + 1, newest + 2, newest + 3]
    assert version_row(path) == [(newest + 3, "relay")]
    assert copies(path) == [f"service.sqlite3.version-{each}" for each in (1, newest + 2)]


def test_open__damaged__is_refused_and_replaces_no_copy(tmp_path: Path) -> None:
    """A page of rubbish is found before any step; an earlier good copy stays."""
    path = old_file(tmp_path, "journal-version-1")
    with closing(sqlite3.connect(path)) as database:
        page = database.execute("PRAGMA page_size").fetchone()[0]
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'reports_by_day'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * page)
        file.write(b"\xff" * page)
    copy = tmp_path / "service.sqlite3.version-1"
    copy.write_bytes(b"good")

    with pytest.raises(JOURNAL.error, match=r"journal: .*(damaged|malformed)"):
        open_store(path)

    assert copy.read_bytes() == b"good"
    assert copies(path) == [copy.name]
    assert version_row(path) == [(1,)]


def test_open__disk_full_while_copying__leaves_the_old_file(tmp_path: Path) -> None:
    """No half copy is left, and the file is migrated once there is room."""
    path = old_file(tmp_path, "journal-version-1")
    before = rows_of(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    too_small = path.stat().st_size // 2

    resource.setrlimit(resource.RLIMIT_FSIZE, (too_small, limits[1]))
    try:
        with pytest.raises(JOURNAL.error, match=r"journal: \w+: (disk I/O error|.*is full)"):
            open_store(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert copies(path) == []
    assert (rows_of(path), version_row(path)) == (before, [(1,)])
    open_store(path).close()
    assert rows_of(path) == before


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_open__newer__is_refused_as_it_is(tmp_path: Path, schema: Schema) -> None:
    """A file of a newer program is not touched, by a writer or a reader."""
    path = tmp_path / "service.sqlite3"
    open_database(schema, path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE schema_version SET version = version + 1")
        database.commit()
    bytes_before = path.read_bytes()

    for writes in (True, False):
        wanted = f"version {schema.version + 1}, this program has {schema.version}: .* newer"
        with pytest.raises(schema.error, match=wanted):
            open_database(schema, path, writes=writes)

    assert path.read_bytes() == bytes_before
    assert copies(path) == []


@pytest.mark.parametrize("name", FILES)
def test_open__of_another_service__is_refused_as_it_is(tmp_path: Path, name: str) -> None:
    """A journal is no relay's database, in any version."""
    theirs, path = schema_of(name), old_file(tmp_path, name)
    ours = next(schema for schema in SCHEMAS.values() if schema is not theirs)
    before = rows_of(path)

    with pytest.raises(ours.error, match=f"the file is no {ours.kind}"):
        open_database(ours, path)
    assert rows_of(path) == before
    open_database(theirs, path).close()
    with pytest.raises(ours.error, match=f"the file is no {ours.kind}"):
        open_database(ours, path)

    assert rows_of(path) == brought_up(before, int(name[-1]))


@pytest.mark.parametrize("name", FILES)
def test_open__making_was_interrupted__is_made_anew(tmp_path: Path, name: str) -> None:
    """The first release wrote its version last: a file without one was never used."""
    schema, path = schema_of(name), old_file(tmp_path, name)
    with closing(sqlite3.connect(path)) as database:
        for table in rows_of(path):
            database.execute(f"DELETE FROM {table}")  # noqa: S608
        database.execute("DELETE FROM schema_version")
        database.commit()

    open_database(schema, path).close()

    assert version_row(path) == [(schema.version, schema.kind)]


def test_open__rows_without_a_version__is_refused(tmp_path: Path) -> None:
    """A file that lost its version is not made anew over its rows."""
    path = old_file(tmp_path, "relay-version-1")
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM schema_version")
        database.commit()
    before = rows_of(path)

    with pytest.raises(RELAY.error, match="no relay"):
        open_database(RELAY, path)

    assert rows_of(path) == before


def test_open__reader_of_an_older_file__is_told_to_start_the_service(tmp_path: Path) -> None:
    """A reader migrates nothing; the version can be asked for."""
    path = old_file(tmp_path, "journal-version-1")

    with pytest.raises(JOURNAL.error, match="migrates it when it starts"):
        open_store(path, writes=False)

    assert version_in(JOURNAL, path) == 1
    assert version_row(path) == [(1,)]


def test_open__reader__cannot_write(tmp_path: Path) -> None:
    """What is opened for reading stays as it is."""
    path = tmp_path / "journal.sqlite3"
    open_store(path).close()
    reader = open_store(path, writes=False)

    with pytest.raises(JOURNAL.error, match="readonly"), reader.write() as session:
        session.connection().exec_driver_sql("DELETE FROM reports")

    reader.close()


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("postgresql://user:secret@host/name", "not in postgresql: what is signed"),
        ("sqlite://", "in memory"),
        ("nonsense", "neither a file nor the URL"),
    ],
)
def test_open__no_file__is_refused_with_a_reason(place: str, why: str) -> None:
    """The reason shows no password."""
    with pytest.raises(HashrateError, match=f"^journal: .*{why}") as refused:
        open_database(JOURNAL, place)

    assert "secret" not in str(refused.value)


def test_open__url_of_a_file__is_that_file(tmp_path: Path) -> None:
    """SQLite can be named by URL as well."""
    path = tmp_path / "journal.sqlite3"

    open_database(JOURNAL, f"sqlite:///{path}").close()

    assert version_in(JOURNAL, path) == JOURNAL.version
