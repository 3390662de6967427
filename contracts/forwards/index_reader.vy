# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Index reader
@license GNU Affero General Public License v3.0 only
@notice What an index answers, asked so that it can say nothing but numbers. No storage.
@dev Anyone can name any index, so it is asked by static call and no more of its answer is read than
     it should have. It gets all the gas there is: a call that fails, or answers anything but the
     right number of words, reverts the caller's, and is never taken for silence of the index. An
     index can so stop or misjudge the series that name it, and nothing else.
"""

from ..oracle import IIndex

# no sum is larger, so that no product of a settlement leaves a word
_MAX_SUM: constant(uint256) = 2**136
_WORD: constant(uint256) = 32


@internal
@view
def _first_day(_index: address) -> uint256:
    """
    @notice The first day that has values.
    @param _index index
    @return [day]
    @custom:reverts "index: call failed", "index: not one word"
    """
    return self._word(_index, method_id("FIRST_DAY()", output_type=Bytes[4]))


@internal
@view
def _last_final_day(_index: address) -> uint256:
    """
    @notice The newest day that is final.
    @param _index index
    @return [day]
    @custom:reverts `_first_day`
    """
    return self._word(_index, method_id("last_final_day()", output_type=Bytes[4]))


@internal
@view
def _final_day_at(_index: address, _time: uint256) -> uint256:
    """
    @notice The newest day that was final at a time.
    @param _index index
    @param _time [unix s]
    @return [day]
    @custom:reverts `_first_day`
    """
    return self._word(_index, abi_encode(_time, method_id=method_id("final_day_at(uint256)")))


@internal
@view
def _units_per_tick(_index: address, _metric: uint256) -> uint256:
    """
    @notice What the index calls one tick of a metric.
    @param _index index
    @param _metric metric
    @return [index units]
    @custom:reverts `_first_day`
    """
    return self._word(_index, abi_encode(_metric, method_id=method_id("units_per_tick(uint256)")))


@internal
@view
def _sum_through(_index: address, _metric: uint256, _day: uint256) -> (uint256, uint256):
    """
    @notice A metric's sum over a day and all before it, and when the day becomes final.
    @param _index index
    @param _metric metric
    @param _day [day]
    @return [index units], [unix s]
    @custom:reverts "index: call failed", "index: not two words", "index: sum too large"
    """
    answer: Bytes[96] = self._answer(
        _index, abi_encode(_metric, _day, method_id=method_id("sum_through(uint256,uint256)"))
    )
    assert len(answer) == 64, "index: not two words"
    sum: uint256 = extract32(answer, 0, output_type=uint256)
    assert sum <= _MAX_SUM, "index: sum too large"
    return sum, extract32(answer, _WORD, output_type=uint256)


@internal
@pure
def _rise(_before: uint256, _last: uint256) -> uint256:
    """
    @notice What days add to a sum.
    @param _before [index units] the sum through the day before them
    @param _last [index units] the sum through the last of them
    @return [index units]
    @custom:reverts "index: sum falls"
    """
    assert _last >= _before, "index: sum falls"
    return _last - _before


@internal
@view
def _word(_index: address, _call: Bytes[68]) -> uint256:
    """
    @notice Ask for one word.
    @param _index index
    @param _call selector and arguments
    @return the word
    """
    answer: Bytes[96] = self._answer(_index, _call)
    assert len(answer) == _WORD, "index: not one word"
    return extract32(answer, 0, output_type=uint256)


@internal
@view
def _answer(_index: address, _call: Bytes[68]) -> Bytes[96]:
    """
    @notice Ask, with all the gas there is.
    @param _index index
    @param _call selector and arguments
    @return the answer, cut to more than any should have
    @custom:reverts "index: call failed"
    """
    is_done: bool = False
    answer: Bytes[96] = b""
    is_done, answer = raw_call(
        _index, _call, max_outsize=96, is_static_call=True, revert_on_failure=False
    )
    assert is_done, "index: call failed"
    return answer
