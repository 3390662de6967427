# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Reporter quorum
@license GNU Affero General Public License v3.0 only
@notice Who may sign reports, how many must, and how that changes: additions and a new threshold
        after a delay, removals at once.
@dev Always threshold <= reporters and 2 * threshold > reporters, so two disjoint quorums cannot
     exist. Every change raises `membership_version`, which is part of what reporters sign:
     signatures given under an older membership are void. This module does not know what is signed;
     the oracle builds the digests.
"""

from snekmate.auth import ownable
from snekmate.utils import ecdsa
from . import IHashpriceOracle
from . import signed_reports

uses: ownable

# [count] one signature each
MAX_REPORTERS: constant(uint256) = signed_reports.MAX_SIGNATURES


event ReporterAdded:
    reporter: indexed(address)


event ReporterRemoved:
    reporter: indexed(address)


event ThresholdUpdated:
    old_threshold: uint256
    new_threshold: uint256


event MembershipVersionUpdated:
    old_version: uint256
    new_version: uint256


# threshold 0 and effective_at 0: the schedule was cancelled
event MembershipScheduled:
    additions: DynArray[address, MAX_REPORTERS]
    threshold: uint256
    effective_at: uint256


# a membership change waiting for its delay; effective_at 0 if there is none
struct MembershipChange:
    additions: DynArray[address, MAX_REPORTERS]  # reporters to add
    threshold: uint256  # [count] signatures needed afterwards
    effective_at: uint256  # [unix s] earliest time of application


# [s] wait before additions and a new threshold can be applied
MEMBERSHIP_DELAY: public(immutable(uint256))


# whether an account's signatures count
is_reporter: public(HashMap[address, bool])
# all accounts whose signatures count, in no order
_reporters: DynArray[address, MAX_REPORTERS]
# [count] signatures a report needs, low 128 bits; [count] changes of membership so far, high 128
# bits: one read for both
_quorum: uint256
# the change that waits, if any
_scheduled: MembershipChange

_VERSION_SHIFT: constant(uint256) = 128
_THRESHOLD_MASK: constant(uint256) = 2**128 - 1


@deploy
def __init__(
    _reporters: DynArray[address, MAX_REPORTERS], _threshold: uint256, _delay_seconds: uint256
):
    """
    @notice Set the first members and the delay.
    @param _reporters reporters, distinct and not zero
    @param _threshold [count] signatures a report needs
    @param _delay_seconds [s] wait before later additions
    """
    MEMBERSHIP_DELAY = _delay_seconds
    self._apply(_reporters, _threshold)


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def apply_membership():
    """
    @notice Carry out the scheduled change once its delay is over. Anyone may.
    @custom:reverts "quorum: nothing scheduled", "quorum: delay not over", "quorum: zero reporter",
        "quorum: already a member", "quorum: too many reporters", "quorum: threshold too low",
        "quorum: threshold too high"
    """
    change: MembershipChange = self._scheduled
    assert change.effective_at != 0, "quorum: nothing scheduled"
    assert block.timestamp >= change.effective_at, "quorum: delay not over"
    self._scheduled = empty(MembershipChange)
    self._apply(change.additions, change.threshold)


################################################################
#                            OWNER                             #
################################################################


@external
def schedule_membership(_additions: DynArray[address, MAX_REPORTERS], _threshold: uint256):
    """
    @notice Announce reporters to add and the threshold afterwards; it replaces an earlier
        announcement.
    @dev Checked against the members of the moment when it is applied, which removals may have
        changed by then.
    @param _additions reporters to add; may be empty
    @param _threshold [count] signatures a report needs afterwards; 0 with no additions cancels
    @custom:reverts "ownable: caller is not the owner", "quorum: zero threshold"
    """
    ownable._check_owner()
    effective_at: uint256 = 0
    if _threshold == 0:
        assert len(_additions) == 0, "quorum: zero threshold"
    else:
        effective_at = block.timestamp + MEMBERSHIP_DELAY
    self._scheduled = MembershipChange(
        additions=_additions, threshold=_threshold, effective_at=effective_at
    )
    log MembershipScheduled(additions=_additions, threshold=_threshold, effective_at=effective_at)


@external
def remove_reporter(_reporter: address):
    """
    @notice Remove a reporter at once. Its signatures, and all given under the old membership, no
        longer count.
    @param _reporter a present reporter
    @custom:reverts "ownable: caller is not the owner", "quorum: not a member",
        "quorum: below threshold"
    """
    ownable._check_owner()
    assert self.is_reporter[_reporter], "quorum: not a member"
    remaining: DynArray[address, MAX_REPORTERS] = []
    for reporter: address in self._reporters:
        if reporter != _reporter:
            remaining.append(reporter)
    threshold: uint256 = self._threshold()
    assert len(remaining) >= threshold, "quorum: below threshold"
    self._reporters = remaining
    self.is_reporter[_reporter] = False
    self._set_quorum(threshold)
    log ReporterRemoved(reporter=_reporter)


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def reporters() -> DynArray[address, MAX_REPORTERS]:
    """
    @notice All reporters.
    @return reporters, in no order
    """
    return self._reporters


@external
@view
def threshold() -> uint256:
    """
    @notice Signatures a report needs.
    @return [count]
    """
    return self._threshold()


@external
@view
def membership_version() -> uint256:
    """
    @notice Version of the membership, which reporters sign.
    @return [count]
    """
    return self._quorum >> _VERSION_SHIFT


@external
@view
def scheduled_membership() -> MembershipChange:
    """
    @notice The change that waits for its delay.
    @return additions, threshold, [unix s] earliest application; all empty if there is none
    """
    return self._scheduled


################################################################
#                           INTERNAL                           #
################################################################


@internal
def _apply(_additions: DynArray[address, MAX_REPORTERS], _threshold: uint256):
    """
    @notice Add reporters, set the threshold, check the two rules.
    @param _additions reporters to add
    @param _threshold [count] signatures a report needs afterwards
    """
    for reporter: address in _additions:
        assert reporter != empty(address), "quorum: zero reporter"
        assert not self.is_reporter[reporter], "quorum: already a member"
        assert len(self._reporters) < MAX_REPORTERS, "quorum: too many reporters"
        self.is_reporter[reporter] = True
        self._reporters.append(reporter)
        log ReporterAdded(reporter=reporter)
    count: uint256 = len(self._reporters)
    assert _threshold <= count, "quorum: threshold too high"
    assert 2 * _threshold > count, "quorum: threshold too low"
    self._set_quorum(_threshold)


@internal
def _set_quorum(_threshold: uint256):
    """
    @notice Store the threshold and raise the version.
    @param _threshold [count] signatures a report needs
    """
    old: uint256 = self._quorum
    version: uint256 = (old >> _VERSION_SHIFT) + 1
    self._quorum = (version << _VERSION_SHIFT) | _threshold
    if old & _THRESHOLD_MASK != _threshold:
        log ThresholdUpdated(old_threshold=old & _THRESHOLD_MASK, new_threshold=_threshold)
    log MembershipVersionUpdated(old_version=version - 1, new_version=version)


@internal
@view
def _threshold() -> uint256:
    """
    @notice Signatures a report needs.
    @return [count]
    """
    return self._quorum & _THRESHOLD_MASK


@internal
@view
def _signed_price(
    _domain: bytes32,
    _facts: IHashpriceOracle.DayFacts,
    _revision: uint256,
    _signatures: DynArray[IHashpriceOracle.PricedSignature, MAX_REPORTERS],
    _spread_bps: uint256,
) -> uint256:
    """
    @notice Check a quorum's signatures of a day and take the median of their prices.
    @param _domain EIP-712 domain separator of the oracle
    @param _facts the day
    @param _revision [count] revision the signatures are given over
    @param _signatures k or more, strictly ascending by signer
    @param _spread_bps [bps] greatest spread of the prices
    @return [USD per BTC, 1e8] median price
    """
    version: uint256 = self._open_quorum(len(_signatures))
    facts_hash: bytes32 = signed_reports._facts_hash(_facts)
    prices: DynArray[uint256, MAX_REPORTERS] = []
    signer: uint256 = 0
    for signature: IHashpriceOracle.PricedSignature in _signatures:
        digest: bytes32 = signed_reports._day_digest(
            _domain, facts_hash, signature.btc_usd_e8, _revision, version
        )
        signer = self._check_signature(digest, signature.v, signature.r, signature.s, signer)
        # insertion sort: a handful of prices
        place: uint256 = len(prices)
        prices.append(signature.btc_usd_e8)
        for _: uint256 in range(place, bound=MAX_REPORTERS):
            below: uint256 = prices[place - 1]
            if below <= signature.btc_usd_e8:
                break
            prices[place] = below
            place -= 1
        prices[place] = signature.btc_usd_e8
    return signed_reports._median(prices, _spread_bps)


@internal
@view
def _check_output(
    _domain: bytes32,
    _series: address,
    _day: uint256,
    _record: IHashpriceOracle.OutputRecord,
    _signatures: DynArray[IHashpriceOracle.Signature, MAX_REPORTERS],
):
    """
    @notice Check a quorum's signatures of an output.
    @param _domain EIP-712 domain separator of the oracle
    @param _series distributor of the series
    @param _day [day] UTC day index
    @param _record credit, hashrate and the revision the signatures are given over
    @param _signatures k or more, strictly ascending by signer
    """
    version: uint256 = self._open_quorum(len(_signatures))
    digest: bytes32 = signed_reports._output_digest(_domain, _series, _day, _record, version)
    signer: uint256 = 0
    for signature: IHashpriceOracle.Signature in _signatures:
        signer = self._check_signature(digest, signature.v, signature.r, signature.s, signer)


@internal
@view
def _open_quorum(_signatures: uint256) -> uint256:
    """
    @notice Check the number of signatures of a report.
    @param _signatures [count] signatures brought
    @return [count] the membership version they have to be given under
    """
    quorum: uint256 = self._quorum
    assert _signatures >= quorum & _THRESHOLD_MASK, "quorum: too few signatures"
    return quorum >> _VERSION_SHIFT


@internal
@view
def _check_signature(
    _digest: bytes32, _v: uint256, _r: uint256, _s: uint256, _previous: uint256
) -> uint256:
    """
    @notice Check one signature of a report.
    @param _digest EIP-712 digest
    @param _v signature v, 27 or 28
    @param _r signature r
    @param _s signature s, in the lower half
    @param _previous signer before this one, as a number; 0 for the first
    @return the signer as a number, to be passed on as `_previous`
    @custom:reverts "quorum: not a reporter", "quorum: signers not ascending", "ecdsa: …"
    """
    signer: address = ecdsa._recover_vrs(_digest, _v, _r, _s)
    assert self.is_reporter[signer], "quorum: not a reporter"
    number: uint256 = convert(signer, uint256)
    assert number > _previous, "quorum: signers not ascending"
    return number
