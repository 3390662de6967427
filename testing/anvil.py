# SPDX-License-Identifier: AGPL-3.0-only
"""A real EVM node on loopback for one test, and its time."""

import signal
from typing import Any

from simulation.devnet.anvil import CHAIN_ID, Anvil
from testing.ports import HeldPort

__all__ = ["CHAIN_ID", "TimedAnvil"]

_MINED_SECONDS = 300


class TimedAnvil(Anvil):
    """One anvil process whose time a test moves."""

    def __init__(self, *options: str, timestamp: int | None = None) -> None:
        """Start it on a port of its own; see `Anvil`."""
        self._held = HeldPort()
        super().__init__(*options, timestamp=timestamp, port=self._held.number)

    def pause(self) -> None:
        """Stop the process where it stands: it takes connections and does not answer."""
        self.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the process go on."""
        self.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End the process, also where it stands still."""
        self.resume()
        super().close()

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

    def send(self, **transaction: str) -> dict[str, Any]:
        """Send a transaction as an account of the node's, wait for it, and return its receipt."""
        tx_hash = self.do("eth_sendTransaction", transaction)
        receipt = self.rpc.wait_for_receipt(tx_hash, _MINED_SECONDS)
        assert receipt is not None, "not mined"
        return receipt

    def give(self, account: str, wei: int = 10**20) -> None:
        """Set an account's balance so that it can pay gas."""
        self.do("anvil_setBalance", account, hex(wei))
