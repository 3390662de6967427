# SPDX-License-Identifier: AGPL-3.0-only
"""Multicall3 where public networks have it: the page reads a local chain as it reads them."""

import re
from pathlib import Path

from commands.shell.errors import DevnetError
from commands.shell.provenance import ROOT
from hashrate.evm.rpc import EvmRpc

ADDRESS = "0xcA11bde05977b3631167028862bE2a173976CA11"
_PUBLISHED = ROOT / "web/node_modules/viem/_esm/constants/contracts.js"
_MINED_SECONDS = 10
_BYTECODE = re.compile(r"multicall3Bytecode = '(0x[0-9a-f]+)'")


def etch(rpc: EvmRpc, source: Path = _PUBLISHED) -> bool:
    """Put Multicall3 at its usual address on an anvil chain; False where its code is not at hand.

    Args:
        rpc: of the node; its first account creates the contract, whose code is copied then.
        source: what the page's own client publishes of it.

    Raises:
        DevnetError: the node does not mine by itself.
    """
    found = _BYTECODE.search(source.read_text(encoding="utf-8")) if source.is_file() else None
    if found is None:
        return False
    sender = rpc.request("eth_accounts")[0]
    creation = {"from": sender, "data": found[1], "gas": hex(3_000_000)}
    created = rpc.request("eth_sendTransaction", creation)
    receipt = rpc.wait_for_receipt(created, _MINED_SECONDS)
    if receipt is None:
        raise DevnetError("the node does not mine what it is sent")
    code = rpc.request("eth_getCode", receipt["contractAddress"], "latest")
    rpc.request("anvil_setCode", ADDRESS, code)
    return True
