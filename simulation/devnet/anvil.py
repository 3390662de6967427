# SPDX-License-Identifier: AGPL-3.0-only
"""The local EVM node of this repository: anvil as npm installs it here.

The local network, the tests and the benchmarks all start it here.
"""

from pathlib import Path

from commands.shell.errors import DevnetError
from commands.shell.provenance import ROOT
from hashrate.evm.local_node import LocalNode, find_program

CHAIN_ID = 31337
MNEMONIC = "test test test test test test test test test test test junk"


def find_anvil() -> Path:
    """Find the anvil program.

    Raises:
        DevnetError: it is not installed.
    """
    found = find_program(ROOT)
    if found is None:
        raise DevnetError("anvil is not installed: install Node.js with npm, then `make setup`")
    return found


class Anvil(LocalNode):
    """One anvil on loopback; accounts come from the public test mnemonic."""

    def __init__(self, *options: str, timestamp: int | None = None, port: int = 0) -> None:
        """Start it; see `LocalNode`.

        Raises:
            DevnetError: there is no anvil.
            LocalNodeError, ProcessEndedError: it does not start.
        """
        options = ("--chain-id", str(CHAIN_ID), "--mnemonic", MNEMONIC, *options)
        super().__init__(find_anvil(), *options, timestamp=timestamp, port=port)
