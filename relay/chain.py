# SPDX-License-Identifier: AGPL-3.0-only
"""What the relay reads of the chain: in batches, all of one order at one block."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from oracles.chain.rpc import EvmRpc, number_from_hex
from oracles.errors import RpcRefusedError, RpcUnavailableError, WrongChainError
from relay.engine import (
    ACCOUNT_TOPICS,
    ENGINE_FUNCTIONS,
    ORDER_TOPICS,
    TOKEN_FUNCTIONS,
    Functions,
    accounts_of,
    decode_result,
    encode_call,
)
from relay.orders import ZERO_ADDRESS, EngineDomain, Permit, SignedOrder, domain_separator
from relay.rules import OrderFacts, Terms

BATCH_CALLS = 100
CALL_GAS = 3_000_000  # twelve months and a wallet, which gets 200,000 of it, need about 600,000
UNKNOWN_SERIES = "series: unknown"
_REVERTED = "execution reverted"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block; `timestamp` is its time [unix s]."""

    number: int
    hash: str
    timestamp: int


@dataclass(frozen=True, slots=True)
class Question:
    """An order to look up, with the settlement token of its series."""

    signed: SignedOrder
    token: ChecksumAddress


@dataclass(slots=True)
class Touched:
    """What events of some blocks may have changed.

    Attributes:
        orders: hashes of orders, hexadecimal with 0x.
        accounts: accounts whose epoch, money or positions moved, lower case.
    """

    orders: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Call:
    to: ChecksumAddress
    functions: Functions
    name: str
    arguments: tuple[Any, ...]
    sender: ChecksumAddress | None = None

    def params(self, block: int) -> list[Any]:
        data = encode_call(self.functions, self.name, *self.arguments)
        call = {"to": self.to, "data": data, "gas": hex(CALL_GAS)}
        if self.sender is not None:
            call["from"] = self.sender
        return [call, hex(block)]

    def value(self, result: Any) -> Any:
        """Read the result; a refusal stays one."""
        if isinstance(result, RpcRefusedError):
            return result
        try:
            data = bytes.fromhex(result.removeprefix("0x"))
        except (AttributeError, ValueError) as error:
            raise RpcUnavailableError(f"evm node: {self.name}: not hexadecimal") from error
        return decode_result(self.functions, self.name, data)


class Chain:
    """Reads one engine and the tokens its series settle in. Waits; any thread may use it."""

    def __init__(self, rpc: EvmRpc, domain: EngineDomain) -> None:
        """Name the engine; nothing is read yet."""
        self._rpc = rpc
        self.domain = domain

    def require_engine(self) -> None:
        """Check that the node is on the right chain and the engine there is ours.

        Raises:
            WrongChainError: it is another.
            RpcUnavailableError: the node does not answer.
        """
        chain_id = self._rpc.chain_id()
        if chain_id != self.domain.chain_id:
            raise WrongChainError(f"the node is on chain {chain_id}, not {self.domain.chain_id}")
        data = encode_call(ENGINE_FUNCTIONS, "DOMAIN_SEPARATOR")
        if self._rpc.call(self.domain.engine, data) != domain_separator(self.domain):
            raise WrongChainError(f"{self.domain.engine} does not check orders under our domain")

    def head(self) -> Head:
        """Read the newest block."""
        block = self._rpc.block()
        return Head(
            number_from_hex(block.get("number")),
            str(block.get("hash")),
            number_from_hex(block.get("timestamp")),
        )

    def block_hash(self, number: int) -> str:
        """Read the hash of a block of the present chain, empty if it is not that long."""
        block = self._rpc.request("eth_getBlockByNumber", hex(number), False)
        return str(block.get("hash")) if isinstance(block, dict) else ""

    def terms(self, series: Sequence[int], block: int) -> list[Terms | None]:
        """Read the terms of series, None for one that does not exist."""
        engine = self.domain.engine
        calls = [_Call(engine, ENGINE_FUNCTIONS, "terms_of", (each,)) for each in series]
        return [_terms(answer) for answer in self._answers(calls, block)]

    def facts(self, questions: Sequence[Question], block: int) -> list[OrderFacts | None]:
        """Read what decides whether orders can be filled, at a block.

        Returns:
            The facts in order; None for an order that the node did not answer for.

        Raises:
            RpcUnavailableError: the node does not answer.
        """
        calls = [self._calls(question) for question in questions]
        answers = iter(self._answers([call for group in calls for call in group], block))
        return [
            _facts(question, [next(answers) for _ in group])
            for question, group in zip(questions, calls, strict=True)
        ]

    def touched(self, first: int, last: int, tokens: Iterable[ChecksumAddress]) -> Touched:
        """Find which orders and accounts the events of some blocks name, both included."""
        where = {
            "address": [self.domain.engine, *sorted(tokens)],
            "topics": [[*ORDER_TOPICS, *ACCOUNT_TOPICS]],
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        logs = self._rpc.request("eth_getLogs", where)
        touched = Touched()
        try:
            for log in logs:
                topics = [str(each) for each in log["topics"]]
                if topics[0] in ORDER_TOPICS:
                    touched.orders.add(topics[1].lower())
                touched.accounts.update(accounts_of(topics))
        except (KeyError, TypeError, IndexError) as error:
            raise RpcUnavailableError("evm node: eth_getLogs: not a list of logs") from error
        return touched

    def _calls(self, question: Question) -> list[_Call]:
        signed, engine = question.signed, self.domain.engine
        order = signed.order
        taker = engine if order.taker == ZERO_ADDRESS else order.taker
        closes = [each + 1 if order.is_buy else each for each in order.series]
        makers = [order.maker] * len(closes)
        check = (order.as_tuple(), signed.signature, taker)
        calls = [
            _Call(engine, ENGINE_FUNCTIONS, "check_order", check),
            _Call(engine, ENGINE_FUNCTIONS, "balanceOfBatch", (makers, closes)),
            _Call(question.token, TOKEN_FUNCTIONS, "balanceOf", (order.maker,)),
            _Call(question.token, TOKEN_FUNCTIONS, "allowance", (order.maker, engine)),
        ]
        permit = usable_permit(question)
        if permit is not None:
            arguments = (permit.owner, engine, permit.value, permit.deadline)
            tail = (permit.v, permit.r, permit.s)
            name = "permit"
            calls.append(_Call(permit.token, TOKEN_FUNCTIONS, name, (*arguments, *tail), engine))
        return calls

    def _answers(self, calls: Sequence[_Call], block: int) -> list[Any]:
        """Make calls; in place of one that reverts there is its RpcRefusedError."""
        results: list[Any] = []
        for start in range(0, len(calls), BATCH_CALLS):
            part = calls[start : start + BATCH_CALLS]
            results += self._rpc.batch([("eth_call", call.params(block)) for call in part])
        return [call.value(result) for call, result in zip(calls, results, strict=True)]


def usable_permit(question: Question) -> Permit | None:
    """Give the order's permit, if it is for the token that the order is paid in."""
    permit = question.signed.permit
    return permit if permit is not None and permit.token == question.token else None


def _terms(answer: Any) -> Terms | None:
    if isinstance(answer, RpcRefusedError):
        if _revert_reason(answer) == UNKNOWN_SERIES:
            return None
        raise RpcUnavailableError("evm node: terms_of: refused") from answer
    metric, first_day, end_day, floor, cap, tick_value, token = answer
    address = to_checksum_address(token)
    return Terms(metric, first_day, end_day, floor, cap, tick_value, address)


def _facts(question: Question, answers: list[Any]) -> OrderFacts | None:
    checked, held, balance, allowance, *permitted = answers
    try:
        refusal = _revert_reason(checked) if isinstance(checked, RpcRefusedError) else None
    except RpcUnavailableError:
        return None
    if any(isinstance(answer, RpcRefusedError) for answer in (held, balance, allowance)):
        return None
    permit = usable_permit(question)
    if permit is not None and not isinstance(permitted[0], RpcRefusedError):
        allowance = max(allowance, permit.value)
    remaining = 0 if refusal is not None else checked
    return OrderFacts(remaining, refusal, balance, allowance, tuple(held))


def _revert_reason(error: RpcRefusedError) -> str:
    """Give a contract's reason; an error that is the node's own says nothing of the order.

    Raises:
        RpcUnavailableError: it is the node's own.
    """
    if error.reason is not None:
        return error.reason
    _, found, after = str(error).partition(_REVERTED)
    if not found:
        raise RpcUnavailableError(str(error)) from error
    return after.removeprefix(":").strip()
