# SPDX-License-Identifier: AGPL-3.0-only
"""Which kind a document is of: the first that reads it, and the complaint of the likeliest."""

from collections.abc import Mapping
from typing import Any

from hashrate.orders.errors import OrderFormatError
from relay.kind import Kind


def read_document(kinds: Mapping[str, Kind], document: bytes) -> tuple[Kind, Any]:
    """Read a signed order of any kind.

    Raises:
        OrderFormatError: it is of none; the message is of the kind whose name the document has.
    """
    first: OrderFormatError | None = None
    for kind in kinds.values():
        try:
            return kind, kind.read(document)
        except OrderFormatError as error:
            # a reader that knows the type but not the rest says what is wrong
            if first is None or kind.document_type in document:
                first = error
    raise first or OrderFormatError("order: this relay lists no kind")
