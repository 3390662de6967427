# SPDX-License-Identifier: AGPL-3.0-only
"""Contracts broken on purpose, each by a few words, and the history that has to notice."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.mutants.mutant import Mutant
from tests.stateful.history import (
    awkward_history,
    bought_back_history,
    hopeless_history,
    recovery_history,
    silent_history,
)
from tests.stateful.scenes import SHORT_WALK
from tests.stateful.series_lockstep import WORDS_PER_CLAIM, SeriesLockstep

History = Callable[[SeriesLockstep], None]
METER_WORD = "series/meter_word.vy"
METER = "series/hashrate_meter.vy"
TOKEN = "series/metered_token.vy"
INDEX = "series/reward_index.vy"
SETTLEMENT = "series/settlement.vy"
REWARD = "series/day_reward.vy"
DISTRIBUTOR = "series/RewardDistributor.vy"
ORACLE = "oracle/HashpriceOracle.vy"
QUORUM = "oracle/reporter_quorum.vy"
REPORTS = "oracle/signed_reports.vy"
DAYS = "oracle/day_history.vy"
CHECKS = "oracle/day_checks.vy"
OUTPUTS = "oracle/output_history.vy"


@dataclass(frozen=True)
class SeriesMutant(Mutant):
    """A defect, and who notices under which terms; it may need a claim's shorter walks."""

    history: History = awkward_history
    setup_name: str = "powered"
    walks: int = WORDS_PER_CLAIM


METER_MUTANTS = [
    SeriesMutant(
        "midnight belongs to the day before",
        METER_WORD,
        "if time // DAY_SECONDS == _now // DAY_SECONDS:",
        "if time // DAY_SECONDS == (_now - 1) // DAY_SECONDS:",
    ),
    SeriesMutant(
        "the first second of a day is lost",
        METER_WORD,
        "+ (unsafe_mul(balance, _now % DAY_SECONDS) << _WORK_SHIFT)",
        "+ (balance * (max(_now % DAY_SECONDS, 1) - 1) << _WORK_SHIFT)",
    ),
    SeriesMutant(
        "history is not filed",
        METER,
        "self._history[_account][old >> meter_word.INDEX_SHIFT] = old",
        "pass",
    ),
    SeriesMutant(
        "a day is looked up among the later ones",
        METER,
        "word = self._history[_account][filed - 1]",
        "word = self._history[_account][filed]",
    ),
    SeriesMutant(
        "a transfer to oneself touches the meter",
        TOKEN,
        "if _amount_ths == 0 or _from == _to:",
        "if _amount_ths == 0:",
    ),
    SeriesMutant(
        "a burn leaves the supply's meter running",
        TOKEN,
        "hashrate_meter._remove(hashrate_meter.SUPPLY, _amount_ths, self._supply_time(_now))",
        "pass",
    ),
]
INDEX_MUTANTS = [
    SeriesMutant(
        "a fraction is lost", INDEX, "claim.fraction = total % _PRECISION", "claim.fraction = 0"
    ),
    SeriesMutant(
        "a rate is rounded to nearest",
        INDEX,
        "return (_amount * _PRECISION + _work - 1) // _work",
        "return (_amount * _PRECISION + _work // 2) // _work",
    ),
    SeriesMutant(
        "a rate is rounded down",
        INDEX,
        "return (_amount * _PRECISION + _work - 1) // _work",
        "return _amount * _PRECISION // _work",
    ),
    SeriesMutant(
        "arrears are claimed before they are repaid",
        INDEX,
        "return min(max(_value, _floor), _ceiling)",
        "return max(_value, _floor)",
    ),
    SeriesMutant(
        "repaid arrears are claimed twice",
        INDEX,
        "return min(max(_value, _floor), _ceiling)",
        "return min(_value, _ceiling)",
    ),
    SeriesMutant(
        "arrears go to today's holders",
        INDEX,
        "is_whole: bool = len(words) < meter_word.MAX_WORDS",
        """is_whole: bool = len(words) < meter_word.MAX_WORDS
    if _is_arrears:
        held: uint256 = meter_word._balance(words[len(words) - 1])
        return held * meter_word.DAY_SECONDS * (_ceiling - _floor), cursor, True""",
    ),
    SeriesMutant(
        "the arrears cursor runs ahead",
        INDEX,
        "if self._after(claim.paid.day - 1, True) <= claim.level:",
        "if claim.paid.day != 0:",
    ),
    SeriesMutant(
        "a claim that stops on the way counts as whole",
        INDEX,
        "stop: uint256 = _end if is_arrears_whole else claim.arrears.day",
        "stop: uint256 = _end",
        walks=SHORT_WALK,
    ),
    SeriesMutant(
        "a claim goes on from the word after its last",
        INDEX,
        "cursor.index = meter_word._index(word)",
        "cursor.index = meter_word._index(word) + 1",
        walks=SHORT_WALK,
    ),
    SeriesMutant(
        "the newest short day is repaid first",
        INDEX,
        "short: ShortDay = self.short_days[repaid_days]",
        "short: ShortDay = self.short_days[_short_days - 1 - repaid_days]",
    ),
    SeriesMutant(
        "a part repaid waits for the whole",
        INDEX,
        "level = self._arrears_levels[repaid_days] + self._rate(short.repaid, short.work)",
        "level = self._arrears_levels[repaid_days]",
    ),
]
SETTLEMENT_MUTANTS = [
    SeriesMutant(
        "off by one day",
        SETTLEMENT,
        "result.held_work = staticcall IHashrateToken(TOKEN).total_ths_on(day)",
        "result.held_work = staticcall IHashrateToken(TOKEN).total_ths_on(day - 1)",
    ),
    SeriesMutant(
        "the index follows the day of settlement, not the day mined",
        SETTLEMENT,
        "if reward_index._record(progress.next_day, _day.held_work, paid, owed):",
        """today: uint256 = block.timestamp // _DAY_SECONDS - 1
    work: uint256 = staticcall IHashrateToken(TOKEN).total_ths_on(today)
    if reward_index._record(progress.next_day, max(work, 1), paid, owed):""",
    ),
    SeriesMutant(
        "the bond is not drawn before arrears",
        SETTLEMENT,
        "drawn: uint256 = min(_day.reward - paid, self.bond)",
        "drawn: uint256 = 0",
    ),
    SeriesMutant(
        "the bond pays without grace",
        SETTLEMENT,
        "if result.reward > _escrow and block.timestamp < self._due_at(facts):",
        "if result.reward > _escrow and block.timestamp < facts.final_at:",
    ),
    SeriesMutant(
        "the bond pays without notice",
        SETTLEMENT,
        "NOTICE_SECONDS: constant(uint256) = 86_400",
        "NOTICE_SECONDS: constant(uint256) = 0",
    ),
    SeriesMutant(
        "the bond is released below what the supply needs",
        SETTLEMENT,
        "needed: uint256 = (TERMS.bond_per_ths * held + _WAD - 1) // _WAD",
        "needed: uint256 = TERMS.bond_per_ths * held // _WAD // 2",
    ),
    SeriesMutant(
        "the bond of days not settled is released",
        SETTLEMENT,
        "first_day: uint256 = min(progress.next_day, today)",
        "first_day: uint256 = today + 1",
    ),
    SeriesMutant(
        "a late output counts",
        SETTLEMENT,
        "_facts.output_final_at != 0 and _facts.output_final_at <= _facts.final_at + "
        "TERMS.output_deadline_seconds",
        "_facts.output_final_at != 0",
    ),
    SeriesMutant(
        "a missing output is deemed at once",
        SETTLEMENT,
        "and block.timestamp <= facts.final_at + TERMS.output_deadline_seconds",
        "and block.timestamp < facts.final_at",
    ),
    SeriesMutant(
        "a pending output counts",
        SETTLEMENT,
        "elif facts.output_final_at > block.timestamp:",
        "elif facts.output_final_at == 0:",
    ),
    SeriesMutant(
        "the fee is taken on supply, not on work",
        SETTLEMENT,
        "result.fee = reward.fee",
        "result.fee = day_reward._fee(TERMS, facts.btc_usd_e8, result.held_work, BASE_PER_SAT)",
    ),
    SeriesMutant(
        "silence falls a day early",
        SETTLEMENT,
        "SILENCE_SECONDS: constant(uint256) = 180 * 86_400",
        "SILENCE_SECONDS: constant(uint256) = 179 * 86_400",
        silent_history,
    ),
    SeriesMutant(
        "silent days settle at the mean of eight",
        SETTLEMENT,
        "SILENCE_MEAN_DAYS: constant(uint256) = 7",
        "SILENCE_MEAN_DAYS: constant(uint256) = 8",
        silent_history,
    ),
    SeriesMutant(
        "a series ends a bad day too early",
        SETTLEMENT,
        "for back: uint256 in range(days, bound=series_terms.MAX_TERMINATION_DAYS):",
        "for back: uint256 in range(days - 1, bound=series_terms.MAX_TERMINATION_DAYS):",
        hopeless_history,
    ),
    SeriesMutant(
        "a series closes with arrears",
        SETTLEMENT,
        'assert self.arrears == 0, "dist: arrears not repaid"',
        "",
        bought_back_history,
    ),
]
REWARD_MUTANTS = [
    SeriesMutant(
        "what was mined is paid up to sixteen hashprices",
        REWARD,
        "_MAX_HASHPRICES: constant(uint256) = 4",
        "_MAX_HASHPRICES: constant(uint256) = 16",
    ),
    SeriesMutant(
        "the guarantee is paid at any rate",
        REWARD,
        "_MAX_TOPPED_QUARTERS: constant(uint256) = 5",
        "_MAX_TOPPED_QUARTERS: constant(uint256) = 5_000",
    ),
    SeriesMutant(
        "the guarantee is paid where it leaves less",
        REWARD,
        "return topped if topped.net > mined.net else mined",
        "return topped",
    ),
    SeriesMutant(
        "hashrate nobody paid for dilutes",
        REWARD,
        "delivered_work: uint256 = min(_DAY_SECONDS * _facts.delivered_ths, credible_work)",
        "delivered_work: uint256 = _DAY_SECONDS * _facts.delivered_ths",
    ),
    SeriesMutant(
        "the guarantee is not paid",
        REWARD,
        "if guaranteed_work <= mined_work:",
        "if guaranteed_work <= mined_work or True:",
    ),
    SeriesMutant(
        "service is rounded down",
        REWARD,
        "self._ceil_div(_terms.service_fee_wad * _work, _DAY_WAD // _base_per_sat)",
        "_terms.service_fee_wad * _work // (_DAY_WAD // _base_per_sat)",
    ),
]
CLAIM_MUTANTS = [
    SeriesMutant(
        "a stranger claims into a contract",
        DISTRIBUTOR,
        'assert self.has_open_claims[_account], "dist: contract claims itself"',
        "pass",
    ),
    SeriesMutant(
        "the payout address is ignored",
        DISTRIBUTOR,
        "receiver = self.payout_address_of[_account]",
        "receiver = _account",
    ),
    SeriesMutant(
        "more is minted than attested",
        DISTRIBUTOR,
        'assert supply <= attested, "dist: above attested hashrate"',
        "",
        setup_name="dear",
    ),
]
ORACLE_MUTANTS = [
    SeriesMutant(
        "a veto leaves the tail",
        DAYS,
        "self.next_day = _day\n    return revision",
        "self.next_day = max(_day + 1, self.next_day)\n    return revision",
    ),
    SeriesMutant(
        "a veto leaves the revision", DAYS, "self._revision(_day) + 1", "self._revision(_day)"
    ),
    SeriesMutant(
        "the first price is taken",
        REPORTS,
        "middle: uint256 = _prices[count // 2]",
        "middle: uint256 = lowest",
    ),
    SeriesMutant(
        "prices may lie apart",
        REPORTS,
        "assert (highest - lowest) * _MAX_BPS <= lowest * _spread_bps, "
        '"oracle: prices too far apart"',
        "",
    ),
    SeriesMutant(
        "a reporter counts twice",
        QUORUM,
        'assert number > _previous, "quorum: signers not ascending"',
        "",
    ),
    SeriesMutant(
        "a recovery is taken while the day before is pending",
        ORACLE,
        'assert last.final_at <= block.timestamp, "oracle: replace the day before"',
        "",
        recovery_history,
    ),
    SeriesMutant(
        "a recovery has the short window",
        ORACLE,
        "window = RECOVERY_WINDOW_SECONDS",
        "window = SHORT_WINDOW_SECONDS",
        recovery_history,
    ),
    SeriesMutant(
        "a retarget behind a recovery is not seen",
        CHECKS,
        "_before.last_height >= _last.last_height",
        "_before.last_height == _last.last_height",
        recovery_history,
    ),
    SeriesMutant(
        "a lasting fee spike is ordinary",
        CHECKS,
        "and _facts.fees_sats * _MAX_FEES_SHARE <= _facts.subsidy_sats",
        "",
        recovery_history,
    ),
    SeriesMutant(
        "a hashprice may move by half at one difficulty",
        CHECKS,
        "return unsafe_mul(max(_value, _base), 100) <= unsafe_mul(min(_value, _base), 105)",
        "return unsafe_mul(max(_value, _base), 100) <= unsafe_mul(min(_value, _base), 150)",
        recovery_history,
    ),
    SeriesMutant(
        "finality goes back",
        ORACLE,
        "final_at: uint256 = max(last.final_at, block.timestamp + window)",
        "final_at: uint256 = block.timestamp + window",
    ),
    SeriesMutant(
        "the oldest output attests alone",
        OUTPUTS,
        "least = min(least, record.delivered_ths)",
        "least = record.delivered_ths",
        setup_name="dear",
    ),
]
MUTANTS = [
    *METER_MUTANTS,
    *INDEX_MUTANTS,
    *SETTLEMENT_MUTANTS,
    *REWARD_MUTANTS,
    *CLAIM_MUTANTS,
    *ORACLE_MUTANTS,
]
