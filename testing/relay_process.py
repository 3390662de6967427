# SPDX-License-Identifier: AGPL-3.0-only
"""A relay's process and what it keeps on disk."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx2 as httpx

from hashrate.orders.order import BookDomain, SignedOrder, order_hash
from hashrate.orders.order_file import order_to_json
from simulation.devnet.anvil import Anvil
from testing.daemon_process import PATIENCE_SECONDS, toml, wait_for
from testing.ports import HeldPort
from testing.program import ROOT, Program


class Followed(Protocol):
    """What a relay follows: a book, the indices it lists, a node."""

    @property
    def domain(self) -> BookDomain:
        """Chain and book."""

    @property
    def indices(self) -> Sequence[str]:
        """Addresses of indices."""

    @property
    def anvil(self) -> Anvil:
        """The node."""


class RelayProcess(Program):
    """One relay, in a process of its own."""

    def __init__(self, world: Followed, folder: Path, **settings: Any) -> None:
        """Write the settings; nothing is started."""
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / "log", PATIENCE_SECONDS)
        self.config = folder / "relay.toml"
        self._held = HeldPort(), HeldPort()
        self.port, self.operator_port = (each.number for each in self._held)
        self.url = f"http://127.0.0.1:{self.port}"
        self.operator_url = f"http://127.0.0.1:{self.operator_port}"
        self.skew_seconds = 0
        """How far its clock is ahead of the machine's [s]; set before the start."""
        plain = {
            "chain_id": world.domain.chain_id,
            "book": world.domain.contract,
            "indices": world.indices,
            "rpc_url": world.anvil.url,
            "database": "relay.sqlite3",
            "listen_port": self.port,
            "operator_port": self.operator_port,
            "poll_seconds": 0.1,
            "head_seconds": 0,
            "ahead_seconds": 0,  # a test sets the chain's clock
            "sweep_orders": 0,  # so that it is events that tests see at work
            "submits_per_second": 1_000,
            "submits_burst": 1_000,
            "reads_per_second": 10_000,
            "reads_burst": 10_000,
            # a client that a busy machine stops for a while is not hung up on
            "header_seconds": PATIENCE_SECONDS,
            "body_seconds": PATIENCE_SECONDS,
            "request_seconds": PATIENCE_SECONDS,
        }
        self.config.write_text(toml(plain | settings))
        self._http = httpx.Client(base_url=self.url, timeout=PATIENCE_SECONDS, trust_env=False)

    def start(self) -> None:
        """Start it and wait until it follows the chain."""
        command = [sys.executable, "-m", "relay", "run", "--config", str(self.config)]
        self._spawn(command, self._environment())
        wait_for(self._is_ready, PATIENCE_SECONDS, f"relay is ready: {self.log.read_text()}")

    def close(self) -> None:
        """End it and the connections to it."""
        self.kill()
        self._http.close()

    def post(self, signed: SignedOrder) -> httpx.Response:
        """Hand an order in."""
        return self.post_raw(order_to_json(signed).encode())

    def post_raw(self, body: bytes) -> httpx.Response:
        """Hand anything in."""
        headers = {"content-type": "application/json"}
        return self._http.post("/orders", content=body, headers=headers)

    def get(self, path: str) -> httpx.Response:
        """Ask for something."""
        return self._http.get(path)

    def reason_gone(self, signed: SignedOrder) -> str | None:
        """Explain why an order is no longer listed; None while it is."""
        answer = self.get("/orders/0x" + order_hash(signed.domain, signed.order).hex())
        return None if answer.status_code == 200 else str(answer.json()["error"]["reason"])

    def remaining(self, signed: SignedOrder) -> int:
        """Return what is left of a listed order [contracts]."""
        answer = self.get("/orders/0x" + order_hash(signed.domain, signed.order).hex())
        return int(answer.json()["order"]["remaining"])

    def covered(self, signed: SignedOrder) -> int:
        """Return how much of a listed order its maker can pay for [contracts]."""
        answer = self.get("/orders/0x" + order_hash(signed.domain, signed.order).hex())
        return int(answer.json()["order"]["covered"])

    def command(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run one of the relay's commands."""
        command = [sys.executable, "-m", "relay", *arguments]
        return subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            input=text,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def _environment(self) -> dict[str, str]:
        """Return what gives it another clock, if it has one: Python loads the file by its name."""
        if not self.skew_seconds:
            return {}
        folder = self.config.parent / "clock"
        folder.mkdir(exist_ok=True)
        text = f"import time\nreal = time.time\ntime.time = lambda: real() + {self.skew_seconds}\n"
        (folder / "sitecustomize.py").write_text(text)
        return {"PYTHONPATH": str(folder)}

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        try:
            return self.get("/health").status_code == 200
        except httpx.HTTPError:
            return False
