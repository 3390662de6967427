# SPDX-License-Identifier: AGPL-3.0-only
"""One-transaction commands: show what changes, ask, send, check what the chain logged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from commands.shell.console import go_ahead, grid
from commands.shell.errors import VerificationError
from commands.shell.session import Session


@dataclass(frozen=True, slots=True)
class Act:
    """A transaction that was prepared and can be shown before it is sent.

    Attributes:
        title: what it does.
        rows: names and values worth knowing before; `old -> new` where it changes something.
        send: sends it and gives ape's receipt.
        check: reads from the receipt what really happened, raises if it is something else, and
            gives it in words.
    """

    title: str
    rows: Sequence[tuple[str, str]]
    send: Callable[[], Any]
    check: Callable[[Any], Sequence[str]]


def perform(session: Session, act: Act, *, is_dry: bool, is_agreed: bool) -> bool:
    """Show an act, ask, send, check.

    Args:
        session: for the console.
        act: to be performed.
        is_dry: only show it.
        is_agreed: do not ask.

    Returns:
        Whether it was sent.

    Raises:
        VerificationError: the chain logged something else than was meant.
    """
    session.console.print(grid(act.title, act.rows))
    if not go_ahead(session.console, is_dry=is_dry, is_agreed=is_agreed):
        return False
    receipt = act.send()
    for line in act.check(receipt):
        session.console.print(line, markup=False)
    session.console.print(f"Transaction {receipt.txn_hash} in block {receipt.block_number}")
    return True


def the_only_event(receipt: Any, event: Any) -> Any:
    """Return the one event of its kind in a receipt.

    Raises:
        VerificationError: there is none, or more than one.
    """
    found = receipt.decode_logs(event)
    if len(found) != 1:
        raise VerificationError(f"{receipt.txn_hash} logs {len(found)} {event.name}, not one")
    return found[0]


def require_logged(what: str, wanted: object, logged: object) -> None:
    """Compare what was meant with what the chain logged.

    Raises:
        VerificationError: they differ.
    """
    if wanted != logged:
        raise VerificationError(f"{what}: sent {wanted}, the chain logged {logged}")
