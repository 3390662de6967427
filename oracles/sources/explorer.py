# SPDX-License-Identifier: AGPL-3.0-only
"""What block explorers with a REST interface have in common."""

import re

from hashrate.core.types import BlockHash, BlockHeight
from hashrate.service.errors import SourceRefusedError, SourceShapeError
from hashrate.service.fields import Hash, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Reply
from oracles.sources.errors import UnknownBlockError

_NOT_FOUND = 404
_HEIGHT = re.compile(r"\d{1,9}", re.ASCII)


class Explorer:
    """Asks one explorer for what all of them know."""

    def __init__(self, http: HttpClient, prefix: str) -> None:
        """Ask through `http`; `prefix` comes before the paths of Esplora."""
        self.source_id = http.source_id
        self._http = http
        self._prefix = prefix

    async def get(self, path: str) -> Reply:
        """Ask for a path below the base address.

        Raises:
            UnknownBlockError: the explorer knows no such block.
        """
        try:
            return await self._http.get(path)
        except SourceRefusedError as error:
            if error.status == _NOT_FOUND:
                raise UnknownBlockError(str(error)) from None
            raise

    async def tip_height(self) -> BlockHeight:
        """Return the height of the newest block."""
        text = (await self.get(f"{self._prefix}/blocks/tip/height")).text()
        if not _HEIGHT.fullmatch(text):
            raise SourceShapeError(self.source_id, "blocks/tip/height", "is not a height")
        return BlockHeight(int(text))

    async def block_hash(self, height: BlockHeight) -> BlockHash:
        """Return the hash of a block; see `BitcoinSource.block_hash`."""
        text = (await self.get(f"{self._prefix}/block-height/{height}")).text()
        return shaped(self.source_id, Hash, text, "block-height")
