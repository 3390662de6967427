# SPDX-License-Identifier: AGPL-3.0-only
"""Which books may trade for an account."""

from collections.abc import Sequence
from typing import Any

from eth_typing import ChecksumAddress

from commands.forwards.reader import ForwardsReader
from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.tokens import Token
from hashrate.core.utc import utc_text


def approve(
    reader: ForwardsReader,
    book: ChecksumAddress,
    token: Token,
    limit: int,
    may_close: bool,
    until: int,
) -> Act:
    """Prepare to let a book trade for the sending account.

    Args:
        reader: the vault.
        book: any contract.
        token: a settlement token.
        limit: most that its trades take in all [base units].
        may_close: whether they may close positions.
        until: last second [unix s].
    """
    vault, chain = reader.vault, reader.session.chain

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, vault.BookNamed)
        require_logged("book", book, str(log.book))
        require_logged("limit", limit, int(log.cash_limit))
        return [f"{book} may trade for you until {utc_text(until)}"]

    return Act(
        "Let a book trade for you",
        [
            ("book", f"{book}{_official(reader, book)}"),
            ("takes at most", f"{token.text(limit)}, at any price inside a series' band"),
            ("your positions", "it may close them" if may_close else "it leaves them"),
            ("until", utc_text(until)),
        ],
        lambda: chain.send(vault.approve_book, book, token.address, limit, may_close, until),
        check,
    )


def disown(reader: ForwardsReader, book: ChecksumAddress) -> Act:
    """Prepare to end all that a book may do for the sending account."""
    vault, chain = reader.vault, reader.session.chain

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, vault.BookDisowned)
        require_logged("book", book, str(log.book))
        return [f"{book} may do nothing for you"]

    return Act(
        "Disown a book",
        [
            ("book", f"{book}{_official(reader, book)}"),
            ("your orders on it", "none can be filled"),
        ],
        lambda: chain.send(vault.disown_book, book),
        check,
    )


def _official(reader: ForwardsReader, book: ChecksumAddress) -> str:
    return (
        ", the official one"
        if book == reader.domain.contract
        else ", another than the official one"
    )
