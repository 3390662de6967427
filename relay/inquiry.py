# SPDX-License-Identifier: AGPL-3.0-only
"""What the node is asked about one order: encoded once, asked many times."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress

from hashrate.evm.abi import Function
from hashrate.evm.contracts.forwards import ForwardsEngine
from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from hashrate.orders.order import ZERO_ADDRESS, Permit, SignedOrder
from relay.engine import MoneyToken
from relay.rules import OrderFacts

CALL_GAS = 3_000_000  # twelve months and a wallet, which gets 200,000 of it, need about 600,000
_REVERTED = "execution reverted"
_WORD_DIGITS = 64
_ARRAY_HEAD_WORDS = 2  # where the array begins, and how long it is

Call = tuple[tuple[str, str], ...]
"""The fields of an `eth_call`, in a form that equal calls share."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The calls about one order: its check, positions, balance, allowance, and maybe a permit.

    Attributes:
        calls: in this order.
        permitted: what the permit allows [base units]; zero without one.
        months: of the order, each with a position.
    """

    calls: tuple[Call, ...]
    permitted: int
    months: int

    def facts(self, results: Sequence[Any]) -> OrderFacts | None:
        """Read what the node said; None where it did not say enough.

        Args:
            results: of the calls, in their order; RpcRefusedError for one that was refused.

        Raises:
            RpcUnavailableError: a contract gave something else than it should.
        """
        checked, held, balance, allowance, *permit = results
        try:
            refusal = revert_reason(checked) if isinstance(checked, RpcRefusedError) else None
            if permit and isinstance(permit[0], RpcRefusedError):
                revert_reason(permit[0])  # a permit that fails, or a node that does
        except RpcUnavailableError:
            return None
        if any(isinstance(result, RpcRefusedError) for result in (held, balance, allowance)):
            return None
        allowed = _word(allowance)
        if permit and not isinstance(permit[0], RpcRefusedError):
            allowed = max(allowed, self.permitted)
        positions = words(held)[_ARRAY_HEAD_WORDS:]
        if len(positions) != self.months:
            raise RpcUnavailableError("evm node: other positions than asked for")
        remaining = 0 if refusal is not None else _word(checked)
        return OrderFacts(remaining, refusal, _word(balance), allowed, tuple(positions))


def make_call(
    to: ChecksumAddress,
    function: Function,
    *arguments: Any,
    sender: ChecksumAddress | None = None,
) -> Call:
    """Encode a call."""
    fields = (("to", to), ("data", function.encode(*arguments)))
    return (*fields, ("gas", hex(CALL_GAS)), *((("from", sender),) if sender else ()))


def make_inquiry(signed: SignedOrder, token: ChecksumAddress) -> Inquiry:
    """Encode what has to be asked about an order that is paid in a token."""
    order, engine = signed.order, signed.domain.engine
    taker = engine if order.taker == ZERO_ADDRESS else order.taker
    closes = [each + 1 if order.is_buy else each for each in order.series]
    makers = [order.maker] * len(closes)
    check = (order.as_tuple(), signed.signature, taker)
    permit = signed.permit if signed.permit and signed.permit.token == token else None
    calls = [
        make_call(engine, ForwardsEngine.check_order, *check),
        make_call(engine, ForwardsEngine.balanceOfBatch, makers, closes),
        make_call(token, MoneyToken.balanceOf, order.maker),
        make_call(token, MoneyToken.allowance, order.maker, engine),
    ]
    if permit is not None:
        calls.append(_permit_call(permit, engine))
    return Inquiry(tuple(calls), permit.value if permit else 0, len(closes))


def words(result: object) -> list[int]:
    """Read 32-byte words as integers.

    Raises:
        RpcUnavailableError: it is something else.
    """
    text = result.removeprefix("0x") if isinstance(result, str) else ""
    if not text or len(text) % _WORD_DIGITS:
        raise RpcUnavailableError("evm node: unexpected data of a contract")
    try:
        return [int(text[i : i + _WORD_DIGITS], 16) for i in range(0, len(text), _WORD_DIGITS)]
    except ValueError as error:
        raise RpcUnavailableError("evm node: not hexadecimal") from error


def revert_reason(error: RpcRefusedError) -> str:
    """Return a contract's reason; an error that is the node's own says nothing of the order.

    Raises:
        RpcUnavailableError: it is the node's own.
    """
    if error.reason is not None:
        return error.reason
    _, found, after = str(error).partition(_REVERTED)
    if not found:
        raise RpcUnavailableError(str(error)) from error
    return after.removeprefix(":").strip()


def _permit_call(permit: Permit, engine: ChecksumAddress) -> Call:
    what = (permit.owner, engine, permit.value, permit.deadline)
    signature = (permit.v, permit.r, permit.s)
    token = permit.token
    return make_call(token, MoneyToken.permit, *what, *signature, sender=engine)


def _word(result: object) -> int:
    found = words(result)
    if len(found) != 1:
        raise RpcUnavailableError("evm node: more than a word")
    return found[0]
