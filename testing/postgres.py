# SPDX-License-Identifier: AGPL-3.0-only
"""A server of PostgreSQL for tests: on loopback, in a folder that goes with it."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from testing.ports import HeldPort

_DEBIAN = Path("/usr/lib/postgresql")
_SERVER_USER = "postgres"  # the server refuses to run as root


def find_binaries() -> Path | None:
    """Return the folder of the newest server's programs, None if none is installed."""
    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    return Path(path).resolve().parent if path else None


class Postgres:
    """One server. Whoever is on this machine may connect as long as it runs: it holds no secret."""

    def __init__(self, binaries: Path) -> None:
        """Make a cluster and start the server."""
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="relay-postgres-"))
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self._folder, _SERVER_USER)
            self._as_user = ["runuser", "-u", _SERVER_USER, "--"]
        self._held = HeldPort()
        self.port = self._held.number
        self._count = 0
        data = str(self._folder / "data")
        init = ("--auth=trust", "--username=relay", "--encoding=UTF8", "--no-sync")
        self._run("initdb", "-D", data, *init)
        options = f"-h 127.0.0.1 -p {self.port} -c unix_socket_directories= -c fsync=off"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")

    def make_database(self) -> str:
        """Make an empty database and return its URL."""
        self._count += 1
        name = f"relay{self._count}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self._url(name)

    def drop_connections(self, url: str) -> None:
        """End every connection to a database, as a network that fails does."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [url.rpartition("/")[2]],
            ).fetchall()
            left = [pid for pid, _ in ended]
            # they are only told to end; until they have, each holds its locks
            while connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)", [left]
            ).fetchall():
                time.sleep(0.01)

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    def _url(self, name: str) -> str:
        return f"postgresql://relay@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._binaries / program), *arguments]
        subprocess.run(
            command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL, timeout=120
        )
