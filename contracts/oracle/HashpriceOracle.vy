# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Hashprice oracle
@license GNU Affero General Public License v3.0 only
@notice Each UTC day's Bitcoin facts (heights, subsidy, fees, hashprice, difficulty), its closing
        price, and the mining output of each series, as signed by k of n independent reporters.
        Anyone may transmit k signatures: reporters' keys never need gas. A posted day is open to
        challenge for 12 hours, or for 72 if it is unusual, and then final for ever.
@dev * No day is skipped; a day that Bitcoin's rules forbid is refused; an unusual one only waits
        longer. A day that cannot follow a pending one is refused: one of the two is false and the
        pending one can be replaced. After a final one it waits longest: so a false day that became
        final can be left behind, and a quorum that abuses it can be replaced in time.
     * The pending days form a tail: removing one removes all after it. `final_at` never falls from
       day to day.
     * Prefix sums make the average over any final days two reads with one answer whenever it is
       asked.
     * Moving a fact takes k keys over identical facts. Moving the price takes k keys too: prices
       must agree within the spread and the median counts. Rounding: the USD sum adds each day's
       floor, an even median is the floor of the middle mean. Trust: k honest reporters for facts.
       The guardian can delay a day, at most twice; the owner can change reporters after a delay.
       Proof-of-work chooses how long a day waits, never what it says. Nobody can change a final
       day. This contract holds no funds and calls no other, except that `review_day` reads one.
@custom:security Facts are as good as k of n reporters; `docs/threat-model.md` says what each number
        of bought keys can do.
@custom:kill Cannot be paused. If k reporters stop, no day is posted: everything final stays
        readable and series close by silence.
"""

from . import IHashpriceOracle
from . import IIndex

implements: IHashpriceOracle
implements: IIndex

from snekmate.auth import ownable
from snekmate.auth import ownable_2step
from snekmate.utils import eip712_domain_separator
from . import day_checks
from . import day_disputes
from . import day_history
from . import output_history
from . import reporter_quorum

initializes: ownable
initializes: ownable_2step[ownable := ownable]
initializes: eip712_domain_separator
initializes: reporter_quorum[ownable := ownable]
initializes: day_disputes
initializes: day_history
initializes: output_history

exports: (
    ownable.owner,
    ownable_2step.pending_owner,
    ownable_2step.transfer_ownership,
    ownable_2step.accept_ownership,
    ownable_2step.renounce_ownership,
    eip712_domain_separator.eip712Domain,
    reporter_quorum.MEMBERSHIP_DELAY,
    reporter_quorum.is_reporter,
    reporter_quorum.apply_membership,
    reporter_quorum.schedule_membership,
    reporter_quorum.remove_reporter,
    reporter_quorum.reporters,
    reporter_quorum.threshold,
    reporter_quorum.membership_version,
    reporter_quorum.scheduled_membership,
    day_disputes.BITCOIN_HEADERS,
    day_disputes.DISPUTE_WINDOW_SECONDS,
    day_disputes.disputes_end,
    day_history.FIRST_DAY,
    day_history.next_day,
)

MAX_REPORTERS: constant(uint256) = 31
# [count] vetoes of one day or output; the next revision can only be replaced by a quorum
MAX_VETOES: constant(uint256) = 2
# [days] an output attests hashrate only while the newest is this young
MAX_ATTESTATION_AGE: constant(uint256) = 4
# [days] longest mean
MAX_MEAN_DAYS: constant(uint256) = 64

_DAY_SECONDS: constant(uint256) = 86_400
# [s] between the earliest change of reporters and the finality of a recovery, at least
_RECOVERY_MARGIN_SECONDS: constant(uint256) = 3 * 86_400
# [s] between the earliest change of reporters and the end of a dispute's window, at least
_DISPUTE_MARGIN_SECONDS: constant(uint256) = 7 * 86_400
# [oracle units] in one tick of a metric (`IIndex`), where contracts are of 1 PH/s and values per
# TH/s, 18 decimals: 1 sat per PH/s and day, $0.01 per PH/s and day, 1e9 of difficulty
_UNITS_PER_SAT: constant(uint256) = 10**15
_UNITS_PER_CENT: constant(uint256) = 10**13
_UNITS_PER_BILLION: constant(uint256) = 10**27


# what a chain's oracle is set up with, once
struct Config:
    first_day: uint256  # [day] first day that can be reported
    first_height: uint256  # [height] first block of that day, at least 1
    halving_blocks: uint256  # [blocks] 210,000 on mainnet, 150 on regtest
    unit_hashes: uint256  # [hashes per s] one unit of hashrate; 10**12 for TH/s
    spread_bps: uint256  # [bps] greatest spread of the signers' prices
    short_window_seconds: uint256  # [s] challenge window of an ordinary day, and of outputs
    long_window_seconds: uint256  # [s] challenge window of an unusual day
    recovery_window_seconds: uint256  # [s] of a day that cannot follow the final day before it
    membership_delay_seconds: uint256  # [s] wait before reporters are added
    bitcoin_headers: address  # proves days by proof-of-work; zero for none
    dispute_window_seconds: uint256  # [s] a day waits from a contradiction on; 0 without headers


# [blocks], [hashes per s], [bps], [s], [s]: see `Config`
HALVING_BLOCKS: public(immutable(uint256))
UNIT_HASHES: public(immutable(uint256))
SPREAD_BPS: public(immutable(uint256))
SHORT_WINDOW_SECONDS: public(immutable(uint256))
LONG_WINDOW_SECONDS: public(immutable(uint256))
RECOVERY_WINDOW_SECONDS: public(immutable(uint256))


# may veto pending reports and pause minting; named by the owner
guardian: public(address)
# day -> [count] vetoes of that day so far
vetoes_of: public(HashMap[uint256, uint256])


@deploy
def __init__(
    _owner: address,
    _guardian: address,
    _reporters: DynArray[address, MAX_REPORTERS],
    _threshold: uint256,
    _config: Config,
):
    """
    @notice Set the roles and the terms; the deployer keeps no right.
    @param _owner changes reporters and names the guardian; on public networks a multisig that acts
        within hours, not a timelock: additions wait here anyway, and only a bought key removed in
        time saves the second veto
    @param _guardian vetoes pending reports; zero for none
    @param _reporters first reporters
    @param _threshold [count] signatures a report needs
    @param _config terms, immutable
    """
    assert _owner != empty(address), "oracle: zero owner"
    assert _config.first_day != 0, "oracle: zero first day"
    assert _config.first_height != 0, "oracle: zero first height"
    assert _config.first_height <= day_checks.MAX_HEIGHT, "oracle: first height too wide"
    assert _config.halving_blocks != 0, "oracle: zero halving"
    assert _config.halving_blocks <= day_checks.MAX_HEIGHT, "oracle: halving too long"
    assert _config.unit_hashes != 0, "oracle: zero unit"
    assert _config.unit_hashes <= 10**15, "oracle: unit too large"
    assert _config.spread_bps <= 1_000, "oracle: spread too wide"
    assert _config.short_window_seconds != 0, "oracle: zero window"
    # longer, and no output would be young enough to attest anything
    assert _config.short_window_seconds <= 2 * _DAY_SECONDS, "oracle: short window too long"
    assert _config.short_window_seconds <= _config.long_window_seconds, "oracle: windows crossed"
    assert _config.long_window_seconds <= 7 * _DAY_SECONDS, "oracle: window too long"
    # a quorum that abuses recovery can be replaced before its day is final, and three days remain
    assert (
        _config.recovery_window_seconds
        >= max(
            _config.long_window_seconds, _config.membership_delay_seconds + _RECOVERY_MARGIN_SECONDS
        )
    ), "oracle: recovery too short"
    assert _config.recovery_window_seconds <= 30 * _DAY_SECONDS, "oracle: recovery too long"
    if _config.bitcoin_headers == empty(address):
        assert _config.dispute_window_seconds == 0, "oracle: dispute without headers"
    else:
        # a quorum that lied can be replaced, and its successor has a week to tell the truth
        assert (
            _config.dispute_window_seconds
            >= _config.membership_delay_seconds + _DISPUTE_MARGIN_SECONDS
        ), "oracle: dispute too short"
        assert _config.dispute_window_seconds <= 21 * _DAY_SECONDS, "oracle: dispute too long"
    HALVING_BLOCKS = _config.halving_blocks
    UNIT_HASHES = _config.unit_hashes
    SPREAD_BPS = _config.spread_bps
    SHORT_WINDOW_SECONDS = _config.short_window_seconds
    LONG_WINDOW_SECONDS = _config.long_window_seconds
    RECOVERY_WINDOW_SECONDS = _config.recovery_window_seconds
    ownable.__init__()
    ownable_2step.__init__()
    ownable_2step._transfer_ownership(_owner)
    eip712_domain_separator.__init__("HashpriceOracle", "1")
    reporter_quorum.__init__(_reporters, _threshold, _config.membership_delay_seconds)
    day_disputes.__init__(_config.bitcoin_headers, _config.dispute_window_seconds)
    day_history.__init__(_config.first_day, _config.first_height)
    output_history.__init__()
    self._set_guardian(_guardian)


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def report_day(
    _facts: IHashpriceOracle.DayFacts,
    _signatures: DynArray[IHashpriceOracle.PricedSignature, MAX_REPORTERS],
):
    """
    @notice Post the next day. The signatures must be given over the day's present revision and the
        present membership version.
    @param _facts the day, over by this chain's clock
    @param _signatures k or more, strictly ascending by signer, each with its own price
    @custom:reverts "oracle: …", "quorum: …", "ecdsa: …"
    @custom:emits DayReported
    """
    assert _facts.day == day_history.next_day, "oracle: not the next day"
    revision: uint256 = day_history._revision(_facts.day)
    price: uint256 = reporter_quorum._signed_price(
        eip712_domain_separator._domain_separator_v4(), _facts, revision, _signatures, SPREAD_BPS
    )
    self._post_day(_facts, revision, price)


@external
def replace_day(
    _facts: IHashpriceOracle.DayFacts,
    _signatures: DynArray[IHashpriceOracle.PricedSignature, MAX_REPORTERS],
):
    """
    @notice Correct a pending day. It and every later pending day are removed, then the new report
        is posted.
    @param _facts the day
    @param _signatures as in `report_day`, given over the day's present revision plus one
    @custom:reverts "oracle: …", "quorum: …", "ecdsa: …"
    @custom:emits DaysRemoved, DayReported
    """
    revision: uint256 = self._remove_days(_facts.day, False)
    price: uint256 = reporter_quorum._signed_price(
        eip712_domain_separator._domain_separator_v4(), _facts, revision, _signatures, SPREAD_BPS
    )
    self._post_day(_facts, revision, price)


@external
def review_day(_day: uint256):
    """
    @notice Hold a pending day against what proof-of-work proves of it. A contradiction makes it
        wait longer, an agreement ends such a wait; later pending days are cut off and can be sent
        again as they are. Never writes a fact, never forbids a report.
    @param _day [day] UTC day index, pending and proven
    @custom:reverts "oracle: day not pending", "oracle: day not proven", "oracle: nothing to review"
    @custom:emits DayReviewed
    """
    self._check_pending(_day)
    record: IHashpriceOracle.DayRecord = day_history._read(_day)
    before: IHashpriceOracle.DayRecord = day_history._read(_day - 1)
    is_recovery: bool = day_history._is_recovery(_day)
    is_true: bool = day_disputes._is_true(
        _day,
        record.last_height,
        record.difficulty_sum_wad - before.difficulty_sum_wad,
        record.hashprice_sum_wad - before.hashprice_sum_wad,
    )
    window: uint256 = RECOVERY_WINDOW_SECONDS if is_recovery else LONG_WINDOW_SECONDS
    # only the truth brings finality forward, and only a contradiction puts it off
    record.final_at = day_disputes._finality(
        _day,
        record.revision,
        record.final_at,
        is_true,
        max(before.final_at, block.timestamp + window),
    )
    day_history._end_with(_day, record, is_recovery)
    log IHashpriceOracle.DayReviewed(day=_day, is_true=is_true, final_at=record.final_at)


@external
def report_output(
    _series: address,
    _day: uint256,
    _credited_sats: uint256,
    _delivered_ths: uint256,
    _signatures: DynArray[IHashpriceOracle.Signature, MAX_REPORTERS],
):
    """
    @notice Post what a series' fleet produced on a day, once. Days may come in any order.
    @param _series distributor of the series
    @param _day [day] UTC day index, over by this chain's clock
    @param _credited_sats [sat] credited by the pool, net of its fee
    @param _delivered_ths [TH/s, 18 dec] average hashrate over the day
    @param _signatures k or more, strictly ascending by signer
    @custom:reverts "oracle: output is posted", "oracle: output day not over", "output: …",
        "quorum: …", "ecdsa: …"
    @custom:emits OutputReported
    """
    record: IHashpriceOracle.OutputRecord = output_history._read(_series, _day)
    assert record.final_at == 0, "oracle: output is posted"
    record.credited_sats = _credited_sats
    record.delivered_ths = _delivered_ths
    self._post_output(_series, _day, record, _signatures)


@external
def replace_output(
    _series: address,
    _day: uint256,
    _credited_sats: uint256,
    _delivered_ths: uint256,
    _signatures: DynArray[IHashpriceOracle.Signature, MAX_REPORTERS],
):
    """
    @notice Correct a pending output.
    @param _series distributor of the series
    @param _day [day] UTC day index
    @param _credited_sats [sat] credited by the pool, net of its fee
    @param _delivered_ths [TH/s, 18 dec] average hashrate over the day
    @param _signatures as in `report_output`, given over the output's present revision plus one
    @custom:reverts "oracle: output not pending", "oracle: output day not over", "output: …",
        "quorum: …", "ecdsa: …"
    @custom:emits OutputRemoved, OutputReported
    """
    record: IHashpriceOracle.OutputRecord = self._remove_output(_series, _day, False)
    record.credited_sats = _credited_sats
    record.delivered_ths = _delivered_ths
    self._post_output(_series, _day, record, _signatures)


################################################################
#                           GUARDIAN                           #
################################################################


@external
def veto_day(_day: uint256):
    """
    @notice Remove a pending day and every later one. A day can be vetoed twice; after that only a
        quorum can replace it.
    @param _day [day] UTC day index, pending
    @custom:reverts "oracle: not the guardian", "oracle: day not pending", "oracle: day vetoed
        twice"
    @custom:emits DaysRemoved
    """
    self._check_guardian()
    vetoes: uint256 = self.vetoes_of[_day]
    assert vetoes < MAX_VETOES, "oracle: day vetoed twice"
    self.vetoes_of[_day] = vetoes + 1
    self._remove_days(_day, True)


@external
def veto_output(_series: address, _day: uint256):
    """
    @notice Remove a pending output. Twice at most for each series and day.
    @param _series distributor of the series
    @param _day [day] UTC day index
    @custom:reverts "oracle: not the guardian", "oracle: output not pending", "oracle: output vetoed
        twice"
    @custom:emits OutputRemoved
    """
    self._check_guardian()
    record: IHashpriceOracle.OutputRecord = self._remove_output(_series, _day, True)
    assert record.vetoes < MAX_VETOES, "oracle: output vetoed twice"
    record.vetoes += 1
    output_history._write(_series, _day, record)


################################################################
#                            OWNER                             #
################################################################


@external
def set_guardian(_guardian: address):
    """
    @notice Appoint the guardian, effective at once.
    @param _guardian new guardian; zero for none
    @custom:reverts "ownable: caller is not the owner"
    @custom:emits GuardianUpdated
    """
    ownable._check_owner()
    self._set_guardian(_guardian)


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain separator that reports are signed under.
    @return hash
    """
    return eip712_domain_separator._domain_separator_v4()


@external
@view
def last_final_day() -> uint256:
    """
    @notice The newest final day.
    @return [day] newest final day; `FIRST_DAY - 1` if there is none
    """
    return day_history._final_day_at(block.timestamp)


@external
@view
def final_day_at(_time: uint256) -> uint256:
    """
    @notice The newest day that was final at a time, the same whenever it is asked.
    @param _time [unix s] now, or before
    @return [day] newest day final then; `FIRST_DAY - 1` if there was none
    @custom:reverts "oracle: time in the future"
    """
    assert _time <= block.timestamp, "oracle: time in the future"
    return day_history._final_day_at(_time)


@external
@view
def day_record(_day: uint256) -> IHashpriceOracle.DayRecord:
    """
    @notice A day as stored, final or pending: compare `final_at` before relying on it. All zero if
        the day is not posted.
    @param _day [day] UTC day index; the day before the first gives the anchor, whose sums are zero
    @return prefix sums, price, finality and height
    """
    if not day_history._is_posted(_day) and _day != day_history.FIRST_DAY - 1:
        return empty(IHashpriceOracle.DayRecord)
    return day_history._read(_day)


@external
@view
def sum_through(_metric: uint256, _day: uint256) -> (uint256, uint256):
    """
    @notice A metric's sum over a day and all before it, final or pending (`IIndex`).
    @param _metric 1 hashprice in satoshi, 2 in USD, 3 difficulty
    @param _day [day] UTC day index
    @return [18 decimals] the sum, [unix s] when the day becomes final; zeros if it is not posted
    @custom:reverts "oracle: no such metric"
    """
    return day_history._sum_through(_metric, _day)


@external
@view
def units_per_tick(_metric: uint256) -> uint256:
    """
    @notice What contracts of 1 PH/s call one tick of a metric (`IIndex`).
    @param _metric 1 hashprice in satoshi, 2 in USD, 3 difficulty
    @return [18 decimals] 1 sat per PH/s and day, $0.01 per PH/s and day, 1e9 of difficulty
    @custom:reverts "oracle: no such metric"
    """
    if _metric == day_history.HASHPRICE_SATS:
        return _UNITS_PER_SAT
    if _metric == day_history.HASHPRICE_USD:
        return _UNITS_PER_CENT
    assert _metric == day_history.DIFFICULTY, "oracle: no such metric"
    return _UNITS_PER_BILLION


@external
@view
def revision_of(_day: uint256) -> uint256:
    """
    @notice How often a day was vetoed or replaced. A report of a day not posted has to be signed
        over this revision, a replacement of a pending one over the next.
    @param _day [day] UTC day index
    @return [count]
    """
    return day_history._revision(_day)


@external
@view
def output_record(_series: address, _day: uint256) -> IHashpriceOracle.OutputRecord:
    """
    @notice An output as stored, final or pending: compare `final_at` before relying on it.
    @param _series distributor of the series
    @param _day [day] UTC day index
    @return credit, hashrate, finality and counts; `final_at` zero if none is posted
    """
    return output_history._read(_series, _day)


@external
@view
def final_values(_day: uint256) -> (uint256, uint256, uint256):
    """
    @notice The three metrics of a final day.
    @param _day [day] UTC day index
    @return [sat per TH/s per day, 1e18] hashprice, [USD per TH/s per day, 1e18] hashprice,
        [difficulty, 1e18]
    @custom:reverts "oracle: day not final"
    """
    assert day_history._is_posted(_day) and day_history._is_final(_day), "oracle: day not final"
    record: IHashpriceOracle.DayRecord = day_history._read(_day)
    before: IHashpriceOracle.DayRecord = day_history._read(_day - 1)
    return (
        record.hashprice_sum_wad - before.hashprice_sum_wad,
        record.usd_sum_wad - before.usd_sum_wad,
        record.difficulty_sum_wad - before.difficulty_sum_wad,
    )


@external
@view
def mean_of_last(_days: uint256) -> (uint256, uint256, uint256):
    """
    @notice Mean hashprice and price of the last final days, of as many as there are.
    @param _days [days] how many; more than 64 count as 64
    @return [day] the newest final day, `FIRST_DAY - 1` if none,
            [sat per TH/s per day, 1e18] mean hashprice, rounds down; 0 if none,
            [USD per BTC, 1e8] mean price, rounds down; 0 if none
    """
    newest: uint256 = day_history._final_day_at(block.timestamp)
    count: uint256 = min(min(_days, MAX_MEAN_DAYS), newest + 1 - day_history.FIRST_DAY)
    if count == 0:
        return newest, 0, 0
    prices: uint256 = 0
    for back: uint256 in range(count, bound=MAX_MEAN_DAYS):
        prices += day_history._read(newest - back).btc_usd_e8
    # rounds down, in favour of nobody in particular: one unit of 1e-18 sat and of 1e-8 USD
    hashprices: uint256 = (
        day_history._read(newest).hashprice_sum_wad
        - day_history._read(newest - count).hashprice_sum_wad
    )
    return newest, hashprices // count, prices // count


@external
@view
def settlement_facts(_series: address, _day: uint256) -> IHashpriceOracle.SettlementFacts:
    """
    @notice All that settling a day of a series needs, final or pending: compare both `final_at`
        before relying on it.
    @param _series distributor of the series
    @param _day [day] UTC day index
    @return hashprice, price and finality of the day, all zero if not posted; output and its
        finality, zero if none
    """
    output: IHashpriceOracle.OutputRecord = output_history._read(_series, _day)
    facts: IHashpriceOracle.SettlementFacts = empty(IHashpriceOracle.SettlementFacts)
    facts.credited_sats = output.credited_sats
    facts.delivered_ths = output.delivered_ths
    facts.output_final_at = output.final_at
    if day_history._is_posted(_day):
        facts.hashprice_wad = day_history._hashprice(_day)
        facts.btc_usd_e8, facts.final_at = day_history._price_and_finality(_day)
    return facts


@external
@view
def attested_ths(_series: address, _days: uint256) -> uint256:
    """
    @notice The least hashrate delivered over the days that end with the newest final output, which
        is at most 4 days old.
    @param _series distributor of the series
    @param _days [days] days that must be attested, 1 to 64; a day without a final output counts as
        zero
    @return [TH/s, 18 dec]
    """
    return output_history._attested_ths(_series, _days, MAX_ATTESTATION_AGE)


################################################################
#                           INTERNAL                           #
################################################################


@internal
def _post_day(_facts: IHashpriceOracle.DayFacts, _revision: uint256, _price: uint256):
    """
    @notice Check the facts, store the day at the end of the history.
    @param _facts the day, next in the history, signed by a quorum
    @param _revision [count] revision that was signed
    @param _price [USD per BTC, 1e8] median of the signed prices
    """
    assert block.timestamp >= (_facts.day + 1) * _DAY_SECONDS, "oracle: day not over"
    last: IHashpriceOracle.DayRecord = day_history._read(_facts.day - 1)
    window: uint256 = LONG_WINDOW_SECONDS
    follows: bool = True
    if _facts.day == day_history.FIRST_DAY:
        # nothing to compare with: people get the long window
        assert _facts.first_height == last.last_height + 1, "oracle: not the first height"
        assert day_checks._check_alone(_facts, HALVING_BLOCKS) != 0, "oracle: no blocks"
    else:
        is_ordinary: bool = False
        follows, is_ordinary = day_checks._check_after(
            _facts, _price, last, day_history._read(_facts.day - 2), HALVING_BLOCKS, UNIT_HASHES
        )
        if not follows:
            assert last.final_at <= block.timestamp, "oracle: replace the day before"
            window = RECOVERY_WINDOW_SECONDS
        elif is_ordinary:
            window = SHORT_WINDOW_SECONDS
    final_at: uint256 = max(last.final_at, block.timestamp + window)
    # a wait belongs to the day: what a dispute made an earlier report wait, this one waits as well
    old_final_at: uint256 = day_history._final_at(_facts.day)
    if old_final_at > final_at:
        final_at = max(final_at, min(old_final_at, day_disputes._ends_at()))
    # rounds down, the same for every reader: sat x 1e18 times USD x 1e8 over 1e8 sat per BTC and
    # 1e8
    usd_wad: uint256 = _facts.hashprice_wad * _price // 10**16
    assert usd_wad <= day_checks.MAX_USD_WAD, "oracle: usd too wide"
    day_history._end_with(
        _facts.day,
        IHashpriceOracle.DayRecord(
            hashprice_sum_wad=last.hashprice_sum_wad + _facts.hashprice_wad,
            usd_sum_wad=last.usd_sum_wad + usd_wad,
            difficulty_sum_wad=last.difficulty_sum_wad + _facts.difficulty_wad,
            btc_usd_e8=_price,
            final_at=final_at,
            last_height=_facts.last_height,
            revision=_revision,
        ),
        not follows,
    )
    log IHashpriceOracle.DayReported(
        day=_facts.day,
        revision=_revision,
        first_height=_facts.first_height,
        last_height=_facts.last_height,
        subsidy_sats=_facts.subsidy_sats,
        fees_sats=_facts.fees_sats,
        hashprice_wad=_facts.hashprice_wad,
        difficulty_wad=_facts.difficulty_wad,
        btc_usd_e8=_price,
        final_at=final_at,
    )


@internal
def _post_output(
    _series: address,
    _day: uint256,
    _record: IHashpriceOracle.OutputRecord,
    _signatures: DynArray[IHashpriceOracle.Signature, MAX_REPORTERS],
):
    """
    @notice Check signatures, store the output.
    @param _series distributor of the series
    @param _day [day] UTC day index
    @param _record credit, hashrate and the revision the signatures are given over
    @param _signatures k or more, strictly ascending by signer
    """
    assert block.timestamp >= (_day + 1) * _DAY_SECONDS, "oracle: output day not over"
    reporter_quorum._check_output(
        eip712_domain_separator._domain_separator_v4(), _series, _day, _record, _signatures
    )
    record: IHashpriceOracle.OutputRecord = _record
    record.final_at = block.timestamp + SHORT_WINDOW_SECONDS
    output_history._write(_series, _day, record)
    log IHashpriceOracle.OutputReported(
        series=_series,
        day=_day,
        revision=record.revision,
        credited_sats=record.credited_sats,
        delivered_ths=record.delivered_ths,
        final_at=record.final_at,
    )


@internal
def _remove_days(_day: uint256, _is_veto: bool) -> uint256:
    """
    @notice Cut the pending tail at a day.
    @param _day [day] UTC day index, pending
    @param _is_veto whether the guardian does it
    @return [count] the day's next revision
    """
    self._check_pending(_day)
    revision: uint256 = day_history._remove_from(_day)
    # a quorum cannot use up the revisions that vetoes need
    assert (
        _is_veto or revision <= day_history.MAX_REVISION - MAX_VETOES
    ), "oracle: too many replacements"
    log IHashpriceOracle.DaysRemoved(day=_day, is_veto=_is_veto, next_revision=revision)
    return revision


@internal
def _remove_output(
    _series: address, _day: uint256, _is_veto: bool
) -> IHashpriceOracle.OutputRecord:
    """
    @notice Take a pending output back, in memory: the caller writes what follows it.
    @param _series distributor of the series
    @param _day [day] UTC day index
    @param _is_veto whether the guardian does it
    @return an empty output with the next revision
    """
    record: IHashpriceOracle.OutputRecord = output_history._read(_series, _day)
    assert output_history._is_pending(record), "oracle: output not pending"
    log IHashpriceOracle.OutputRemoved(
        series=_series, day=_day, is_veto=_is_veto, next_revision=record.revision + 1
    )
    return IHashpriceOracle.OutputRecord(
        credited_sats=0,
        delivered_ths=0,
        final_at=0,
        revision=record.revision + 1,
        vetoes=record.vetoes,
    )


@internal
def _set_guardian(_guardian: address):
    """
    @notice Store the guardian.
    @param _guardian new guardian; zero for none
    """
    log IHashpriceOracle.GuardianUpdated(old_guardian=self.guardian, new_guardian=_guardian)
    self.guardian = _guardian


@internal
@view
def _check_pending(_day: uint256):
    """
    @notice Refuse a day that is not posted, or final.
    @param _day [day] UTC day index
    @custom:reverts "oracle: day not pending"
    """
    assert day_history._is_posted(_day) and not day_history._is_final(
        _day
    ), "oracle: day not pending"


@internal
@view
def _check_guardian():
    """
    @notice Refuse anyone but the guardian.
    @custom:reverts "oracle: not the guardian"
    """
    assert msg.sender == self.guardian, "oracle: not the guardian"
