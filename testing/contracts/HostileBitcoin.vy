# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
"""
@title A reward token that attacks whoever shows it
@license GNU Affero General Public License v3.0 only
@notice Markup for a name, a symbol that turns text around, 2^256 - 1 of everything.
"""

NAME: constant(String[80]) = "<script>globalThis.attacked=1</script><svg onload=attacked=1>"
SYMBOL: constant(String[80]) = "<b onmouseover=attacked=1>$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$"


@external
@view
def name() -> String[80]:
    return NAME


@external
@view
def symbol() -> String[80]:
    return SYMBOL


@external
@view
def decimals() -> uint8:
    return 8


@external
@view
def totalSupply() -> uint256:
    return max_value(uint256)


@external
@view
def balanceOf(_account: address) -> uint256:
    return max_value(uint256)


@external
@view
def allowance(_owner: address, _spender: address) -> uint256:
    return max_value(uint256)


@external
def transfer(_to: address, _amount: uint256) -> bool:
    return True


@external
def transferFrom(_from: address, _to: address, _amount: uint256) -> bool:
    return True
