# SPDX-License-Identifier: AGPL-3.0-only
"""Strips and notes broken on purpose, each by a few words, and the history that has to notice."""

from dataclasses import dataclass

from tests.mutants.mutant import HistoryMutant
from tests.stateful.scenes import SHORT_WALK
from tests.stateful.series_lockstep import WORDS_PER_CLAIM
from tests.stateful.tranches_history import met_history, unasked_history, unmet_history
from tests.stateful.tranches_lockstep import TranchesLockstep

TRANCHES = "tranches/HashrateTranches.vy"
CUT = "tranches/tranche_cut.vy"
TOKEN = "tranches/TrancheToken.vy"
PASS = "series/pass_through.vy"
INDEX = "series/reward_index.vy"


@dataclass(frozen=True)
class TranchesMutant(HistoryMutant[TranchesLockstep]):
    """A defect that may need a claim's shorter walks to be noticed."""

    walks: int = WORDS_PER_CLAIM


CUT_MUTANTS = [
    TranchesMutant(
        "only paid money counts for the face",
        met_history,
        CUT,
        "if paid + arrears >= result.target:",
        "if paid >= result.target:",
    ),
    TranchesMutant(
        "what is owed comes before what is paid on the crossing day",
        met_history,
        CUT,
        "from_paid: uint256 = min(missing, after_paid - before_paid)",
        "from_paid: uint256 = 0",
    ),
    TranchesMutant(
        "the face rounds down",
        unmet_history,
        CUT,
        "else (_terms.face * _PRECISION + _DAY_WORK - 1) // _DAY_WORK",
        "else _terms.face * _PRECISION // _DAY_WORK",
    ),
    TranchesMutant(
        "the search is off by a day",
        met_history,
        CUT,
        "if high - low == 1:",
        "if high - low <= 2:",
    ),
    TranchesMutant(
        "the target is forgotten",
        met_history,
        CUT,
        "result.target = first_paid + first_arrears + _FACE_LEVEL",
        "result.target = first_paid + _FACE_LEVEL + paid",
    ),
    TranchesMutant(
        "days after the maturity count",
        unmet_history,
        CUT,
        "day, paid, arrears = self._levels_at(_MATURITY_DAY)",
        "day, paid, arrears = self._levels_at(_MATURITY_DAY + 1)",
    ),
    TranchesMutant(
        "the day of the note is the caller's",
        unmet_history,
        CUT,
        "result.noted_day = (_known >> _DAY_SHIFT) & (2**32 - 1)",
        "result.noted_day = block.timestamp // 86_400",
    ),
]
CLAIM_MUTANTS = [
    TranchesMutant(
        "the end of the term is ignored",
        unmet_history,
        TRANCHES,
        "end_day = _TERMS.maturity_day",
        "end_day = _NEVER",
    ),
    TranchesMutant(
        "SENIOR is not cut",
        met_history,
        TRANCHES,
        "span.paid_high = _outcome.cut_paid",
        "pass",
    ),
    TranchesMutant(
        "SENIOR's arrears are not cut",
        met_history,
        TRANCHES,
        "span.arrears_high = _outcome.cut_arrears",
        "pass",
    ),
    TranchesMutant(
        "JUNIOR is not cut",
        met_history,
        TRANCHES,
        "span.paid_low = _outcome.cut_paid",
        "pass",
    ),
    TranchesMutant(
        "JUNIOR's arrears are not cut",
        met_history,
        TRANCHES,
        "span.arrears_low = _outcome.cut_arrears",
        "pass",
    ),
    TranchesMutant(
        "void JUNIOR goes on earning",
        unmet_history,
        TRANCHES,
        "end_day = self._auction_day(_outcome) + AUCTION_DAYS",
        "end_day = _NEVER",
    ),
    TranchesMutant(
        "the paid cursor waits at the ceiling",
        met_history,
        INDEX,
        "limit: uint256 = _ceiling if _is_arrears else max_value(uint256)",
        "limit: uint256 = _ceiling",
    ),
    TranchesMutant(
        "the cursor stays before a touched day",
        met_history,
        INDEX,
        "cursor.day = touched + 1",
        "cursor.day = touched",
        SHORT_WALK,
    ),
    TranchesMutant(
        "a claim forgets its fraction",
        met_history,
        PASS,
        "low: uint256 = _weight * claim.fraction + carried",
        "low: uint256 = _weight * claim.fraction",
    ),
    TranchesMutant(
        "claims do not use up what is in hand",
        met_history,
        TRANCHES,
        "pass_through.in_hand[_TERMS.distributor] -= _amount",
        "pass",
    ),
    TranchesMutant(
        "the arrears level claimed is forgotten",
        met_history,
        PASS,
        "if _claim.level != 0: self._claimed_levels",
        "if False: self._claimed_levels",
    ),
    TranchesMutant(
        "today counts whole for what remains of a strip",
        met_history,
        TRANCHES,
        "first: uint256 = max(block.timestamp, _TERMS.start_day * _DAY_SECONDS)",
        "first: uint256 = max(block.timestamp // _DAY_SECONDS, _TERMS.start_day) * _DAY_SECONDS",
    ),
    TranchesMutant(
        "money in hand is what is there",
        unmet_history,
        PASS,
        "self.in_hand[_distributor] += staticcall token.balanceOf(self) - before",
        "self.in_hand[_distributor] = staticcall token.balanceOf(self)",
    ),
    TranchesMutant(
        "anybody claims for a contract",
        met_history,
        TRANCHES,
        'assert _account.codesize == 0, "tranches: contract claims itself"',
        "pass",
    ),
]
TOKEN_MUTANTS = [
    TranchesMutant(
        "the meter runs before the first day",
        met_history,
        TOKEN,
        "return min(max(block.timestamp, FIRST_SECOND), END_SECOND)",
        "return min(block.timestamp, END_SECOND)",
    ),
    TranchesMutant(
        "the meter runs after the end day",
        met_history,
        TOKEN,
        "return min(max(block.timestamp, FIRST_SECOND), END_SECOND)",
        "return max(block.timestamp, FIRST_SECOND)",
    ),
    TranchesMutant(
        "a merge burns JUNIOR alone",
        met_history,
        TRANCHES,
        "extcall TrancheToken(SENIOR).burn(msg.sender, _amount_ths) "
        "extcall TrancheToken(JUNIOR).burn(msg.sender, _amount_ths)",
        "extcall TrancheToken(JUNIOR).burn(msg.sender, _amount_ths)",
    ),
    TranchesMutant(
        "JUNIOR is free before the face is met",
        met_history,
        TRANCHES,
        "return _outcome.state == ITranches.State.MET",
        "return True",
    ),
]
POOL_MUTANTS = [
    TranchesMutant(
        "the shortfall rounds down",
        unmet_history,
        TRANCHES,
        "return (_amount_ths * _DAY_SECONDS * _level + _PRECISION - 1) // _PRECISION",
        "return _amount_ths * _DAY_SECONDS * _level // _PRECISION",
    ),
    TranchesMutant(
        "the pool is all the money there is",
        unmet_history,
        TRANCHES,
        "cash: uint256 = pool.cash * _amount_ths // supply",
        "cash: uint256 = staticcall IERC20(REWARD_TOKEN).balanceOf(self) * _amount_ths // supply",
    ),
    TranchesMutant(
        "cash is divided by the supply after the burn",
        unmet_history,
        TRANCHES,
        "cash: uint256 = pool.cash * _amount_ths // supply",
        "cash: uint256 = pool.cash * _amount_ths // max(supply - _amount_ths, 1)",
    ),
    TranchesMutant(
        "what an auction leaves goes nowhere",
        unmet_history,
        TRANCHES,
        "extcall IERC20(TOKEN).transfer(_holder, _amount_ths - bought)",
        "pass",
    ),
    TranchesMutant(
        "a buyer's part rounds up",
        unmet_history,
        TRANCHES,
        "bought: uint256 = _amount_ths * elapsed // (AUCTION_DAYS * _DAY_SECONDS)",
        "bought: uint256 = _amount_ths * elapsed // (AUCTION_DAYS * _DAY_SECONDS) + 1",
    ),
    TranchesMutant(
        "SENIOR is redeemed while JUNIOR can pay",
        unmet_history,
        TRANCHES,
        "and staticcall IERC20(JUNIOR).totalSupply() == 0",
        "",
    ),
    TranchesMutant(
        "the pool earns from the beginning",
        unmet_history,
        TRANCHES,
        "pass_through._begin_at(TOKEN, self, self._auction_day(_outcome) + AUCTION_DAYS)",
        "pass_through._begin_at(TOKEN, self, 0)",
    ),
    TranchesMutant(
        "what comes after the last redemption stays",
        unmet_history,
        TRANCHES,
        "if self.last_redeemer == empty(address):",
        "if True:",
    ),
    TranchesMutant(
        "JUNIOR is never void",
        unmet_history,
        TRANCHES,
        "and block.timestamp // _DAY_SECONDS >= self._auction_day(_outcome) + AUCTION_DAYS )",
        "and False)",
    ),
    TranchesMutant(
        "the first caller says since when JUNIOR is void",
        unasked_history,
        TRANCHES,
        "pass_through._begin_at(TOKEN, self, self._auction_day(_outcome) + AUCTION_DAYS)",
        "pass_through._begin_at(TOKEN, self, block.timestamp // _DAY_SECONDS)",
    ),
]
TRANCHES_MUTANTS = [*CUT_MUTANTS, *CLAIM_MUTANTS, *TOKEN_MUTANTS, *POOL_MUTANTS]
