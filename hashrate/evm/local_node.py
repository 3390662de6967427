# SPDX-License-Identifier: AGPL-3.0-only
"""A local EVM node: one anvil process that ends with the program that started it."""

import shutil
import time
from pathlib import Path

from hashrate.evm.errors import LocalNodeError, RpcUnavailableError
from hashrate.evm.rpc import EvmRpc
from hashrate.service.child import Child
from hashrate.service.ports import LOOPBACK, free_port

_FROM_NPM = "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
_ACCOUNTS = 20
_START_SECONDS = 60


def find_program(folder: Path) -> Path | None:
    """Find the anvil program itself, not npm's wrapper, which outlives its child's end.

    Args:
        folder: where npm may have installed it; else it is looked for on PATH.
    """
    local = folder / _FROM_NPM
    if local.exists():
        return local
    found = shutil.which("anvil")
    return Path(found).resolve() if found else None


class LocalNode(Child):
    """One anvil on loopback. Every transaction is mined at once.

    Attributes: `url` and `rpc` of its JSON-RPC interface.
    """

    def __init__(
        self, program: Path, *options: str, timestamp: int | None = None, port: int = 0
    ) -> None:
        """Start it.

        Args:
            program: anvil.
            options: further ones of its command line.
            timestamp: time of the first block [unix s], now if not given.
            port: of its JSON-RPC interface, any free one if not given.

        Raises:
            LocalNodeError: it does not answer.
            ProcessEndedError: it ended at once.
        """
        port = port or free_port()
        self.url = f"http://{LOOPBACK}:{port}"
        command = [str(program), "--silent"]
        command += ["--host", LOOPBACK, "--port", str(port)]
        command += ["--hardfork", "cancun", "--order", "fifo", "--accounts", str(_ACCOUNTS)]
        if timestamp is not None:
            command += ["--timestamp", str(timestamp)]
        super().__init__("anvil", [*command, *options])
        self.rpc = EvmRpc(self.url, timeout_seconds=30)
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the process and wait for its end."""
        self.rpc.close()
        super().close()

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            self.require_alive()
            try:
                self.rpc.chain_id()
            except RpcUnavailableError as error:
                if time.monotonic() > deadline:
                    raise LocalNodeError(
                        f"anvil does not answer within {_START_SECONDS} s"
                    ) from error
                time.sleep(0.02)
            else:
                return
