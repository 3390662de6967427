# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Settlement
@license GNU Affero General Public License v3.0 only
@notice Settles the days of a series in order: what each owes by final facts and immutable terms,
        and where the money comes from: escrow, then bond after the grace, the rest is arrears.
@dev What a day owes is a pure function of stored times and facts: whoever settles it, and whenever,
     gets the same answer. This module moves no tokens and checks no roles.
"""

from ..oracle import IHashpriceOracle
from . import IHashrateToken
from . import IRewardDistributor
from . import day_reward
from . import reward_index
from . import series_progress
from . import series_terms

uses: reward_index


# [days] settled by one call at most
MAX_SETTLED_DAYS: constant(uint256) = 64
# [s] without a newly final day after which the oracle counts as silent
SILENCE_SECONDS: constant(uint256) = 180 * 86_400
# [s] between the finality of an output and the first payment out of the bond for its day, at least
NOTICE_SECONDS: constant(uint256) = 86_400
# [days] not settled before today, at most, where a bond is released
MAX_UNSETTLED_DAYS: constant(uint256) = 64
# [days] whose means stand in for the days the oracle never reported
SILENCE_MEAN_DAYS: constant(uint256) = 7

_DAY_SECONDS: constant(uint256) = 86_400
_WAD: constant(uint256) = 10**18


# why a day cannot be settled now
flag Wait:
    ENDED
    DAY_NOT_OVER
    DAY_NOT_FINAL
    OUTPUT_NOT_FINAL
    FUNDS
# a day that has been worked out, before its money moves
struct Assessment:
    wait: Wait  # empty if the day can be settled
    is_deemed: bool  # settled without an output report
    held_work: uint256  # [TH·s, 18 dec] held that day
    paid_work: uint256  # [TH·s, 18 dec] paid for
    fee: uint256  # [base units]
    reward: uint256  # [base units]


# the money that settling moves; stored as one word
struct Money:
    escrow: uint256  # [base units] waiting for the next days
    allotted: uint256  # [base units] paid and repaid to days so far


TERMS: immutable(IRewardDistributor.Terms)
ORACLE: public(immutable(address))
# the token of the series
TOKEN: public(immutable(address))
# [base units per sat] 10**(decimals - 8)
BASE_PER_SAT: public(immutable(uint256))


# the `Progress` of the series, in one word: see `series_progress`
_progress_word: uint256
# [base units] escrow, low 128 bits; paid and repaid to days so far, high 128 bits: settling writes
# both
_money: uint256
# [base units] of the allotted money, repaid after settlement; written by repayments
_repaid: uint256
# [base units] owed for short days; written by settlement and repayments
arrears: uint256
# [base units] written by `post_bond`, settlement and closing
bond: uint256
# [base units] drawn from the bond and not refilled
bond_drawn: uint256
# [sat per TH/s per day, 1e18] and [USD per BTC, 1e8] of silent days; written by `declare_silence`
silent_hashprice_wad: public(uint256)
silent_btc_usd_e8: public(uint256)


@deploy
def __init__(
    _terms: IRewardDistributor.Terms, _oracle: address, _token: address, _base_per_sat: uint256
):
    """
    @notice Set what every day is settled by.
    @param _terms terms of the series, checked
    @param _oracle hashprice oracle
    @param _token metered token of the series
    @param _base_per_sat [base units per sat]
    """
    TERMS = _terms
    ORACLE = _oracle
    TOKEN = _token
    BASE_PER_SAT = _base_per_sat
    progress: IRewardDistributor.Progress = empty(IRewardDistributor.Progress)
    progress.next_day = _terms.start_day
    progress.end_day = _terms.end_day
    progress.silent_from = series_terms.NEVER
    self._progress_word = series_progress._pack(progress)


@internal
def _settle(_max_days: uint256) -> uint256:
    """
    @notice Settle the next days, as far as facts and money go. Escrow repays arrears first.
    @param _max_days [days] how many at most, up to `MAX_SETTLED_DAYS`
    @return [days] how many were settled
    @custom:reverts "dist: series ended", "dist: day not over", "dist: day not final",
        "dist: output not final", "dist: awaiting funds", "dist: amount too large"
    """
    progress: IRewardDistributor.Progress = self._progress()
    money: Money = self._read_money()
    first_day: uint256 = progress.next_day
    allotted: uint256 = money.allotted
    progress, money = self._repay(progress, money)
    for _: uint256 in range(min(_max_days, MAX_SETTLED_DAYS), bound=MAX_SETTLED_DAYS):
        if progress.repaid_shortfalls != progress.shortfalls and money.escrow != 0:
            # more short days than one call repays: call again
            break
        day: Assessment = self._assess(progress, money.escrow)
        if day.wait != empty(Wait):
            if progress.next_day == first_day and money.allotted == allotted:
                self._refuse(day.wait)
            break
        progress, money = self._settle_day(progress, money, day)
    self._progress_word = series_progress._pack(progress)
    self._write_money(money)
    return progress.next_day - first_day


@internal
def _add_escrow(_amount: uint256) -> uint256:
    """
    @notice Add money to the escrow and repay arrears from it.
    @param _amount [base units] money that arrived; 0 to go on repaying
    @return [base units] repaid
    """
    progress: IRewardDistributor.Progress = self._progress()
    money: Money = self._read_money()
    money.escrow += _amount
    allotted: uint256 = money.allotted
    progress, money = self._repay(progress, money)
    self._progress_word = series_progress._pack(progress)
    self._write_money(money)
    return money.allotted - allotted


@internal
def _add_bond(_amount: uint256):
    """
    @notice Add money to the bond, refilling what was drawn.
    @param _amount [base units] money that arrived
    """
    self.bond += _amount
    drawn: uint256 = self.bond_drawn
    self.bond_drawn = drawn - min(drawn, _amount)


@internal
def _release_bond() -> uint256:
    """
    @notice Take from the bond what no hashrate held now or on an unsettled day needs.
    @return [base units] for the issuer
    @custom:reverts "dist: series closed", "dist: arrears not repaid yet", "dist: bond not
        refilled", "dist: settle first", "dist: nothing to release"
    """
    self._check_open()
    progress: IRewardDistributor.Progress = self._progress()
    self._check_paid_up(progress)
    today: uint256 = block.timestamp // _DAY_SECONDS
    first_day: uint256 = min(progress.next_day, today)
    # tomorrow stands for the supply as it is now, held all day
    work: uint256 = 0
    for day: uint256 in range(first_day, today + 2, bound=MAX_UNSETTLED_DAYS + 2):
        work = max(work, staticcall IHashrateToken(TOKEN).total_ths_on(day))
    # both round up, against the issuer: 1e-18 TH/s and one base unit
    held: uint256 = (work + _DAY_SECONDS - 1) // _DAY_SECONDS
    needed: uint256 = (TERMS.bond_per_ths * held + _WAD - 1) // _WAD
    bond: uint256 = self.bond
    assert bond > needed, "dist: nothing to release"
    self.bond = needed
    return bond - needed


@internal
def _terminate():
    """
    @notice End the series tomorrow if the market made no net reward on each of the last
        `termination_days` final days, all of them days of the series.
    @custom:reverts "dist: series closed", "dist: too few days", "dist: market pays", "dist: series
        ending"
    """
    self._check_open()
    progress: IRewardDistributor.Progress = self._progress()
    newest: uint256 = staticcall IHashpriceOracle(ORACLE).last_final_day()
    days: uint256 = TERMS.termination_days
    assert newest + 1 >= TERMS.start_day + days, "dist: too few days"
    for back: uint256 in range(days, bound=series_terms.MAX_TERMINATION_DAYS):
        facts: IHashpriceOracle.SettlementFacts = self._facts_of(progress, newest - back)
        assert day_reward._is_unprofitable(
            TERMS, facts.hashprice_wad, facts.btc_usd_e8
        ), "dist: market pays"
    tomorrow: uint256 = block.timestamp // _DAY_SECONDS + 1
    assert progress.end_day > tomorrow, "dist: series ending"
    self._end_at(tomorrow)


@internal
def _declare_silence():
    """
    @notice End the series tomorrow if in 180 days of it the oracle has made no day final, and keep
        the means that the days it never reported settle at.
    @custom:reverts "dist: series closed", "dist: silence is declared", "dist: oracle not silent"
    """
    self._check_open()
    progress: IRewardDistributor.Progress = self._progress()
    assert progress.silent_from == series_terms.NEVER, "dist: silence is declared"
    oracle: IHashpriceOracle = IHashpriceOracle(ORACLE)
    newest: uint256 = 0
    hashprice_wad: uint256 = 0
    btc_usd_e8: uint256 = 0
    newest, hashprice_wad, btc_usd_e8 = staticcall oracle.mean_of_last(SILENCE_MEAN_DAYS)
    # an older silence does not end a series that has only begun
    silent_since: uint256 = (TERMS.start_day + 1) * _DAY_SECONDS
    if hashprice_wad != 0:
        silent_since = max(silent_since, (staticcall oracle.day_record(newest)).final_at)
    assert block.timestamp > silent_since + SILENCE_SECONDS, "dist: oracle not silent"
    self.silent_hashprice_wad = hashprice_wad
    self.silent_btc_usd_e8 = btc_usd_e8
    progress.silent_from = newest + 1
    # a time that no longer fits stays the greatest that does: it is past all the same
    progress.silenced_at = min(block.timestamp, series_progress.MAX_TIME)
    log IRewardDistributor.SilenceDeclared(
        silent_from=newest + 1, hashprice_wad=hashprice_wad, btc_usd_e8=btc_usd_e8
    )
    self._progress_word = series_progress._pack(progress)
    self._end_at(block.timestamp // _DAY_SECONDS + 1)


@internal
def _end_at(_day: uint256):
    """
    @notice Bring the end of the series forward.
    @param _day [day] first day that is not paid, unless it ends sooner already
    """
    progress: IRewardDistributor.Progress = self._progress()
    old_end_day: uint256 = progress.end_day
    progress.end_day = min(old_end_day, _day)
    self._progress_word = series_progress._pack(progress)
    log IRewardDistributor.EndDayUpdated(old_end_day=old_end_day, new_end_day=progress.end_day)


@internal
def _close() -> uint256:
    """
    @notice Close a series that has ended, with every day settled and no arrears.
    @return [base units] what is left of escrow and bond, for the issuer
    @custom:reverts "dist: days not settled", "dist: arrears not repaid"
    """
    progress: IRewardDistributor.Progress = self._progress()
    assert progress.next_day >= progress.end_day, "dist: days not settled"
    assert self.arrears == 0, "dist: arrears not repaid"
    progress.is_closed = True
    self._progress_word = series_progress._pack(progress)
    money: Money = self._read_money()
    amount: uint256 = money.escrow + self.bond
    money.escrow = 0
    self.bond = 0
    self._write_money(money)
    return amount


@internal
def _settle_day(
    _progress: IRewardDistributor.Progress, _money: Money, _day: Assessment
) -> (IRewardDistributor.Progress, Money):
    """
    @notice Move the money of a day: escrow, then bond, then arrears.
    @param _progress the series at that day
    @param _money escrow and allotted money
    @param _day the day, ready to settle
    @return the series after that day, the money after it
    """
    progress: IRewardDistributor.Progress = _progress
    money: Money = _money
    paid: uint256 = min(_day.reward, money.escrow)
    money.escrow -= paid
    if paid < _day.reward:
        drawn: uint256 = min(_day.reward - paid, self.bond)
        if drawn != 0:
            self.bond -= drawn
            self.bond_drawn += drawn
            paid += drawn
            log IRewardDistributor.BondDrawn(day=progress.next_day, amount=drawn)
    owed: uint256 = _day.reward - paid
    if owed != 0:
        self.arrears += owed
    if reward_index._record(progress.next_day, _day.held_work, paid, owed):
        progress.shortfalls += 1
    money.allotted += paid
    log IRewardDistributor.DaySettled(
        day=progress.next_day,
        is_deemed=_day.is_deemed,
        held_work=_day.held_work,
        paid_work=_day.paid_work,
        fee=_day.fee,
        reward=_day.reward,
        paid=paid,
    )
    progress.next_day += 1
    return progress, money


@internal
def _repay(
    _progress: IRewardDistributor.Progress, _money: Money
) -> (IRewardDistributor.Progress, Money):
    """
    @notice Repay arrears from the escrow, oldest short day first.
    @param _progress the series
    @param _money escrow and allotted money
    @return both, after it
    """
    progress: IRewardDistributor.Progress = _progress
    money: Money = _money
    if progress.repaid_shortfalls == progress.shortfalls or money.escrow == 0:
        return progress, money
    spent: uint256 = 0
    spent, progress.repaid_shortfalls = reward_index._repay(
        money.escrow, progress.repaid_shortfalls, progress.shortfalls
    )
    money.escrow -= spent
    money.allotted += spent
    self._repaid += spent
    self.arrears -= spent
    return progress, money


@internal
def _write_money(_money: Money):
    """
    @notice Store escrow and allotted money.
    @param _money [base units] both
    """
    assert _money.escrow < 2**128 and _money.allotted < 2**128, "dist: amount too large"
    self._money = _money.escrow | (_money.allotted << 128)


@internal
@view
def _read_money() -> Money:
    """
    @notice Read escrow and allotted money.
    @return [base units] both
    """
    word: uint256 = self._money
    return Money(escrow=word & (2**128 - 1), allotted=word >> 128)


@internal
@view
def _assess(_progress: IRewardDistributor.Progress, _escrow: uint256) -> Assessment:
    """
    @notice Compute the next day to be settled, a pure function of stored times and facts.
    @param _progress the series
    @param _escrow [base units] escrow
    @return the day, or why it has to wait
    @custom:source docs/rules.md 3
    """
    result: Assessment = empty(Assessment)
    day: uint256 = _progress.next_day
    if day >= _progress.end_day:
        result.wait = Wait.ENDED
        return result
    if day >= block.timestamp // _DAY_SECONDS:
        result.wait = Wait.DAY_NOT_OVER
        return result
    result.held_work = staticcall IHashrateToken(TOKEN).total_ths_on(day)
    if result.held_work == 0:
        return result

    facts: IHashpriceOracle.SettlementFacts = self._facts_of(_progress, day)
    if facts.final_at == 0 or facts.final_at > block.timestamp:
        result.wait = Wait.DAY_NOT_FINAL
        return result
    # an output that comes too late changes nothing: the answer is the same whenever it is asked
    result.is_deemed = not self._is_reported(facts)
    if result.is_deemed:
        if (
            day < _progress.silent_from
            and block.timestamp <= facts.final_at + TERMS.output_deadline_seconds
        ):
            result.wait = Wait.OUTPUT_NOT_FINAL
            return result
    elif facts.output_final_at > block.timestamp:
        result.wait = Wait.OUTPUT_NOT_FINAL
        return result

    reward: day_reward.Reward = empty(day_reward.Reward)
    if result.is_deemed:
        reward = day_reward._deemed(TERMS, facts, result.held_work, result.held_work, BASE_PER_SAT)
    else:
        reward = day_reward._reported(TERMS, facts, result.held_work, BASE_PER_SAT)
    result.paid_work = reward.work
    result.fee = reward.fee
    result.reward = reward.net
    if result.reward > _escrow and block.timestamp < self._due_at(facts):
        result.wait = Wait.FUNDS
    return result


@internal
@view
def _is_reported(_facts: IHashpriceOracle.SettlementFacts) -> bool:
    """
    @notice Whether a day settles by its output: one was posted and is final in time.
    @param _facts facts of the day
    @return True if so, as far as can be told now
    """
    return (
        _facts.output_final_at != 0
        and _facts.output_final_at <= _facts.final_at + TERMS.output_deadline_seconds
    )


@internal
@view
def _due_at(_facts: IHashpriceOracle.SettlementFacts) -> uint256:
    """
    @notice When the bond starts to pay for a day that the escrow cannot: after the grace, and not
        before the issuer has had a day's notice of what the output comes to.
    @param _facts facts of the day, posted
    @return [unix s]
    """
    due_at: uint256 = _facts.final_at + TERMS.grace_seconds
    if self._is_reported(_facts):
        due_at = max(due_at, _facts.output_final_at + NOTICE_SECONDS)
    return due_at


@internal
@view
def _facts_of(
    _progress: IRewardDistributor.Progress, _day: uint256
) -> IHashpriceOracle.SettlementFacts:
    """
    @notice The facts a day settles from: the oracle's, or the means that stand in for a silent
        oracle.
    @param _progress the series
    @param _day [day] UTC day index
    @return facts, `final_at` zero if there are none yet
    """
    if _day < _progress.silent_from:
        return staticcall IHashpriceOracle(ORACLE).settlement_facts(self, _day)
    facts: IHashpriceOracle.SettlementFacts = empty(IHashpriceOracle.SettlementFacts)
    facts.hashprice_wad = self.silent_hashprice_wad
    facts.btc_usd_e8 = self.silent_btc_usd_e8
    facts.final_at = _progress.silenced_at
    return facts


@internal
@view
def _refuse(_wait: Wait):
    """
    @notice Revert with the reason why nothing could be settled.
    @param _wait the reason
    """
    assert _wait != Wait.ENDED, "dist: series ended"
    assert _wait != Wait.DAY_NOT_OVER, "dist: day not over"
    assert _wait != Wait.DAY_NOT_FINAL, "dist: day not final"
    assert _wait != Wait.OUTPUT_NOT_FINAL, "dist: output not final"
    raise "dist: awaiting funds"


@internal
@view
def _progress() -> IRewardDistributor.Progress:
    """
    @notice Where the series is in its life.
    @return the progress
    """
    return series_progress._unpack(self._progress_word)


@internal
@view
def _preview() -> Assessment:
    """
    @notice What the next day to be settled comes to now, or why it has to wait.
    @return the assessment
    """
    return self._assess(self._progress(), self._read_money().escrow)


@internal
@view
def _ledger(_claimed: uint256) -> IRewardDistributor.Ledger:
    """
    @notice The public ledger.
    @param _claimed [base units] sent to holders so far
    @return [base units] the ledger
    """
    money: Money = self._read_money()
    return IRewardDistributor.Ledger(
        promised=money.allotted + self.arrears,
        paid=money.allotted - self._repaid,
        repaid=self._repaid,
        arrears=self.arrears,
        claimed=_claimed,
        escrow=money.escrow,
        bond=self.bond,
        bond_drawn=self.bond_drawn,
    )


@internal
@view
def _due_at_of(_progress: IRewardDistributor.Progress, _day: uint256) -> uint256:
    """
    @notice When the bond starts to pay for a day, as its facts stand now.
    @param _progress the series
    @param _day [day] UTC day index
    @return [unix s]; 0 if the day is not posted
    """
    facts: IHashpriceOracle.SettlementFacts = self._facts_of(_progress, _day)
    if facts.final_at == 0:
        return 0
    return self._due_at(facts)


@internal
@view
def _check_paid_up(_progress: IRewardDistributor.Progress):
    """
    @notice Refuse what an issuer may only do who owes nothing. Arrears that nobody has settled yet
        count as well, and so do more days than can be looked at.
    @param _progress the series
    @custom:reverts "dist: arrears not repaid yet", "dist: bond not refilled", "dist: settle first"
    """
    assert self.arrears == 0, "dist: arrears not repaid yet"
    assert self.bond_drawn == 0, "dist: bond not refilled"
    due_at: uint256 = 0
    if _progress.next_day < _progress.end_day:
        due_at = self._due_at_of(_progress, _progress.next_day)
    assert (
        (due_at == 0 or block.timestamp < due_at)
        and block.timestamp // _DAY_SECONDS <= _progress.next_day + MAX_UNSETTLED_DAYS
    ), "dist: settle first"


@internal
@view
def _check_open():
    """
    @notice Refuse money and changes once the series is closed.
    @custom:reverts "dist: series closed"
    """
    assert not self._progress().is_closed, "dist: series closed"
