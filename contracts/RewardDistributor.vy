# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Reward distributor
@license GNU Affero General Public License v3.0 only
@notice Pays the holders of one series for every day their hashrate was mining: whoever held 1 TH/s
        for a quarter of a day gets a quarter of what 1 TH/s earned that day. The issuer funds
        escrow and bond; anyone settles a day once its facts are final; anyone claims for any
        wallet. What the issuer does not pay is written down as arrears and stays owed to the
        holders of that day.
@dev Invariants (numbers as in the stateful tests):
     2. when and by whom claims are made does not change what an account gets;
     3. claims never exceed the money allotted, and are short of it by less than one base unit for
        all accounts together;
     5. a settled day's reward and holders never change; what was paid of it only grows, by
        repayment, oldest short day first;
     6. rewards go to the account or the address it chose; escrow and bond go to holders, or to the
        issuer once the series is closed;
     7. every elapsed day can be settled and claimed, by anyone, whatever issuer, owner or guardian
        do;
     8. nobody can reduce a claimable amount.

     Money is counted by what arrived, never by `balanceOf`: a donation changes nothing. Rewards
     round down, fees up (`day_reward`). Trust: the oracle's quorum for facts, the reward token for
     being a plain token. The issuer is trusted with nothing but its own money.
@custom:security A reward token that takes fees or rebases after arrival would leave claims
                 unbacked: check the token before buying. Contracts that hold the token must be able
                 to call `claim`, or to opt in, or the reward waits for them for ever.
@custom:kill Cannot be paused. Terminated after days without a market reward, closed by silence of
        the oracle or by its end; claims go on for ever.
"""

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from .interfaces import IHashpriceOracle
from .interfaces import IHashrateToken
from .interfaces import IRewardDistributor
from .interfaces import ISeriesRegistry

implements: IRewardDistributor

from snekmate.auth import ownable
from snekmate.auth import ownable_2step
from .modules import day_reward
from .modules import reward_index
from .modules import series_progress

initializes: ownable
initializes: ownable_2step[ownable := ownable]
initializes: reward_index
initializes: series_progress

exports: (
    # the owner is the issuer; not exported: renounce_ownership, which would strand escrow and bond
    # of a closed series
    ownable.owner,
    ownable_2step.pending_owner,
    ownable_2step.transfer_ownership,
    ownable_2step.accept_ownership,
    reward_index.short_days,
    reward_index.repaid_level,
)


# [days] settled by one call at most
MAX_SETTLED_DAYS: constant(uint256) = 64
# [s] without a newly final day after which the oracle counts as silent
SILENCE_SECONDS: constant(uint256) = 180 * 86_400
# [days] whose means stand in for the days the oracle never reported
SILENCE_MEAN_DAYS: constant(uint256) = 7
# [day] no end day, no silence
NEVER: constant(uint256) = 2**32 - 1

_DAY_SECONDS: constant(uint256) = 86_400
_MAX_BPS: constant(uint256) = 10_000
_WAD: constant(uint256) = 10**18
_MAX_TERMINATION_DAYS: constant(uint256) = 64


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


# the token of the series, deployed by this contract
TOKEN: public(immutable(address))
# the BTC-pegged token rewards are paid in
REWARD_TOKEN: public(immutable(address))
ORACLE: public(immutable(address))
REGISTRY: public(immutable(address))
# site or region of the fleet, for people
SITE: public(immutable(String[64]))
_TERMS: immutable(IRewardDistributor.Terms)
# [base units per sat] 10**(decimals - 8)
BASE_PER_SAT: public(immutable(uint256))


# [base units] escrow, low 128 bits; paid and repaid to days so far, high 128 bits: settling writes
# both
_money: uint256
# [base units] of the allotted money, repaid after settlement; written by repayments
_repaid: uint256
# [base units] owed for short days; written by settlement and repayments
arrears: public(uint256)
# [base units] written by `post_bond`, settlement and closing
bond: public(uint256)
# [base units] drawn from the bond and not refilled
bond_drawn: public(uint256)
# [base units] sent to holders so far
claimed: public(uint256)
# account -> receiver of its rewards; zero for the account itself
payout_address_of: public(HashMap[address, address])
# account -> whether anyone may claim for it although it has code
has_open_claims: public(HashMap[address, bool])
# [sat per TH/s per day, 1e18] and [USD per BTC, 1e8] of silent days; written by `declare_silence`
silent_hashprice_wad: public(uint256)
silent_btc_usd_e8: public(uint256)


@deploy
def __init__(
    _issuer: address,
    _oracle: address,
    _reward_token: address,
    _token_blueprint: address,
    _terms: IRewardDistributor.Terms,
    _name: String[50],
    _symbol: String[16],
    _site: String[64],
):
    """
    @notice Deployed by the registry; deploys the token of the series.
    @param _issuer owner of the series
    @param _oracle hashprice oracle
    @param _reward_token token rewards are paid in, 8 to 18 decimals
    @param _token_blueprint ERC-5202 blueprint of `HashrateToken`
    @param _terms terms, immutable
    @param _name token name
    @param _symbol token symbol
    @param _site site or region of the fleet
    """
    self._check_terms(_terms)
    first_day: uint256 = staticcall IHashpriceOracle(_oracle).FIRST_DAY()
    assert _terms.start_day >= first_day, "dist: before the oracle"
    decimals: uint256 = convert(staticcall IERC20Detailed(_reward_token).decimals(), uint256)
    assert decimals >= 8 and decimals <= 18, "dist: decimals not 8 to 18"
    REGISTRY = msg.sender
    ORACLE = _oracle
    REWARD_TOKEN = _reward_token
    SITE = _site
    _TERMS = _terms
    BASE_PER_SAT = 10**(decimals - 8)
    TOKEN = create_from_blueprint(_token_blueprint, _name, _symbol)
    ownable.__init__()
    ownable_2step.__init__()
    ownable_2step._transfer_ownership(_issuer)
    reward_index.__init__(_terms.start_day, TOKEN)
    series_progress.__init__(_terms.start_day, _terms.end_day)


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def claim(_account: address = msg.sender) -> uint256:
    """
    @notice Pay an account what it has earned on settled days and not yet received. After very many
        touched days, repeat it.
    @dev For an account with code only the account itself may, unless it set a payout address or
         opted in: a stranger claiming into a liquidity pool could skim it.
    @param _account holder, the caller by default
    @return [base units] amount paid
    @custom:reverts "dist: nothing to claim", "dist: contract claims itself"
    @custom:emits RewardClaimed
    """
    receiver: address = self.payout_address_of[_account]
    if _account != msg.sender and receiver == empty(address) and _account.codesize != 0:
        assert self.has_open_claims[_account], "dist: contract claims itself"
    if receiver == empty(address):
        receiver = _account
    state: reward_index.Claim = empty(reward_index.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    state, amount, is_whole = reward_index._accrue(_account, series_progress._read().next_day)
    assert amount != 0 or not is_whole, "dist: nothing to claim"
    reward_index._store(_account, state)
    if amount != 0:
        self.claimed += amount
        log IRewardDistributor.RewardClaimed(account=_account, receiver=receiver, amount=amount)
        self._send(receiver, amount)
    return amount


@external
def settle(_max_days: uint256 = 1) -> uint256:
    """
    @notice Settle the next days, in order, from final facts and money inside. Escrow repays arrears
        first.
    @dev A day that cannot be settled yet ends the call; it reverts only if nothing at all was done.
    @param _max_days [days] how many at most, up to 64
    @return [days] how many were settled
    @custom:reverts "dist: series ended", "dist: day not over", "dist: day not final", "dist: output
        not final", "dist: awaiting funds"
    @custom:emits DaySettled, BondDrawn, ArrearsRepaid
    """
    progress: IRewardDistributor.Progress = series_progress._read()
    money: Money = self._read_money()
    first_day: uint256 = progress.next_day
    allotted: uint256 = money.allotted
    progress, money = self._repay(progress, money)
    for _: uint256 in range(_max_days, bound=MAX_SETTLED_DAYS):
        if progress.repaid_shortfalls != progress.shortfalls and money.escrow != 0:
            # more short days than one call repays: call again
            break
        day: Assessment = self._assess(progress, money.escrow)
        if day.wait != empty(Wait):
            if progress.next_day == first_day and money.allotted == allotted:
                self._refuse(day.wait)
            break
        progress, money = self._settle_day(progress, money, day)
    series_progress._write(progress)
    self._write_money(money)
    return progress.next_day - first_day


@external
def fund(_amount: uint256):
    """
    @notice Add to the escrow; arrears are repaid from it at once. Anyone may pay for the issuer,
        but what is left at the end goes to the issuer.
    @param _amount [base units] pulled from the caller; what arrives counts
    @custom:reverts "dist: series closed", "dist: nothing received", "dist: amount too large"
    @custom:emits EscrowFunded, ArrearsRepaid
    """
    progress: IRewardDistributor.Progress = self._open_progress()
    received: uint256 = self._pull(_amount)
    money: Money = self._read_money()
    money.escrow += received
    log IRewardDistributor.EscrowFunded(payer=msg.sender, amount=received)
    progress, money = self._repay(progress, money)
    series_progress._write(progress)
    self._write_money(money)


@external
def repay_arrears():
    """
    @notice Go on repaying arrears from the escrow, where one call of `fund` could not reach all
        short days.
    @custom:reverts "dist: nothing to repay"
    @custom:emits ArrearsRepaid
    """
    progress: IRewardDistributor.Progress = series_progress._read()
    money: Money = self._read_money()
    allotted: uint256 = money.allotted
    progress, money = self._repay(progress, money)
    assert money.allotted != allotted, "dist: nothing to repay"
    series_progress._write(progress)
    self._write_money(money)


@external
def post_bond(_amount: uint256):
    """
    @notice Add to the bond, refilling what was drawn. Refused while holders are owed arrears:
        `fund` pays those.
    @param _amount [base units] pulled from the caller; what arrives counts
    @custom:reverts "dist: series closed", "dist: arrears come first", "dist: nothing received"
    @custom:emits BondPosted
    """
    progress: IRewardDistributor.Progress = self._open_progress()
    assert progress.repaid_shortfalls == progress.shortfalls, "dist: arrears come first"
    received: uint256 = self._pull(_amount)
    self.bond += received
    drawn: uint256 = self.bond_drawn
    self.bond_drawn = drawn - min(drawn, received)
    log IRewardDistributor.BondPosted(payer=msg.sender, amount=received)


@external
def terminate():
    """
    @notice End a series whose market made no net reward on each of the last `termination_days`
        final days. Changes nothing metered.
    @dev Judged on final facts and immutable terms, whatever the fleet delivered.
    @custom:reverts "dist: too few days", "dist: market pays", "dist: series ending"
    @custom:emits EndDayUpdated
    """
    newest: uint256 = staticcall IHashpriceOracle(ORACLE).last_final_day()
    days: uint256 = _TERMS.termination_days
    assert newest + 1 >= _TERMS.start_day + days, "dist: too few days"
    for back: uint256 in range(days, bound=_MAX_TERMINATION_DAYS):
        facts: IHashpriceOracle.SettlementFacts = staticcall IHashpriceOracle(
            ORACLE
        ).settlement_facts(self, newest - back)
        assert day_reward._is_unprofitable(
            _TERMS, facts.hashprice_wad, facts.btc_usd_e8
        ), "dist: market pays"
    progress: IRewardDistributor.Progress = series_progress._read()
    assert progress.end_day > self._today() + 1, "dist: series ending"
    series_progress._write(self._end_at(progress, self._today() + 1))


@external
def declare_silence():
    """
    @notice End a series whose oracle has made no day final for 180 days. Days it never reported
        settle at the means of the last 7 final days.
    @dev What the oracle reports later changes nothing for this series.
    @custom:reverts "dist: silence is declared", "dist: oracle not silent"
    @custom:emits SilenceDeclared, EndDayUpdated
    """
    progress: IRewardDistributor.Progress = series_progress._read()
    assert progress.silent_from == NEVER, "dist: silence is declared"
    oracle: IHashpriceOracle = IHashpriceOracle(ORACLE)
    newest: uint256 = 0
    hashprice_wad: uint256 = 0
    btc_usd_e8: uint256 = 0
    newest, hashprice_wad, btc_usd_e8 = staticcall oracle.mean_of_last(SILENCE_MEAN_DAYS)
    silent_since: uint256 = (_TERMS.start_day + 1) * _DAY_SECONDS
    if hashprice_wad != 0:
        silent_since = (staticcall oracle.day_record(newest)).final_at
    assert block.timestamp > silent_since + SILENCE_SECONDS, "dist: oracle not silent"
    self.silent_hashprice_wad = hashprice_wad
    self.silent_btc_usd_e8 = btc_usd_e8
    progress.silent_from = newest + 1
    progress.silenced_at = block.timestamp
    log IRewardDistributor.SilenceDeclared(
        silent_from=newest + 1, hashprice_wad=hashprice_wad, btc_usd_e8=btc_usd_e8
    )
    series_progress._write(self._end_at(progress, self._today() + 1))


@external
def close():
    """
    @notice Give what is left of escrow and bond back to the issuer, once every day is settled and
        no arrears are left. Claims go on for ever.
    @dev Anyone, after the end day. Before it only the issuer, with all hashrate bought back and
        none held today: the series then ends today.
    @custom:reverts "dist: series closed", "dist: hashrate is held", "dist: days not settled",
        "dist: arrears not repaid"
    @custom:emits SeriesClosed, EndDayUpdated
    """
    progress: IRewardDistributor.Progress = self._open_progress()
    today: uint256 = self._today()
    if today < progress.end_day:
        ownable._check_owner()
        token: IHashrateToken = IHashrateToken(TOKEN)
        assert staticcall token.totalSupply() == 0, "dist: hashrate is held"
        assert staticcall token.total_ths_on(today) == 0, "dist: hashrate was held today"
        progress = self._end_at(progress, today)
    assert progress.next_day >= progress.end_day, "dist: days not settled"
    assert self.arrears == 0, "dist: arrears not repaid"
    progress.is_closed = True
    series_progress._write(progress)
    money: Money = self._read_money()
    amount: uint256 = money.escrow + self.bond
    money.escrow = 0
    self.bond = 0
    self._write_money(money)
    log IRewardDistributor.SeriesClosed(receiver=ownable.owner, amount=amount)
    if amount != 0:
        self._send(ownable.owner, amount)


################################################################
#                            HOLDER                            #
################################################################


@external
def set_payout_address(_receiver: address):
    """
    @notice Choose who receives the caller's rewards from now on; its own address undoes the choice.
    @param _receiver not zero, not the token, not this contract
    @custom:reverts "dist: receiver cannot be paid"
    @custom:emits PayoutAddressUpdated
    """
    assert _receiver not in [empty(address), TOKEN, self], "dist: receiver cannot be paid"
    log IRewardDistributor.PayoutAddressUpdated(
        account=msg.sender,
        old_receiver=self.payout_address_of[msg.sender],
        new_receiver=_receiver,
    )
    self.payout_address_of[msg.sender] = _receiver


@external
def set_open_claims(_is_open: bool):
    """
    @notice For contracts: let anyone claim for the caller, to the caller. Accounts without code are
        open already.
    @param _is_open whether anyone may
    @custom:emits OpenClaimsUpdated
    """
    log IRewardDistributor.OpenClaimsUpdated(
        account=msg.sender, old_is_open=self.has_open_claims[msg.sender], new_is_open=_is_open
    )
    self.has_open_claims[msg.sender] = _is_open


################################################################
#                            ISSUER                            #
################################################################


@external
def mint(_receiver: address, _amount_ths: uint256):
    """
    @notice Issue hashrate, never more than the fleet has been attested to deliver and the bond
        covers.
    @param _receiver receiver of the token
    @param _amount_ths [TH/s, 18 dec] amount
    @custom:reverts "dist: series ended", "dist: above attested hashrate", "dist: arrears not repaid
                    yet", "dist: bond not refilled", "dist: bond too low", "dist: settle first",
                    "registry: …"
    """
    ownable._check_owner()
    # a mint of nothing would bind the fleet without attestation or bond
    assert _amount_ths != 0, "dist: nothing to mint"
    progress: IRewardDistributor.Progress = series_progress._read()
    assert self._today() < progress.end_day, "dist: series has ended"
    oracle: IHashpriceOracle = IHashpriceOracle(ORACLE)
    supply: uint256 = staticcall IHashrateToken(TOKEN).totalSupply() + _amount_ths
    attested: uint256 = staticcall oracle.attested_ths(self, _TERMS.attestation_days)
    assert supply <= attested, "dist: above attested hashrate"
    assert self.arrears == 0, "dist: arrears not repaid yet"
    assert self.bond_drawn == 0, "dist: bond not refilled"
    # exact, without a division
    assert self.bond * _WAD >= _TERMS.bond_per_ths * supply, "dist: bond too low"
    # arrears that nobody has settled yet count as well
    facts: IHashpriceOracle.SettlementFacts = staticcall oracle.settlement_facts(
        self, progress.next_day
    )
    if facts.final_at != 0:
        assert block.timestamp < facts.final_at + _TERMS.grace_seconds, "dist: settle first"
    extcall ISeriesRegistry(REGISTRY).authorize_mint()
    extcall IHashrateToken(TOKEN).mint(_receiver, _amount_ths)


################################################################
#                            VIEWS                             #
################################################################
# These are not `reentrant`: a reward token that calls back in the middle of a claim must not show
# half of it to others.


@external
@view
def terms() -> IRewardDistributor.Terms:
    """
    @notice Immutable terms of the series.
    @return the terms
    """
    return _TERMS


@external
@view
def ledger() -> IRewardDistributor.Ledger:
    """
    @notice What was promised, paid, owed and repaid, and what money is inside.
    @return [base units] the ledger
    """
    money: Money = self._read_money()
    return IRewardDistributor.Ledger(
        promised=money.allotted + self.arrears,
        paid=money.allotted - self._repaid,
        repaid=self._repaid,
        arrears=self.arrears,
        claimed=self.claimed,
        escrow=money.escrow,
        bond=self.bond,
        bond_drawn=self.bond_drawn,
    )


@external
@view
def progress() -> IRewardDistributor.Progress:
    """
    @notice Where the series is in its life.
    @return the progress
    """
    return series_progress._read()


@external
@view
def is_closed() -> bool:
    """
    @notice Whether escrow and bond have gone back to the issuer.
    @return True if so
    """
    return series_progress._read().is_closed


@external
@view
def preview_claim(_account: address) -> (uint256, bool):
    """
    @notice What `claim` would pay now.
    @param _account holder
    @return [base units] amount, whether it is all there is (else claim again)
    """
    state: reward_index.Claim = empty(reward_index.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    state, amount, is_whole = reward_index._accrue(_account, series_progress._read().next_day)
    return amount, is_whole


@external
@view
def claim_state(_account: address) -> reward_index.Claim:
    """
    @notice How far an account has claimed, and the fraction it carries.
    @param _account holder
    @return the state
    """
    return reward_index._claim_of(_account, True)


@external
@view
def preview_day() -> Assessment:
    """
    @notice What the next day to be settled comes to now, or why it has to wait.
    @return the assessment
    """
    return self._assess(series_progress._read(), self._read_money().escrow)


################################################################
#                           INTERNAL                           #
################################################################


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
def _end_at(_progress: IRewardDistributor.Progress, _day: uint256) -> IRewardDistributor.Progress:
    """
    @notice Bring the end of the series forward.
    @param _progress the series
    @param _day [day] first day that is not paid, unless it ends sooner already
    @return the series with its new end
    """
    progress: IRewardDistributor.Progress = _progress
    progress.end_day = min(progress.end_day, _day)
    log IRewardDistributor.EndDayUpdated(
        old_end_day=_progress.end_day, new_end_day=progress.end_day
    )
    return progress


@internal
def _pull(_amount: uint256) -> uint256:
    """
    @notice Take reward tokens from the caller.
    @param _amount [base units] asked for
    @return [base units] that arrived: a token that takes a fee is counted by what it leaves
    """
    token: IERC20 = IERC20(REWARD_TOKEN)
    before: uint256 = staticcall token.balanceOf(self)
    assert extcall token.transferFrom(
        msg.sender, self, _amount, default_return_value=True
    ), "dist: transfer in failed"
    received: uint256 = staticcall token.balanceOf(self) - before
    assert received != 0, "dist: nothing received"
    return received


@internal
def _send(_receiver: address, _amount: uint256):
    """
    @notice Pay reward tokens out; the last thing a call does.
    @param _receiver receiver
    @param _amount [base units]
    """
    assert extcall IERC20(REWARD_TOKEN).transfer(
        _receiver, _amount, default_return_value=True
    ), "dist: transfer out failed"


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
def _open_progress() -> IRewardDistributor.Progress:
    """
    @notice The progress of a series that is not closed.
    @return the progress
    @custom:reverts "dist: series closed"
    """
    progress: IRewardDistributor.Progress = series_progress._read()
    assert not progress.is_closed, "dist: series closed"
    return progress


@internal
@view
def _today() -> uint256:
    """
    @notice The present day.
    @return [day] UTC day index
    """
    return block.timestamp // _DAY_SECONDS


@internal
@view
def _assess(_progress: IRewardDistributor.Progress, _escrow: uint256) -> Assessment:
    """
    @notice Work out the next day to be settled, a pure function of stored times and facts.
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
    if day >= self._today():
        result.wait = Wait.DAY_NOT_OVER
        return result
    result.held_work = staticcall IHashrateToken(TOKEN).total_ths_on(day)
    if result.held_work == 0:
        return result

    facts: IHashpriceOracle.SettlementFacts = self._facts_of(_progress, day)
    if facts.final_at == 0 or facts.final_at > block.timestamp:
        result.wait = Wait.DAY_NOT_FINAL
        return result
    deadline: uint256 = facts.final_at + _TERMS.output_deadline_seconds
    if day >= _progress.silent_from:
        result.is_deemed = True
    elif facts.output_final_at == 0 or facts.output_final_at > deadline:
        # an output that comes too late changes nothing: the answer is the same whenever it is asked
        result.is_deemed = True
        if block.timestamp <= deadline:
            result.wait = Wait.OUTPUT_NOT_FINAL
            return result
    elif facts.output_final_at > block.timestamp:
        result.wait = Wait.OUTPUT_NOT_FINAL
        return result

    gross: uint256 = 0
    if result.is_deemed:
        result.paid_work = result.held_work
        gross = day_reward._at_hashprice(
            _TERMS, facts.hashprice_wad, result.paid_work, BASE_PER_SAT
        )
    else:
        result.paid_work, gross = day_reward._reported(
            _TERMS, facts, result.held_work, BASE_PER_SAT
        )
    # the oracle refuses a zero price; only silence without any final day has none, and then there
    # is no reward either
    if facts.btc_usd_e8 != 0:
        result.fee = day_reward._fee(_TERMS, facts.btc_usd_e8, result.paid_work, BASE_PER_SAT)
    result.reward = day_reward._net(gross, result.fee, result.held_work)
    if result.reward > _escrow and block.timestamp < facts.final_at + _TERMS.grace_seconds:
        result.wait = Wait.FUNDS
    return result


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
    @notice Say why nothing could be settled.
    @param _wait the reason
    """
    assert _wait != Wait.ENDED, "dist: series ended"
    assert _wait != Wait.DAY_NOT_OVER, "dist: day not over"
    assert _wait != Wait.DAY_NOT_FINAL, "dist: day not final"
    assert _wait != Wait.OUTPUT_NOT_FINAL, "dist: output not final"
    raise "dist: awaiting funds"


@internal
@view
def _check_terms(_terms: IRewardDistributor.Terms):
    """
    @notice Refuse terms that make no sense or could make a day's mathematics overflow.
    @param _terms the terms
    """
    assert _terms.fleet_id != empty(bytes32), "dist: zero fleet"
    assert _terms.start_day > block.timestamp // _DAY_SECONDS, "dist: start not in the future"
    assert _terms.end_day > _terms.start_day, "dist: end before start"
    assert _terms.end_day <= NEVER, "dist: end too late"
    assert _terms.efficiency_mj_per_th <= 10**7, "dist: efficiency too high"
    assert _terms.power_price_usd_e6 <= 10**7, "dist: power price too high"
    assert _terms.service_fee_wad < 2**100, "dist: service fee too high"
    assert _terms.pool_fee_bps <= 5_000, "dist: pool fee too high"
    assert _terms.guaranteed_uptime_bps <= _MAX_BPS, "dist: uptime above 100 %"
    assert _terms.bond_per_ths < 2**96, "dist: bond per hashrate too high"
    assert _terms.attestation_days != 0, "dist: no attestation days"
    assert _terms.attestation_days <= 64, "dist: attestation too long"
    assert _terms.grace_seconds <= 30 * _DAY_SECONDS, "dist: grace too long"
    assert _terms.output_deadline_seconds >= _DAY_SECONDS, "dist: output deadline too short"
    assert _terms.output_deadline_seconds <= 30 * _DAY_SECONDS, "dist: output deadline too long"
    assert _terms.termination_days >= 7, "dist: termination too short"
    assert _terms.termination_days <= _MAX_TERMINATION_DAYS, "dist: termination too long"
