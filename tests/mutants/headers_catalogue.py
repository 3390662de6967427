# SPDX-License-Identifier: AGPL-3.0-only
"""BitcoinHeaders broken on purpose, each by a few words."""

from testing.patching import Patch

HEADERS = "headers/BitcoinHeaders.vy"
TARGET = "headers/compact_target.vy"
HEADER = "headers/block_header.vy"
COINBASE = "headers/coinbase.vy"
PROOF = "headers/day_proof.vy"

HEADERS_MUTANTS: dict[str, Patch] = {
    "bits are taken from the header": Patch(
        HEADER, "(2**32 - 1) << 128)", "(2**32 - 1) << 128) | ((2**32 - 1) << 160)"
    ),
    "the nonce is not checked against the target": Patch(
        HEADER,
        'assert self._swap256(number) <= _rule.target, "headers: not enough work"',
        "pass",
    ),
    "the zero bytes alone decide": Patch(
        HEADER,
        "number & _rule.zeros_mask != 0 or ((lead & BYTE) << 16) | (lead & _SECOND_BYTE)"
        " | ((lead >> 16) & BYTE) >= _rule.mantissa",
        "number & _rule.zeros_mask != 0",
    ),
    "the median is that of ten": Patch(
        HEADERS,
        "self._count_from(point.times, time) <= _MEDIAN_SPAN - _MEDIAN_RANK",
        "self._count_from(point.times, time) <= _MEDIAN_SPAN - _MEDIAN_RANK + 1",
    ),
    "times far ahead of the clock count": Patch(
        HEADERS,
        "_MAX_AHEAD_SECONDS: constant(uint256) = 7_200",
        "_MAX_AHEAD_SECONDS: constant(uint256) = 7_201",
    ),
    "targets change a block late": Patch(
        HEADERS,
        "compact_target.RETARGET_BLOCKS + 1) * compact_target.RETARGET_BLOCKS",
        "compact_target.RETARGET_BLOCKS + 1) * compact_target.RETARGET_BLOCKS + 1",
    ),
    "a retarget counts from the block before the first": Patch(
        HEADERS,
        "point.epoch_start = time",
        "point.epoch_start = point.times[(height - 1) % _MEDIAN_SPAN]",
    ),
    "a retarget ends with the block that begins the next": Patch(
        HEADERS, "last_slot: uint256 = (height - 1)", "last_slot: uint256 = height"
    ),
    "the span has no lower clamp": Patch(
        TARGET,
        "span = min(max(span, RETARGET_SECONDS // _MAX_STEP), RETARGET_SECONDS * _MAX_STEP)",
        "span = min(max(span, 1), RETARGET_SECONDS * _MAX_STEP)",
    ),
    "a proof is replaced by equal work": Patch(
        HEADERS, "if _point.work <= least:", "if _point.work < least:"
    ),
    "five blocks confirm a day": Patch(
        HEADERS,
        "CONFIRMATIONS: constant(uint256) = 6",
        "CONFIRMATIONS: constant(uint256) = 5",
    ),
    "a day that ends does not prove the one before": Patch(
        HEADERS, "self._prove(point, height - 1)", "pass"
    ),
    "a day begins with the block before": Patch(
        HEADERS,
        "first_height = height\n                point.day",
        "first_height = height - 1\n                point.day",
    ),
    "two days end in a call": Patch(HEADERS, "has_closed = True", "pass"),
    "fees of another block count": Patch(
        HEADERS,
        'assert convert(sha256(sha256(_header)), uint256) == _fees[1], "headers: another block"',
        "pass",
    ),
    "fees of more blocks than the day has": Patch(
        HEADERS, 'assert done < blocks, "headers: fees are complete"', "pass"
    ),
    "a miner that claims too little owes fees": Patch(
        HEADERS, "max(paid, allowed) - allowed", "max(paid, allowed) - min(paid, allowed)"
    ),
    "fees count under the other target": Patch(
        HEADERS, "if done < blocks - day_proof._old_blocks(_word):", "if True:"
    ),
    "the subsidy is that of the day's last block": Patch(
        HEADERS,
        "height: uint256 = day_proof._last_height(_word) - done",
        "height: uint256 = day_proof._last_height(_word)",
    ),
    "old blocks have the new target's difficulty": Patch(
        PROOF,
        "old_blocks * mantissa << (common - old_lift)",
        "old_blocks * old_mantissa << (common - lift)",
    ),
    "a third target counts as the second": Patch(
        HEADERS,
        "point.old_blocks = day_proof.UNCOUNTED\n                point.bits",
        "pass\n                point.bits",
    ),
}
