# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Metered token
@license GNU Affero General Public License v3.0 only
@notice Balances of an ERC-20 that is metered: what the series' token, tranche tokens and fund
        shares have in common. Moves, mints and burns by the meter's time, and the views of both.
@dev Invariants (numbers as in the stateful tests):
     1. the balances sum to the supply, and, where the supply is metered, the TH·s of all accounts
        sum to the TH·s of the supply, on every day;
     4. a transfer neither creates nor destroys work; a round trip within one second leaves no
        trace.
     The supply's work is kept only for a token that is asked for it: filing it costs a word at the
     first mint or burn of a day. The time is an argument, as in `hashrate_meter`: one clock for all
     accounts, never going back. Allowances are the token's own (snekmate), and so is who may mint
     and burn.
"""

from ethereum.ercs import IERC20
from . import hashrate_meter
from . import meter_word

initializes: hashrate_meter


# [TH/s, 18 dec] 2e10 TH/s, twenty times the world's hashrate; keeps a day's work within its field
MAX_SUPPLY_THS: constant(uint256) = 2**94

# the contract that mints; like the token itself it can hold none
_MINTER: immutable(address)
# whether the supply's work is kept; if not, its clock stands still and only its balance moves
_METERS_SUPPLY: immutable(bool)


@deploy
def __init__(_minter: address, _meters_supply: bool):
    """
    @notice Start empty.
    @param _minter the contract that mints, refused as a receiver
    @param _meters_supply whether `total_ths_on` is asked for; else it must not be exported
    """
    _MINTER = _minter
    _METERS_SUPPLY = _meters_supply
    hashrate_meter.__init__()


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
def _transfer(_from: address, _to: address, _amount_ths: uint256, _now: uint256):
    """
    @notice Move hashrate and meter both sides. Zero and self transfers are events only.
    @param _from present holder
    @param _to receiver; not zero, not this token, not its minter
    @param _amount_ths [TH/s, 18 dec] amount
    @param _now [unix s] the meter's time
    @custom:reverts "token: zero receiver", "token: receiver cannot hold", "token: balance too low",
        "meter: balance too low"
    """
    self._check_receiver(_to)
    if _amount_ths == 0 or _from == _to:
        # a self transfer of more than the balance must fail like any other
        assert _amount_ths <= hashrate_meter._balance_of(_from), "token: balance too low"
    else:
        hashrate_meter._remove(_from, _amount_ths, _now)
        hashrate_meter._add(_to, _amount_ths, _now)
    log IERC20.Transfer(sender=_from, receiver=_to, value=_amount_ths)


@internal
def _mint(_receiver: address, _amount_ths: uint256, _now: uint256):
    """
    @notice Add hashrate to the supply.
    @param _receiver receiver; not zero, not this token, not its minter
    @param _amount_ths [TH/s, 18 dec] amount
    @param _now [unix s] the meter's time
    @custom:reverts "token: zero receiver", "token: receiver cannot hold",
        "token: supply too large"
    """
    self._check_receiver(_receiver)
    if _amount_ths != 0:
        hashrate_meter._add(hashrate_meter.SUPPLY, _amount_ths, self._supply_time(_now))
        supply: uint256 = hashrate_meter._balance_of(hashrate_meter.SUPPLY)
        assert supply <= MAX_SUPPLY_THS, "token: supply too large"
        hashrate_meter._add(_receiver, _amount_ths, _now)
    log IERC20.Transfer(sender=empty(address), receiver=_receiver, value=_amount_ths)


@internal
def _burn(_from: address, _amount_ths: uint256, _now: uint256):
    """
    @notice Take hashrate out of the supply.
    @param _from present holder
    @param _amount_ths [TH/s, 18 dec] amount
    @param _now [unix s] the meter's time
    @custom:reverts "meter: balance too low"
    """
    if _amount_ths != 0:
        hashrate_meter._remove(_from, _amount_ths, _now)
        hashrate_meter._remove(hashrate_meter.SUPPLY, _amount_ths, self._supply_time(_now))
    log IERC20.Transfer(sender=_from, receiver=empty(address), value=_amount_ths)


@internal
@view
def _supply_time(_now: uint256) -> uint256:
    """
    @notice The time the supply goes by.
    @param _now [unix s] the meter's time
    @return [unix s] the same, or always 0
    """
    return _now if _METERS_SUPPLY else 0


@internal
@view
def _check_receiver(_to: address):
    """
    @notice Refuse receivers that could never claim.
    @param _to receiver
    @custom:reverts "token: zero receiver", "token: receiver cannot hold"
    """
    assert _to != empty(address), "token: zero receiver"
    assert _to != self and _to != _MINTER, "token: receiver cannot hold"
