# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Tranche token
@license GNU Affero General Public License v3.0 only
@notice SENIOR or JUNIOR of one product, an ERC-20 of 18 decimals: 1 token is that share of 1 TH/s.
        It meters accounts as the series' token does, but only between two days: outside of them a
        transfer costs what a plain ERC-20's costs, and a contract that holds it misses nothing.
@dev Invariants 1 and 4 are those of `metered_token`; the supply's work is not kept. The meter's
     clock is the chain's, held within [first day, end day): it never goes back and is one for all
     accounts. Only the product mints and burns, and a holder's approval is not asked for it: the
     product burns what its holder brings, or what has been bought from it under the terms.
     Approvals, EIP-2612 and ERC-5267 are snekmate's. No owner, no pause, no blocklist.

     JUNIOR of a strip has the face of ERC-5095 as far as principal is redeemed one for one.
@custom:security Rewards of tokens held by a contract wait until it claims them itself.
@custom:kill Cannot be stopped.
"""

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ..series import IMeter
from . import ITranches

implements: IERC20
implements: IERC20Detailed
implements: IMeter

from snekmate.auth import ownable
from snekmate.tokens import erc20
from ..series import metered_token

initializes: ownable
initializes: erc20[ownable := ownable]
initializes: metered_token

exports: (
    # not exported: snekmate's balances, transfers, minters and ownership
    erc20.approve,
    erc20.allowance,
    erc20.permit,
    erc20.nonces,
    erc20.DOMAIN_SEPARATOR,
    erc20.eip712Domain,
    erc20.decimals,
    metered_token.balanceOf,
    metered_token.totalSupply,
    metered_token.meter_words,
    metered_token.ths_on,
)

_DAY_SECONDS: constant(uint256) = 86_400


# name and symbol are one: series, kind, maturity and face
name: public(immutable(String[50]))
symbol: public(immutable(String[50]))
# the contract that deployed this token; the only one that mints and burns
PRODUCT: public(immutable(address))
# [unix s] the meter's clock stands still before and after these
FIRST_SECOND: public(immutable(uint256))
END_SECOND: public(immutable(uint256))


@deploy
def __init__(_name: String[50], _first_day: uint256, _end_day: uint256):
    """
    @notice Deployed by its product.
    @param _name token name and symbol, also the EIP-712 domain name
    @param _first_day [day] first day that is metered
    @param _end_day [day] first day that is not
    """
    name = _name
    symbol = _name
    PRODUCT = msg.sender
    FIRST_SECOND = _first_day * _DAY_SECONDS
    END_SECOND = _end_day * _DAY_SECONDS
    ownable.__init__()
    ownable._transfer_ownership(empty(address))
    # snekmate's own name and symbol fields are too short for ours and are not exported
    erc20.__init__("", "", 18, _name, "1")
    metered_token.__init__(msg.sender, False)


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def transfer(_to: address, _amount_ths: uint256) -> bool:
    """
    @notice Move tokens to another account; from this second on they earn there.
    @param _to receiver; not zero, not this token, not its product
    @param _amount_ths [TH/s, 18 dec] amount
    @return True; a failure reverts
    @custom:reverts "token: zero receiver", "token: receiver cannot hold", "token: balance too low",
        "meter: balance too low"
    """
    metered_token._transfer(msg.sender, _to, _amount_ths, self._now())
    return True


@external
def transferFrom(_from: address, _to: address, _amount_ths: uint256) -> bool:
    """
    @notice Move tokens of an account that approved the caller.
    @param _from present holder
    @param _to receiver; not zero, not this token, not its product
    @param _amount_ths [TH/s, 18 dec] amount
    @return True; a failure reverts
    @custom:reverts "erc20: insufficient allowance", "erc20: approve from the zero address",
        `transfer`
    """
    erc20._spend_allowance(_from, msg.sender, _amount_ths)
    metered_token._transfer(_from, _to, _amount_ths, self._now())
    return True


@external
def redeem(_amount_ths: uint256, _receiver: address, _holder: address) -> uint256:
    """
    @notice Turn JUNIOR whose redemption is free into the series' token, one for one (ERC-5095).
    @param _amount_ths [TH/s, 18 dec] amount
    @param _receiver who gets the series' token
    @param _holder whose JUNIOR; the caller, or who approved it
    @return [TH/s, 18 dec] the amount
    @custom:reverts "erc20: insufficient allowance", "erc20: approve from the zero address",
        "tranches: …"
    """
    if msg.sender != _holder:
        erc20._spend_allowance(_holder, msg.sender, _amount_ths)
    extcall ITranches(PRODUCT).redeem_principal(_holder, _receiver, _amount_ths)
    return _amount_ths


################################################################
#                           PRODUCT                            #
################################################################


@external
def mint(_receiver: address, _amount_ths: uint256):
    """
    @notice Issue tokens against as many of the series' token.
    @param _receiver receiver; not zero, not this token, not its product
    @param _amount_ths [TH/s, 18 dec] amount
    @custom:reverts "token: not the product", "token: zero receiver",
        "token: receiver cannot hold", "token: supply too large"
    """
    self._check_product()
    metered_token._mint(_receiver, _amount_ths, self._now())


@external
def burn(_from: address, _amount_ths: uint256):
    """
    @notice Take tokens out of the supply.
    @param _from holder
    @param _amount_ths [TH/s, 18 dec] amount
    @custom:reverts "token: not the product", "meter: balance too low"
    """
    self._check_product()
    metered_token._burn(_from, _amount_ths, self._now())


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def remaining() -> (uint256, uint256):
    """
    @notice What one token has still to get, as far as settled days tell: what orders for each
        remaining unit are priced by.
    @return [base units per token] of a note's SENIOR, [token-days, 18 dec] of a strip's,
            [day] first day that is not settled
    @custom:reverts "tranches: …"
    """
    return staticcall ITranches(PRODUCT).remaining(self)


@external
@view
def underlying() -> address:
    """
    @notice What JUNIOR is redeemed for (ERC-5095).
    @return token of the series
    """
    return staticcall ITranches(PRODUCT).TOKEN()


@external
@view
def maturity() -> uint256:
    """
    @notice When a strip's JUNIOR can be redeemed (ERC-5095).
    @return [unix s]
    """
    return staticcall ITranches(PRODUCT).maturity()


@external
@view
def previewRedeem(_amount_ths: uint256) -> uint256:
    """
    @notice What `redeem` would give (ERC-5095).
    @param _amount_ths [TH/s, 18 dec] amount
    @return [TH/s, 18 dec] the amount, or 0 while redemption is not free
    """
    return _amount_ths if staticcall ITranches(PRODUCT).is_free(self) else 0


@external
@view
def maxRedeem(_holder: address) -> uint256:
    """
    @notice What an account can `redeem` (ERC-5095).
    @param _holder holder
    @return [TH/s, 18 dec] its balance, or 0 while redemption is not free
    """
    if _holder == empty(address) or not staticcall ITranches(PRODUCT).is_free(self):
        return 0
    return staticcall IERC20(self).balanceOf(_holder)


################################################################
#                           INTERNAL                           #
################################################################


@internal
@view
def _now() -> uint256:
    """
    @notice The meter's time.
    @return [unix s] the present, held within the metered days
    """
    return min(max(block.timestamp, FIRST_SECOND), END_SECOND)


@internal
@view
def _check_product():
    """
    @notice Refuse everyone but the product.
    @custom:reverts "token: not the product"
    """
    assert msg.sender == PRODUCT, "token: not the product"
