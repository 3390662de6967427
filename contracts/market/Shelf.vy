# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Shelf
@license GNU Affero General Public License v3.0 only
@notice An account of its own for what one seller has for sale of one series: the offering that
        made it takes tokens from it, and what they earn until then goes to the seller, whoever
        claims it. It can do nothing.
@dev A meter knows accounts, not rounds: on one account for all sellers nobody could tell whose
     reward is whose.
@custom:security Tokens sent here by others cannot be taken out; they earn for the seller.
@custom:kill Nothing to stop.
"""

from ethereum.ercs import IERC20


interface IRewardPayer:
    def set_payout_address(_receiver: address): nonpayable


@deploy
def __init__(_token: address, _series: address, _seller: address):
    """
    @notice Let the offering take tokens, and the seller have what they earn.
    @param _token hashrate token of the series
    @param _series its distributor
    @param _seller whose tokens they are
    """
    extcall IERC20(_token).approve(msg.sender, max_value(uint256))
    extcall IRewardPayer(_series).set_payout_address(_seller)
