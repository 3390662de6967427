# SPDX-License-Identifier: AGPL-3.0-only
"""A program in a process of its own, as a supervisor runs it."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class Program:
    """One process at most at a time, and the log of all that ran.

    Attributes:
        log: its file.
        stop_seconds: how long an orderly end may take.
    """

    def __init__(self, log: Path, stop_seconds: float) -> None:
        """Start as one that does not run."""
        self.log = log
        self.stop_seconds = stop_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def stop(self) -> int:
        """Ask the process to end, as a supervisor does, and return its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(self.stop_seconds)
        finally:
            self.kill()

    def kill(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def events(self) -> list[dict[str, Any]]:
        """Read the log; of a process that runs, what it has written whole."""
        text = self.log.read_text() if self.log.exists() else ""
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def _spawn(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start it with this process's environment, changed in parts."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, **(environment or {})}
            )
