# SPDX-License-Identifier: AGPL-3.0-only
"""Mock bitcoin and mock dollars out of nothing, on local networks only."""

from collections.abc import Sequence
from typing import Any

from commands.shell.acts import Act, require_logged
from commands.shell.contracts import MOCK_BITCOIN, MOCK_DOLLAR
from commands.shell.errors import ScriptError
from commands.shell.session import Session
from hashrate.core.amounts import bitcoin_text, dollar_text, parse_bitcoin, parse_dollars


def give(session: Session, receiver: str, text: str) -> Act:
    """Prepare to mint mock bitcoin, or mock dollars for an amount such as 100usd.

    Raises:
        ScriptError: the network is live.
    """
    if not session.chain.is_local:
        raise ScriptError("mock tokens exist on local networks only")
    is_dollar = text.strip().lower().endswith("usd")
    name = MOCK_DOLLAR if is_dollar else MOCK_BITCOIN
    parse, write = (parse_dollars, dollar_text) if is_dollar else (parse_bitcoin, bitcoin_text)
    token = session.chain.contract(name, session.book.get(name).address)
    decimals = int(token.decimals())
    amount = parse(text, decimals)
    before = token.balanceOf(receiver)

    def check(receipt: Any) -> Sequence[str]:
        require_logged("balance", before + amount, token.balanceOf(receiver))
        return [f"{receiver} now holds {write(before + amount, decimals)}"]

    return Act(
        "Mock dollars" if is_dollar else "Mock bitcoin",
        [("receiver", receiver), ("amount", write(amount, decimals))],
        lambda: session.chain.send(token.mint, receiver, amount),
        check,
    )
