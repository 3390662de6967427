# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Signed reports
@license GNU Affero General Public License v3.0 only
@notice What reporters sign (EIP-712), and the checking of a quorum's signatures over it.
@dev Every signature is bound to chain, contract, type, revision and membership version. A day's
     signers sign identical facts, each with its own price: moving the price takes a quorum too.
     This module does not judge the facts.
"""

from snekmate.utils import eip712_domain_separator
from ..interfaces import IHashpriceOracle
from . import day_checks
from . import reporter_quorum

uses: eip712_domain_separator
uses: reporter_quorum

_DAY_FACTS_TYPE_HASH: constant(bytes32) = keccak256(
    "DayFacts(uint256 day,uint256 first_height,uint256 last_height,uint256 subsidy_sats,uint256 fees_sats,uint256 hashprice_wad,uint256 difficulty_wad)"
)
_DAY_REPORT_TYPE_HASH: constant(bytes32) = keccak256(
    "DayReport(DayFacts facts,uint256 btc_usd_e8,uint256 revision,uint256 membership_version)DayFacts(uint256 day,uint256 first_height,uint256 last_height,uint256 subsidy_sats,uint256 fees_sats,uint256 hashprice_wad,uint256 difficulty_wad)"
)
_OUTPUT_REPORT_TYPE_HASH: constant(bytes32) = keccak256(
    "OutputReport(address series,uint256 day,uint256 credited_sats,uint256 delivered_ths,uint256 revision,uint256 membership_version)"
)

_MAX_BPS: constant(uint256) = 10_000


@deploy
def __init__():
    """
    @notice Nothing to set.
    """
    pass


@internal
@view
def _signed_price(
    _facts: IHashpriceOracle.DayFacts,
    _revision: uint256,
    _signatures: DynArray[IHashpriceOracle.PricedSignature, reporter_quorum.MAX_REPORTERS],
    _spread_bps: uint256,
) -> uint256:
    """
    @notice Check the signatures of a day and take the median of their prices.
    @dev An even number of prices gives the floor of the middle mean.
    @param _facts the day
    @param _revision [count] revision the signatures are given over
    @param _signatures k or more, strictly ascending by signer
    @param _spread_bps [bps] greatest spread of the prices
    @return [USD per BTC, 1e8] median price
    """
    version: uint256 = reporter_quorum._open_quorum(len(_signatures))
    facts_hash: bytes32 = keccak256(abi_encode(_DAY_FACTS_TYPE_HASH, _facts))
    prices: DynArray[uint256, reporter_quorum.MAX_REPORTERS] = []
    signer: uint256 = 0
    for signature: IHashpriceOracle.PricedSignature in _signatures:
        digest: bytes32 = eip712_domain_separator._hash_typed_data_v4(
            keccak256(
                abi_encode(
                    _DAY_REPORT_TYPE_HASH, facts_hash, signature.btc_usd_e8, _revision, version
                )
            )
        )
        signer = reporter_quorum._check_signature(
            digest, signature.v, signature.r, signature.s, signer
        )
        # insertion sort: a handful of prices
        prices.append(signature.btc_usd_e8)
        for i: uint256 in range(len(prices) - 1, bound=reporter_quorum.MAX_REPORTERS):
            j: uint256 = len(prices) - 1 - i
            if prices[j - 1] <= prices[j]:
                break
            prices[j] = prices[j - 1]
            prices[j - 1] = signature.btc_usd_e8
    return self._median(prices, _spread_bps)


@internal
@pure
def _median(
    _prices: DynArray[uint256, reporter_quorum.MAX_REPORTERS], _spread_bps: uint256
) -> uint256:
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
    # rounds down; for an odd count both indices are the middle one
    return (_prices[(count - 1) // 2] + _prices[count // 2]) // 2


@internal
@view
def _check_output(
    _series: address,
    _day: uint256,
    _record: IHashpriceOracle.OutputRecord,
    _signatures: DynArray[IHashpriceOracle.Signature, reporter_quorum.MAX_REPORTERS],
):
    """
    @notice Check the signatures of an output.
    @param _series distributor of the series
    @param _day [day] UTC day index
    @param _record credit, hashrate and the revision the signatures are given over
    @param _signatures k or more, strictly ascending by signer
    """
    version: uint256 = reporter_quorum._open_quorum(len(_signatures))
    digest: bytes32 = eip712_domain_separator._hash_typed_data_v4(
        keccak256(
            abi_encode(
                _OUTPUT_REPORT_TYPE_HASH,
                _series,
                _day,
                _record.credited_sats,
                _record.delivered_ths,
                _record.revision,
                version,
            )
        )
    )
    signer: uint256 = 0
    for signature: IHashpriceOracle.Signature in _signatures:
        signer = reporter_quorum._check_signature(
            digest, signature.v, signature.r, signature.s, signer
        )
