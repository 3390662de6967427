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
from ..oracle import IHashpriceOracle
from . import IHashrateToken
from . import IMeter
from . import IRewardDistributor
from . import IRewardIndex
from . import ISeriesRegistry

implements: IRewardDistributor
implements: IRewardIndex

from snekmate.auth import ownable
from snekmate.auth import ownable_2step
from . import reward_index
from . import series_terms
from . import settlement

initializes: ownable
initializes: ownable_2step[ownable := ownable]
initializes: reward_index
initializes: settlement[reward_index := reward_index]

exports: (
    # not exported: the money of the ledger one by one, which `ledger` tells at one time
    # the owner is the issuer; not exported: renounce_ownership, which would strand escrow and bond
    # of a closed series
    ownable.owner,
    ownable_2step.pending_owner,
    ownable_2step.transfer_ownership,
    ownable_2step.accept_ownership,
    reward_index.short_days,
    reward_index.repaid_level,
    settlement.TOKEN,
    settlement.ORACLE,
    settlement.BASE_PER_SAT,
    settlement.silent_hashprice_wad,
    settlement.silent_btc_usd_e8,
)

_DAY_SECONDS: constant(uint256) = 86_400
_WAD: constant(uint256) = 10**18


# the BTC-pegged token rewards are paid in
REWARD_TOKEN: public(immutable(address))
REGISTRY: public(immutable(address))
# site or region of the fleet, for people
SITE: public(immutable(String[64]))


# [base units] sent to holders so far
_claimed: uint256
# account -> receiver of its rewards; zero for the account itself
payout_address_of: public(HashMap[address, address])
# account -> whether anyone may claim for it although it has code
has_open_claims: public(HashMap[address, bool])


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
    oracle: IHashpriceOracle = IHashpriceOracle(_oracle)
    series_terms._check(_terms, staticcall oracle.SHORT_WINDOW_SECONDS())
    assert _terms.start_day >= staticcall oracle.FIRST_DAY(), "dist: before the oracle"
    decimals: uint256 = convert(staticcall IERC20Detailed(_reward_token).decimals(), uint256)
    assert decimals >= 8 and decimals <= 18, "dist: decimals not 8 to 18"
    REGISTRY = msg.sender
    REWARD_TOKEN = _reward_token
    SITE = _site
    ownable.__init__()
    ownable_2step.__init__()
    ownable_2step._transfer_ownership(_issuer)
    token: address = create_from_blueprint(_token_blueprint, _name, _symbol)
    reward_index.__init__(_terms.start_day)
    settlement.__init__(_terms, _oracle, token, 10**(decimals - 8))


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
    @custom:reverts "dist: nothing to claim", "dist: contract claims itself",
        "dist: transfer out failed"
    @custom:emits RewardClaimed
    """
    state: IRewardIndex.Claim = empty(IRewardIndex.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    state, amount, is_whole = self._claimable(_account)
    assert amount != 0 or not is_whole, "dist: nothing to claim"
    receiver: address = _account
    if state.has_instructions and self.payout_address_of[_account] != empty(address):
        receiver = self.payout_address_of[_account]
    if _account != msg.sender and receiver == _account and _account.codesize != 0:
        assert self.has_open_claims[_account], "dist: contract claims itself"
    reward_index._store(_account, state)
    if amount != 0:
        self._claimed += amount
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
    @custom:reverts "dist: series ended", "dist: day not over", "dist: day not final",
        "dist: output not final", "dist: awaiting funds", "dist: amount too large"
    @custom:emits DaySettled, BondDrawn, ArrearsRepaid
    """
    return settlement._settle(_max_days)


@external
def fund(_amount: uint256):
    """
    @notice Add to the escrow; arrears are repaid from it at once. Anyone may pay for the issuer,
        but what is left at the end goes to the issuer.
    @param _amount [base units] pulled from the caller; what arrives counts
    @custom:reverts "dist: series closed", "dist: transfer in failed", "dist: nothing received",
        "dist: amount too large"
    @custom:emits EscrowFunded, ArrearsRepaid
    """
    settlement._check_open()
    received: uint256 = self._pull(_amount)
    log IRewardDistributor.EscrowFunded(payer=msg.sender, amount=received)
    settlement._add_escrow(received)


@external
def repay_arrears():
    """
    @notice Go on repaying arrears from the escrow, where one call of `fund` could not reach all
        short days.
    @custom:reverts "dist: nothing to repay", "dist: amount too large"
    @custom:emits ArrearsRepaid
    """
    assert settlement._add_escrow(0) != 0, "dist: nothing to repay"


@external
def post_bond(_amount: uint256):
    """
    @notice Add to the bond, refilling what was drawn. Refused while holders are owed arrears:
        `fund` pays those.
    @param _amount [base units] pulled from the caller; what arrives counts
    @custom:reverts "dist: series closed", "dist: arrears come first", "dist: transfer in failed",
        "dist: nothing received"
    @custom:emits BondPosted
    """
    settlement._check_open()
    assert settlement.arrears == 0, "dist: arrears come first"
    received: uint256 = self._pull(_amount)
    log IRewardDistributor.BondPosted(payer=msg.sender, amount=received)
    settlement._add_bond(received)


@external
def terminate():
    """
    @notice End a series whose market made no net reward on each of the last `termination_days`
        final days. Changes nothing metered.
    @dev Judged on final facts and immutable terms, whatever the fleet delivered.
    @custom:reverts "dist: series closed", "dist: too few days", "dist: market pays",
        "dist: series ending"
    @custom:emits EndDayUpdated
    """
    settlement._terminate()


@external
def declare_silence():
    """
    @notice End a series whose oracle has made no day final for 180 days. Days it never reported
        settle at the means of the last 7 final days.
    @dev What the oracle reports later changes nothing for this series.
    @custom:reverts "dist: series closed", "dist: silence is declared", "dist: oracle not silent"
    @custom:emits SilenceDeclared, EndDayUpdated
    """
    settlement._declare_silence()


@external
def close():
    """
    @notice Return what is left of escrow and bond to the issuer, once every day is settled and no
        arrears are left. Claims go on for ever.
    @dev Anyone, after the end day. Before it only the issuer, with all hashrate bought back and
        none held today: the series then ends today.
    @custom:reverts "dist: series closed", "ownable: caller is not the owner",
        "dist: hashrate is held", "dist: hashrate was held today", "dist: days not settled",
        "dist: arrears not repaid", "dist: transfer out failed"
    @custom:emits SeriesClosed, EndDayUpdated
    """
    settlement._check_open()
    today: uint256 = block.timestamp // _DAY_SECONDS
    if today < settlement._progress().end_day:
        ownable._check_owner()
        token: IHashrateToken = IHashrateToken(settlement.TOKEN)
        assert staticcall token.totalSupply() == 0, "dist: hashrate is held"
        assert staticcall token.total_ths_on(today) == 0, "dist: hashrate was held today"
        settlement._end_at(today)
    amount: uint256 = settlement._close()
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
    assert (
        _receiver != empty(address) and _receiver != settlement.TOKEN and _receiver != self
    ), "dist: receiver cannot be paid"
    log IRewardDistributor.PayoutAddressUpdated(
        account=msg.sender,
        old_receiver=self.payout_address_of[msg.sender],
        new_receiver=_receiver,
    )
    self.payout_address_of[msg.sender] = _receiver
    reward_index._note_instructions(msg.sender)


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
    @custom:reverts "ownable: caller is not the owner", "dist: nothing to mint",
        "dist: series has ended", "dist: above attested hashrate", "dist: arrears not repaid yet",
        "dist: bond not refilled", "dist: bond too low", "dist: settle first", "registry: …",
        "token: …"
    """
    ownable._check_owner()
    # a mint of nothing would bind the fleet without attestation or bond
    assert _amount_ths != 0, "dist: nothing to mint"
    progress: IRewardDistributor.Progress = settlement._progress()
    assert block.timestamp // _DAY_SECONDS < progress.end_day, "dist: series has ended"
    oracle: IHashpriceOracle = IHashpriceOracle(settlement.ORACLE)
    supply: uint256 = staticcall IHashrateToken(settlement.TOKEN).totalSupply() + _amount_ths
    attested: uint256 = staticcall oracle.attested_ths(self, settlement.TERMS.attestation_days)
    assert supply <= attested, "dist: above attested hashrate"
    settlement._check_paid_up(progress)
    # exact, without a division
    assert settlement.bond * _WAD >= settlement.TERMS.bond_per_ths * supply, "dist: bond too low"
    extcall ISeriesRegistry(REGISTRY).authorize_mint()
    extcall IHashrateToken(settlement.TOKEN).mint(_receiver, _amount_ths)


@external
def release_bond():
    """
    @notice Return to the issuer what of the bond neither the hashrate out now nor that held on a
        day not settled yet needs. So one holder who keeps a speck does not lock the bond.
    @custom:reverts "dist: series closed", "dist: arrears not repaid yet", "dist: bond not
        refilled", "dist: settle first", "dist: nothing to release", "dist: transfer out failed",
        "ownable: caller is not the owner"
    @custom:emits BondReleased
    """
    ownable._check_owner()
    amount: uint256 = settlement._release_bond()
    log IRewardDistributor.BondReleased(receiver=msg.sender, amount=amount)
    self._send(msg.sender, amount)


################################################################
#                            VIEWS                             #
################################################################
# Not `reentrant`, but for the last two: a reward token that calls back in the middle of a claim
# must not show half of it to others.


@external
@view
def terms() -> IRewardDistributor.Terms:
    """
    @notice Immutable terms of the series.
    @return the terms
    """
    return settlement.TERMS


@external
@view
def ledger() -> IRewardDistributor.Ledger:
    """
    @notice What was promised, paid, owed and repaid, and what money is inside.
    @return [base units] the ledger
    """
    return settlement._ledger(self._claimed)


@external
@view
def progress() -> IRewardDistributor.Progress:
    """
    @notice Where the series is in its life.
    @return the progress
    """
    return settlement._progress()


@external
@view
def is_closed() -> bool:
    """
    @notice Whether escrow and bond have gone back to the issuer.
    @return True if so
    """
    return settlement._progress().is_closed


@external
@view
def preview_claim(_account: address) -> (uint256, bool):
    """
    @notice What `claim` would pay now.
    @param _account holder
    @return [base units] amount, whether it is all there is (else claim again)
    """
    state: IRewardIndex.Claim = empty(IRewardIndex.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    state, amount, is_whole = self._claimable(_account)
    return amount, is_whole


@external
@view
def claim_state(_account: address) -> IRewardIndex.Claim:
    """
    @notice How far an account has claimed, and the fraction it carries.
    @param _account holder
    @return the state; days are zero before the first claim
    """
    return reward_index._claim_of(_account, settlement._progress().next_day)


@external
@view
def preview_day() -> settlement.Assessment:
    """
    @notice What the next day to be settled comes to now, or why it has to wait.
    @return the assessment
    """
    return settlement._preview()


@external
@view
def due_at(_day: uint256) -> uint256:
    """
    @notice When the bond starts to pay for a day that the escrow cannot, as the day's facts stand
        now; for ever once they are final.
    @param _day [day] UTC day index
    @return [unix s]; 0 if the day is not posted
    """
    return settlement._due_at_of(settlement._progress(), _day)


@external
@view
@reentrant
def accrue(
    _meter: address,
    _account: address,
    _claim: IRewardIndex.Claim,
    _end_day: uint256,
    _span: IRewardIndex.Span,
) -> (IRewardIndex.Claim, uint256, bool):
    """
    @notice Walk an account of any meter over the settled days, from a claim state its caller keeps.
    @dev Safe in the middle of a claim: that changes no settled day, and the state is the caller's.
    @param _meter contract with `meter_words`; its answer is as good as it is
    @param _account holder at the meter
    @param _claim state after the last walk; empty for the first
    @param _end_day [day] first day not walked; the settled days end it sooner
    @param _span part of the index; bounds and end day may only ever grow between two walks
    @return the state to keep, [base units] amount that became claimable (rounds down, fraction
        kept), whether nothing is left to walk (else walk again from that state)
    """
    return reward_index._accrue(
        IMeter(_meter), _account, _claim, min(_end_day, settlement._progress().next_day), _span
    )


@external
@view
@reentrant
def levels_at(_day: uint256) -> (uint256, uint256, uint256):
    """
    @notice The indices before a day.
    @dev Safe in the middle of a claim: that changes neither.
    @param _day [day] UTC day index
    @return [day] the day, or the first one not settled if that is earlier,
            [base units per TH·s, 2**128] paid index before it, arrears index before it
    """
    day: uint256 = min(_day, settlement._progress().next_day)
    paid: uint256 = 0
    arrears: uint256 = 0
    paid, arrears = reward_index._levels_at(day)
    return day, paid, arrears


################################################################
#                           INTERNAL                           #
################################################################


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
@view
def _claimable(_account: address) -> (IRewardIndex.Claim, uint256, bool):
    """
    @notice Walk an account of the token over all settled days and all of the index.
    @param _account holder
    @return its state after it, [base units] amount, whether nothing is left to walk
    """
    end: uint256 = settlement._progress().next_day
    return reward_index._accrue(
        IMeter(settlement.TOKEN),
        _account,
        reward_index._claim_of(_account, end),
        end,
        IRewardIndex.Span(
            paid_low=0,
            paid_high=max_value(uint256),
            arrears_low=0,
            arrears_high=max_value(uint256),
        ),
    )


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
