# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Hashrate tranches
@license GNU Affero General Public License v3.0 only
@notice Splits tokens of one series into SENIOR and JUNIOR, one of each for 1 TH/s. Strip: SENIOR is
        every reward of a term, JUNIOR the token back at its end. Note: SENIOR is the first `face`
        that a TH/s earns in the term, JUNIOR all that comes after and the token itself, back as
        soon as the face is met. Selling SENIOR borrows against hashrate without a price, an oracle
        or a liquidation. What a note lacks at the end is asked of JUNIOR, which pays, is bought by
        somebody who does, or falls to SENIOR. docs/tranches.md is the law.
@dev Invariants (numbers as in the stateful tests):
     N1. JUNIOR's supply is the tokens held less those donated, until JUNIOR is void;
     N2. SENIOR's supply is JUNIOR's until the outcome is decided;
     N3. each claim is the floor of the exact sum of its span, whoever claims when;
     N4. cut and shortfall depend on settled days alone (`tranche_cut`);
     N5. no more goes out than came in; in the end no token, no cash and less than one base unit for
         each account are left;
     N6. nobody has a role; there is no fee, no pause, no oracle and no price.

     Every entry point finds and notes the outcome first. Claims round down and keep their fraction,
     what JUNIOR owes rounds up, what a buyer of JUNIOR gets rounds down. Money is counted by what
     arrived, never by `balanceOf`: a donation changes nothing. Trust: the series, which the factory
     looks up in its registry, and the reward token for being a plain token.
@custom:security Contracts claim and redeem for themselves: a stranger who did it for a pool could
                 skim it. From the auction on anyone may buy any holder's JUNIOR at its price.
@custom:kill Cannot be stopped.
"""

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ..series import IMeter
from ..series import IRewardDistributor
from ..series import IRewardIndex
from . import ITranches

implements: ITranches

from ..series import pass_through
from . import tranche_cut
from . import tranche_name

initializes: pass_through
initializes: tranche_cut

exports: (
    pass_through.in_hand,
    pass_through.credit_of,
)


# `IERC20Detailed` reads one character
interface SeriesToken:
    def symbol() -> String[16]: view


interface TrancheToken:
    def mint(_receiver: address, _amount_ths: uint256): nonpayable
    def burn(_from: address, _amount_ths: uint256): nonpayable


_DAY_SECONDS: constant(uint256) = 86_400
_PRECISION: constant(uint256) = 2**128
_NEVER: constant(uint256) = 2**32 - 1
# [base units per TH/s] faces are below it, so that every level fits 128 bits
MAX_FACE: constant(uint256) = 2**75
# [days] an auction lasts; the buyer's share grows from nothing to all
AUCTION_DAYS: constant(uint256) = 5
# [days] a series must go on after a note's maturity, so that JUNIOR is worth its shortfall
COVER_DAYS: constant(uint256) = 180


# token of the series
TOKEN: public(immutable(address))
# token rewards and shortfalls are paid in
REWARD_TOKEN: public(immutable(address))
SENIOR: public(immutable(address))
JUNIOR: public(immutable(address))
_TERMS: immutable(ITranches.Terms)
_IS_STRIP: immutable(bool)


# what stands behind SENIOR of an unmet note
pool: public(ITranches.Pool)
# whether the forfeited tokens were added to the pool
_is_void_noted: bool
# who redeemed the last SENIOR: what the pool still earns is that account's
last_redeemer: public(address)


@deploy
def __init__(_terms: ITranches.Terms, _token_blueprint: address):
    """
    @notice Deployed by the factory, which knows the series; deploys both tokens.
    @param _terms terms, immutable
    @param _token_blueprint ERC-5202 blueprint of `TrancheToken`
    """
    distributor: IRewardDistributor = IRewardDistributor(_terms.distributor)
    progress: IRewardDistributor.Progress = staticcall distributor.progress()
    today: uint256 = block.timestamp // _DAY_SECONDS
    assert (
        today <= _terms.start_day and progress.next_day <= _terms.start_day
    ), "tranches: start is past"
    assert _terms.start_day < _terms.maturity_day, "tranches: no term"
    assert _terms.maturity_day <= _NEVER, "tranches: maturity too late"
    is_strip: bool = _terms.face == tranche_cut.NO_FACE
    if is_strip:
        assert _terms.grace_days == 0, "tranches: strip has no grace"
    else:
        assert _terms.face != 0 and _terms.face < MAX_FACE, "tranches: face out of range"
        assert (_terms.grace_days == 10 or _terms.grace_days == 30), "tranches: grace not 10 or 30"
        # what JUNIOR still earns when it is asked to pay covers what it is asked for
        series: IRewardDistributor.Terms = staticcall distributor.terms()
        settling: uint256 = (
            series.grace_seconds + series.output_deadline_seconds + _DAY_SECONDS - 1
        ) // _DAY_SECONDS
        assert (
            progress.end_day
            >= _terms.maturity_day + COVER_DAYS + settling + _terms.grace_days + AUCTION_DAYS
        ), "tranches: series ends too soon"
    _TERMS = _terms
    _IS_STRIP = is_strip
    token: address = staticcall distributor.TOKEN()
    reward_token: address = staticcall distributor.REWARD_TOKEN()
    TOKEN = token
    REWARD_TOKEN = reward_token
    pass_through.__init__()
    tranche_cut.__init__(_terms)
    decimals: uint256 = convert(staticcall IERC20Detailed(reward_token).decimals(), uint256)
    face_sats: uint256 = 0 if is_strip else _terms.face // 10**(decimals - 8)
    series_symbol: String[16] = staticcall SeriesToken(token).symbol()
    SENIOR = create_from_blueprint(
        _token_blueprint,
        tranche_name._name(series_symbol, True, is_strip, _terms.maturity_day, face_sats),
        _terms.start_day,
        _terms.maturity_day,
    )
    # JUNIOR of a strip earns from maturity on, of a note from the cut on, which may be any day
    JUNIOR = create_from_blueprint(
        _token_blueprint,
        tranche_name._name(series_symbol, False, is_strip, _terms.maturity_day, face_sats),
        _terms.maturity_day if is_strip else _terms.start_day,
        _NEVER,
    )


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def split(_amount_ths: uint256, _senior_to: address, _junior_to: address):
    """
    @notice Turn tokens of the series into as many SENIOR and JUNIOR.
    @param _amount_ths [TH/s, 18 dec] pulled from the caller
    @param _senior_to receiver of SENIOR
    @param _junior_to receiver of JUNIOR
    @custom:reverts "tranches: nothing to split", "tranches: not started", "tranches: term is over",
        "tranches: face is decided", "token: …"
    @custom:emits Split
    """
    assert _amount_ths != 0, "tranches: nothing to split"
    today: uint256 = block.timestamp // _DAY_SECONDS
    assert today >= _TERMS.start_day, "tranches: not started"
    assert today < _TERMS.maturity_day, "tranches: term is over"
    outcome: ITranches.Outcome = tranche_cut._note()
    assert outcome.state == ITranches.State.OPEN, "tranches: face is decided"
    log ITranches.Split(
        owner=msg.sender, senior_to=_senior_to, junior_to=_junior_to, amount_ths=_amount_ths
    )
    # the series' token moves what it is asked to, or reverts
    extcall IERC20(TOKEN).transferFrom(msg.sender, self, _amount_ths)
    extcall TrancheToken(SENIOR).mint(_senior_to, _amount_ths)
    extcall TrancheToken(JUNIOR).mint(_junior_to, _amount_ths)


@external
def merge(_amount_ths: uint256):
    """
    @notice Turn SENIOR and JUNIOR back into tokens of the series. Costs nothing at any time: what
        SENIOR may still ask is what JUNIOR still owes.
    @param _amount_ths [TH/s, 18 dec] of each, the caller's
    @custom:reverts "tranches: junior is void", "meter: …"
    @custom:emits Merged
    """
    outcome: ITranches.Outcome = tranche_cut._note()
    self._check_not_void(outcome)
    log ITranches.Merged(owner=msg.sender, amount_ths=_amount_ths)
    extcall TrancheToken(SENIOR).burn(msg.sender, _amount_ths)
    extcall TrancheToken(JUNIOR).burn(msg.sender, _amount_ths)
    extcall IERC20(TOKEN).transfer(msg.sender, _amount_ths)


@external
def claim(
    _token: address, _account: address = msg.sender, _receiver: address = empty(address)
) -> uint256:
    """
    @notice Pay an account what its SENIOR or JUNIOR has earned on settled days and not yet
        received, arrears of those days included, for ever. After very many touched days, repeat it.
    @param _token SENIOR or JUNIOR
    @param _account holder, the caller by default; for one with code only it itself may
    @param _receiver who is paid; the account by default, another one only for the caller's own
    @return [base units] amount paid
    @custom:reverts "tranches: not a tranche", "tranches: contract claims itself",
        "tranches: not your claim", "tranches: nothing to claim", "tranches: claim holding first",
        "tranches: transfer out failed"
    @custom:emits RewardClaimed
    """
    assert _token == SENIOR or _token == JUNIOR, "tranches: not a tranche"
    receiver: address = _account
    if msg.sender != _account:
        assert _account.codesize == 0, "tranches: contract claims itself"
        assert _receiver == empty(address), "tranches: not your claim"
    elif _receiver != empty(address):
        receiver = _receiver
    claim: IRewardIndex.Claim = empty(IRewardIndex.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    claim, amount, is_whole = self._earned(_token, _account, tranche_cut._note())
    assert amount != 0 or not is_whole, "tranches: nothing to claim"
    self._take_in_hand(amount)
    pass_through._store(_token, _account, claim, False)
    log ITranches.RewardClaimed(token=_token, account=_account, receiver=receiver, amount=amount)
    if amount != 0:
        assert pass_through._is_sent(
            REWARD_TOKEN, receiver, amount
        ), "tranches: transfer out failed"
    return amount


@external
def pull():
    """
    @notice Collect what the tokens held here have earned. Claims do it themselves, unless very many
        days were touched.
    @custom:reverts "tranches: nothing collected"
    """
    tranche_cut._note()
    assert pass_through._pull(_TERMS.distributor), "tranches: nothing collected"


@external
def find_cut() -> ITranches.Outcome:
    """
    @notice Find the outcome and note it. Every other call does so too; the auction's clock starts
        on the day of the first.
    @return the outcome
    @custom:emits CutFound
    """
    return tranche_cut._note()


@external
def redeem_junior(_amount_ths: uint256, _max_cost: uint256 = 0) -> uint256:
    """
    @notice Turn JUNIOR into tokens of the series: free once the face is met, or from a strip's
        maturity on; at the shortfall while a note is unmet and JUNIOR not void.
    @param _amount_ths [TH/s, 18 dec] of the caller's
    @param _max_cost [base units] the caller pays at most
    @return [base units] paid, rounded up in favour of SENIOR
    @custom:reverts "tranches: not redeemable yet", "tranches: junior is void",
        "tranches: costs more", "tranches: transfer in failed", "tranches: cost not received",
        "meter: …"
    @custom:emits JuniorRedeemed
    """
    return self._redeem(msg.sender, msg.sender, msg.sender, _amount_ths, _max_cost)


@external
def redeem_junior_for(_holder: address, _amount_ths: uint256, _max_cost: uint256 = 0) -> uint256:
    """
    @notice The same for another holder, at the caller's cost. A contract does it itself until the
        auction, when anyone may buy its JUNIOR: tokens sent to a pool could be lost there.
    @param _holder holder, who gets the tokens
    @param _amount_ths [TH/s, 18 dec] of its JUNIOR
    @param _max_cost [base units] the caller pays at most
    @return [base units] paid, rounded up in favour of SENIOR
    @custom:reverts "tranches: contract self-redeems", `redeem_junior`
    @custom:emits JuniorRedeemed
    """
    if _holder.codesize != 0 and msg.sender != _holder:
        assert self._is_auction(tranche_cut._note()), "tranches: contract self-redeems"
    return self._redeem(_holder, msg.sender, _holder, _amount_ths, _max_cost)


@external
def buy_junior(_holder: address, _amount_ths: uint256, _minimum_ths: uint256) -> uint256:
    """
    @notice Pay the shortfall of a holder who did not, and take a part of its tokens that grows from
        nothing to all in five days; the rest goes to the holder at once.
    @param _holder whose JUNIOR
    @param _amount_ths [TH/s, 18 dec] of it
    @param _minimum_ths [TH/s, 18 dec] the caller wants at least
    @return [TH/s, 18 dec] the caller's part, rounded down in favour of the holder
    @custom:reverts "tranches: no auction", "tranches: fewer tokens",
        "tranches: transfer in failed", "tranches: cost not received", "meter: …"
    @custom:emits JuniorBought
    """
    outcome: ITranches.Outcome = tranche_cut._note()
    assert self._is_auction(outcome), "tranches: no auction"
    elapsed: uint256 = block.timestamp - self._auction_day(outcome) * _DAY_SECONDS
    bought: uint256 = _amount_ths * elapsed // (AUCTION_DAYS * _DAY_SECONDS)
    assert bought >= _minimum_ths, "tranches: fewer tokens"
    cost: uint256 = self._cost(outcome, _amount_ths)
    log ITranches.JuniorBought(
        holder=_holder, buyer=msg.sender, amount_ths=_amount_ths, bought_ths=bought, cost=cost
    )
    extcall TrancheToken(JUNIOR).burn(_holder, _amount_ths)
    self._take_cash(msg.sender, cost)
    extcall IERC20(TOKEN).transfer(msg.sender, bought)
    extcall IERC20(TOKEN).transfer(_holder, _amount_ths - bought)
    return bought


@external
def redeem_senior(_amount_ths: uint256) -> (uint256, uint256):
    """
    @notice Turn SENIOR of an unmet note into its part of what JUNIOR paid and left: once no JUNIOR
        is left or it is void. Claims stay. Collect the pool first: what it earns afterwards is
        for those who are still in it, and in the end for the last.
    @param _amount_ths [TH/s, 18 dec] of the caller's
    @return [base units] cash, [TH/s, 18 dec] tokens; both round down, the last takes all
    @custom:reverts "tranches: junior can still pay", "tranches: nothing to redeem",
        "meter: …"
    @custom:emits SeniorRedeemed, Credited
    """
    outcome: ITranches.Outcome = tranche_cut._note()
    is_void: bool = self._note_void(outcome)
    assert is_void or (
        outcome.state == ITranches.State.UNMET and staticcall IERC20(JUNIOR).totalSupply() == 0
    ), "tranches: junior can still pay"
    supply: uint256 = staticcall IERC20(SENIOR).totalSupply()
    assert _amount_ths != 0 and _amount_ths <= supply, "tranches: nothing to redeem"
    pool: ITranches.Pool = self.pool
    cash: uint256 = pool.cash * _amount_ths // supply
    tokens: uint256 = pool.tokens * _amount_ths // supply
    self.pool = ITranches.Pool(cash=pool.cash - cash, tokens=pool.tokens - tokens)
    if _amount_ths == supply:
        self.last_redeemer = msg.sender
    log ITranches.SeniorRedeemed(
        holder=msg.sender, amount_ths=_amount_ths, cash=cash, tokens_ths=tokens
    )
    extcall TrancheToken(SENIOR).burn(msg.sender, _amount_ths)
    if tokens != 0:
        extcall IERC20(TOKEN).transfer(msg.sender, tokens)
    pass_through._push(REWARD_TOKEN, msg.sender, cash)
    return cash, tokens


@external
def collect_pool() -> uint256:
    """
    @notice Add to the pool what the forfeited tokens have earned since JUNIOR is void. After very
        many touched days, repeat it.
    @return [base units] added; the last redeemer's, once all SENIOR is redeemed
    @custom:reverts "tranches: junior is not void", "tranches: nothing to collect",
        "tranches: claim holding first"
    @custom:emits PoolCollected, Credited
    """
    outcome: ITranches.Outcome = tranche_cut._note()
    assert self._note_void(outcome), "tranches: junior is not void"
    claim: IRewardIndex.Claim = empty(IRewardIndex.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    # all tokens held are the pool's from that day on
    claim, amount, is_whole = pass_through._walk(
        _TERMS.distributor, TOKEN, TOKEN, self, 1, _NEVER, self._whole_span()
    )
    assert amount != 0 or not is_whole, "tranches: nothing to collect"
    self._take_in_hand(amount)
    pass_through._store(TOKEN, self, claim, False)
    log ITranches.PoolCollected(amount=amount)
    if self.last_redeemer == empty(address):
        self.pool.cash += amount
    else:
        pass_through._push(REWARD_TOKEN, self.last_redeemer, amount)
    return amount


@external
def withdraw_credit(_receiver: address = msg.sender) -> uint256:
    """
    @notice Pay out cash that could not be delivered to the caller.
    @param _receiver who is paid
    @return [base units]
    @custom:reverts "pass: nothing waits", "pass: transfer out failed"
    @custom:emits CreditWithdrawn
    """
    return pass_through._withdraw(REWARD_TOKEN, msg.sender, _receiver)


################################################################
#                            JUNIOR                            #
################################################################


@external
def redeem_principal(_holder: address, _receiver: address, _amount_ths: uint256):
    """
    @notice Free redemption through the face of ERC-5095; JUNIOR has checked the approval.
    @param _holder whose JUNIOR
    @param _receiver who gets the tokens
    @param _amount_ths [TH/s, 18 dec] amount
    @custom:reverts "tranches: not junior", `redeem_junior`
    @custom:emits JuniorRedeemed
    """
    assert msg.sender == JUNIOR, "tranches: not junior"
    self._redeem(_holder, _holder, _receiver, _amount_ths, 0)


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def terms() -> ITranches.Terms:
    """
    @notice Immutable terms of the product.
    @return the terms
    """
    return _TERMS


@external
@view
def maturity() -> uint256:
    """
    @notice When the term is over.
    @return [unix s]
    """
    return _TERMS.maturity_day * _DAY_SECONDS


@external
@view
def outcome() -> ITranches.Outcome:
    """
    @notice The outcome as settled days tell it now, noted or not.
    @return the outcome
    """
    return tranche_cut._outcome()


@external
@view
def auction_days() -> (uint256, uint256):
    """
    @notice When JUNIOR of an unmet note can be bought, and when it is void.
    @return [day] first day of the auction, first day on which JUNIOR is void; 0 where not known
    """
    outcome: ITranches.Outcome = tranche_cut._outcome()
    if outcome.state != ITranches.State.UNMET:
        return 0, 0
    first_day: uint256 = self._auction_day(outcome)
    return first_day, first_day + AUCTION_DAYS


@external
@view
def preview_claim(_token: address, _account: address) -> (uint256, bool):
    """
    @notice What `claim` would pay now.
    @param _token SENIOR or JUNIOR
    @param _account holder
    @return [base units] amount, whether it is all there is (else claim again)
    """
    claim: IRewardIndex.Claim = empty(IRewardIndex.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    claim, amount, is_whole = self._earned(_token, _account, tranche_cut._outcome())
    return amount, is_whole


@external
@view
def cost_of(_amount_ths: uint256) -> uint256:
    """
    @notice What redeeming JUNIOR costs now.
    @param _amount_ths [TH/s, 18 dec] amount
    @return [base units] 0 where it is free or not possible
    """
    return self._cost(tranche_cut._outcome(), _amount_ths)


@external
@view
def is_free(_token: address) -> bool:
    """
    @notice Whether a token is JUNIOR that can be redeemed at no cost now.
    @param _token SENIOR or JUNIOR
    @return True if so
    """
    return _token == JUNIOR and self._is_redeemable(tranche_cut._outcome())


@external
@view
def remaining(_token: address) -> (uint256, uint256):
    """
    @notice What one SENIOR has still to get, as far as settled days tell.
    @param _token SENIOR
    @return [base units per token] of a note: what its face lacks, rounded up; 0 once it is met or
            JUNIOR void. [token-days, 18 dec] of a strip: days to come, by the second.
            [day] first day that is not settled
    @custom:reverts "tranches: not senior"
    """
    assert _token == SENIOR, "tranches: not senior"
    progress: IRewardDistributor.Progress = staticcall IRewardDistributor(
        _TERMS.distributor
    ).progress()
    if _IS_STRIP:
        # by the second, as the meter pays: what is over of today is the holder's already
        first: uint256 = max(block.timestamp, _TERMS.start_day * _DAY_SECONDS)
        end: uint256 = min(_TERMS.maturity_day, progress.end_day) * _DAY_SECONDS
        # rounds down: less than 1e-18 of a day
        return 10**18 * (max(first, end) - first) // _DAY_SECONDS, progress.next_day
    outcome: ITranches.Outcome = tranche_cut._outcome()
    if outcome.state == ITranches.State.MET or self._is_void(outcome):
        return 0, progress.next_day
    left: uint256 = outcome.shortfall
    if outcome.state == ITranches.State.OPEN:
        if outcome.target == 0:
            return _TERMS.face, progress.next_day
        day: uint256 = 0
        paid: uint256 = 0
        arrears: uint256 = 0
        day, paid, arrears = tranche_cut._levels_at(_TERMS.maturity_day)
        left = outcome.target - paid - arrears
    return self._money_of(left, 10**18), progress.next_day


################################################################
#                           INTERNAL                           #
################################################################


@internal
def _redeem(
    _holder: address, _payer: address, _receiver: address, _amount_ths: uint256, _max_cost: uint256
) -> uint256:
    """
    @notice Burn JUNIOR, take what it costs, hand the tokens out.
    @param _holder whose JUNIOR
    @param _payer who pays
    @param _receiver who gets the tokens
    @param _amount_ths [TH/s, 18 dec] amount
    @param _max_cost [base units] the payer pays at most
    @return [base units] paid
    @custom:reverts "tranches: not redeemable yet", "tranches: junior is void",
        "tranches: costs more", "tranches: transfer in failed", "tranches: cost not received",
        "meter: …"
    @custom:emits JuniorRedeemed
    """
    outcome: ITranches.Outcome = tranche_cut._note()
    cost: uint256 = 0
    if outcome.state == ITranches.State.UNMET:
        self._check_not_void(outcome)
        cost = self._cost(outcome, _amount_ths)
        assert cost <= _max_cost, "tranches: costs more"
    else:
        assert self._is_redeemable(outcome), "tranches: not redeemable yet"
    log ITranches.JuniorRedeemed(
        holder=_holder, payer=_payer, receiver=_receiver, amount_ths=_amount_ths, cost=cost
    )
    extcall TrancheToken(JUNIOR).burn(_holder, _amount_ths)
    self._take_cash(_payer, cost)
    extcall IERC20(TOKEN).transfer(_receiver, _amount_ths)
    return cost


@internal
def _take_in_hand(_amount: uint256):
    """
    @notice Take money of the series out of what is in hand, collecting it if need be.
    @param _amount [base units]
    @custom:reverts "tranches: claim holding first"
    """
    assert pass_through._collect(_TERMS.distributor, _amount), "tranches: claim holding first"
    pass_through.in_hand[_TERMS.distributor] -= _amount


@internal
def _take_cash(_payer: address, _amount: uint256):
    """
    @notice Take money into the pool.
    @param _payer who pays
    @param _amount [base units] that must arrive
    @custom:reverts "tranches: transfer in failed", "tranches: cost not received"
    """
    if _amount == 0:
        return
    token: IERC20 = IERC20(REWARD_TOKEN)
    before: uint256 = staticcall token.balanceOf(self)
    assert extcall token.transferFrom(
        _payer, self, _amount, default_return_value=True
    ), "tranches: transfer in failed"
    assert (staticcall token.balanceOf(self) >= before + _amount), "tranches: cost not received"
    self.pool.cash += _amount


@internal
def _note_void(_outcome: ITranches.Outcome) -> bool:
    """
    @notice Add the forfeited tokens to the pool, once.
    @param _outcome the outcome
    @return whether JUNIOR is void
    @custom:emits JuniorForfeited
    """
    if not self._is_void(_outcome):
        return False
    if not self._is_void_noted:
        self._is_void_noted = True
        # no call changes JUNIOR's supply once it is void
        forfeited: uint256 = staticcall IERC20(JUNIOR).totalSupply()
        self.pool.tokens = forfeited
        pass_through._begin_at(TOKEN, self, self._auction_day(_outcome) + AUCTION_DAYS)
        log ITranches.JuniorForfeited(amount_ths=forfeited)
    return True


@internal
@view
def _earned(
    _token: address, _account: address, _outcome: ITranches.Outcome
) -> (IRewardIndex.Claim, uint256, bool):
    """
    @notice Walk an account over the span of its token.
    @param _token SENIOR or JUNIOR
    @param _account holder
    @param _outcome the outcome
    @return its state after it, [base units] amount, whether nothing is left to walk
    """
    span: IRewardIndex.Span = self._whole_span()
    end_day: uint256 = _NEVER
    is_open: bool = _outcome.state == ITranches.State.OPEN
    if _token == SENIOR:
        end_day = _TERMS.maturity_day
        if not is_open:
            span.paid_high = _outcome.cut_paid
            span.arrears_high = _outcome.cut_arrears
    elif not _IS_STRIP:
        if is_open:
            return empty(IRewardIndex.Claim), 0, True
        span.paid_low = _outcome.cut_paid
        span.arrears_low = _outcome.cut_arrears
        if _outcome.state == ITranches.State.UNMET:
            end_day = self._auction_day(_outcome) + AUCTION_DAYS
    return pass_through._walk(_TERMS.distributor, _token, _token, _account, 1, end_day, span)


@internal
@view
def _is_redeemable(_outcome: ITranches.Outcome) -> bool:
    """
    @notice Whether JUNIOR is redeemed at no cost.
    @param _outcome the outcome
    @return True if so
    """
    if _IS_STRIP:
        return block.timestamp // _DAY_SECONDS >= _TERMS.maturity_day
    return _outcome.state == ITranches.State.MET


@internal
@view
def _is_auction(_outcome: ITranches.Outcome) -> bool:
    """
    @notice Whether JUNIOR can be bought.
    @param _outcome the outcome
    @return True if so
    """
    return (
        _outcome.state == ITranches.State.UNMET
        and block.timestamp // _DAY_SECONDS >= self._auction_day(_outcome)
        and not self._is_void(_outcome)
    )


@internal
@view
def _check_not_void(_outcome: ITranches.Outcome):
    """
    @notice Refuse what JUNIOR can do no more.
    @param _outcome the outcome
    @custom:reverts "tranches: junior is void"
    """
    assert not self._is_void(_outcome), "tranches: junior is void"


@internal
@view
def _is_void(_outcome: ITranches.Outcome) -> bool:
    """
    @notice Whether JUNIOR has fallen to SENIOR.
    @param _outcome the outcome
    @return True if so
    """
    return (
        _outcome.state == ITranches.State.UNMET
        and block.timestamp // _DAY_SECONDS >= self._auction_day(_outcome) + AUCTION_DAYS
    )


@internal
@view
def _auction_day(_outcome: ITranches.Outcome) -> uint256:
    """
    @notice First day on which JUNIOR of an unmet note can be bought.
    @param _outcome the outcome
    @return [day]
    """
    return _outcome.noted_day + 1 + _TERMS.grace_days


@internal
@view
def _cost(_outcome: ITranches.Outcome, _amount_ths: uint256) -> uint256:
    """
    @notice What JUNIOR owes SENIOR.
    @param _outcome the outcome; the shortfall is zero unless it is unmet
    @param _amount_ths [TH/s, 18 dec] amount
    @return [base units] rounds up, in favour of SENIOR
    """
    return self._money_of(_outcome.shortfall, _amount_ths)


@internal
@pure
def _money_of(_level: uint256, _amount_ths: uint256) -> uint256:
    """
    @notice Money that a difference of levels is for hashrate held all day.
    @param _level [base units per TH·s, 2**128] below 2**129
    @param _amount_ths [TH/s, 18 dec] at most 2**94
    @return [base units] rounds up, in favour of SENIOR
    """
    return (_amount_ths * _DAY_SECONDS * _level + _PRECISION - 1) // _PRECISION


@internal
@pure
def _whole_span() -> IRewardIndex.Span:
    """
    @notice All of the index.
    @return the span without a bound
    """
    return IRewardIndex.Span(
        paid_low=0,
        paid_high=max_value(uint256),
        arrears_low=0,
        arrears_high=max_value(uint256),
    )
