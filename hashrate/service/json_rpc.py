# SPDX-License-Identifier: AGPL-3.0-only
"""JSON-RPC: questions and their answers in any order, and a client for Bitcoin nodes.

Bitcoin Core answers an unknown method with status 404 and other errors with 500, others answer all
with 200; inside a batch it is 200 everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Shape, shaped
from hashrate.service.http import HttpClient

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
    data: Any = None


class _Answer(Shape):
    id: int
    error: RpcFault | None = None
    result: Any = None


class _Fault(Shape):
    error: RpcFault


def written(calls: Sequence[Call], **envelope: Any) -> Any:
    """Return what to send: a single question as such, for some nodes know no batches."""
    body = [
        {**envelope, "id": number, "method": call.method, "params": list(call.params)}
        for number, call in enumerate(calls)
    ]
    return body[0] if len(body) == 1 else body


def results_of(source: str, calls: Sequence[Call], value: Any) -> list[Any | RpcFault]:
    """Read the answer to what `written` sent.

    Args:
        source: who answers, for the error.
        calls: what was asked, shape (n,).
        value: the answer, parsed.

    Returns:
        For each call in its place the result, or the node's error.

    Raises:
        SourceShapeError: the answers are not one for each call.
    """
    if isinstance(value, dict) and value.get("error") is not None:
        # The only question failed, or all of a batch together, which then bears no number.
        return [shaped(source, _Fault, value).error] * len(calls)
    answers = shaped(source, list[_Answer], value if len(calls) > 1 else [value])
    if any(not answer.error and "result" not in answer.model_fields_set for answer in answers):
        raise SourceShapeError(source, "result", "neither a result nor an error")
    results = {answer.id: answer.error or answer.result for answer in answers}
    if len(answers) != len(calls) or set(results) != set(range(len(calls))):
        raise SourceShapeError(source, "id", "the answers are not one for each call")
    return [results[number] for number in range(len(calls))]


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
        reply = await self._http.post_json(
            "", written(calls), _subject(calls), _STATUSES_OF_ANSWERS
        )
        results = results_of(self.source_id, calls, reply.json())
        return [self._without_secrets(r) if isinstance(r, RpcFault) else r for r in results]

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
