# SPDX-License-Identifier: AGPL-3.0-only
"""A real EVM node on loopback for one test, and its time."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from hashrate.evm.errors import RpcUnavailableError
from hashrate.evm.rpc import EvmRpc
from testing.ports import free_port

CHAIN_ID = 31337
_START_SECONDS = 20


class Anvil:
    """One anvil process."""

    def __init__(self, program: Path, *options: str, timestamp: int | None = None) -> None:
        """Start it on a free port; accounts have unlimited money, blocks are mined at once."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [str(program), "--host", "127.0.0.1", "--port", str(self.port), "--silent"]
        command += ["--hardfork", "cancun", "--chain-id", str(CHAIN_ID), "--order", "fifo"]
        if timestamp is not None:
            command += ["--timestamp", str(timestamp)]
        self._process = subprocess.Popen([*command, *options])
        self.rpc = EvmRpc(self.url, timeout_seconds=30)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.rpc.chain_id()
                return
            except RpcUnavailableError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    self.close()
                    raise
                time.sleep(0.02)

    def close(self) -> None:
        """End the process."""
        self.rpc.close()
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Stop the process where it stands: it takes connections and does not answer."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the process go on."""
        self._process.send_signal(signal.SIGCONT)

    def do(self, method: str, *params: Any) -> Any:
        """Call any method of the node."""
        return self.rpc.request(method, *params)

    def now(self) -> int:
        """Return the newest block's time [unix s]."""
        return int(self.rpc.block()["timestamp"], 16)

    def warp(self, timestamp: int) -> None:
        """Mine a block at a time [unix s]; the chain's clock goes on from there."""
        self.do("evm_setNextBlockTimestamp", hex(timestamp))
        self.do("evm_mine")

    def give(self, account: str, wei: int = 10**20) -> None:
        """Set an account's balance so that it can pay gas."""
        self.do("anvil_setBalance", account, hex(wei))
