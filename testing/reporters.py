# SPDX-License-Identifier: AGPL-3.0-only
"""Reporters of a test oracle: keys, EIP-712 digests and signatures.

The digests are made by hand from the types in docs/rules.md 1.2, independently of the contract and
of the oracle's own `hashrate.reports.report`.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import cache

from eth_abi.abi import encode
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from reference import DayFacts

_FACTS = (
    "DayFacts(uint256 day,uint256 first_height,uint256 last_height,uint256 subsidy_sats,"
    "uint256 fees_sats,uint256 hashprice_wad,uint256 difficulty_wad)"
)
_DAY = (
    "DayReport(DayFacts facts,uint256 btc_usd_e8,uint256 revision,uint256 membership_version)"
    + _FACTS
)
_OUTPUT = (
    "OutputReport(address series,uint256 day,uint256 credited_sats,uint256 delivered_ths,"
    "uint256 revision,uint256 membership_version)"
)
_DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"

Signature = tuple[int, int, int]
PricedSignature = tuple[int, int, int, int]


@dataclass(frozen=True)
class Domain:
    """The oracle that reports are signed for."""

    chain_id: int
    oracle: str

    @property
    def separator(self) -> bytes:
        """EIP-712 domain separator."""
        return _separator(self.chain_id, self.oracle)


def reporter_accounts(count: int) -> list[LocalAccount]:
    """Return accounts in ascending order of their addresses, always the same ones."""
    accounts = [Account.from_key(keccak(text=f"reporter {number}")) for number in range(count)]
    return sorted(accounts, key=lambda account: int(account.address, 16))


def sign_day(
    domain: Domain,
    facts: DayFacts,
    priced: Sequence[tuple[LocalAccount, int]],
    revision: int,
    version: int,
) -> list[PricedSignature]:
    """Return the contract's `PricedSignature` of each (reporter, price [USD per BTC, 1e8])."""
    facts_hash = keccak(_hash_of(_FACTS) + encode(["uint256"] * 7, astuple(facts)))
    return [
        (price, *_sign(account.key, _digest(domain, _DAY, [facts_hash, price, revision, version])))
        for account, price in priced
    ]


def sign_output(
    domain: Domain,
    output: tuple[str, int, int, int],
    accounts: Sequence[LocalAccount],
    revision: int,
    version: int,
) -> list[Signature]:
    """Return each reporter's signature over (series, day, credited satoshi, delivered TH/s)."""
    digest = _digest(domain, _OUTPUT, [*output, revision, version])
    return [_sign(account.key, digest) for account in accounts]


@cache
def _hash_of(type_string: str) -> bytes:
    return keccak(text=type_string)


@cache
def _separator(chain_id: int, oracle: str) -> bytes:
    head = [_hash_of(_DOMAIN), keccak(text="HashpriceOracle"), keccak(text="1")]
    return keccak(
        encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], [*head, chain_id, oracle])
    )


def _digest(domain: Domain, type_string: str, fields: list[bytes | str | int]) -> bytes:
    kinds = {bytes: "bytes32", str: "address", int: "uint256"}
    types = ["bytes32", *(kinds[type(field)] for field in fields)]
    struct_hash = keccak(encode(types, [_hash_of(type_string), *fields]))
    return keccak(b"\x19\x01" + domain.separator + struct_hash)


@cache
def _sign(key: bytes, digest: bytes) -> Signature:
    signed = Account.unsafe_sign_hash(digest, key)
    return signed.v, signed.r, signed.s
