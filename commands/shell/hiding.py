# SPDX-License-Identifier: AGPL-3.0-only
"""Takes a maker's order off a relay: a signed word to it, which no contract hears."""

from dataclasses import dataclass

from eth_typing import ChecksumAddress

from commands.shell.console import go_ahead, grid
from commands.shell.errors import ScriptError
from commands.shell.session import Session
from hashrate.core.utc import utc_text
from hashrate.evm.eip712 import Domain
from hashrate.orders.relay_client import RelayClient
from hashrate.orders.withdrawal import Withdrawal, withdrawal_message


@dataclass(frozen=True, slots=True)
class Hiding:
    """An order that is to be hidden.

    Attributes:
        domain: of its book.
        digest: by which the book knows it, 32 bytes.
        maker: whose it is.
        deadline: until when it can be filled all the same [unix s].
    """

    domain: Domain
    digest: bytes
    maker: ChecksumAddress
    deadline: int


def hide(session: Session, wanted: Hiding, relay: str, *, is_dry: bool, is_agreed: bool) -> bool:
    """Show what it does and what not, ask, sign, and send it to the relay.

    Returns:
        Whether the relay was told.

    Raises:
        ScriptError: the account is not the maker, or does not sign.
        RelayAnswerError: the relay refuses.
    """
    account, name = session.chain.account, "0x" + wanted.digest.hex()
    if account.address != wanted.maker:
        raise ScriptError(f"only its maker {wanted.maker} can hide this order")
    rows = [
        ("order", name),
        ("you sign", f"a word to the relay at {relay}: drop it, and take it from nobody"),
        ("it stays good", f"until {utc_text(wanted.deadline)} for whoever has it: cancel ends it"),
    ]
    session.console.print(grid("Hide an order", rows))
    if not go_ahead(session.console, is_dry=is_dry, is_agreed=is_agreed):
        return False
    made = account.sign_message(withdrawal_message(wanted.domain, name))
    if made is None:
        raise ScriptError("the account did not sign")
    with RelayClient(relay) as client:
        client.withdraw(Withdrawal(name, bytes(made.encode_rsv())))
    session.console.print(f"The relay at {relay} lists it no more", markup=False)
    return True
