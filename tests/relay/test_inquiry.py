# SPDX-License-Identifier: AGPL-3.0-only
"""What is made of the node's answers about one order."""

import pytest

from oracles.errors import RpcRefusedError
from relay.inquiry import Inquiry

pytestmark = pytest.mark.unit

WORD = "0x" + f"{7:064x}"
POSITIONS = "0x" + "".join(f"{each:064x}" for each in (32, 1, 0))
ASKED = Inquiry(calls=(), permitted=9)


def test_facts__permit_that_reverts__is_no_allowance() -> None:
    failed = RpcRefusedError("execution reverted", None)

    facts = ASKED.facts([WORD, POSITIONS, WORD, WORD, failed])

    assert facts is not None
    assert facts.allowance == 7


def test_facts__node_that_fails_at_the_permit__are_unknown() -> None:
    failed = RpcRefusedError("rate limit exceeded", None)

    assert ASKED.facts([WORD, POSITIONS, WORD, WORD, failed]) is None
