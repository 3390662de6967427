# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Hashrate token
@license GNU Affero General Public License v3.0 only
@notice ERC-20 whose unit is 1 TH/s of one mining fleet (18 decimals). It meters how long each
        account held how much hashrate on each UTC day; the distributor of the series pays every
        day's mining reward by that meter. Holding is all a holder has to do: there is nothing to
        stake and no snapshot to catch.
@dev Invariants (numbers as in the stateful tests):
     1. the balances sum to the supply, and the TH·s of all accounts sum to the TH·s of the supply,
        on every day;
     4. a transfer neither creates nor destroys work; a round trip within one second leaves no
     trace. Approvals, EIP-2612 and ERC-5267 are snekmate's; balances are ours because metering is
     what this token is for. Only the distributor mints, under the rules of the series. There is no
     owner, no pause and no blocklist.
@custom:security A holder's daily dust can add one word a day to another account's history: it costs
                 the sender several times what it costs the receiver's (resumable) claim. Tokens
                 held by a contract earn for that contract: see `claim`.
@custom:kill Cannot be stopped. Minting stops when the distributor refuses; transfers and burning go
        on for ever.
"""

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from . import IHashrateToken
from . import IMeter

implements: IERC20
implements: IERC20Detailed
implements: IHashrateToken
implements: IMeter

from snekmate.auth import ownable
from snekmate.tokens import erc20
from . import metered_token

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
    metered_token.total_ths_on,
)

name: public(immutable(String[50]))
symbol: public(immutable(String[16]))
# the contract that deployed this token; the only one that mints
DISTRIBUTOR: public(immutable(address))


@deploy
def __init__(_name: String[50], _symbol: String[16]):
    """
    @notice Deployed by the distributor of the series, which becomes the only minter.
    @param _name token name, also the EIP-712 domain name
    @param _symbol token symbol
    """
    name = _name
    symbol = _symbol
    DISTRIBUTOR = msg.sender
    # snekmate's own name and symbol fields are too short for ours and are not exported
    ownable.__init__()
    ownable._transfer_ownership(empty(address))
    erc20.__init__("", "", 18, _name, "1")
    metered_token.__init__(msg.sender, True)


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def transfer(_to: address, _amount_ths: uint256) -> bool:
    """
    @notice Move hashrate to another account; from this second on it earns there.
    @param _to receiver; not zero, not this token, not its distributor
    @param _amount_ths [TH/s, 18 dec] amount
    @return True; a failure reverts
    @custom:reverts "token: zero receiver", "token: receiver cannot hold", "token: balance too low",
        "meter: balance too low"
    """
    metered_token._transfer(msg.sender, _to, _amount_ths, block.timestamp)
    return True


@external
def transferFrom(_from: address, _to: address, _amount_ths: uint256) -> bool:
    """
    @notice Move hashrate of an account that approved the caller.
    @param _from present holder
    @param _to receiver; not zero, not this token, not its distributor
    @param _amount_ths [TH/s, 18 dec] amount
    @return True; a failure reverts
    @custom:reverts "erc20: insufficient allowance", "erc20: approve from the zero address",
        `transfer`
    """
    erc20._spend_allowance(_from, msg.sender, _amount_ths)
    metered_token._transfer(_from, _to, _amount_ths, block.timestamp)
    return True


@external
def burn(_amount_ths: uint256):
    """
    @notice Burn hashrate. What it earned until now stays claimable.
    @param _amount_ths [TH/s, 18 dec] amount
    @custom:reverts "meter: balance too low"
    """
    metered_token._burn(msg.sender, _amount_ths, block.timestamp)


@external
def burn_from(_from: address, _amount_ths: uint256):
    """
    @notice Burn hashrate of an account that approved the caller.
    @param _from present holder
    @param _amount_ths [TH/s, 18 dec] amount
    @custom:reverts "erc20: insufficient allowance", "erc20: approve from the zero address", `burn`
    """
    erc20._spend_allowance(_from, msg.sender, _amount_ths)
    metered_token._burn(_from, _amount_ths, block.timestamp)


################################################################
#                         DISTRIBUTOR                          #
################################################################


@external
def mint(_receiver: address, _amount_ths: uint256):
    """
    @notice Issue hashrate. The distributor has checked attestation, bond and arrears.
    @param _receiver receiver; not zero, not this token, not its distributor
    @param _amount_ths [TH/s, 18 dec] amount
    @custom:reverts "token: not the distributor", "token: zero receiver",
        "token: receiver cannot hold", "token: supply too large"
    """
    assert msg.sender == DISTRIBUTOR, "token: not the distributor"
    metered_token._mint(_receiver, _amount_ths, block.timestamp)
