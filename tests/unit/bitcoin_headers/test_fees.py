# SPDX-License-Identifier: AGPL-3.0-only
"""Coinbases of a proven day: which transactions count, and what they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from reference.header_coinbase import root_of
from reference.headers import NO_BOUND, HeaderRules
from reference.units import DAY_SECONDS
from testing.headers_lockstep import SENDER, FeeProof, HeadersLockstep
from testing.local_chain import Refused
from testing.mining import EASY_LIMIT, branch_of, coinbase, easy_anchor, mine_run

pytestmark = pytest.mark.unit

DAY = 20_000
FIRST = DAY + 1
LATER = (DAY + 40) * DAY_SECONDS
HALVING = 2016 * 6
RULES = HeaderRules(pow_limit=EASY_LIMIT, halving_blocks=HALVING)
SUBSIDY = 50 * 10**8
NEW_SUBSIDY = SUBSIDY // 2
ONE_OUTPUT = coinbase([(SUBSIDY, 22)])
VALUE = SUBSIDY.to_bytes(8, "little")
COUNT_AND_VALUE = b"\x01" + VALUE


@dataclass
class Scene:
    """A proven day with a retarget and a halving in it, and what proves its fees."""

    lockstep: HeadersLockstep
    proofs: list[FeeProof]


def proven(transactions: Sequence[bytes], siblings: int = 3) -> Scene:
    """Return a day whose last blocks, from the last one back, have these coinbases."""
    lockstep = HeadersLockstep.begin(easy_anchor(HALVING - 40, DAY), RULES, LATER)
    model = lockstep.model
    tip = model.root
    mined: list[tuple[bytes, list[bytes]]] = []
    # blocks of the day are known once it is over, so every block gets a coinbase of its own
    while tip.day < FIRST + 1:
        own = coinbase([(1, 22)] * 3, nonce=tip.height)
        branch = branch_of(str(tip.height), siblings)
        (header,) = mine_run(model, tip, [tip.time + 2_400], [root_of(own, branch)])
        mined.append((own, branch))
        tip = model.follow(tip, header, LATER)
    # again, now that it is known which block is the day's last
    heights = {tip.height - 1 - back: data for back, data in enumerate(transactions)}
    tip = model.root
    for index, (made, branch) in enumerate(mined):
        own = heights.get(tip.height + 1, made)
        mined[index] = (own, branch)
        (header,) = mine_run(model, tip, [tip.time + 2_400], [root_of(own, branch)])
        tip = lockstep.extend(tip, [header])
    lockstep.extend(tip, mine_run(model, tip, [tip.time + 600 * i for i in range(1, 15)]))
    blocks = model.proofs[FIRST].day.blocks[::-1]
    proofs = [(block.header, *mined[block.height - model.root.height - 1]) for block in blocks]
    return Scene(lockstep, proofs)


def test_prove_fees__a_day_in_parts__ends_with_an_exact_hashprice() -> None:
    paid = [(NEW_SUBSIDY + 1_000 * index, 25) for index in range(5)]
    scene = proven([coinbase([each, (0, 38)], nonce=index) for index, each in enumerate(paid)])
    lockstep = scene.lockstep
    assert len(lockstep.model.proofs[FIRST].day.segments) == 2
    lockstep.check(FIRST)

    lockstep.prove_fees(FIRST, scene.proofs[:4])
    assert lockstep.contract.read("proven_bounds", FIRST)[3] == NO_BOUND
    lockstep.prove_fees(FIRST, scene.proofs[4:28])
    lockstep.prove_fees(FIRST, scene.proofs[28:])

    least, greatest = lockstep.contract.read("proven_bounds", FIRST)[2:]
    assert least == greatest
    assert lockstep.contract.read("proven_day", FIRST)[8] == sum(1_000 * i for i in range(5))
    with pytest.raises(Refused, match="headers: fees are complete"):
        lockstep.prove_fees(FIRST, scene.proofs[:1])


def test_prove_fees__day_not_proven__reverts() -> None:
    scene = proven([])

    with pytest.raises(Refused, match="headers: day not proven"):
        scene.lockstep.prove_fees(FIRST + 5, scene.proofs[:1])


def test_prove_fees__another_block__reverts() -> None:
    scene = proven([])

    with pytest.raises(Refused, match="headers: another block"):
        scene.lockstep.prove_fees(FIRST, scene.proofs[1:2])


def test_prove_fees__block_of_another_day__reverts() -> None:
    scene = proven([])
    after = scene.lockstep.model.proofs[FIRST].last
    foreign = next(tip for tip in scene.lockstep.model.known.values() if tip.parent is after)
    proof = (foreign.header, *scene.proofs[0][1:])

    with pytest.raises(Refused, match="headers: another block"):
        scene.lockstep.prove_fees(FIRST, [proof])


def test_prove_fees__header_cut_short__reverts() -> None:
    scene = proven([])
    header, own, branch = scene.proofs[0]

    with pytest.raises(Refused, match="headers: not 80 bytes"):
        scene.lockstep.contract.send(
            "prove_fees", FIRST, [(header[:79], own, branch)], sender=SENDER
        )


def test_prove_fees__siblings_on_the_wrong_side__revert() -> None:
    scene = proven([])
    header, own, branch = scene.proofs[0]

    with pytest.raises(Refused, match="headers: not in the block"):
        scene.lockstep.prove_fees(FIRST, [(header, own, branch[::-1])])


def test_prove_fees__less_claimed_than_allowed__counts_as_none() -> None:
    scene = proven([coinbase([(NEW_SUBSIDY - 1, 22)]), coinbase([(NEW_SUBSIDY, 22)])])

    scene.lockstep.prove_fees(FIRST, scene.proofs[:2])

    assert scene.lockstep.model.fees_of(FIRST) == [0, 0]


def test_prove_fees__more_than_there_will_ever_be__reverts() -> None:
    scene = proven([coinbase([(NEW_SUBSIDY + 2**51, 22)])])

    with pytest.raises(Refused, match="headers: fees too wide"):
        scene.lockstep.prove_fees(FIRST, scene.proofs[:1])


@pytest.mark.parametrize(
    ("transaction", "reason"),
    [
        (coinbase([(SUBSIDY, 3)], script_bytes=1)[:64], "coinbase: too short"),
        (coinbase([(SUBSIDY, 22)], inputs=2), "coinbase: not one input"),
        (
            coinbase([(SUBSIDY, 22)]).replace(b"\xff" * 4, b"\xff\xff\xff\xfe", 1),
            "coinbase: spends an output",
        ),
        (coinbase([(SUBSIDY, 22)], script_bytes=253), "coinbase: input script too long"),
        (coinbase([(SUBSIDY, 22)], script_bytes=252)[:200], "coinbase: cut off"),
        (ONE_OUTPUT.replace(COUNT_AND_VALUE, b"\x02" + VALUE), "coinbase: output cut off"),
        (ONE_OUTPUT + b"\0", "coinbase: wrong length"),
        (ONE_OUTPUT[:-1], "coinbase: wrong length"),
        (ONE_OUTPUT.replace(COUNT_AND_VALUE, b"\xfe" * 9), "coinbase: length too wide"),
        (
            ONE_OUTPUT.replace(COUNT_AND_VALUE, b"\xfd\x1d\x07" + VALUE),
            "coinbase: too many outputs",
        ),
    ],
)
def test_prove_fees__no_coinbase__reverts(transaction: bytes, reason: str) -> None:
    scene = proven([transaction])

    with pytest.raises(Refused, match=reason):
        scene.lockstep.prove_fees(FIRST, scene.proofs[:1])


def test_prove_fees__65_bytes__are_enough() -> None:
    scene = proven([coinbase([(NEW_SUBSIDY + 5, 1)], script_bytes=4, nonce=9)])
    assert len(scene.proofs[0][1]) == 65

    scene.lockstep.prove_fees(FIRST, scene.proofs[:1])

    assert scene.lockstep.model.fees_of(FIRST) == [5]


def test_prove_fees_of_one__a_coinbase_of_16_kb__is_read_to_its_end() -> None:
    # 1,626 outputs of ten bytes, one with a length of three bytes
    long = coinbase([(NEW_SUBSIDY, 0), *[(7, 1)] * 1_600, (1, 260)])
    scene = proven([long])
    assert 16_000 < len(long) <= 16_384

    scene.lockstep.prove_fees(FIRST, scene.proofs[:1], one=True)

    assert scene.lockstep.model.fees_of(FIRST) == [7 * 1_600 + 1]


def test_prove_fees__a_day_replaced_and_put_back__finds_its_fees_again() -> None:
    scene = proven([coinbase([(NEW_SUBSIDY + 5, 22)])])
    lockstep, model = scene.lockstep, scene.lockstep.model
    lockstep.prove_fees(FIRST, scene.proofs[:1])
    true = model.proofs[FIRST].last
    tip = next(t for t in model.known.values() if t.height == true.height + 1)
    trunk = true.parent
    assert trunk is not None
    work = model.proofs[FIRST].work

    other = lockstep.extend(
        trunk, mine_run(model, trunk, [trunk.time + 2_401 * i for i in range(1, 20)])
    )
    assert other.work > work
    assert lockstep.contract.read("proven_day", FIRST)[7] == 0
    lockstep.check(FIRST)
    lockstep.extend(tip, mine_run(model, tip, [tip.time + 600 * i for i in range(1, 30)]))

    assert lockstep.contract.read("proven_day", FIRST)[7:] == (1, 5)
    lockstep.check(FIRST)


def test_prove_fees__a_proof_changed_in_one_byte__reverts() -> None:
    scene = proven([coinbase([(NEW_SUBSIDY + 5, 22)])])
    header, own, branch = scene.proofs[0]
    changed = own.replace(
        (NEW_SUBSIDY + 5).to_bytes(8, "little"), NEW_SUBSIDY.to_bytes(8, "little")
    )

    with pytest.raises(Refused, match="headers: not in the block"):
        scene.lockstep.prove_fees(FIRST, [(header, changed, branch)])


def test_rules__halving__is_inside_the_proven_day() -> None:
    scene = proven([])

    blocks = scene.lockstep.model.proofs[FIRST].day.blocks
    assert blocks[0].height < HALVING <= blocks[-1].height
