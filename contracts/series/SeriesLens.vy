# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Series lens
@license GNU Affero General Public License v3.0 only
@notice What an account holds in many series and could claim there, in one call: for pages, which
        must not make three calls for each series there is.
@dev Read-only and without state. Series are strangers: each is asked with a share of the gas that
     is left, its answers are taken only in their proper length, and one that fails is named instead
     of failing the call. So no series can hide another.
@custom:security A number here is what the series says about itself. Which series to ask, and
                 whether to believe them, is for the caller: the registry's are made of one code.
@custom:kill Nothing to stop. Nothing depends on it but pages.
"""


# [count] series in one call, at most
MAX_SERIES: constant(uint256) = 100
# of a series' share of the gas, what its claim may take, and what each of two plain views may
_CLAIM_PART: constant(uint256) = 2
_VIEW_PART: constant(uint256) = 8
_WORD: constant(uint256) = 32


# what an account has in one series
struct Holding:
    series: address  # distributor of the series
    token: address  # its hashrate token
    balance_ths: uint256  # [TH/s, 18 dec] held now
    claimable: uint256  # [base units of the series' reward token] what `claim` would pay now
    is_whole: bool  # whether that is all there is, else claim again


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def holdings(
    _account: address, _series: DynArray[address, MAX_SERIES]
) -> (DynArray[Holding, MAX_SERIES], DynArray[address, MAX_SERIES]):
    """
    @notice What an account holds and could claim, series by series.
    @dev A series whose claim walks far may need more gas than its share: then it is named as
         failing, and answers when asked with fewer others.
    @param _account holder
    @param _series distributors, in any order
    @return holdings where there is anything, the series that gave no proper answer; both in the
        order asked
    """
    found: DynArray[Holding, MAX_SERIES] = []
    failing: DynArray[address, MAX_SERIES] = []
    left: uint256 = len(_series)
    for series: address in _series:
        # the gas left over from one series goes to the next ones
        share: uint256 = msg.gas // (left + 1)
        left -= 1
        is_answer: bool = False
        holding: Holding = empty(Holding)
        is_answer, holding = self._holding(_account, series, share)
        if not is_answer:
            failing.append(series)
        elif holding.balance_ths != 0 or holding.claimable != 0 or not holding.is_whole:
            found.append(holding)
    return found, failing


################################################################
#                           INTERNAL                           #
################################################################


@internal
@view
def _holding(_account: address, _series: address, _gas: uint256) -> (bool, Holding):
    """
    @notice What an account has in one series.
    @param _account holder
    @param _series distributor
    @param _gas [gas] to be spent at most
    @return whether the series gave proper answers, the holding
    """
    holding: Holding = empty(Holding)
    holding.series = _series
    answer: Bytes[64] = self._ask(_series, method_id("TOKEN()"), _gas // _VIEW_PART)
    if len(answer) != _WORD:
        return False, holding
    token: uint256 = convert(slice(answer, 0, 32), uint256)
    if token > convert(max_value(uint160), uint256):
        return False, holding
    holding.token = convert(token, address)
    answer = self._ask(
        holding.token,
        abi_encode(_account, method_id=method_id("balanceOf(address)")),
        _gas // _VIEW_PART,
    )
    if len(answer) != _WORD:
        return False, holding
    holding.balance_ths = convert(slice(answer, 0, 32), uint256)
    answer = self._ask(
        _series,
        abi_encode(_account, method_id=method_id("preview_claim(address)")),
        _gas // _CLAIM_PART,
    )
    if len(answer) != 2 * _WORD:
        return False, holding
    holding.claimable = convert(slice(answer, 0, 32), uint256)
    holding.is_whole = convert(slice(answer, 32, 32), uint256) != 0
    return True, holding


@internal
@view
def _ask(_target: address, _call: Bytes[36], _gas: uint256) -> Bytes[64]:
    """
    @notice Ask a stranger.
    @param _target who is asked
    @param _call calldata of a view
    @param _gas [gas] to be spent at most
    @return the first two words of the answer; empty if there is none
    """
    is_answer: bool = False
    answer: Bytes[64] = b""
    is_answer, answer = raw_call(
        _target, _call, max_outsize=64, gas=_gas, is_static_call=True, revert_on_failure=False
    )
    if not is_answer:
        return b""
    return answer
