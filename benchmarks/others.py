# SPDX-License-Identifier: AGPL-3.0-only
"""Measure the peers: what others' contracts cost for the same purpose."""

from collections.abc import Mapping

from benchmarks.contract import Contract, solidity_artifacts
from benchmarks.goals import (
    ATOMIQ_RELAY,
    CLAIM_30,
    ERC20_VOTES,
    FORWARD_FILL,
    FORWARD_FILL_100,
    FORWARD_MATCH,
    LUMERIN_10_MATCH,
    LUMERIN_10_REST,
    LUMERIN_COINBASE,
    LUMERIN_MATCH,
    LUMERIN_REST,
    PLAIN_ERC20,
    STAKING_REWARDS,
)
from benchmarks.system import DAY, PLAIN_ERC20_SOURCE, WAD, System

_AMOUNT = WAD
_BALANCE = 200 * WAD + 123_456_789_012_345_678
_RUN = 30  # [days]
_REWARD_SATS = 10**13

PeerGas = Mapping[str, dict[str, int]]

# not measured here: README.md says what they are [gas]
_PUBLISHED: PeerGas = {
    FORWARD_FILL: {LUMERIN_REST: 434_776, LUMERIN_MATCH: 541_721},
    FORWARD_FILL_100: {LUMERIN_10_REST: 2_598_360, LUMERIN_10_MATCH: 3_654_169},
    "headers_per_header": {ATOMIQ_RELAY: 27_350, LUMERIN_COINBASE: 106_641},
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
    token.send("transfer", receiver, _AMOUNT, sender=sender)
    return token.send("transfer", receiver, _AMOUNT, sender=sender).gas


def _votes_transfer(system: System) -> int:
    """Transfer ERC20Votes between two accounts that hold some and delegated to themselves [gas]."""
    deployer = system.roles.deployer
    sender, receiver = system.roles.holders[:2]
    artifact = solidity_artifacts()["VotesToken"]
    token = system.chain.deploy_artifact(artifact, 1_000 * WAD, sender=deployer)
    for holder in (sender, receiver):
        token.send("transfer", holder, _BALANCE, sender=deployer)
        token.send("delegate", holder, sender=holder)
    token.send("transfer", receiver, _AMOUNT, sender=sender)
    return token.send("transfer", receiver, _AMOUNT, sender=sender).gas


def _staking_claims(system: System) -> tuple[int, int]:
    """Claim staking rewards, first and 30 days later, to an account that holds some [gas, gas]."""
    node, deployer = system.node, system.roles.deployer
    staking_token = _token_with_holders(system)
    staking = system.chain.deploy_artifact(
        solidity_artifacts()["StakingRewards"],
        system.reward_token.address,
        staking_token.address,
        sender=deployer,
    )
    system.reward_token.send("mint", staking.address, _REWARD_SATS, sender=system.roles.issuer)
    for holder in system.roles.holders[:2]:
        staking_token.send("approve", staking.address, _BALANCE, sender=holder)
        staking.send("stake", 100 * WAD, sender=holder)
    staking.send("notifyRewardAmount", _REWARD_SATS, sender=deployer)
    node.go_to(node.clock + _RUN * DAY)
    first = staking.send("getReward", sender=system.roles.holders[0]).gas
    node.go_to(node.clock + _RUN * DAY)
    return first, staking.send("getReward", sender=system.roles.holders[0]).gas


def _token_with_holders(system: System) -> Contract:
    """Deploy snekmate's ERC-20 with 18 decimals; two accounts hold some."""
    deployer = system.roles.deployer
    token = system.chain.deploy(PLAIN_ERC20_SOURCE, "Plain", "PLAIN", 18, sender=deployer)
    for holder in system.roles.holders[:2]:
        token.send("mint", holder, _BALANCE, sender=deployer)
    return token
