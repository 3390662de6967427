# SPDX-License-Identifier: AGPL-3.0-only
"""Each kind of error has one status and one word, at every port."""

import json

import pytest

from hashrate.core.errors import HashrateError
from hashrate.evm.errors import RpcUnavailableError
from hashrate.orders.errors import OrderFormatError
from hashrate.service.errors import (
    BrokenBodyError,
    LargeBodyError,
    LateBodyError,
    MediaTypeError,
    RequestError,
    TooManyError,
)
from hashrate.service.refusals import REFUSALS, Refusals, answer_to, word_of
from oracles.journal.errors import JournalError
from oracles.peers.server import PEER_REFUSALS
from relay.errors import RELAY_REFUSALS, OrderRefusedError, RelayStoreError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("error", "refusals", "status", "word", "headers"),
    [
        (RequestError("why"), REFUSALS, 400, "malformed", {}),
        (BrokenBodyError("why"), REFUSALS, 400, "malformed", {"connection": "close"}),
        (LateBodyError("why"), REFUSALS, 408, "malformed", {"connection": "close"}),
        (LargeBodyError("why"), REFUSALS, 413, "malformed", {"connection": "close"}),
        (MediaTypeError("why"), REFUSALS, 415, "malformed", {}),
        (TooManyError("why", 7), REFUSALS, 429, "too_many", {"retry-after": "7"}),
        (OrderFormatError("why"), RELAY_REFUSALS, 400, "malformed", {}),
        (OrderRefusedError("unfunded", "why"), RELAY_REFUSALS, 422, "unfunded", {}),
    ],
)
def test_answer_to__error__is_its_status_word_and_message(
    error: Exception, refusals: Refusals, status: int, word: str, headers: dict[str, str]
) -> None:
    answer = answer_to(error, refusals)

    assert answer.status_code == status
    assert json.loads(answer.body) == {"error": {"reason": word, "message": "why"}}
    shown = {
        name: answer.headers[name]
        for name in ("connection", "retry-after")
        if name in answer.headers
    }
    assert shown == headers
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "refusals"),
    [
        (RelayStoreError("/home/secret.sqlite3"), RELAY_REFUSALS),
        (RpcUnavailableError("https://secret"), RELAY_REFUSALS),
        (TimeoutError("secret"), RELAY_REFUSALS),
        (JournalError("/home/secret.sqlite3"), PEER_REFUSALS),
    ],
)
def test_answer_to__our_own_trouble__shows_nothing_of_it(
    error: Exception, refusals: Refusals
) -> None:
    answer = answer_to(error, refusals)

    assert answer.status_code == 503
    assert json.loads(answer.body)["error"]["reason"] == "unavailable"
    assert b"secret" not in answer.body


def test_answer_to__kind_below_a_known_one__is_answered_as_that() -> None:
    class OddRequestError(RequestError):
        pass

    assert word_of(OddRequestError("why"), REFUSALS) == "malformed"


@pytest.mark.parametrize("error", [KeyError("x"), HashrateError("x"), OrderFormatError("x")])
def test_answer_to__unexpected__is_raised_again(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        answer_to(error, REFUSALS)

    assert raised.value is error
