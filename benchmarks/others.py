# SPDX-License-Identifier: AGPL-3.0-only
"""Measure the peers: what others' contracts cost for the same purpose."""

from collections.abc import Mapping

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from benchmarks.contract import Contract, solidity_artifacts
from benchmarks.goals import (
    ATOMIQ_RELAY,
    CLAIM_30,
    ERC20_VOTES,
    FORWARD_FILL,
    FORWARD_FILL_100,
    FORWARD_MATCH,
    FORWARD_MATCH_CLOSE,
    FORWARD_NETTING,
    FORWARD_REDEEM,
    FORWARD_SETTLE,
    FUND_TRANSFER,
    GNOSIS_REDEEM,
    GNOSIS_REPORT,
    JUNIOR_REDEEM,
    LUMERIN_10_MATCH,
    LUMERIN_10_REST,
    LUMERIN_COINBASE,
    LUMERIN_MATCH,
    LUMERIN_REST,
    MERKLE_1_024,
    MERKLE_131_072,
    PENDLE_MERGE,
    PENDLE_PT_REDEEM,
    PENDLE_SPLIT,
    PENDLE_YT_CLAIM,
    PENDLE_YT_CLAIM_PULL,
    PLAIN_ERC20,
    POLYMARKET_FILL,
    POLYMARKET_MERGE,
    POLYMARKET_MINT,
    PRINCIPAL_TRANSFER,
    REPORT,
    REPORT_5,
    REPORT_9,
    SCRIBE_5,
    SCRIBE_10,
    SENIOR_CLAIM,
    SENIOR_CLAIM_PULL,
    SOLADY,
    STAKING_REWARDS,
    TRANCHE_MERGE,
    TRANCHE_SPLIT,
)
from benchmarks.system import DAY, PLAIN_ERC20_SOURCE, WAD, System

_AMOUNT = WAD
_BALANCE = 200 * WAD + 123_456_789_012_345_678
_RUN = 30  # [days]
_REWARD_SATS = 10**13

PeerGas = Mapping[str, dict[str, int]]

# not measured here: README.md says what they are [gas]
_PUBLISHED: PeerGas = {
    REPORT: {SCRIBE_5: 81_025},
    REPORT_5: {SCRIBE_5: 81_025},
    REPORT_9: {SCRIBE_10: 106_395},
    FORWARD_FILL: {LUMERIN_REST: 390_871, LUMERIN_MATCH: 536_491},
    FORWARD_FILL_100: {LUMERIN_10_REST: 2_588_441, LUMERIN_10_MATCH: 3_843_022},
    FORWARD_NETTING: {POLYMARKET_FILL: 134_723},
    FORWARD_MATCH: {LUMERIN_MATCH: 536_491, POLYMARKET_MINT: 275_562},
    FORWARD_MATCH_CLOSE: {POLYMARKET_MERGE: 228_727},
    FORWARD_SETTLE: {GNOSIS_REPORT: 97_000},
    FORWARD_REDEEM: {GNOSIS_REDEEM: 61_028},
    TRANCHE_SPLIT: {PENDLE_SPLIT: 159_705},
    TRANCHE_MERGE: {PENDLE_MERGE: 236_035},
    SENIOR_CLAIM: {PENDLE_YT_CLAIM: 111_831},
    SENIOR_CLAIM_PULL: {PENDLE_YT_CLAIM_PULL: 160_163},
    JUNIOR_REDEEM: {PENDLE_PT_REDEEM: 142_354},
    "headers_per_header": {ATOMIQ_RELAY: 27_350, LUMERIN_COINBASE: 106_641},
}


def measure_peers(system: System) -> PeerGas:
    """Measure peers on the same node, each transaction in its warm, repeated state.

    Those that are not ours to deploy come with their published numbers.

    Returns:
        Operation of ours -> peer -> [gas].
    """
    transfers = {
        PLAIN_ERC20: _plain_transfer(system),
        ERC20_VOTES: _votes_transfer(system),
        SOLADY: _solady_transfer(system),
    }
    claims = {
        STAKING_REWARDS: _staking_claims(system),
        MERKLE_1_024: _merkle_claims(system, depth=10),
        MERKLE_131_072: _merkle_claims(system, depth=17),
    }
    first = {peer: gas for peer, (gas, _) in claims.items()}
    repeated = {peer: gas for peer, (_, gas) in claims.items()}
    return {
        "transfer_same_day": transfers,
        "transfer_first_touch": transfers,
        PRINCIPAL_TRANSFER: {PLAIN_ERC20: transfers[PLAIN_ERC20]},
        FUND_TRANSFER: {PLAIN_ERC20: transfers[PLAIN_ERC20]},
        CLAIM_30: repeated,
        "claim_3650_unchanged": repeated,
        "claim_first": first,
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


def _solady_transfer(system: System) -> int:
    """Transfer Solady's ERC-20 between two accounts that hold some [gas]."""
    deployer = system.roles.deployer
    sender, receiver = system.roles.holders[:2]
    artifact = solidity_artifacts()["SoladyToken"]
    token = system.chain.deploy_artifact(artifact, 1_000 * WAD, sender=deployer)
    for holder in (sender, receiver):
        token.send("transfer", holder, _BALANCE, sender=deployer)
    token.send("transfer", receiver, _AMOUNT, sender=sender)
    return token.send("transfer", receiver, _AMOUNT, sender=sender).gas


def _merkle_claims(system: System, depth: int) -> tuple[int, int]:
    """Claim by proofs of 2**depth accounts, first and from the next root [gas, gas]."""
    deployer, holder = system.roles.deployer, system.roles.holders[0]
    token = system.reward_token
    rewards = system.chain.deploy_artifact(solidity_artifacts()["MerkleRewards"], sender=deployer)
    token.send("mint", rewards.address, _REWARD_SATS, sender=system.roles.issuer)
    # of the other accounts only the hashes beside the path count
    siblings = [keccak(b"sibling" + bytes([level])) for level in range(depth)]
    spent = []
    for claimable in (_REWARD_SATS // 3, _REWARD_SATS // 2):
        leaf = encode(["address", "address", "uint256"], [holder, token.address, claimable])
        root = keccak(keccak(leaf))
        for sibling in siblings:
            root = keccak(b"".join(sorted((root, sibling))))
        rewards.send("setRoot", root, sender=deployer)
        claim = rewards.call("claim", holder, token.address, claimable, siblings, sender=holder)
        spent.append(claim.send().gas)
    first, repeated = spent
    return first, repeated


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
