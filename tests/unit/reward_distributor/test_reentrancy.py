# SPDX-License-Identifier: AGPL-3.0-only
"""A reward token that calls back finds every door of the distributor shut, views included."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak

from tests.unit.chain import ZERO, actor, deployer, refused
from tests.unit.scene import FLEET, START, TERMS, Scene, System

pytestmark = pytest.mark.unit

HOLDER = actor("holder")
REWARD = 50_000
ARGUMENTS: dict[str, Any] = {
    "address": HOLDER,
    "uint256": 1,
    "bool": True,
    "(uint256,(uint256,uint256),(uint256,uint256),uint256,bool)": (0, (0, 0), (0, 0), 0, False),
    "(uint256,uint256,uint256,uint256)": (0, 0, 0, 0),
}
# immutables, and state that is written before tokens move or by nothing that moves tokens
OPEN = {
    "owner()",
    "pending_owner()",
    "transfer_ownership(address)",
    "accept_ownership()",
    "short_days(uint256)",
    "repaid_level()",
    "TOKEN()",
    "ORACLE()",
    "BASE_PER_SAT()",
    "accrue(address,address,(uint256,(uint256,uint256),(uint256,uint256),uint256,bool),uint256,"
    "(uint256,uint256,uint256,uint256))",
    "levels_at(uint256)",
    "silent_hashprice_wad()",
    "silent_btc_usd_e8()",
    "REWARD_TOKEN()",
    "REGISTRY()",
    "SITE()",
}


@pytest.fixture
def scene(system: System) -> Scene:
    """A series whose reward token calls back; one day is settled and one can be."""
    token = deployer("mocks/MockReentrantToken").deploy(8)
    scene = system.begin_series(token, replace(TERMS, end_day=START + 2))
    scene.fund(10 * REWARD)
    scene.report_at_hashprice()
    scene.settle(1)
    scene.report_at_hashprice()
    return scene


def claim(scene: Scene) -> None:
    """Let the distributor send a reward."""
    assert scene.claim(HOLDER) == REWARD


def close(scene: Scene) -> None:
    """Let the distributor send what is left to the issuer."""
    scene.settle()
    scene.distributor.close()


SITES: dict[str, Callable[[Scene], None]] = {
    "claim": claim,
    "fund": lambda scene: scene.fund(1),
    "post_bond": lambda scene: scene.post_bond(1),
    "close": close,
}


def type_of(parameter: dict[str, Any]) -> str:
    """Return a parameter's type as signatures spell it."""
    if parameter["type"] != "tuple":
        return str(parameter["type"])
    return f"({','.join(type_of(each) for each in parameter['components'])})"


def doors(scene: Scene) -> dict[str, bytes]:
    """Return calldata for every function of the distributor, with arguments of their types."""
    calls = {}
    for entry in scene.distributor.abi:
        if entry["type"] == "function":
            types = [type_of(each) for each in entry["inputs"]]
            signature = f"{entry['name']}({','.join(types)})"
            arguments = encode(types, [ARGUMENTS[kind] for kind in types])
            calls[signature] = keccak(text=signature)[:4] + arguments
    return calls


def is_silent_failure(scene: Scene, data: bytes) -> bool:
    """Return whether the reward token's call, made on its own, fails without a reason."""
    with boa.env.anchor():
        done = boa.env.execute_code(
            to_address=scene.address, sender=scene.reward.address, data=data
        )
        return bool(done.is_error) and done.output == b""


@pytest.mark.parametrize("site", SITES)
def test_reentrancy__from_the_reward_token__finds_every_door_shut(scene: Scene, site: str) -> None:
    """A shut door fails without a reason; the same call on its own works, or says why not."""
    opened = set()
    for signature, data in doors(scene).items():
        assert not is_silent_failure(scene, data), signature
        with boa.env.anchor():
            scene.reward.prepare(scene.address, data)
            SITES[site](scene)
            assert scene.reward.calls() == 1
            if scene.reward.has_succeeded() or scene.reward.answer():
                opened.add(signature)

    assert opened == OPEN


def test_reentrancy__claim_in_a_claim__pays_once(scene: Scene) -> None:
    scene.reward.prepare(scene.address, doors(scene)["claim(address)"])

    claim(scene)

    assert not scene.reward.has_succeeded()
    assert scene.reward.balanceOf(HOLDER) == REWARD
    assert scene.distributor.ledger().claimed == REWARD


def test_reentrancy__ownership_calls_of_the_token__are_refused(scene: Scene) -> None:
    """Open doors that write still ask who calls."""
    for signature in ("transfer_ownership(address)", "accept_ownership()"):
        scene.reward.prepare(scene.address, doors(scene)[signature])
        scene.fund(1)
        assert not scene.reward.has_succeeded()
    assert scene.distributor.owner() == scene.issuer


def test_reentrancy__hashrate_moved_in_a_claim__changes_no_reward(scene: Scene) -> None:
    """The hashrate token is not locked; a claim has written its state before it pays."""
    data = scene.token.transferFrom.prepare_calldata(HOLDER, actor("buyer"), FLEET)
    scene.token.approve(scene.reward.address, FLEET, sender=HOLDER)
    scene.reward.prepare(scene.token.address, data)

    claim(scene)

    assert scene.reward.has_succeeded()
    assert scene.token.balanceOf(actor("buyer")) == FLEET
    with refused("dist: nothing to claim", scene.state):
        scene.claim(HOLDER)
    scene.reward.prepare(ZERO, b"")
    scene.settle()
    assert scene.claim(HOLDER) == REWARD
