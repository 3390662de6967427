# SPDX-License-Identifier: AGPL-3.0-only
"""JSON-RPC as Bitcoin nodes speak it: batches in any order, errors with any of three statuses.

Bitcoin Core answers an unknown method with status 404 and other errors with 500, others answer all
with 200; inside a batch it is 200 everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hashrate.core.errors import SourceShapeError
from hashrate.service.fields import Shape, shaped
from hashrate.service.http import HttpClient

METHOD_NOT_FOUND = -32601
_STATUSES_OF_ANSWERS = frozenset({404, 500})


@dataclass(frozen=True, slots=True)
class Call:
    """One question to a node."""

    method: str
    params: tuple[Any, ...] = ()


class RpcFault(Shape):
    """A node's own error."""

    code: int
    message: str


class _Answer(Shape):
    id: int
    error: RpcFault | None = None
    result: Any = None


class _Fault(Shape):
    error: RpcFault


class JsonRpc:
    """Asks one node."""

    def __init__(self, http: HttpClient) -> None:
        """Ask through `http`, whose base address is the node's."""
        self.source_id = http.source_id
        self._http = http

    async def ask(self, calls: Sequence[Call], batch_size: int) -> list[Any | RpcFault]:
        """Ask many questions, a batch of them at a time.

        Args:
            calls: shape (n,).
            batch_size: most questions in one request.

        Returns:
            For each call in its place the result, or the node's error.

        Raises:
            SourceShapeError: the answers are not one for each call.
        """
        results: list[Any | RpcFault] = []
        for start in range(0, len(calls), batch_size):
            results += await self._ask_batch(calls[start : start + batch_size])
        return results

    async def _ask_batch(self, calls: Sequence[Call]) -> list[Any | RpcFault]:
        body = [
            {"id": i, "method": call.method, "params": list(call.params)}
            for i, call in enumerate(calls)
        ]
        # A single question goes as such: some nodes know no batches.
        reply = await self._http.post_json(
            "", body[0] if len(body) == 1 else body, _subject(calls), _STATUSES_OF_ANSWERS
        )
        value = reply.json()
        if len(body) > 1 and isinstance(value, dict):  # the batch as a whole failed
            fault = shaped(self.source_id, _Fault, value).error
            return [self._without_secrets(fault)] * len(body)
        answers = shaped(self.source_id, list[_Answer], value if len(body) > 1 else [value])
        results: dict[int, Any | RpcFault] = {
            answer.id: self._without_secrets(answer.error) if answer.error else answer.result
            for answer in answers
        }
        if len(answers) != len(body) or set(results) != set(range(len(body))):
            raise SourceShapeError(self.source_id, "id", "the answers are not one for each call")
        return [results[i] for i in range(len(body))]

    def _without_secrets(self, fault: RpcFault) -> RpcFault:
        return RpcFault(code=fault.code, message=self._http.excerpt(fault.message))


def _subject(calls: Sequence[Call]) -> str:
    """Describe what a batch asks for: each method with the parameter of its first and last call."""
    methods: dict[str, list[str]] = {}
    for call in calls:
        methods.setdefault(call.method, []).append(str(call.params[0]) if call.params else "")
    spans = (
        f"{method} {asked[0]}" + (f"..{asked[-1]}" if len(asked) > 1 else "")
        for method, asked in methods.items()
    )
    return ", ".join(span.strip() for span in spans)
