# SPDX-License-Identifier: AGPL-3.0-only
"""What is made of the node's answers about one order."""

from dataclasses import replace

import pytest

from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from relay.inquiry import RECEIVER_REFUSES, Call, Inquiry, PurseInquiry
from tests.relay.builders import MAKER

pytestmark = pytest.mark.unit

WORD = "0x" + f"{7:064x}"
POSITIONS = "0x" + "".join(f"{each:064x}" for each in (32, 1, 0))
ASK = Call(MAKER.address, "0x")
PURSE = PurseInquiry(balance=ASK, allowance=ASK, held=ASK, count=1)
PLAIN = Inquiry(check=ASK, purse=PURSE, ratios=(1,), prices=(5,))
ASKED = replace(PLAIN, purse=replace(PURSE, permit=ASK, permitted=9))


def test_facts__permit_that_reverts__is_no_allowance() -> None:
    failed = RpcRefusedError("execution reverted", None)

    facts = ASKED.facts([WORD, WORD, WORD, POSITIONS, failed])

    assert facts is not None
    assert facts.allowance == 7


def test_facts__node_that_fails_at_the_permit__are_unknown() -> None:
    failed = RpcRefusedError("rate limit exceeded", None)

    assert ASKED.facts([WORD, WORD, WORD, POSITIONS, failed]) is None


@pytest.mark.parametrize(
    "answers",
    [
        [WORD, WORD + WORD[2:], WORD, POSITIONS],
        [WORD, WORD, WORD, POSITIONS + WORD[2:]],
        [WORD, "0x12", WORD, POSITIONS],
        ["0x", WORD, WORD, POSITIONS],
    ],
)
def test_facts__answers_of_another_shape__are_the_nodes_fault(answers: list[str]) -> None:
    with pytest.raises(RpcUnavailableError):
        PLAIN.facts(answers)


PEGGED = replace(PLAIN, prices=None, priced=ASK)
PRICED = "0x" + "".join(f"{each:064x}" for each in (32, 1, 8, 1, 43_000, 1))


def test_facts__of_a_pegged_order__have_the_price_of_now() -> None:
    facts = PEGGED.facts([WORD, WORD, WORD, POSITIONS, PRICED])

    assert facts is not None
    assert (facts.remaining, facts.prices) == (7, (43_000,))


def test_facts__peg_without_a_fresh_day__are_a_refusal() -> None:
    old = RpcRefusedError("execution reverted", "order: peg too old")

    facts = PEGGED.facts([old, WORD, WORD, POSITIONS, old])

    assert facts is not None
    assert (facts.remaining, facts.refusal, facts.prices) == (0, "order: peg too old", ())


def test_facts__prices_of_another_shape__are_the_nodes_fault() -> None:
    with pytest.raises(RpcUnavailableError):
        PEGGED.facts([WORD, WORD, WORD, POSITIONS, PRICED + WORD[2:]])


WALLET = replace(PLAIN, receiver=ASK)
YES = "0xf23a6e61" + "0" * 56


@pytest.mark.parametrize("answered", ["0x", WORD, RpcRefusedError("execution reverted", None)])
def test_facts__wallet_that_takes_no_position__are_a_refusal(answered: object) -> None:
    """It would be the best bid, and no fill of it would go through."""
    facts = WALLET.facts([WORD, WORD, WORD, POSITIONS, answered])

    assert facts is not None
    assert (facts.remaining, facts.refusal) == (0, RECEIVER_REFUSES)


def test_facts__wallet_that_takes_or_need_not__can_be_filled() -> None:
    """What only closes gives it nothing that it would have to take."""
    whole = "0x" + "".join(f"{each:064x}" for each in (32, 1, 7))

    for results in ([WORD, WORD, WORD, POSITIONS, YES], [WORD, WORD, WORD, whole, "0x"]):
        facts = WALLET.facts(results)
        assert facts is not None
        assert (facts.remaining, facts.refusal) == (7, None)


def test_facts__node_that_fails_at_the_receiver__are_unknown() -> None:
    failed = RpcRefusedError("rate limit exceeded", None)

    assert WALLET.facts([WORD, WORD, WORD, POSITIONS, failed]) is None
