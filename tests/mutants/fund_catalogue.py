# SPDX-License-Identifier: AGPL-3.0-only
"""The fund broken on purpose, each by a few words; the written history has to notice."""

from dataclasses import dataclass

from testing.patching import Patch

FUND = "fund/HashrateFund.vy"
PASS = "series/pass_through.vy"


@dataclass(frozen=True)
class FundMutant:
    """One defect: what is wrong, and the words that make it so."""

    name: str
    path: str
    old: str
    new: str

    @property
    def patches(self) -> list[Patch]:
        """The replacement that makes it."""
        return [Patch(self.path, self.old, self.new)]


FUND_MUTANTS = [
    FundMutant(
        "the weight's carry is dropped",
        PASS,
        "low: uint256 = _weight * claim.fraction + carried",
        "low: uint256 = claim.fraction + carried",
    ),
    FundMutant(
        "the weight counts for nothing",
        PASS,
        "return claim, _weight * amount + low // _PRECISION, is_whole",
        "return claim, amount + low // _PRECISION, is_whole",
    ),
    FundMutant(
        "a short series drops out when it ends",
        FUND,
        "return _claim.level >= arrears",
        "return True",
    ),
    FundMutant(
        "a series drops out before its end",
        FUND,
        "if progress.next_day < progress.end_day or _claim.paid.day < progress.next_day:",
        "if _claim.paid.day < progress.next_day:",
    ),
    FundMutant(
        "claims do not use up what is in hand",
        FUND,
        "pass_through.in_hand[_part.distributor] -= amount",
        "pass",
    ),
    FundMutant(
        "money of one series is money of the other",
        PASS,
        "self.in_hand[_distributor] += staticcall token.balanceOf(self) - before",
        "self.in_hand[_distributor] = staticcall token.balanceOf(self)",
    ),
    FundMutant(
        "places are ignored",
        FUND,
        "if len(_places) == 0 or place in _places:",
        "if True:",
    ),
    FundMutant(
        "anybody claims for a contract",
        FUND,
        'assert _account.codesize == 0, "fund: contract claims itself"',
        "pass",
    ),
    FundMutant(
        "shares are metered a second late",
        FUND,
        "metered_token._transfer(msg.sender, _to, _amount, block.timestamp)",
        "metered_token._transfer(msg.sender, _to, _amount, block.timestamp + 1)",
    ),
    FundMutant(
        "a redemption returns one of each",
        FUND,
        "extcall IERC20(part.token).transfer(_receiver, part.weight * _amount)",
        "extcall IERC20(part.token).transfer(_receiver, _amount)",
    ),
]
