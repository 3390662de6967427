# SPDX-License-Identifier: AGPL-3.0-only
"""What an anchor and a network may be."""

from dataclasses import replace
from typing import Any

import pytest

from reference.headers import Anchor, HeaderRules, bits_of
from testing.headers_lockstep import HeadersLockstep
from testing.local_chain import Refused
from testing.mining import EASY_LIMIT, easy_anchor

pytestmark = pytest.mark.unit

ANCHOR = easy_anchor(2016 * 5 + 700, 20_000)
RULES = HeaderRules(pow_limit=EASY_LIMIT)
NOW = 20_001 * 86_400


def begin(anchor: Anchor = ANCHOR, rules: HeaderRules = RULES) -> HeadersLockstep:
    """Deploy."""
    return HeadersLockstep.begin(anchor, rules, NOW)


def test_init__terms__can_be_read_back() -> None:
    contract = begin(rules=HeaderRules(EASY_LIMIT, False, 150, 7)).contract

    assert contract.read("POW_LIMIT") == EASY_LIMIT
    assert contract.read("RETARGETS") is False
    assert contract.read("HALVING_BLOCKS") == 150
    assert contract.read("UNIT_HASHES") == 7
    assert contract.read("best_work") == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"height": 9}, "headers: anchor height"),
        ({"height": 2**31}, "headers: anchor height"),
        ({"work": 2**128}, "headers: anchor work"),
        ({"bits": bits_of(2**128 - 1)}, "headers: anchor target"),
        ({"bits": 0}, "headers: anchor target"),
        ({"bits": 0x20FFFFFF}, "headers: anchor target"),
        ({"bits": 0x2100FFFF}, "headers: anchor target"),
        ({"bits": 0x200000FF}, "headers: anchor bits"),
        ({"times": (*ANCHOR.times[:-1], 2**32)}, "headers: anchor times"),
    ],
)
def test_init__anchor_that_cannot_be__reverts(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        begin(replace(ANCHOR, **changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pow_limit": 2**255}, "headers: limit too wide"),
        ({"pow_limit": 2**200}, "headers: anchor target"),
        ({"halving_blocks": 0}, "headers: no halving"),
        ({"unit_hashes": 0}, "headers: unit"),
        ({"unit_hashes": 2**64 + 1}, "headers: unit"),
    ],
)
def test_init__network_that_cannot_be__reverts(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        begin(rules=replace(RULES, **changes))


@pytest.mark.parametrize(
    "changes",
    [{"height": 10}, {"height": 2**31 - 1}, {"work": 2**128 - 1}, {"bits": bits_of(2**128)}],
)
def test_init__anchor_at_a_bound__is_accepted(changes: dict[str, Any]) -> None:
    lockstep = begin(replace(ANCHOR, **changes))

    assert lockstep.is_known(lockstep.model.root)
