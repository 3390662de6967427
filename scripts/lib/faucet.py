# SPDX-License-Identifier: AGPL-3.0-only
"""Mock bitcoin out of nothing, on local networks only."""

from collections.abc import Sequence
from typing import Any

from scripts.lib.acts import Act, require_logged
from scripts.lib.amounts import bitcoin_text, parse_bitcoin
from scripts.lib.contracts import MOCK_BITCOIN
from scripts.lib.errors import ScriptError
from scripts.lib.session import Session


def give(session: Session, receiver: str, text: str) -> Act:
    """Prepare to mint mock bitcoin.

    Raises:
        ScriptError: the network is live.
    """
    if not session.chain.is_local:
        raise ScriptError("mock bitcoin exists on local networks only")
    token = session.chain.contract(MOCK_BITCOIN, session.book.get(MOCK_BITCOIN).address)
    decimals = int(token.decimals())
    amount = parse_bitcoin(text, decimals)
    before = token.balanceOf(receiver)

    def check(receipt: Any) -> Sequence[str]:
        require_logged("balance", before + amount, token.balanceOf(receiver))
        return [f"{receiver} now holds {bitcoin_text(before + amount, decimals)}"]

    return Act(
        "Mock bitcoin",
        [("receiver", receiver), ("amount", bitcoin_text(amount, decimals))],
        lambda: session.chain.send(token.mint, receiver, amount),
        check,
    )
