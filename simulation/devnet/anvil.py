# SPDX-License-Identifier: AGPL-3.0-only
"""A local EVM node: one anvil process that ends with the program that started it.

The local network, the tests and the benchmarks all start it here.
"""

import shutil
import time
from pathlib import Path

from commands.shell.errors import DevnetError
from commands.shell.provenance import ROOT
from hashrate.evm.errors import RpcUnavailableError
from hashrate.evm.rpc import EvmRpc
from simulation.devnet.child import Child
from simulation.devnet.ports import LOOPBACK, free_port

CHAIN_ID = 31337
MNEMONIC = "test test test test test test test test test test test junk"
_LOCAL_ANVIL = ROOT / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
_ACCOUNTS = 20
_START_SECONDS = 20


def find_anvil() -> Path:
    """Find the anvil program itself, not npm's wrapper, which outlives its child's end.

    Raises:
        DevnetError: it is not installed.
    """
    if _LOCAL_ANVIL.exists():
        return _LOCAL_ANVIL
    found = shutil.which("anvil")
    if found is None:
        raise DevnetError("anvil is not installed: install Node.js with npm, then `make setup`")
    return Path(found)


class Anvil(Child):
    """One anvil on loopback; accounts come from the public test mnemonic.

    Every transaction is mined at once. Attributes: `url` and `rpc` of its JSON-RPC interface.
    """

    def __init__(self, *options: str, timestamp: int | None = None, port: int = 0) -> None:
        """Start it.

        Args:
            options: further ones of its command line.
            timestamp: time of the first block [unix s], now if not given.
            port: of its JSON-RPC interface, any free one if not given.

        Raises:
            DevnetError: there is no anvil, or it does not start.
        """
        port = port or free_port()
        self.url = f"http://{LOOPBACK}:{port}"
        command = [str(find_anvil()), "--silent"]
        command += ["--host", LOOPBACK, "--port", str(port)]
        command += ["--hardfork", "cancun", "--chain-id", str(CHAIN_ID), "--order", "fifo"]
        command += ["--mnemonic", MNEMONIC, "--accounts", str(_ACCOUNTS)]
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
                    raise DevnetError(f"anvil does not answer within {_START_SECONDS} s") from error
                time.sleep(0.02)
            else:
                return
