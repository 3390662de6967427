# SPDX-License-Identifier: AGPL-3.0-only
"""What an account has, and what the vault may take of it."""

from collections.abc import Callable

from commands.forwards.reader import ForwardsReader, Token
from commands.shell.errors import ScriptError


def with_allowance(reader: ForwardsReader, token: Token, amount: int) -> Callable[[], None]:
    """Make sure there is enough to pay; approve exactly as much where that is missing.

    Raises:
        ScriptError: the account holds less.
    """
    account = reader.session.chain.account
    held = int(token.contract.balanceOf(account))
    if held < amount:
        need = token.text(amount)
        raise ScriptError(f"{account.address} holds {token.text(held)}, {need} are needed")

    def prepare() -> None:
        if int(token.contract.allowance(account, reader.address)) < amount:
            reader.session.chain.send(token.contract.approve, reader.address, amount)

    return prepare
