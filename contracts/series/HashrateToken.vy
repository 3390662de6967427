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
from . import hashrate_meter
from . import meter_word

initializes: ownable
initializes: erc20[ownable := ownable]
initializes: hashrate_meter

exports: (
    # not exported: snekmate's balances, transfers, minters and ownership
    erc20.approve,
    erc20.allowance,
    erc20.permit,
    erc20.nonces,
    erc20.DOMAIN_SEPARATOR,
    erc20.eip712Domain,
    erc20.decimals,
)


# [TH/s, 18 dec] 2e10 TH/s, twenty times the world's hashrate; keeps a day's work within its field
MAX_SUPPLY_THS: constant(uint256) = 2**94

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
    hashrate_meter.__init__()


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
    self._transfer(msg.sender, _to, _amount_ths)
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
    self._transfer(_from, _to, _amount_ths)
    return True


@external
def burn(_amount_ths: uint256):
    """
    @notice Burn hashrate. What it earned until now stays claimable.
    @param _amount_ths [TH/s, 18 dec] amount
    @custom:reverts "meter: balance too low"
    """
    self._burn(msg.sender, _amount_ths)


@external
def burn_from(_from: address, _amount_ths: uint256):
    """
    @notice Burn hashrate of an account that approved the caller.
    @param _from present holder
    @param _amount_ths [TH/s, 18 dec] amount
    @custom:reverts "erc20: insufficient allowance", "erc20: approve from the zero address", `burn`
    """
    erc20._spend_allowance(_from, msg.sender, _amount_ths)
    self._burn(_from, _amount_ths)


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
    self._check_receiver(_receiver)
    if _amount_ths != 0:
        hashrate_meter._add(hashrate_meter.SUPPLY, _amount_ths, block.timestamp)
        supply: uint256 = hashrate_meter._balance_of(hashrate_meter.SUPPLY)
        assert supply <= MAX_SUPPLY_THS, "token: supply too large"
        hashrate_meter._add(_receiver, _amount_ths, block.timestamp)
    log IERC20.Transfer(sender=empty(address), receiver=_receiver, value=_amount_ths)


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def balanceOf(_account: address) -> uint256:
    """
    @notice Hashrate held now.
    @param _account holder
    @return [TH/s, 18 dec] balance; zero for the zero address, under which the meter keeps the
        supply
    """
    if _account == hashrate_meter.SUPPLY:
        return 0
    return hashrate_meter._balance_of(_account)


@external
@view
def totalSupply() -> uint256:
    """
    @notice Hashrate issued now.
    @return [TH/s, 18 dec] supply
    """
    return hashrate_meter._balance_of(hashrate_meter.SUPPLY)


@external
@view
def meter_words(_account: address, _start: uint256) -> DynArray[uint256, meter_word.MAX_WORDS]:
    """
    @notice Meter words of an account in the layout of `meter_word`: filed ones from `_start` on,
        then the present one.
    @param _account holder
    @param _start [count] index of the first word wanted
    @return [words] oldest first; fewer than 128 end with the present word; none for the zero
        address, under which the meter keeps the supply
    """
    # the supply's words are nobody's: a claim for the zero address would pay every holder's share
    if _account == hashrate_meter.SUPPLY:
        return []
    return hashrate_meter._words(_account, _start)


@external
@view
def ths_on(_account: address, _day: uint256) -> uint256:
    """
    @notice Work an account held over a day; for today and later, if it is not touched again.
    @param _account holder
    @param _day [day] UTC day index
    @return [TH/s, 18 dec, times s] TH·s of that day
    """
    if _account == hashrate_meter.SUPPLY:
        return 0
    return hashrate_meter._work_on(_account, _day)


@external
@view
def total_ths_on(_day: uint256) -> uint256:
    """
    @notice Work all holders together held over a day; for today and later, if the supply does not
        change again.
    @param _day [day] UTC day index
    @return [TH/s, 18 dec, times s] TH·s of that day
    """
    return hashrate_meter._work_on(hashrate_meter.SUPPLY, _day)


################################################################
#                           INTERNAL                           #
################################################################


@internal
def _transfer(_from: address, _to: address, _amount_ths: uint256):
    """
    @notice Move hashrate and meter both sides. Zero and self transfers are events only.
    @param _from present holder
    @param _to receiver
    @param _amount_ths [TH/s, 18 dec] amount
    """
    self._check_receiver(_to)
    if _amount_ths == 0 or _from == _to:
        # a self transfer of more than the balance must fail like any other
        assert _amount_ths <= hashrate_meter._balance_of(_from), "token: balance too low"
    else:
        hashrate_meter._remove(_from, _amount_ths, block.timestamp)
        hashrate_meter._add(_to, _amount_ths, block.timestamp)
    log IERC20.Transfer(sender=_from, receiver=_to, value=_amount_ths)


@internal
def _burn(_from: address, _amount_ths: uint256):
    """
    @notice Take hashrate out of the supply.
    @param _from present holder
    @param _amount_ths [TH/s, 18 dec] amount
    """
    if _amount_ths != 0:
        hashrate_meter._remove(_from, _amount_ths, block.timestamp)
        hashrate_meter._remove(hashrate_meter.SUPPLY, _amount_ths, block.timestamp)
    log IERC20.Transfer(sender=_from, receiver=empty(address), value=_amount_ths)


@internal
@view
def _check_receiver(_to: address):
    """
    @notice Refuse receivers that could never claim.
    @param _to receiver
    """
    assert _to != empty(address), "token: zero receiver"
    assert _to != self and _to != DISTRIBUTOR, "token: receiver cannot hold"
