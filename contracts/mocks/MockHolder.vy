# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a contract that can claim
@license GNU Affero General Public License v3.0 only
@notice Holds hashrate and makes any call its caller asks for: claims, opts in, chooses a payout
        address.
"""


@external
def call(_target: address, _data: Bytes[16_384]) -> Bytes[16_384]:
    """
    @notice Make a call as this contract; its failure is passed on.
    @param _target contract to call
    @param _data calldata
    @return what the call returned
    """
    return raw_call(_target, _data, max_outsize=16_384)
