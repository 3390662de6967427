# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Signed reports
@license GNU Affero General Public License v3.0 only
@notice What reporters sign (EIP-712), and the price that several signers agree on.
@dev Every digest is bound to chain, contract, type, revision and membership version. A day's
     signers sign identical facts, each with its own price. Pure: no storage, no signature checks.
"""

from snekmate.utils import message_hash_utils
from . import IHashpriceOracle
from . import day_checks


# [count] signatures in one report, at most
MAX_SIGNATURES: constant(uint256) = 31

_MAX_BPS: constant(uint256) = 10_000

_DAY_FACTS_TYPE_HASH: constant(bytes32) = keccak256(
    "DayFacts(uint256 day,uint256 first_height,uint256 last_height,uint256 subsidy_sats,uint256 fees_sats,uint256 hashprice_wad,uint256 difficulty_wad)"
)
_DAY_REPORT_TYPE_HASH: constant(bytes32) = keccak256(
    "DayReport(DayFacts facts,uint256 btc_usd_e8,uint256 revision,uint256 membership_version)DayFacts(uint256 day,uint256 first_height,uint256 last_height,uint256 subsidy_sats,uint256 fees_sats,uint256 hashprice_wad,uint256 difficulty_wad)"
)
_OUTPUT_REPORT_TYPE_HASH: constant(bytes32) = keccak256(
    "OutputReport(address series,uint256 day,uint256 credited_sats,uint256 delivered_ths,uint256 revision,uint256 membership_version)"
)


@internal
@pure
def _facts_hash(_facts: IHashpriceOracle.DayFacts) -> bytes32:
    """
    @notice EIP-712 hash of a day's facts, the same for all signers.
    @param _facts the day
    @return hash
    """
    return keccak256(abi_encode(_DAY_FACTS_TYPE_HASH, _facts))


@internal
@pure
def _day_digest(
    _domain: bytes32,
    _facts_hash: bytes32,
    _btc_usd_e8: uint256,
    _revision: uint256,
    _version: uint256,
) -> bytes32:
    """
    @notice What one reporter signs for a day.
    @param _domain EIP-712 domain separator of the oracle
    @param _facts_hash hash of the facts
    @param _btc_usd_e8 [USD per BTC, 1e8] this signer's price
    @param _revision [count] revision of the day
    @param _version [count] membership version
    @return digest
    """
    return message_hash_utils._to_typed_data_hash(
        _domain,
        keccak256(abi_encode(_DAY_REPORT_TYPE_HASH, _facts_hash, _btc_usd_e8, _revision, _version)),
    )


@internal
@pure
def _output_digest(
    _domain: bytes32,
    _series: address,
    _day: uint256,
    _record: IHashpriceOracle.OutputRecord,
    _version: uint256,
) -> bytes32:
    """
    @notice What every reporter signs for an output.
    @param _domain EIP-712 domain separator of the oracle
    @param _series distributor of the series
    @param _day [day] UTC day index
    @param _record credit, hashrate and revision
    @param _version [count] membership version
    @return digest
    """
    return message_hash_utils._to_typed_data_hash(
        _domain,
        keccak256(
            abi_encode(
                _OUTPUT_REPORT_TYPE_HASH,
                _series,
                _day,
                _record.credited_sats,
                _record.delivered_ths,
                _record.revision,
                _version,
            )
        ),
    )


@internal
@pure
def _median(_prices: DynArray[uint256, MAX_SIGNATURES], _spread_bps: uint256) -> uint256:
    """
    @notice Median of sorted prices that lie within the spread of each other.
    @param _prices [USD per BTC, 1e8] ascending, at least one
    @param _spread_bps [bps] greatest spread
    @return [USD per BTC, 1e8]
    """
    count: uint256 = len(_prices)
    lowest: uint256 = _prices[0]
    highest: uint256 = _prices[count - 1]
    assert lowest != 0, "oracle: zero price"
    assert highest <= day_checks.MAX_PRICE_E8, "oracle: price too wide"
    assert (highest - lowest) * _MAX_BPS <= lowest * _spread_bps, "oracle: prices too far apart"
    middle: uint256 = _prices[count // 2]
    if count % 2 == 1:
        return middle
    # rounds down, in favour of nobody: 1e-8 USD
    return (_prices[count // 2 - 1] + middle) // 2
