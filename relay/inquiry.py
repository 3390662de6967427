# SPDX-License-Identifier: AGPL-3.0-only
"""What the node is asked about one order, and what is made of its answers.

To encode questions is dear beside all else the relay does: it is done in workers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from eth_typing import ChecksumAddress

from hashrate.evm.abi import Function
from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from relay.facts import OrderFacts

CALL_GAS = 5_000_000  # twelve pegged legs and a wallet, which gets 200,000 of it, need far less
RECEIVER_REFUSES = "position: receiver takes none"
_REVERTED = "execution reverted"
_WORD_DIGITS = 64
_ARRAY_HEAD_WORDS = 2  # where the array begins, and how long it is
_LEG_WORDS, _PRICE_WORD = 4, 2  # series, side, price, ratio
_TAKES_ONE = 0xF23A6E61 << 224


class Call(NamedTuple):
    """An `eth_call`; equal ones are made once."""

    to: ChecksumAddress
    data: str
    sender: ChecksumAddress | None = None

    def fields(self) -> dict[str, str]:
        """Return it as the node wants it."""
        sender = {"from": self.sender} if self.sender else {}
        return {"to": self.to, "data": self.data, "gas": hex(CALL_GAS), **sender}


class Purse(NamedTuple):
    """What a maker has for an order.

    Attributes:
        balance, allowance: see `OrderFacts` [base units].
        held: positions that it would close [contracts].
    """

    balance: int
    allowance: int
    held: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PurseInquiry:
    """The calls about what an order's maker has for it.

    Attributes:
        balance, allowance: of what it pays with.
        held: the positions that the order would close; None where there is nothing to close.
        count: of those positions.
        permit: the order's permit, tried; None without one.
        permitted: what that allows [base units].
    """

    balance: Call
    allowance: Call
    held: Call | None = None
    count: int = 0
    permit: Call | None = None
    permitted: int = 0

    @property
    def calls(self) -> tuple[Call, ...]:
        """Return all calls, in the order in which `read` wants the results."""
        asked = (self.balance, self.allowance, self.held, self.permit)
        return tuple(each for each in asked if each is not None)

    def read(self, results: Sequence[Any]) -> Purse | None:
        """Read what the maker has; None where the node did not say enough.

        Raises:
            RpcUnavailableError: a contract gave something else than it should.
        """
        results = list(results)
        balance, allowance = results[:2]
        held = results[2] if self.held is not None else None
        permit = results[-1] if self.permit is not None else None
        if any(isinstance(result, RpcRefusedError) for result in (held, balance, allowance)):
            return None
        allowed = _word(allowance)
        if isinstance(permit, RpcRefusedError):
            if is_own_fault(permit):
                return None
        elif permit is not None:
            allowed = max(allowed, self.permitted)
        positions = words(held)[_ARRAY_HEAD_WORDS:] if self.held is not None else []
        if self.held is not None and len(positions) != self.count:
            raise RpcUnavailableError("evm node: other positions than asked for")
        return Purse(_word(balance), allowed, tuple(positions))


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The calls about one order.

    Attributes:
        check: whether the book would fill it, and how much.
        purse: what its maker has for it.
        ratios: of its legs.
        prices: of its legs; None where they follow an index and are asked for by `priced` [tick].
        receiver: whether a wallet takes what is opened; None for one that is not asked.
        has_one_price: whether `priced` gives a price in place of legs.
    """

    check: Call
    purse: PurseInquiry
    ratios: tuple[int, ...]
    prices: tuple[int, ...] | None
    priced: Call | None = None
    receiver: Call | None = None
    has_one_price: bool = False

    @property
    def calls(self) -> tuple[Call, ...]:
        """Return all calls, in the order in which `facts` wants the results."""
        asked = (self.check, *self.purse.calls, self.priced, self.receiver)
        return tuple(each for each in asked if each is not None)

    def facts(self, results: Sequence[Any]) -> OrderFacts | None:
        """Read what the node said; None where it did not say enough.

        Args:
            results: of the calls, in their order; RpcRefusedError for one that was refused.

        Raises:
            RpcUnavailableError: a contract gave something else than it should.
        """
        checked, *rest = results
        count = len(self.purse.calls)
        purse, rest = self.purse.read(rest[:count]), rest[count:]
        priced = rest.pop(0) if self.priced is not None else None
        answered = rest.pop(0) if self.receiver is not None else None
        refused = [each for each in (checked, priced) if isinstance(each, RpcRefusedError)]
        if purse is None or any(is_own_fault(each) for each in refused):
            return None
        if refused:
            reason = revert_reason(refused[0])
            return OrderFacts(0, reason, *purse, self.prices or ())
        prices = self.prices if self.prices is not None else self._prices(priced)
        facts = OrderFacts(words(checked)[0], None, *purse, prices)
        if self.receiver is None or not self._opens(facts):
            return facts
        if isinstance(answered, RpcRefusedError) and is_own_fault(answered):
            return None
        if isinstance(answered, RpcRefusedError) or not _takes(answered):
            return replace(facts, remaining=0, refusal=RECEIVER_REFUSES)
        return facts

    def _opens(self, facts: OrderFacts) -> bool:
        """Return whether the rest of the order is more than closes what is held."""
        pairs = zip(facts.held, self.ratios, strict=True)
        return any(own < facts.remaining * ratio for own, ratio in pairs)

    def _prices(self, result: Any) -> tuple[int, ...]:
        """Read the prices out of legs as the book gives them, or the one there is."""
        if self.has_one_price:
            return (_word(result),)
        legs = words(result)[_ARRAY_HEAD_WORDS:]
        if len(legs) != len(self.ratios) * _LEG_WORDS:
            raise RpcUnavailableError("evm node: other legs than asked for")
        return tuple(legs[_PRICE_WORD::_LEG_WORDS])


def make_call(
    to: ChecksumAddress,
    function: Function,
    *arguments: Any,
    sender: ChecksumAddress | None = None,
) -> Call:
    """Encode a call."""
    return Call(to, function.encode(*arguments), sender)


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


def is_own_fault(error: RpcRefusedError) -> bool:
    """Return whether an error is the node's own."""
    return error.reason is None and _REVERTED not in str(error)


def _takes(result: object) -> bool:
    """Return whether an account without code, or one that says yes, was asked."""
    # A wallet's order is never of an account without code: the book would have called it unsigned.
    return isinstance(result, str) and result != "0x" and words(result) == [_TAKES_ONE]


def _word(result: object) -> int:
    found = words(result)
    if len(found) != 1:
        raise RpcUnavailableError("evm node: more than a word")
    return found[0]
