# SPDX-License-Identifier: AGPL-3.0-only
"""What is made of the node's answers about one order."""

import pytest

from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from relay.inquiry import Inquiry

pytestmark = pytest.mark.unit

WORD = "0x" + f"{7:064x}"
POSITIONS = "0x" + "".join(f"{each:064x}" for each in (32, 1, 0))
ASKED = Inquiry(calls=(), permitted=9, prices=(5,), legs=1)


def test_facts__permit_that_reverts__is_no_allowance() -> None:
    failed = RpcRefusedError("execution reverted", None)

    facts = ASKED.facts([WORD, POSITIONS, WORD, WORD, failed])

    assert facts is not None
    assert facts.allowance == 7


def test_facts__node_that_fails_at_the_permit__are_unknown() -> None:
    failed = RpcRefusedError("rate limit exceeded", None)

    assert ASKED.facts([WORD, POSITIONS, WORD, WORD, failed]) is None


@pytest.mark.parametrize(
    "answers",
    [
        [WORD + WORD[2:], POSITIONS, WORD, WORD],
        [WORD, POSITIONS + WORD[2:], WORD, WORD],
        [WORD, POSITIONS, "0x12", WORD],
    ],
)
def test_facts__answers_of_another_shape__are_the_nodes_fault(answers: list[str]) -> None:
    with pytest.raises(RpcUnavailableError):
        ASKED.facts(answers)


PEGGED = Inquiry(calls=(), permitted=0, prices=None, legs=1)
PRICED = "0x" + "".join(f"{each:064x}" for each in (32, 1, 8, 1, 43_000, 1))


def test_facts__of_a_pegged_order__have_the_price_of_now() -> None:
    facts = PEGGED.facts([WORD, POSITIONS, WORD, WORD, PRICED])

    assert facts is not None
    assert (facts.remaining, facts.prices) == (7, (43_000,))


def test_facts__peg_without_a_fresh_day__are_a_refusal() -> None:
    old = RpcRefusedError("execution reverted", "order: peg too old")

    facts = PEGGED.facts([old, POSITIONS, WORD, WORD, old])

    assert facts is not None
    assert (facts.remaining, facts.refusal, facts.prices) == (0, "order: peg too old", ())


def test_facts__prices_of_another_shape__are_the_nodes_fault() -> None:
    with pytest.raises(RpcUnavailableError):
        PEGGED.facts([WORD, POSITIONS, WORD, WORD, PRICED + WORD[2:]])
