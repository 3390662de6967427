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

UNLIMITED = 2**256 - 1


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
        sign = "-" if amount < 0 else ""
        return f"{sign}{decimal_text(abs(amount), self.decimals)} {self.symbol}"


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

    For a spender that takes nothing else: see `beside_orders` for those that fill orders, too.

    Raises:
        ScriptError: the account holds less.
    """
    require_held(session, token, amount)
    account = session.chain.account

    def prepare() -> None:
        if int(token.contract.allowance(account, spender)) < amount:
            session.chain.send(token.contract.approve, spender, amount)

    return prepare


def require_held(session: Session, token: Token, amount: int) -> None:
    """Make sure that the sender has enough.

    Raises:
        ScriptError: the account holds less.
    """
    account = session.chain.account
    held = int(token.contract.balanceOf(account))
    if held < amount:
        need = token.text(amount)
        raise ScriptError(f"{account.address} holds {token.text(held)}, {need} are needed")


def beside_orders(session: Session, token: Token, spender: str, amount: int) -> int:
    """Return the allowance that pays an amount and leaves what there was to open orders.

    Orders that the account has out draw on the same allowance, and only their takers know when: an
    act adds what it takes, so that it takes nothing from them.
    """
    allowed = int(token.contract.allowance(session.chain.account, spender))
    return min(allowed + amount, UNLIMITED) if amount else allowed


def approve_to(session: Session, token: Token, spender: str, allowance: int) -> None:
    """Set an allowance, if it is another."""
    if int(token.contract.allowance(session.chain.account, spender)) != allowance:
        session.chain.send(token.contract.approve, spender, allowance)
