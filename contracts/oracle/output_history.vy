# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Output history
@license GNU Affero General Public License v3.0 only
@notice The mining output reported for each series and day: what the pool credited and what hashrate
        was delivered. One word each.
            credited 64 | delivered 96 | final_at 32 | revision 32 | vetoes 32   (low bits first)

     A removed output keeps its revision and veto counts. This module checks no signatures and no
     roles.
"""

from . import IHashpriceOracle

_CREDITED_MASK: constant(uint256) = 2**64 - 1
_DELIVERED_SHIFT: constant(uint256) = 64
_DELIVERED_MASK: constant(uint256) = 2**96 - 1
_FINAL_AT_SHIFT: constant(uint256) = 160
_COUNT_MASK: constant(uint256) = 2**32 - 1
_REVISION_SHIFT: constant(uint256) = 192
_VETOES_SHIFT: constant(uint256) = 224


# series -> day -> word
_words: HashMap[address, HashMap[uint256, uint256]]


@deploy
def __init__():
    """
    @notice Nothing to set: no output is reported.
    """
    pass


@internal
def _write(_series: address, _day: uint256, _record: IHashpriceOracle.OutputRecord):
    """
    @notice Store an output, refusing a value too wide for its field.
    @param _series distributor of the series
    @param _day [day] UTC day index
    @param _record the output
    """
    assert _record.credited_sats <= _CREDITED_MASK, "output: credit too wide"
    assert _record.delivered_ths <= _DELIVERED_MASK, "output: delivered too wide"
    assert _record.final_at <= _COUNT_MASK, "output: time too wide"
    # the counts cannot leave their fields: each step is a transaction and there are 2**32 of them
    self._words[_series][_day] = (
        _record.credited_sats
        | (_record.delivered_ths << _DELIVERED_SHIFT)
        | (_record.final_at << _FINAL_AT_SHIFT)
        | (_record.revision << _REVISION_SHIFT)
        | (_record.vetoes << _VETOES_SHIFT)
    )


@internal
@view
def _read(_series: address, _day: uint256) -> IHashpriceOracle.OutputRecord:
    """
    @notice Read an output; all but the counts are zero if none is posted.
    @param _series distributor of the series
    @param _day [day] UTC day index
    @return the output
    """
    word: uint256 = self._words[_series][_day]
    return IHashpriceOracle.OutputRecord(
        credited_sats=word & _CREDITED_MASK,
        delivered_ths=(word >> _DELIVERED_SHIFT) & _DELIVERED_MASK,
        final_at=(word >> _FINAL_AT_SHIFT) & _COUNT_MASK,
        revision=(word >> _REVISION_SHIFT) & _COUNT_MASK,
        vetoes=word >> _VETOES_SHIFT,
    )


@internal
@view
def _is_pending(_record: IHashpriceOracle.OutputRecord) -> bool:
    """
    @notice Whether an output is posted and can still be challenged.
    @param _record the output
    @return True if so
    """
    return _record.final_at > block.timestamp


@internal
@view
def _is_final(_record: IHashpriceOracle.OutputRecord) -> bool:
    """
    @notice Whether an output is posted and can no longer be challenged.
    @param _record the output
    @return True if so
    """
    return _record.final_at != 0 and _record.final_at <= block.timestamp


@internal
@view
def _attested_ths(_series: address, _days: uint256, _max_age_days: uint256) -> uint256:
    """
    @notice The least hashrate delivered over the days that end with the newest final output. A day
        without one counts as zero.
    @param _series distributor of the series
    @param _days [days] days that must be attested
    @param _max_age_days [days] greatest age of the newest output
    @return [TH/s, 18 dec] attested hashrate; 0 if the newest final output is too old
    """
    today: uint256 = block.timestamp // 86_400
    newest: uint256 = 0
    for age: uint256 in range(1, _max_age_days + 1, bound=4):
        if self._is_final(self._read(_series, today - age)):
            newest = today - age
            break
    if newest == 0 or _days == 0:
        return 0
    least: uint256 = max_value(uint256)
    for back: uint256 in range(_days, bound=64):
        record: IHashpriceOracle.OutputRecord = self._read(_series, newest - back)
        if not self._is_final(record):
            return 0
        least = min(least, record.delivered_ths)
    return least
