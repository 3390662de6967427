# SPDX-License-Identifier: AGPL-3.0-only
"""A Bitcoin node's JSON-RPC over a test's chain, in the manner of Bitcoin Core or of bcoin.

Shapes: `getblockchaininfo`, `getblockhash`, `getblockheader`, `getblock`, `getblockstats`,
`getrawtransaction`, `validateaddress` of Bitcoin Core 28 and bcoin 1.0.2.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hashrate.bitcoin.subsidy import subsidy_at
from hashrate.core.types import REGTEST
from testing.http_server import Answer, Asked, json_answer
from tests.oracles.sources.chains import Mined

ADDRESSES = {
    "miner": "76a914" + "01" * 20 + "88ac",
    "pool": "0014" + "02" * 20,
}
OTHER = "20" * 32  # id of every block's other transaction


class RpcError(Exception):
    """What the node refuses."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Node:
    """A node; every attribute can be changed while it serves.

    Attributes:
        blocks: its chain.
        like_bcoin: no `getblockstats`, no transaction by its block, bits as a number, errors with
            status 200.
        info: changes to `getblockchaininfo`.
        pruned_below: blocks whose data it threw away.
        fault: refuses everything.
        reverse: answers a batch back to front.
        calls: methods it was asked, in order.
    """

    blocks: Sequence[Mined]
    like_bcoin: bool = False
    info: dict[str, Any] = field(default_factory=dict)
    pruned_below: int = 0
    fault: RpcError | None = None
    reverse: bool = False
    calls: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answer:
        """Answer one question or a batch of them."""
        value = asked.json()
        if isinstance(value, list):
            answers = [self._answer_one(call)[0] for call in value]
            return json_answer(answers[::-1] if self.reverse else answers)
        body, status = self._answer_one(value)
        return json_answer(body, 200 if self.like_bcoin else status)

    def _answer_one(self, call: dict[str, Any]) -> tuple[dict[str, Any], int]:
        method, params = call["method"], call["params"]
        self.calls.append(method)
        try:
            if self.fault:
                raise self.fault
            result = self._result(method, params)
        except RpcError as error:
            fault = {"code": error.code, "message": error.message}
            status = 404 if error.code == -32601 else 500
            return {"result": None, "error": fault, "id": call["id"]}, status
        return {"result": result, "error": None, "id": call["id"]}, 200

    def _result(self, method: str, params: list[Any]) -> Any:
        if method == "getblockchaininfo":
            return self._info()
        if method == "getblockhash":
            if not 0 <= params[0] < len(self.blocks):
                raise RpcError(-8, "Block height out of range")
            return self.blocks[params[0]].hash
        if method == "validateaddress":
            script = ADDRESSES.get(params[0])
            return {"isvalid": True, "scriptPubKey": script} if script else {"isvalid": False}
        if method == "getblockheader":
            return self._header(self._find(params[0]))
        return self._data(method, params)

    def _data(self, method: str, params: list[Any]) -> Any:
        """Answer what a header does not tell."""
        if method == "getblock":
            m = self._find_data(params[0])
            return self._header(m) | {"tx": [m.txid, OTHER]} if params[1] else m.raw.hex()
        if method == "getrawtransaction":
            return self._transaction(*params)
        if method == "getblockstats" and not self.like_bcoin:
            return self._stats(self._find_data(params[0]), params[1])
        raise RpcError(
            -32601, f"Method not found: {method}." if self.like_bcoin else "Method not found"
        )

    def _info(self) -> dict[str, Any]:
        tip = self.blocks[-1]
        info: dict[str, Any] = {
            "chain": "regtest",
            "blocks": tip.block.height,
            "headers": tip.block.height,
            "bestblockhash": tip.hash,
            "difficulty": 4.656542373906925e-10,
            "mediantime": tip.block.mediantime,
            "verificationprogress": 0.8,
            "pruned": bool(self.pruned_below),
        }
        if not self.like_bcoin:
            info["initialblockdownload"] = False
        return info | self.info

    def _header(self, m: Mined) -> dict[str, Any]:
        header = {
            "hash": m.hash,
            "confirmations": len(self.blocks) - m.block.height,
            "height": m.block.height,
            "time": m.block.time,
            "mediantime": m.block.mediantime,
            "bits": int(m.block.bits) if self.like_bcoin else f"{m.block.bits:08x}",
            "difficulty": 4.656542373906925e-10,
            "nextblockhash": None,
        }
        if m.previous or self.like_bcoin:
            header["previousblockhash"] = m.previous
        return header

    def _stats(self, m: Mined, names: list[str]) -> dict[str, Any]:
        stats = {
            "height": m.block.height,
            "blockhash": m.hash,
            "subsidy": subsidy_at(m.block.height, REGTEST),
            "totalfee": m.fees,
        }
        return {name: stats[name] for name in names}

    def _transaction(self, txid: str, verbose: bool, block_hash: str) -> str:
        if self.like_bcoin:
            raise RpcError(-1, 'getrawtransaction "txid" ( verbose )')
        m = self._find_data(block_hash)
        if m.block.height == 0:
            raise RpcError(
                -5, "The genesis block coinbase is not considered an ordinary transaction"
            )
        if txid != m.txid or verbose:
            raise RpcError(-5, "No such transaction found in the provided block")
        return m.coinbase.hex()

    def _find(self, block_hash: str) -> Mined:
        for m in reversed(self.blocks):  # who asks wants new ones
            if m.hash == block_hash:
                return m
        raise RpcError(-1 if self.like_bcoin else -5, "Block not found")

    def _find_data(self, block_hash: str) -> Mined:
        m = self._find(block_hash)
        if m.block.height < self.pruned_below:
            raise RpcError(-1, "Block not available (pruned data)")
        return m


def batches(bodies: Sequence[bytes]) -> list[int]:
    """Count the questions in each request."""
    values = [json.loads(body) for body in bodies]
    return [len(value) if isinstance(value, list) else 1 for value in values]
