# SPDX-License-Identifier: AGPL-3.0-only
"""Daemon processes: their folders with keys and settings, their start, end and logs."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from testing.oracle_world import OracleWorld
from testing.ports import HeldPort
from testing.program import ROOT, Program

PASSWORD = "correct horse battery staple"
PATIENCE_SECONDS = 300
"""How long tests wait for what has to come, on a machine that is busy with others: no measure."""


class DaemonProcess(Program):
    """One reporter's process and what it keeps on disk."""

    def __init__(self, world: OracleWorld, folder: Path, number: int, **settings: Any) -> None:
        """Write keys and settings; nothing is started."""
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / "log", PATIENCE_SECONDS)
        self.folder = folder
        self.number = number
        self._held = HeldPort(), HeldPort()
        self.port, self.operator_port = (each.number for each in self._held)
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = folder / "settings.toml"
        self.clock_file = folder / "clock"
        self._faults_file = folder / "faults.json"
        write_keystore(folder, "reporter", world.signers[number])
        write_keystore(folder, "transmitter", world.payers[number])
        self.settings: dict[str, Any] = {
            "chain_id": world.domain.chain_id,
            "oracle": world.domain.verifying_contract,
            "rpc_url": world.anvil.url,
            "journal": "journal.sqlite3",
            "reporter_keystore": "reporter.json",
            "reporter_password_file": "password",
            "transmitter_keystore": "transmitter.json",
            "transmitter_password_file": "password",
            "listen_port": self.port,
            "operator_port": self.operator_port,
            "evm_confirmations": 1,
            "fallback_seconds": 2,
            "cycle_seconds": 0.25,
            "max_backoff_seconds": 1,
            "wait_seconds": 5,
            "poll_seconds": 0.05,
            **settings,
        }

    def start(self, **faults: Any) -> None:
        """Start the process."""
        faults["clock_file"] = str(self.clock_file)
        if not self.clock_file.exists():
            self._write_clock(0)
        self._faults_file.write_text(json.dumps(faults))
        self.config.write_text(toml(self.settings))
        command = [sys.executable, "-m", "testing.daemon_main"]
        self._spawn([*command, str(self.config), str(self._faults_file)], {"PYTHONPATH": str(ROOT)})

    def set_clock(self, now: int) -> None:
        """Let the process's clock show a time from now on [unix s]."""
        self._write_clock(now - int(time.time()))

    def _write_clock(self, ahead: int) -> None:
        """Write how far the clock is ahead [s], at once: half of it is a wrong time."""
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(str(ahead))
        fresh.replace(self.clock_file)

    def pause(self) -> None:
        """Stop the process where it stands, as an overloaded machine does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused process go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def wait(self, seconds: float) -> int:
        """Wait for the process to end by itself, and return its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    @property
    def is_running(self) -> bool:
        """Return whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def operator_url(self) -> str:
        """Return the address that monitoring asks."""
        return f"http://127.0.0.1:{self.operator_port}"

    def resident_kb(self) -> int:
        """Read how much memory the process holds [kB]."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1])

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the daemon's commands with this process's settings."""
        self.config.write_text(toml(self.settings))
        name, *rest = arguments
        command = [sys.executable, "-m", "oracles", name, "--config", str(self.config), *rest]
        return subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )


def write_keystore(folder: Path, role: str, account: LocalAccount) -> None:
    """Write a keystore that opens quickly, and its password."""
    keystore = Account.encrypt(account.key, PASSWORD, kdf="pbkdf2", iterations=2)
    for name, text in ((f"{role}.json", json.dumps(keystore)), ("password", PASSWORD + "\n")):
        path = folder / name
        path.write_text(text)
        path.chmod(0o600)


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def toml(values: dict[str, Any]) -> str:
    """Write settings as TOML; lists of tables at the end, as the format wants it."""
    plain = {k: v for k, v in values.items() if not _is_tables(v)}
    lines = [f"{key} = {_toml_value(value)}" for key, value in plain.items()]
    for key, tables in values.items():
        if _is_tables(tables):
            for table in tables:
                lines += ["", f"[[{key}]]"]
                lines += [f"{name} = {_toml_value(value)}" for name, value in table.items()]
    return "\n".join(lines) + "\n"


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml_value(v)}" for k, v in value.items()) + "}"
    return json.dumps(str(value) if isinstance(value, Path) else value)
