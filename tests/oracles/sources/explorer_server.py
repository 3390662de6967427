# SPDX-License-Identifier: AGPL-3.0-only
"""Block explorers over a test's chain.

Shapes: mempool/mempool's REST documentation (`/api/v1/blocks/:height`, 15 blocks downward) and
Blockstream/esplora API.md (`/blocks/:height`, 10 blocks downward).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from testing.http_server import Answer, Asked, HttpServer, json_answer, text_answer
from tests.oracles.sources.chains import Mined

_PAGE = {"mempool": 15, "esplora": 10}


@dataclass
class Explorer:
    """An explorer of either kind; its chain can be changed while it serves."""

    kind: str
    blocks: Sequence[Mined]

    def serve(self, server: HttpServer) -> "Explorer":
        """Answer all of a server's paths."""
        server.reply_to_all(self.answer)
        return self

    def answer(self, asked: Asked) -> Answer:
        """Answer one question."""
        path = asked.path.removeprefix("/api") if self.kind == "mempool" else asked.path
        if path == "/blocks/tip/height":
            return text_answer(str(self.blocks[-1].block.height))
        if found := re.fullmatch(r"/block-height/(\d+)", path):
            height = int(found[1])
            known = height < len(self.blocks)
            return text_answer(self.blocks[height].hash) if known else _not_found()
        if found := re.fullmatch(
            r"/v1/blocks/(\d+)" if self.kind == "mempool" else r"/blocks/(\d+)", path
        ):
            return json_answer(self._page(int(found[1])))
        return self._of_block(path)

    def _of_block(self, path: str) -> Answer:
        """Answer a question about one block's transactions."""
        for m in reversed(self.blocks):  # who asks wants new ones
            if path == f"/block/{m.hash}/txs/0":
                other = {"vin": [{"is_coinbase": False}], "vout": [{"value": 1}], "fee": 7}
                return json_answer([_coinbase(m), other])
            if path == f"/block/{m.hash}/txid/0":
                return text_answer(m.txid)
            if path == f"/tx/{m.txid}":
                return json_answer(_coinbase(m) | {"status": _status(m)})
        return _not_found()

    def _page(self, height: int) -> list[dict[str, Any]]:
        top = min(height, len(self.blocks) - 1)
        span = range(top, max(-1, top - _PAGE[self.kind]), -1)
        return [self._block(self.blocks[h]) for h in span]

    def _block(self, m: Mined) -> dict[str, Any]:
        block = {
            "id": m.hash,
            "height": m.block.height,
            "version": 0x20000000,
            "timestamp": m.block.time,
            "bits": m.block.bits,
            "nonce": 0,
            "difficulty": 4.656542373906925e-10,
            "tx_count": 2,
            "previousblockhash": m.previous,
        }
        if self.kind == "mempool":
            paid = sum(sats for sats, _ in m.outputs)
            block["mediantime"] = m.block.mediantime
            block["extras"] = {"totalFees": m.fees, "reward": paid, "avgFeeRate": 12.5}
        return block


def _coinbase(m: Mined) -> dict[str, Any]:
    outputs = [{"scriptpubkey": script.hex(), "value": v} for v, script in m.outputs]
    return {"txid": m.txid, "vin": [{"is_coinbase": True}], "vout": outputs, "fee": 0}


def _status(m: Mined) -> dict[str, Any]:
    return {"confirmed": True, "block_height": m.block.height, "block_hash": m.hash}


def _not_found() -> Answer:
    return text_answer("Block not found", 404)
