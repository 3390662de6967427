# SPDX-License-Identifier: AGPL-3.0-only
"""The fund broken on purpose, each by a few words; the written history has to notice."""

from tests.mutants.mutant import Mutant

FUND = "fund/HashrateFund.vy"
PASS = "series/pass_through.vy"

FUND_MUTANTS = [
    Mutant(
        "the weight's carry is dropped",
        PASS,
        "low: uint256 = _weight * claim.fraction + carried",
        "low: uint256 = claim.fraction + carried",
    ),
    Mutant(
        "the weight counts for nothing",
        PASS,
        "return claim, _weight * amount + low // _PRECISION, is_whole",
        "return claim, amount + low // _PRECISION, is_whole",
    ),
    Mutant(
        "a short series drops out when it ends",
        FUND,
        "return _claim.level >= arrears",
        "return True",
    ),
    Mutant(
        "a series drops out before its end",
        FUND,
        "if progress.next_day < progress.end_day or _claim.paid.day < progress.next_day:",
        "if _claim.paid.day < progress.next_day:",
    ),
    Mutant(
        "claims do not use up what is in hand",
        FUND,
        "pass_through.in_hand[_part.distributor] -= amount",
        "pass",
    ),
    Mutant(
        "money of one series is money of the other",
        PASS,
        "self.in_hand[_distributor] += staticcall token.balanceOf(self) - before",
        "self.in_hand[_distributor] = staticcall token.balanceOf(self)",
    ),
    Mutant(
        "places are ignored",
        FUND,
        "if len(_places) == 0 or place in _places:",
        "if True:",
    ),
    Mutant(
        "anybody claims for a contract",
        FUND,
        'assert _account.codesize == 0, "fund: contract claims itself"',
        "pass",
    ),
    Mutant(
        "shares are metered a second late",
        FUND,
        "metered_token._transfer(msg.sender, _to, _amount, block.timestamp)",
        "metered_token._transfer(msg.sender, _to, _amount, block.timestamp + 1)",
    ),
    Mutant(
        "a redemption returns one of each",
        FUND,
        "extcall IERC20(part.token).transfer(_receiver, part.weight * _amount)",
        "extcall IERC20(part.token).transfer(_receiver, _amount)",
    ),
]
