# SPDX-License-Identifier: AGPL-3.0-only
"""Processes that end with the program that started them, however it ends."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from commands.shell.errors import DevnetError

_STOP_SECONDS = 10
_SHOWN = 500  # of what a process said at last


class Child:
    """One process. A session of its own: Ctrl-C reaches its parent alone, which ends in order."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        """Start it.

        Args:
            name: for messages.
            command: program and arguments.
            folder: where it works.
            environment: its whole one; this program's if not given.
            log: file for what it says; this program's own output if not given.
        """
        self._name, self._log = name, log
        output = None if log is None else log.open("ab")
        try:
            self._process = subprocess.Popen(
                [*_ends_with_parent(), *command],
                cwd=folder,
                env=None if environment is None else dict(environment),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        finally:
            if output is not None:
                output.close()

    @property
    def pid(self) -> int:
        """Return the process' id."""
        return self._process.pid

    def close(self) -> None:
        """End it and wait for its end."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def require_alive(self) -> None:
        """Make sure that it still runs.

        Raises:
            DevnetError: it ended.
        """
        code = self._process.poll()
        if code is not None:
            said = "" if self._log is None else self._log.read_text(errors="replace")[-_SHOWN:]
            raise DevnetError(f"{self._name} ended by itself, exit code {code}\n{said}".rstrip())

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)


def module(name: str, *arguments: str) -> list[str]:
    """Return the command of one of the project's programs."""
    return [sys.executable, "-m", name, *arguments]


def _ends_with_parent() -> list[str]:
    """Return the prefix of a command that Linux ends with this process, however that ends."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
