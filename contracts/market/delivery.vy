# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Delivery
@license GNU Affero General Public License v3.0 only
@notice How many days of a round its series has delivered, what of the money is due for them, and
        whether buyers may have the rest back. It reads the distributor and writes nothing.
@dev A day is delivered when it is settled and owes nobody anything, nor does a day before it. The
     count never falls: settled days stay, the oldest short day only moves on, and a series that
     has ended has.
"""

from ..series import IRewardDistributor
from . import IHashrateOffering

# [s] after a short day was due before buyers may hand hashrate back
DEFAULT_SECONDS: constant(uint256) = 30 * 86_400


# a day that was not paid in full when it was settled, as the distributor shows it
struct ShortDay:
    day: uint256  # [day]
    work: uint256  # [TH·s, 18 dec]
    owed: uint256  # [base units]
    repaid: uint256  # [base units]


interface IDelivery:
    def progress() -> IRewardDistributor.Progress: view
    def ledger() -> IRewardDistributor.Ledger: view
    def short_days(_place: uint256) -> ShortDay: view
    def due_at(_day: uint256) -> uint256: view


# how a round stands
struct Standing:
    delivered_days: uint256  # [days] of its delivery days
    is_in_default: bool  # whether buyers may hand hashrate back


@internal
@view
def _standing(_round: IHashrateOffering.Round) -> Standing:
    """
    @notice How many days were delivered, and whether the rest may be refunded.
    @param _round the round
    @return both
    """
    series: IDelivery = IDelivery(_round.series)
    progress: IRewardDistributor.Progress = staticcall series.progress()
    end: uint256 = progress.next_day
    is_overdue: bool = False
    has_ended: bool = progress.next_day >= progress.end_day
    if self._has_arrears(progress):
        oldest: ShortDay = staticcall series.short_days(progress.repaid_shortfalls)
        end = min(end, oldest.day)
        due_at: uint256 = staticcall series.due_at(oldest.day)
        is_overdue = block.timestamp > due_at + DEFAULT_SECONDS
        has_ended = False
    first_day: uint256 = _round.first_day
    days: uint256 = min(end - min(first_day, end), _round.delivery_days)
    if has_ended:
        if not _round.refunds_early_end:
            days = _round.delivery_days
        elif days < _round.delivery_days:
            return Standing(delivered_days=days, is_in_default=True)
    return Standing(delivered_days=days, is_in_default=is_overdue)


@internal
@view
def _check_for_sale(_round: IHashrateOffering.Round):
    """
    @notice Refuse a sale of hashrate that is already known not to be delivered in full.
    @param _round the round
    @custom:reverts "offering: arrears not repaid", "offering: series ends early"
    """
    progress: IRewardDistributor.Progress = staticcall IDelivery(_round.series).progress()
    assert not self._has_arrears(progress), "offering: arrears not repaid"
    assert (
        _round.first_day + _round.delivery_days <= progress.end_day
    ), "offering: series ends early"


@internal
@view
def _check_bond(_series: address):
    """
    @notice Refuse to pay a seller whose bond has paid for it. A closed series needs no bond: all of
        its days are paid.
    @param _series distributor of the series
    @custom:reverts "offering: bond not refilled"
    """
    ledger: IRewardDistributor.Ledger = staticcall IDelivery(_series).ledger()
    if ledger.bond_drawn != 0:
        progress: IRewardDistributor.Progress = staticcall IDelivery(_series).progress()
        assert progress.is_closed, "offering: bond not refilled"


@internal
@pure
def _due(_round: IHashrateOffering.Round, _delivered_days: uint256) -> uint256:
    """
    @notice What the seller can have of the money now.
    @param _round the round
    @param _delivered_days [days]
    @return [money base units]; never negative, as neither the days nor what they come to ever falls
    """
    # rounds down, in favour of buyers
    earned: uint256 = _round.paid * _delivered_days // _round.delivery_days
    return earned + _round.kept - _round.released


@internal
@pure
def _refund(
    _paid: uint256,
    _bought_ths: uint256,
    _amount_ths: uint256,
    _delivered_days: uint256,
    _delivery_days: uint256,
) -> (uint256, uint256):
    """
    @notice What a buyer gets back for hashrate it hands back.
    @param _paid [money base units] what it paid
    @param _bought_ths [TH/s, 18 dec] for that much
    @param _amount_ths [TH/s, 18 dec] what it hands back of it
    @param _delivered_days [days]
    @param _delivery_days [days]
    @return [money base units] what it had paid for that, what it gets of that; both round down:
        what is cut off the first stays the buyer's for the rest, off the second is the seller's
    """
    part: uint256 = _paid * _amount_ths // _bought_ths
    return part, part * (_delivery_days - _delivered_days) // _delivery_days


@internal
@pure
def _has_arrears(_progress: IRewardDistributor.Progress) -> bool:
    """
    @notice Whether a settled day is still owed something.
    @param _progress the series
    @return True if so
    """
    return _progress.repaid_shortfalls != _progress.shortfalls
