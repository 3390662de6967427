# SPDX-License-Identifier: AGPL-3.0-only
"""Measure the peers: what others' contracts cost for the same purpose."""

from collections.abc import Mapping

from benchmarks.contract import Contract, solidity_artifacts, vyper_artifact
from benchmarks.goals import (
    CLAIM_30,
    ERC20_VOTES,
    FORWARD_FILL,
    FORWARD_FILL_100,
    FORWARD_MATCH,
    LUMERIN_10_MATCH,
    LUMERIN_10_REST,
    LUMERIN_MATCH,
    LUMERIN_REST,
    PLAIN_ERC20,
    STAKING_REWARDS,
)
from benchmarks.system import DAY, WAD, System

_AMOUNT = WAD
_BALANCE = 200 * WAD + 123_456_789_012_345_678
_RUN = 30  # [days]
_REWARD_SATS = 10**13

PeerGas = Mapping[str, dict[str, int]]

# not measured here: README.md says what they are [gas]
_PUBLISHED: PeerGas = {
    FORWARD_FILL: {LUMERIN_REST: 434_776, LUMERIN_MATCH: 541_721},
    FORWARD_FILL_100: {LUMERIN_10_REST: 2_598_360, LUMERIN_10_MATCH: 3_654_169},
    FORWARD_MATCH: {LUMERIN_MATCH: 541_721},
}


def measure_peers(system: System) -> PeerGas:
    """Measure peers on the same node, each transaction in its warm, repeated state.

    Those that are not ours to deploy come with their published numbers.

    Returns:
        Operation of ours -> peer -> [gas].
    """
    plain = _plain_transfer(system)
    votes = _votes_transfer(system)
    first, repeated = _staking_claims(system)
    return {
        "transfer_same_day": {PLAIN_ERC20: plain, ERC20_VOTES: votes},
        "transfer_first_touch": {PLAIN_ERC20: plain, ERC20_VOTES: votes},
        CLAIM_30: {STAKING_REWARDS: repeated},
        "claim_3650_unchanged": {STAKING_REWARDS: repeated},
        "claim_first": {STAKING_REWARDS: first},
        **_PUBLISHED,
    }


def _plain_transfer(system: System) -> int:
    """Transfer snekmate's ERC-20 between two accounts that hold some [gas]."""
    token = _token_with_holders(system)
    sender, receiver = system.roles.holders[:2]
    token.send(sender, "transfer", receiver, _AMOUNT)
    return token.send(sender, "transfer", receiver, _AMOUNT).gas


def _votes_transfer(system: System) -> int:
    """Transfer ERC20Votes between two accounts that hold some and delegated to themselves [gas]."""
    deployer = system.roles.deployer
    sender, receiver = system.roles.holders[:2]
    artifact = solidity_artifacts()["VotesToken"]
    token = Contract.deploy(system.node, deployer, artifact, 1_000 * WAD)
    for holder in (sender, receiver):
        token.send(deployer, "transfer", holder, _BALANCE)
        token.send(holder, "delegate", holder)
    token.send(sender, "transfer", receiver, _AMOUNT)
    return token.send(sender, "transfer", receiver, _AMOUNT).gas


def _staking_claims(system: System) -> tuple[int, int]:
    """Claim staking rewards, first and 30 days later, to an account that holds some [gas, gas]."""
    node, deployer = system.node, system.roles.deployer
    staking_token = _token_with_holders(system)
    staking = Contract.deploy(
        node,
        deployer,
        solidity_artifacts()["StakingRewards"],
        system.reward_token.address,
        staking_token.address,
    )
    system.reward_token.send(system.roles.issuer, "mint", staking.address, _REWARD_SATS)
    for holder in system.roles.holders[:2]:
        staking_token.send(holder, "approve", staking.address, _BALANCE)
        staking.send(holder, "stake", 100 * WAD)
    staking.send(deployer, "notifyRewardAmount", _REWARD_SATS)
    node.go_to(node.clock + _RUN * DAY)
    first = staking.send(system.roles.holders[0], "getReward").gas
    node.go_to(node.clock + _RUN * DAY)
    return first, staking.send(system.roles.holders[0], "getReward").gas


def _token_with_holders(system: System) -> Contract:
    """Deploy snekmate's ERC-20 with 18 decimals; two accounts hold some."""
    deployer = system.roles.deployer
    artifact = vyper_artifact("benchmarks/peers/PlainErc20.vy")
    token = Contract.deploy(system.node, deployer, artifact, "Plain", "PLAIN", 18)
    for holder in system.roles.holders[:2]:
        token.send(deployer, "mint", holder, _BALANCE)
    return token
