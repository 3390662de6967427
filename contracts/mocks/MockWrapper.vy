# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Mock of the next product
@license GNU Affero General Public License v3.0 only
@notice The smallest product on a series: wrap a token, hold a share, be paid what the token earns.
        docs/products.md shows it as the example to begin with.
"""

from ethereum.ercs import IERC20
from ..series import IMeter
from ..series import IRewardIndex

implements: IMeter

from ..series import metered_token
from ..series import pass_through

initializes: metered_token
initializes: pass_through

exports: (
    metered_token.balanceOf,
    metered_token.totalSupply,
    metered_token.meter_words,
)

SERIES: immutable(address)
TOKEN: immutable(address)
REWARD_TOKEN: immutable(address)


@deploy
def __init__(_distributor: address):
    """
    @notice Choose the series; whoever deploys it has checked it.
    @param _distributor distributor of the series
    """
    SERIES = _distributor
    TOKEN = staticcall IRewardIndex(_distributor).TOKEN()
    REWARD_TOKEN = staticcall IRewardIndex(_distributor).REWARD_TOKEN()
    metered_token.__init__(self, False)
    pass_through.__init__()


@external
def wrap(_amount_ths: uint256):
    """
    @notice Bring tokens, get as many shares in the same second.
    @param _amount_ths [TH/s, 18 dec] amount
    """
    extcall IERC20(TOKEN).transferFrom(msg.sender, self, _amount_ths)
    metered_token._mint(msg.sender, _amount_ths, block.timestamp)


@external
def unwrap(_amount_ths: uint256):
    """
    @notice Bring shares, get as many tokens in the same second.
    @param _amount_ths [TH/s, 18 dec] amount
    """
    metered_token._burn(msg.sender, _amount_ths, block.timestamp)
    extcall IERC20(TOKEN).transfer(msg.sender, _amount_ths)


@external
def transfer(_to: address, _amount_ths: uint256) -> bool:
    """
    @notice Move shares; from this second on they earn there.
    @param _to receiver
    @param _amount_ths [TH/s, 18 dec] amount
    @return True
    """
    metered_token._transfer(msg.sender, _to, _amount_ths, block.timestamp)
    return True


@external
def claim() -> uint256:
    """
    @notice Pay the caller what its shares have earned.
    @return [base units] amount
    """
    state: IRewardIndex.Claim = empty(IRewardIndex.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    state, amount, is_whole = pass_through._walk(
        SERIES,
        self,
        SERIES,
        msg.sender,
        1,
        max_value(uint256),
        IRewardIndex.Span(
            paid_low=0,
            paid_high=max_value(uint256),
            arrears_low=0,
            arrears_high=max_value(uint256),
        ),
    )
    assert pass_through._collect(SERIES, amount), "mock: collect first"
    pass_through._store(SERIES, msg.sender, state, False)
    pass_through.in_hand[SERIES] -= amount
    pass_through._push(REWARD_TOKEN, msg.sender, amount)
    return amount
