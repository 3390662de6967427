# SPDX-License-Identifier: AGPL-3.0-only
"""Faults of the way to a source, as docs/sources.md lists them."""

from dataclasses import dataclass, replace

from hashrate.core.errors import HashrateError
from hashrate.service.errors import (
    SourceRefusedError,
    SourceShapeError,
    SourceTooLargeError,
    SourceUnavailableError,
)
from testing.http_server import Answer, json_answer, page_answer, text_answer
from tests.oracles.sources.asking import QUICK


@dataclass(frozen=True)
class Fault:
    """A fault of the way to a source.

    Attributes:
        answer: what the server says.
        kind: what is raised.
        follows: what the reporter does, as the document says.
        requests: how often the server is asked for it.
    """

    answer: Answer
    kind: type[HashrateError]
    follows: str
    requests: int = 1


_AGAIN = "asked again, three times within a minute; then the next source"
_NEXT = "the next source; `OracleSourceSilent` after 30 hours"
_ATTEMPTS = QUICK.attempts

FAULTS = {
    "401": Fault(text_answer("no", 401), SourceRefusedError, f"secrets read again once; {_NEXT}"),
    "403": Fault(text_answer("banned", 403), SourceRefusedError, _NEXT),
    "400": Fault(json_answer({"message": "bad"}, 400), SourceRefusedError, _NEXT),
    "429": Fault(
        text_answer("slow down", 429), SourceUnavailableError, "left alone for a minute", _ATTEMPTS
    ),
    "429 with Retry-After": Fault(
        replace(text_answer("slow down", 429), headers={"retry-after": "600"}),
        SourceUnavailableError,
        "left alone for as long as it says",
    ),
    "500": Fault(text_answer("oops", 500), SourceUnavailableError, _AGAIN, _ATTEMPTS),
    "502 with a page": Fault(page_answer(502), SourceUnavailableError, _AGAIN, _ATTEMPTS),
    "a page instead of JSON": Fault(page_answer(), SourceUnavailableError, _NEXT),
    "a redirect": Fault(
        Answer(status=302, headers={"location": "/elsewhere"}), SourceRefusedError, _NEXT
    ),
    "not JSON": Fault(Answer(b'{"a": '), SourceShapeError, f"the field is named; {_NEXT}"),
    "null": Fault(json_answer("null"), SourceShapeError, f"the field is named; {_NEXT}"),
    "a name renamed": Fault(
        json_answer({"renamed": []}), SourceShapeError, f"the field is named; {_NEXT}"
    ),
    "100 MB": Fault(
        Answer(b"1", headers={"content-length": "100000000"}),
        SourceTooLargeError,
        "nothing of it is read; Esplora: the coinbase alone is asked for",
    ),
    "a body that breaks off": Fault(
        Answer(b"[1, 2, 3]" * 9, cut=20), SourceUnavailableError, _AGAIN, _ATTEMPTS
    ),
    "a body that drips": Fault(
        Answer(b"[1, 2, 3]" * 9, chunks=9, pause=0.2), SourceUnavailableError, _AGAIN, _ATTEMPTS
    ),
    "a body compressed": Fault(
        Answer(b"1", headers={"content-encoding": "gzip"}), SourceShapeError, _NEXT
    ),
}
