# SPDX-License-Identifier: AGPL-3.0-only
"""EIP-2612 permits: a signature in the place of an approval's transaction."""

from dataclasses import dataclass

from ape.exceptions import ApeException
from eth_account.messages import SignableMessage
from eth_utils.address import to_checksum_address

from commands.shell.errors import ScriptError
from commands.shell.session import Session
from commands.shell.tokens import Token, approve_to, beside_orders, require_held
from hashrate.core.utc import utc_text
from hashrate.evm.eip712 import Domain, Fields, typed_message
from hashrate.orders.order import Permit

PERMIT_SECONDS = 3_600
_VERSIONS = ("1", "2")  # that tokens give themselves
_TYPES: dict[str, Fields] = {
    "Permit": [
        {"name": "owner", "type": "address"},
        {"name": "spender", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}


def permit_row(token: Token, spender: str, value: int, deadline: int) -> tuple[str, str]:
    """Describe what a permit lets happen, before it is signed."""
    until = utc_text(deadline)
    return "you sign", f"a permit: {spender} may take {token.text(value)} of yours, until {until}"


def permit_message(
    domain: Domain, owner: str, spender: str, value: int, nonce: int, deadline: int
) -> SignableMessage:
    """Make the message of a permit."""
    values = {
        "owner": owner,
        "spender": spender,
        "value": value,
        "nonce": nonce,
        "deadline": deadline,
    }
    return typed_message(domain, _TYPES, "Permit", values)


def sign_permit(session: Session, token: Token, spender: str, value: int, deadline: int) -> Permit:
    """Sign that another may take so much of the sender's tokens.

    Raises:
        ScriptError: the token knows no permits as we do, or the account does not sign.
    """
    chain = session.chain
    owner = to_checksum_address(chain.account.address)
    domain = _domain_of(session, token)
    nonce = int(token.contract.nonces(owner))
    message = permit_message(domain, owner, spender, value, nonce, deadline)
    made = chain.account.sign_message(message)
    if made is None:
        raise ScriptError("the account did not sign")
    r, s = (int(part).to_bytes(32, "big") for part in (_number(made.r), _number(made.s)))
    return Permit(token.address, owner, value, deadline, int(made.v), r, s)


def require_permits(session: Session, token: Token) -> None:
    """Make sure that a token takes permits, before anybody is asked for a signature.

    Raises:
        ScriptError: it does not, or not as we sign them.
    """
    _domain_of(session, token)


def _domain_of(session: Session, token: Token) -> Domain:
    try:
        separator = bytes(token.contract.DOMAIN_SEPARATOR())
        name = str(token.contract.name())
    except (ApeException, ValueError) as error:
        raise ScriptError(f"{token.symbol} knows no permits: leave --permit out") from error
    for version in _VERSIONS:
        domain = Domain(name, version, session.chain.chain_id, token.address)
        if domain.separator() == separator:
            return domain
    raise ScriptError(f"{token.symbol} has permits of another form: leave --permit out")


def _number(part: bytes | int) -> int:
    return part if isinstance(part, int) else int.from_bytes(part, "big")


@dataclass(frozen=True, slots=True)
class Spending:
    """What an act takes of a token through a contract that fills orders, too; amounts [base units].

    Attributes:
        session: the console's.
        token: that is paid in.
        spender: the contract, and its name for people.
        allowance: that pays for the act and leaves what there was to open orders.
        is_needed: whether the act pays at all.
        by_permit: whether it is given by a signature in place of a transaction.
        deadline: of that signature [unix s].
    """

    session: Session
    token: Token
    spender: tuple[str, str]
    allowance: int
    is_needed: bool
    by_permit: bool
    deadline: int

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Describe what is signed for it."""
        if not (self.by_permit and self.is_needed):
            return []
        return [permit_row(self.token, self.spender[1], self.allowance, self.deadline)]

    def permits(self) -> list[Permit]:
        """Approve, or sign; return the permits to be sent along."""
        if not self.is_needed:
            return []
        address = self.spender[0]
        if self.by_permit:
            given = (self.token, address, self.allowance, self.deadline)
            return [sign_permit(self.session, *given)]
        approve_to(self.session, self.token, address, self.allowance)
        return []


def spending(
    session: Session, token: Token, spender: tuple[str, str], amount: int, *, by_permit: bool
) -> Spending:
    """Prepare to pay.

    Args:
        session: with the account that pays.
        token: that it pays in.
        spender: address of the contract that takes it, and its name for people.
        amount: [base units].
        by_permit: sign a permit in place of an approval.

    Raises:
        ScriptError: the account holds less, or the token takes no permits.
    """
    require_held(session, token, amount)
    if by_permit:
        require_permits(session, token)
    allowance = beside_orders(session, token, spender[0], amount)
    deadline = session.chain.now + PERMIT_SECONDS
    return Spending(session, token, spender, allowance, amount > 0, by_permit, deadline)
