# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Permits
@license GNU Affero General Public License v3.0 only
@notice EIP-2612 permits that are sent along with a call. No storage.
@dev Nothing follows from a permit that fails, because anybody could have sent it before: whoever
     pulls finds out. The token is any address, so a contract that tries a permit must give nobody
     a right that a call of the selector `permit` could use.
"""

from . import IExchange


@internal
def _try(_permit: IExchange.Permit, _spender: address) -> bool:
    """
    @notice Try a permit.
    @param _permit the permit
    @param _spender who may spend by it
    @return whether the call did not fail
    """
    return raw_call(
        _permit.token,
        abi_encode(
            _permit.owner,
            _spender,
            _permit.value,
            _permit.deadline,
            _permit.v,
            _permit.r,
            _permit.s,
            method_id=method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
        ),
        revert_on_failure=False,
    )
