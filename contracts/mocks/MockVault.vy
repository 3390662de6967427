# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a contract that cannot claim
@license GNU Affero General Public License v3.0 only
@notice Holds hashrate and can do nothing with it but send it on, as a liquidity pool would. Anyone
        may.
"""

from ethereum.ercs import IERC20


@external
def send(_token: IERC20, _receiver: address, _amount: uint256):
    """
    @notice Send tokens of this contract.
    @param _token token
    @param _receiver receiver
    @param _amount [base units] amount
    """
    assert extcall _token.transfer(_receiver, _amount), "vault: transfer failed"
