# SPDX-License-Identifier: AGPL-3.0-only
"""What a maker must not forget: the orders it signed, and that it has stopped.

One JSON file, replaced as a whole. An order stands in it before anybody else sees it.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hashrate.core.errors import HashrateError
from hashrate.orders.order_file import order_from_json
from hashrate.orders.spot_file import FORMAT, spot_from_json
from maker.errors import MakerStateError
from maker.orders import Signed, document_of


@dataclass(frozen=True, slots=True)
class MakerState:
    """The file.

    Attributes:
        path: of the file.
    """

    path: Path

    def read(self) -> tuple[list[Signed], str]:
        """Return the orders that may be open, and why the maker stopped, empty if it did not.

        Raises:
            MakerStateError: the file is there and cannot be read.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return [], ""
        except (OSError, UnicodeDecodeError) as error:
            raise MakerStateError(f"cannot read {self.path}") from error
        try:
            record = json.loads(text)
            return [_order(each) for each in record["orders"]], str(record["stopped"])
        except (ValueError, KeyError, TypeError, HashrateError) as error:
            raise MakerStateError(f"{self.path} is not a maker's file") from error

    def write(self, orders: Sequence[Signed], stopped: str) -> None:
        """Replace the file; it is on the disk when this returns.

        Raises:
            MakerStateError: it cannot be written.
        """
        record = {"stopped": stopped, "orders": [json.loads(document_of(each)) for each in orders]}
        fresh = self.path.with_name(self.path.name + ".new")
        try:
            with fresh.open("w", encoding="utf-8") as stream:
                json.dump(record, stream)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(self.path)
        except OSError as error:
            raise MakerStateError(f"cannot write {self.path}: {error.strerror}") from error


def _order(record: Any) -> Signed:
    read = spot_from_json if record["type"] == FORMAT else order_from_json
    return read(json.dumps(record))
