# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Bitcoin headers
@license GNU Affero General Public License v3.0 only
@notice Chains of Bitcoin headers from an anchor, checked as Bitcoin checks them, and what they
        prove of a UTC day: its last block, its number of blocks, its difficulty, and with the
        coinbases its fees and hashprice. Anyone extends a chain, anyone resumes from any point.
@dev 1. Every known point ends a valid chain of headers that begins at the anchor.
     2. The work of a day's proof never falls, nor does the best work.
     3. A proven day's facts are those of the chain that ends in its last hash.
     4. A day's fees are complete when as many blocks are proven as it has.
     Forks live side by side: a point says all that the next header is checked against, only its
     keccak is stored, and no code undoes anything. Values round down, as reporters do. Trust: the
     anchor, and that nobody outworks Bitcoin for a day. Holds no funds, calls no contract, has no
     owner.
@custom:security A chain that nobody extends can be forked with about twelve blocks of work until
    somebody extends it: `docs/headers.md` and `docs/threat-model.md`.
@custom:kill Cannot be stopped. If nobody proves anything, nothing is proven.
"""

from . import IBitcoinHeaders

implements: IBitcoinHeaders

from ..common import subsidy
from . import block_header
from . import coinbase
from . import compact_target
from . import day_proof

MAX_HEADERS: constant(uint256) = 512
MAX_FEE_BLOCKS: constant(uint256) = 24
# [blocks] of a later day that stand on a day before it is proven
CONFIRMATIONS: constant(uint256) = 6
# [sat] all bitcoin there will ever be
MAX_FEES_SATS: constant(uint256) = 2**51 - 1

_MEDIAN_SPAN: constant(uint256) = 11
_MEDIAN_RANK: constant(uint256) = 6
# [s] how far a header's time may be ahead of the clock
_MAX_AHEAD_SECONDS: constant(uint256) = 7_200
_DAY_SECONDS: constant(uint256) = 86_400
_MAX_HEIGHT: constant(uint256) = 2**31 - 1
_MAX_UNIT_HASHES: constant(uint256) = 2**64
_HEADER_BYTES: constant(uint256) = 80
# fees of a day: blocks done 16 | of the old blocks 64 | of the others 64
_OLD_FEES_SHIFT: constant(uint256) = 16
_NEW_FEES_SHIFT: constant(uint256) = 80


# [target], whether, [blocks], [hashes per s]: see `Network`
POW_LIMIT: public(immutable(uint256))
RETARGETS: public(immutable(bool))
HALVING_BLOCKS: public(immutable(uint256))
UNIT_HASHES: public(immutable(uint256))


# keccak of a point -> whether a valid chain ends in it
is_known: public(HashMap[bytes32, bool])
# [hashes] of the heaviest chain that proved a day
best_work: public(uint256)
# day -> its word with work, and its last hash
_days: HashMap[uint256, uint256[2]]
# last hash of a day -> fees word, and the hash of the block whose fees come next
_fees: HashMap[uint256, uint256[2]]


@deploy
def __init__(_anchor: IBitcoinHeaders.Anchor, _network: IBitcoinHeaders.Network):
    """
    @notice Begin at an anchor. Its own day is never proven, since its first blocks are not seen.
    @param _anchor the block that chains begin with, trusted
    @param _network the network's rules
    @custom:reverts "headers: no halving", "headers: unit", "headers: anchor height", "headers:
        limit too wide", "headers: anchor target", "headers: anchor bits", "headers: anchor times",
        "headers: anchor work"
    @custom:emits Anchored
    """
    assert _network.halving_blocks != 0, "headers: no halving"
    assert _network.unit_hashes != 0 and _network.unit_hashes <= _MAX_UNIT_HASHES, "headers: unit"
    # below, the median counts fewer than eleven times
    assert (
        _anchor.height >= _MEDIAN_SPAN - 1 and _anchor.height <= _MAX_HEIGHT
    ), "headers: anchor height"
    # bits then state a mantissa of three bytes, and no value that follows from them overflows
    assert _network.pow_limit >> 255 == 0, "headers: limit too wide"
    target: uint256 = compact_target._expand(_anchor.bits)
    assert target >> 128 != 0 and target <= _network.pow_limit, "headers: anchor target"
    assert compact_target._compact(target) == _anchor.bits, "headers: anchor bits"
    for time: uint256 in _anchor.times:
        assert time < 2**32, "headers: anchor times"
    POW_LIMIT = _network.pow_limit
    RETARGETS = _network.retargets
    HALVING_BLOCKS = _network.halving_blocks
    UNIT_HASHES = _network.unit_hashes
    assert _anchor.work <= day_proof.MAX_WORK, "headers: anchor work"
    point: IBitcoinHeaders.Point = empty(IBitcoinHeaders.Point)
    point.block_hash = _anchor.block_hash
    point.height = _anchor.height
    point.work = _anchor.work
    point.bits = _anchor.bits
    point.epoch_start = _anchor.epoch_start
    point.times = _anchor.times
    point.day = self._median(_anchor.times) // _DAY_SECONDS
    point.old_blocks = day_proof.UNCOUNTED
    self.is_known[keccak256(abi_encode(point))] = True
    log IBitcoinHeaders.Anchored(point=point)


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def extend(_from: IBitcoinHeaders.Point, _headers: DynArray[uint256[2], MAX_HEADERS]) -> bytes32:
    """
    @notice Add headers to a chain, and prove the day that ended in it if enough blocks stand on it.
        Previous hashes and bits are derived, so a wrong header only has a wrong hash. A call may
        end one day.
    @param _from the point to begin with, known
    @param _headers for each header its merkle root, then from the left version 4 | time 4 |
        nothing 4 | nonce 4, bytes as in the header
    @return [hash] keccak of the point it ends in
    @custom:reverts "headers: unknown point", "headers: none given", "headers: not later than
        median", "headers: ahead of the clock", "headers: not enough work", "headers: second day in
        a call", "headers: work too wide"
    @custom:emits Extended, DayProven
    """
    assert self.is_known[keccak256(abi_encode(_from))], "headers: unknown point"
    assert len(_headers) != 0, "headers: none given"
    point: IBitcoinHeaders.Point = _from
    height: uint256 = point.height
    slot: uint256 = height % _MEDIAN_SPAN
    next_retarget: uint256 = self._next_retarget(height)
    rule: block_header.Rule = block_header._rule(point.bits)
    # blocks of the day are counted by heights
    first_height: uint256 = height + 1 - point.blocks
    day_end: uint256 = (point.day + 1) * _DAY_SECONDS
    late: uint256 = self._count_from(point.times, day_end)
    latest: uint256 = self._latest(point.times)
    latest_allowed: uint256 = block.timestamp + _MAX_AHEAD_SECONDS
    has_closed: bool = False

    for header: uint256[2] in _headers:
        # none of the unsafe sums can overflow: heights have 31 bits and grow by 512 a call, `late`
        # counts the eleven times, work is checked at the end
        height = unsafe_add(height, 1)
        slot = unsafe_add(slot, 1)
        if slot == _MEDIAN_SPAN:
            slot = 0
        # four bytes the other way round, here since calling for them would cost 60 gas a header
        time: uint256 = (
            ((header[1] >> 216) & block_header.BYTE)
            | ((header[1] >> 200) & (block_header.BYTE << 8))
            | ((header[1] >> 184) & (block_header.BYTE << 16))
            | ((header[1] >> 168) & (block_header.BYTE << 24))
        )
        if time > latest:
            assert time <= latest_allowed, "headers: ahead of the clock"
            latest = time
        else:
            assert (
                self._count_from(point.times, time) <= _MEDIAN_SPAN - _MEDIAN_RANK
            ), "headers: not later than median"

        if late != 0 and point.times[slot] >= day_end:
            late = unsafe_sub(late, 1)
        point.times[slot] = time
        if time >= day_end:
            late = unsafe_add(late, 1)
            if late == _MEDIAN_RANK:
                # six times have reached the day's end, and so has mediantime: the block before was
                # the day's last
                assert not has_closed, "headers: second day in a call"
                has_closed = True
                self._prove(point, height - 1)
                point.closed_day = point.day
                point.closed = day_proof._pack(
                    height - 1, height - first_height, point.bits, point.old_blocks, point.old_bits
                )
                point.closed_hash = point.block_hash
                point.old_blocks = 0
                point.old_bits = 0
                first_height = height
                point.day = self._median(point.times) // _DAY_SECONDS
                day_end = (point.day + 1) * _DAY_SECONDS
                late = self._count_from(point.times, day_end)
        if height == next_retarget:
            # the next one is further away than a call has headers
            if RETARGETS:
                last_slot: uint256 = (height - 1) % _MEDIAN_SPAN
                bits: uint256 = compact_target._next_bits(
                    point.bits, point.epoch_start, point.times[last_slot], POW_LIMIT
                )
                if bits != point.bits and height != first_height:
                    # the day's second target; a third is too many
                    if point.old_blocks == 0:
                        point.old_blocks = height - first_height
                        point.old_bits = point.bits
                    else:
                        point.old_blocks = day_proof.UNCOUNTED
                point.bits = bits
                rule = block_header._rule(bits)
            point.epoch_start = time

        point.block_hash = block_header._checked_hash(point.block_hash, header, rule)
        point.work = unsafe_add(point.work, rule.work)

    assert point.work <= day_proof.MAX_WORK, "headers: work too wide"
    point.height = height
    point.blocks = height + 1 - first_height
    self._prove(point, height)
    point_hash: bytes32 = keccak256(abi_encode(point))
    self.is_known[point_hash] = True
    log IBitcoinHeaders.Extended(
        point_hash=point_hash, block_hash=point.block_hash, height=height, work=point.work
    )
    return point_hash


@external
def prove_fees(_day: uint256, _blocks: DynArray[IBitcoinHeaders.BlockProof, MAX_FEE_BLOCKS]):
    """
    @notice Prove the fees of a proven day's blocks, from the last one back, in several calls if
        need be.
    @param _day [day] proven
    @param _blocks the next blocks, downwards
    @custom:reverts "headers: day not proven", "headers: fees are complete", "headers: not 80
        bytes", "headers: another block", "headers: not in the block", "headers: fees too wide",
        "coinbase: …"
    @custom:emits FeesProven
    """
    word: uint256 = self._days[_day][0]
    last_hash: uint256 = self._days[_day][1]
    fees: uint256[2] = self._fees_of(last_hash)
    for proof: IBitcoinHeaders.BlockProof in _blocks:
        fees = self._add_fees(word, fees, proof.header, proof.coinbase, proof.branch)
    self._store_fees(_day, last_hash, fees)


@external
def prove_fees_of_one(
    _day: uint256,
    _header: Bytes[_HEADER_BYTES],
    _coinbase: Bytes[coinbase.MAX_COINBASE],
    _branch: DynArray[bytes32, coinbase.MAX_BRANCH],
):
    """
    @notice Prove the fees of one block, whose coinbase may be long.
    @param _day [day] proven
    @param _header as in the block
    @param _coinbase the transaction without witness
    @param _branch [hash] its siblings in the merkle tree, from the leaves up
    @custom:reverts `prove_fees`
    @custom:emits FeesProven
    """
    last_hash: uint256 = self._days[_day][1]
    fees: uint256[2] = self._add_fees(
        self._days[_day][0], self._fees_of(last_hash), _header, _coinbase, _branch
    )
    self._store_fees(_day, last_hash, fees)


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def proven_day(_day: uint256) -> IBitcoinHeaders.ProvenDay:
    """
    @notice All that is proven of a day.
    @param _day [day] any
    @return all zero if nothing is proven
    """
    word: uint256 = self._days[_day][0]
    if word == 0:
        return empty(IBitcoinHeaders.ProvenDay)
    last_hash: uint256 = self._days[_day][1]
    fees: uint256 = self._fees[last_hash][0]
    return IBitcoinHeaders.ProvenDay(
        last_hash=convert(last_hash, bytes32),
        last_height=day_proof._last_height(word),
        blocks=day_proof._blocks(word),
        bits=day_proof._bits(word),
        old_blocks=day_proof._old_blocks(word),
        old_bits=day_proof._old_bits(word),
        work=word >> day_proof.WORK_SHIFT,
        fee_blocks=self._fee_blocks(fees),
        fees_sats=self._old_fees(fees) + self._new_fees(fees),
    )


@external
@view
def proven_bounds(_day: uint256) -> (uint256, uint256, uint256, uint256):
    """
    @notice What a report of a day is held against. Unproven fees may be any, so they leave
        hashprice without an upper bound.
    @param _day [day] any
    @return [height] last block, [difficulty, 1e18] mean difficulty, [sat per unit per day, 1e18]
        least and greatest hashprice; all zero if nothing is proven
    """
    word: uint256 = self._days[_day][0]
    if word == 0:
        return 0, 0, 0, 0
    fees: uint256 = self._fees[self._days[_day][1]][0]
    old_subsidy: uint256 = 0
    new_subsidy: uint256 = 0
    old_subsidy, new_subsidy = day_proof._subsidies(word, HALVING_BLOCKS)
    least: uint256 = day_proof._hashprice_wad(
        word,
        old_subsidy + self._old_fees(fees),
        new_subsidy + self._new_fees(fees),
        UNIT_HASHES,
    )
    greatest: uint256 = max_value(uint256)
    if self._fee_blocks(fees) == day_proof._blocks(word):
        greatest = least
    return day_proof._last_height(word), day_proof._difficulty_wad(word), least, greatest


################################################################
#                           INTERNAL                           #
################################################################


@internal
def _prove(_point: IBitcoinHeaders.Point, _height: uint256):
    """
    @notice Store the proof of the day that ended last, if enough blocks stand on it and no heavier
        chain has proven it: the first proof of a day needs more work than any day's had.
    @param _point the chain; of the point, its height and blocks are not read
    @param _height [height] last block of the chain
    """
    if _point.closed == 0 or _height < day_proof._last_height(_point.closed) + CONFIRMATIONS:
        return
    best: uint256 = self.best_work
    old: uint256 = self._days[_point.closed_day][0]
    least: uint256 = best if old == 0 else old >> day_proof.WORK_SHIFT
    if _point.work <= least:
        return
    self._days[_point.closed_day] = [
        _point.closed | (_point.work << day_proof.WORK_SHIFT),
        convert(_point.closed_hash, uint256),
    ]
    if _point.work > best:
        self.best_work = _point.work
    log IBitcoinHeaders.DayProven(
        day=_point.closed_day,
        last_hash=_point.closed_hash,
        last_height=day_proof._last_height(_point.closed),
        work=_point.work,
    )


@internal
def _store_fees(_day: uint256, _last_hash: uint256, _fees: uint256[2]):
    """
    @notice Store the fees proven so far.
    @param _day [day] proven
    @param _last_hash [hash] last block of the day
    @param _fees fees word and next hash
    """
    self._fees[_last_hash] = _fees
    log IBitcoinHeaders.FeesProven(
        day=_day,
        last_hash=convert(_last_hash, bytes32),
        fee_blocks=self._fee_blocks(_fees[0]),
        fees_sats=self._old_fees(_fees[0]) + self._new_fees(_fees[0]),
    )


@internal
@view
def _fees_of(_last_hash: uint256) -> uint256[2]:
    """
    @notice The fees of a day proven so far.
    @param _last_hash [hash] last block of the day; zero if the day is not proven
    @return fees word and next hash
    @custom:reverts "headers: day not proven"
    """
    assert _last_hash != 0, "headers: day not proven"
    fees: uint256[2] = self._fees[_last_hash]
    if fees[0] == 0:
        return [0, _last_hash]
    return fees


@internal
@view
def _add_fees(
    _word: uint256,
    _fees: uint256[2],
    _header: Bytes[_HEADER_BYTES],
    _coinbase: Bytes[coinbase.MAX_COINBASE],
    _branch: DynArray[bytes32, coinbase.MAX_BRANCH],
) -> uint256[2]:
    """
    @notice Add the fees of the next block down: what its coinbase pays above the subsidy.
    @param _word [word] of the day
    @param _fees fees word and next hash
    @param _header as in the block
    @param _coinbase the transaction without witness
    @param _branch [hash] its siblings in the merkle tree, from the leaves up
    @return fees word and next hash
    """
    done: uint256 = self._fee_blocks(_fees[0])
    blocks: uint256 = day_proof._blocks(_word)
    assert done < blocks, "headers: fees are complete"
    assert len(_header) == _HEADER_BYTES, "headers: not 80 bytes"
    assert convert(sha256(sha256(_header)), uint256) == _fees[1], "headers: another block"
    assert coinbase._root(_coinbase, _branch) == extract32(_header, 36), "headers: not in the block"
    height: uint256 = day_proof._last_height(_word) - done
    paid: uint256 = coinbase._outputs_sats(_coinbase)
    allowed: uint256 = subsidy._sum(height, height, HALVING_BLOCKS)
    # a miner may claim less than it is allowed to
    fees: uint256 = max(paid, allowed) - allowed
    old_fees: uint256 = self._old_fees(_fees[0])
    new_fees: uint256 = self._new_fees(_fees[0])
    if done < blocks - day_proof._old_blocks(_word):
        new_fees += fees
    else:
        old_fees += fees
    assert old_fees + new_fees <= MAX_FEES_SATS, "headers: fees too wide"
    return [
        (done + 1) | (old_fees << _OLD_FEES_SHIFT) | (new_fees << _NEW_FEES_SHIFT),
        convert(extract32(_header, 4), uint256),
    ]


@internal
@pure
def _next_retarget(_height: uint256) -> uint256:
    """
    @notice The first height after a block at which the target may change.
    @param _height [height] of the block
    @return [height]
    """
    return (_height // compact_target.RETARGET_BLOCKS + 1) * compact_target.RETARGET_BLOCKS


@internal
@pure
def _count_from(_times: uint256[_MEDIAN_SPAN], _from: uint256) -> uint256:
    """
    @notice How many of eleven times are not before a time.
    @param _times [unix s] header times
    @param _from [unix s] the time
    @return [count]
    """
    count: uint256 = 0
    for time: uint256 in _times:
        if time >= _from:
            count += 1
    return count


@internal
@pure
def _latest(_times: uint256[_MEDIAN_SPAN]) -> uint256:
    """
    @notice The latest of eleven times.
    @param _times [unix s] header times
    @return [unix s]
    """
    latest: uint256 = 0
    for time: uint256 in _times:
        latest = max(latest, time)
    return latest


@internal
@pure
def _median(_times: uint256[_MEDIAN_SPAN]) -> uint256:
    """
    @notice Median of eleven times: the greatest that six of them have reached.
    @param _times [unix s] header times
    @return [unix s]
    """
    median: uint256 = 0
    for time: uint256 in _times:
        if time > median and self._count_from(_times, time) >= _MEDIAN_RANK:
            median = time
    return median


@internal
@pure
def _fee_blocks(_fees: uint256) -> uint256:
    """
    @notice Number of blocks whose fees are proven.
    @param _fees [word] fees of a day
    @return [blocks]
    """
    return _fees & (2**16 - 1)


@internal
@pure
def _old_fees(_fees: uint256) -> uint256:
    """
    @notice Fees of the blocks before the day's target changed.
    @param _fees [word] fees of a day
    @return [sat]
    """
    return (_fees >> _OLD_FEES_SHIFT) & (2**64 - 1)


@internal
@pure
def _new_fees(_fees: uint256) -> uint256:
    """
    @notice Fees of the other blocks.
    @param _fees [word] fees of a day
    @return [sat]
    """
    return _fees >> _NEW_FEES_SHIFT
