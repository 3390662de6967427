# SPDX-License-Identifier: AGPL-3.0-only
"""A short chain of blocks for sources of raw headers, served by an explorer or told by a double."""

from hashlib import sha256

from hashrate.bitcoin.headers import Header, double_sha256, hash_as_shown
from hashrate.core.types import BlockHeight
from testing.http_server import Answer, Asked, json_answer, text_answer
from testing.mining import coinbase
from tests.oracles.sources.asking import START

BLOCKS = 14
BITS = 0x207FFFFF
WORK = 2 * BLOCKS
WITNESS = "01" + "20" + "00" * 32


def identifier(name: str) -> bytes:
    """Return a made-up transaction's id, in header order."""
    return sha256(name.encode()).digest()


def root_of(ids: list[bytes]) -> bytes:
    """Return the merkle root by its definition."""
    while len(ids) > 1:
        ids = ids + ids[-1:] * (len(ids) % 2)
        ids = [double_sha256(a + b) for a, b in zip(ids[::2], ids[1::2], strict=True)]
    return ids[0]


class Blocks:
    """A chain of blocks, each with one transaction more than the one before."""

    def __init__(self, name: str = "main", first: int = BLOCKS) -> None:
        """Make it; from height `first` on it is another chain than the one named `main`."""
        self.headers: list[Header] = []
        self.coinbases: list[bytes] = []
        self.ids: list[list[bytes]] = []
        before = bytes(32)
        for height in range(BLOCKS):
            own = name if height >= first else "main"
            mined = coinbase([(50 * 10**8 + height, 22)], nonce=height)
            rest = [identifier(f"{own} {height} {number}") for number in range(height)]
            ids = [double_sha256(mined), *rest]
            time = (START + 600 * height).to_bytes(4, "little")
            data = bytes(4) + before + root_of(ids) + time + BITS.to_bytes(4, "little") + bytes(4)
            self.headers.append(Header(data))
            self.coinbases.append(mined)
            self.ids.append(ids)
            before = self.headers[-1].hash

    def shown(self, height: int) -> str:
        """Return a block's hash as explorers show it."""
        return str(hash_as_shown(self.headers[height].hash))

    def answer(self, asked: Asked) -> Answer:
        """Answer as an explorer does, below any prefix."""
        path = asked.path.removeprefix("/api")
        if path == "/blocks/tip/height":
            return text_answer(str(BLOCKS - 1))
        for height in range(BLOCKS):
            shown = self.shown(height)
            first = self.ids[height][0][::-1].hex()
            # a coinbase as nodes serialise it: with a witness
            raw = self.coinbases[height].hex()
            raw = raw[:8] + "0001" + raw[8:-8] + WITNESS + raw[-8:]
            answers = {
                f"/block-height/{height}": text_answer(shown),
                f"/block/{shown}/header": text_answer(self.headers[height].data.hex()),
                f"/block/{shown}/txids": json_answer([e[::-1].hex() for e in self.ids[height]]),
                f"/tx/{first}/hex": text_answer(raw),
            }
            if path in answers:
                return answers[path]
        return Answer(b"Block not found", 404)


class Told:
    """A source that tells these blocks, and perhaps the work of the chain."""

    def __init__(self, source_id: str, blocks: Blocks, work: int | None = None) -> None:
        self.source_id = source_id
        self._blocks, self._work = blocks, work

    async def tip_height(self) -> BlockHeight:
        """Return the height of the tip."""
        return BlockHeight(BLOCKS - 1)

    async def headers(self, first: BlockHeight, last: BlockHeight) -> list[Header]:
        """Return headers."""
        return self._blocks.headers[first : last + 1]

    async def chainwork(self, height: BlockHeight) -> int | None:
        """Return the work."""
        return self._work
