# SPDX-License-Identifier: AGPL-3.0-only
"""What the node is asked about one order: encoded once, asked many times."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress

from hashrate.evm.abi import Function
from hashrate.evm.contracts.forwards import ForwardsBook, ForwardsVault
from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from hashrate.orders.order import ZERO_ADDRESS, Permit, SignedOrder
from relay.events import MoneyToken
from relay.rules import OrderFacts

CALL_GAS = 5_000_000  # twelve pegged legs and a wallet, which gets 200,000 of it, need far less
_REVERTED = "execution reverted"
_WORD_DIGITS = 64
_ARRAY_HEAD_WORDS = 2  # where the array begins, and how long it is
_LEG_WORDS, _PRICE_WORD = 4, 2  # series, side, price, ratio

Call = tuple[tuple[str, str], ...]
"""The fields of an `eth_call`, in a form that equal calls share."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The calls about one order: its check, positions, balance, allowance, maybe prices, a permit.

    Attributes:
        calls: in this order.
        permitted: what the permit allows [base units]; zero without one.
        prices: of its legs; None where they follow an index and are asked for [tick].
        legs: of the order, each with a position.
    """

    calls: tuple[Call, ...]
    permitted: int
    prices: tuple[int, ...] | None
    legs: int

    def facts(self, results: Sequence[Any]) -> OrderFacts | None:
        """Read what the node said; None where it did not say enough.

        Args:
            results: of the calls, in their order; RpcRefusedError for one that was refused.

        Raises:
            RpcUnavailableError: a contract gave something else than it should.
        """
        checked, held, balance, allowance, *rest = results
        priced, permit = (rest[:1], rest[1:]) if self.prices is None else ([], rest)
        try:
            refusal = revert_reason(checked) if isinstance(checked, RpcRefusedError) else None
            if priced and isinstance(priced[0], RpcRefusedError):
                refusal = refusal or revert_reason(priced[0])
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
        if len(positions) != self.legs:
            raise RpcUnavailableError("evm node: other positions than asked for")
        money = (_word(balance), allowed, tuple(positions))
        if refusal is not None:
            return OrderFacts(0, refusal, *money, self.prices or ())
        prices = self.prices if self.prices is not None else self._prices(priced[0])
        return OrderFacts(_word(checked), None, *money, prices)

    def _prices(self, result: Any) -> tuple[int, ...]:
        """Read the prices out of legs as the book gives them."""
        legs = words(result)[_ARRAY_HEAD_WORDS:]
        if len(legs) != self.legs * _LEG_WORDS:
            raise RpcUnavailableError("evm node: other legs than asked for")
        return tuple(legs[_PRICE_WORD::_LEG_WORDS])


def make_call(
    to: ChecksumAddress,
    function: Function,
    *arguments: Any,
    sender: ChecksumAddress | None = None,
) -> Call:
    """Encode a call."""
    fields = (("to", to), ("data", function.encode(*arguments)))
    return (*fields, ("gas", hex(CALL_GAS)), *((("from", sender),) if sender else ()))


def make_inquiry(signed: SignedOrder, token: ChecksumAddress, vault: ChecksumAddress) -> Inquiry:
    """Encode what has to be asked about an order that is paid in a token."""
    order, book = signed.order, signed.domain.book
    taker = book if order.taker == ZERO_ADDRESS else order.taker
    closes = [leg.series + 1 if leg.is_buy else leg.series for leg in order.legs]
    makers = [order.maker] * len(closes)
    check = (order.as_tuple(), signed.signature, taker)
    permit = signed.permit if signed.permit and signed.permit.token == token else None
    calls = [
        make_call(book, ForwardsBook.check_order, *check),
        make_call(vault, ForwardsVault.balanceOfBatch, makers, closes),
        make_call(token, MoneyToken.balanceOf, order.maker),
        make_call(token, MoneyToken.allowance, order.maker, vault),
    ]
    prices = None
    if order.peg is None:
        prices = tuple(leg.price_ticks for leg in order.legs)
    else:
        calls.append(make_call(book, ForwardsBook.priced_legs, order.as_tuple()))
    if permit is not None:
        calls.append(_permit_call(permit, vault))
    return Inquiry(tuple(calls), permit.value if permit else 0, prices, len(closes))


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


def _permit_call(permit: Permit, vault: ChecksumAddress) -> Call:
    what = (permit.owner, vault, permit.value, permit.deadline)
    signature = (permit.v, permit.r, permit.s)
    token = permit.token
    return make_call(token, MoneyToken.permit, *what, *signature, sender=vault)


def _word(result: object) -> int:
    found = words(result)
    if len(found) != 1:
        raise RpcUnavailableError("evm node: more than a word")
    return found[0]
