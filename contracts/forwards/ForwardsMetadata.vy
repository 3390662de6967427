# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Forwards metadata
@license GNU Affero General Public License v3.0 only
@notice What a wallet shows of a position: JSON that is made on the chain. It holds nothing, knows
        nothing and calls nobody; the vault asks it, so that the vault need not write text.
@dev All that varies is a number or in hex, so nobody can put words into it. The name is the code of
     the contract: side, metric, window and band in ticks; what a metric is, its index says.
@custom:security Nothing that moves money or positions depends on this contract.
@custom:kill Cannot be stopped.
"""

from . import IForwardsMetadata

implements: IForwardsMetadata

from . import IForwardsVault

_DIGITS: constant(uint256) = 20


@external
@view
@reentrant
def uri(
    _terms: IForwardsVault.Terms, _is_short: bool, _outcome: IForwardsVault.Outcome
) -> String[1_536]:
    """
    @notice JSON of one position.
    @param _terms terms of its series
    @param _is_short which side it is
    @param _outcome what the series pays; empty before it is stored
    @return data URI
    """
    side: String[5] = "SHORT" if _is_short else "LONG"
    first_day: String[78] = uint2str(_terms.first_day)
    end_day: String[78] = uint2str(_terms.end_day)
    floor_ticks: String[78] = uint2str(_terms.floor_ticks)
    cap_ticks: String[78] = uint2str(_terms.cap_ticks)
    metric: String[78] = uint2str(_terms.metric)
    pays: String[78] = "null"
    if _outcome.is_settled:
        pays = uint2str(_outcome.short_payout if _is_short else _outcome.long_payout)
    return concat(
        'data:application/json;utf8,{"name":"',
        side,
        " ",
        metric,
        " ",
        first_day,
        "-",
        end_day,
        " ",
        floor_ticks,
        "-",
        cap_ticks,
        '","properties":{"side":"',
        side,
        '","index":"',
        self._in_hex(_terms.index),
        '","metric":',
        metric,
        ',"first_day":',
        first_day,
        ',"end_day":',
        end_day,
        ',"floor_ticks":',
        floor_ticks,
        ',"cap_ticks":',
        cap_ticks,
        ',"tick_value":',
        uint2str(_terms.tick_value),
        ',"token":"',
        self._in_hex(_terms.token),
        '","pays":',
        pays,
        "}}",
    )


@internal
@pure
def _in_hex(_account: address) -> String[42]:
    """
    @notice An address in lower case hex.
    @param _account address
    @return 0x and 40 digits
    """
    number: uint256 = convert(_account, uint256)
    return concat("0x", self._digits(number >> 80), self._digits(number))


@internal
@pure
def _digits(_number: uint256) -> String[_DIGITS]:
    """
    @notice The lowest twenty digits of a number in hex.
    @param _number number
    @return digits
    """
    word: uint256 = 0
    for place: uint256 in range(_DIGITS):
        digit: uint256 = (_number >> (4 * (_DIGITS - 1 - place))) & 15
        # "0" is 48, "a" is 97
        word = (word << 8) | (digit + (48 if digit < 10 else 87))
    return convert(slice(convert(word << 96, bytes32), 0, _DIGITS), String[_DIGITS])
