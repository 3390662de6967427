# SPDX-License-Identifier: AGPL-3.0-only
"""ERC-20 tokens as commands show and approve them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.shell.contracts import MOCK_BITCOIN
from commands.shell.errors import ScriptError
from commands.shell.session import Session
from hashrate.core.units import decimal_text


@dataclass(frozen=True, slots=True)
class Token:
    """A token.

    Attributes:
        address: checksummed.
        symbol: as it calls itself.
        decimals: of its amounts.
        contract: ape's.
    """

    address: ChecksumAddress
    symbol: str
    decimals: int
    contract: Any

    def text(self, amount: int) -> str:
        """Write an amount [base units], every digit."""
        return f"{decimal_text(amount, self.decimals)} {self.symbol}"


def open_token(session: Session, address: str) -> Token:
    """Describe a token.

    Raises:
        RecordError: nothing is at the address.
    """
    checked = to_checksum_address(address)
    # any ERC-20 answers to the functions of the mock that are used here
    contract = session.chain.contract(MOCK_BITCOIN, checked)
    return Token(checked, str(contract.symbol()), int(contract.decimals()), contract)


def with_allowance(session: Session, token: Token, spender: str, amount: int) -> Callable[[], None]:
    """Make sure the sender has enough; return what approves exactly as much where it is missing.

    Raises:
        ScriptError: the account holds less.
    """
    account = session.chain.account
    held = int(token.contract.balanceOf(account))
    if held < amount:
        need = token.text(amount)
        raise ScriptError(f"{account.address} holds {token.text(held)}, {need} are needed")

    def prepare() -> None:
        if int(token.contract.allowance(account, spender)) < amount:
            session.chain.send(token.contract.approve, spender, amount)

    return prepare
