# SPDX-License-Identifier: AGPL-3.0-only
"""The local node's clock, set before each transaction; wallets may send in between."""

from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.rpc import EvmRpc, number_from_hex

_ATTEMPTS = 3


class AnvilBlockTimer:
    """Decides the time of the next block of an anvil, never before that of the newest one."""

    def __init__(self, rpc: EvmRpc) -> None:
        self._rpc = rpc
        self._wanted = 0

    @property
    def now(self) -> int:
        """Return the newest block's time [unix s]."""
        return number_from_hex(self._rpc.block()["timestamp"])

    def move_to(self, time: int) -> None:
        """Let the next transaction happen at `time` [unix s], or a second after the last one."""
        self._wanted = time

    def tick(self) -> None:
        """Set the time of the block that the next transaction will be in."""
        for attempt in range(_ATTEMPTS):
            time = max(self._wanted, self.now + 1)
            try:
                self._rpc.request("evm_setNextBlockTimestamp", hex(time))
                return
            except RpcRefusedError:  # a wallet's transaction came between
                if attempt == _ATTEMPTS - 1:
                    raise

    def mine(self) -> None:
        """Make an empty block, so that views see the present time."""
        self.tick()
        self._rpc.request("evm_mine")
