# SPDX-License-Identifier: AGPL-3.0-only
"""Headers and coinbases mined for tests, where a target takes a few dozen hashes, and as sent."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import count

from reference.headers import (
    MEDIAN_SPAN,
    Anchor,
    ChainBlock,
    HeaderModel,
    HeaderRules,
    bits_after,
    double_sha256,
    target_of,
)
from reference.units import DAY_SECONDS

EASY_BITS = 0x2003FFFF
"""A block takes 64 hashes: room for the target to rise and to fall."""
EASY_LIMIT = 2**255 - 1
BLOCK_SECONDS = 600


def easy_anchor(height: int, noon_of: int, epoch_seconds: int = 0) -> Anchor:
    """Return an anchor with an easy target, at noon of a day after eleven evenly spaced blocks.

    Args:
        height: its height.
        noon_of: the day.
        epoch_seconds: since the first block of its 2016 [s]; evenly spaced if 0.
    """
    noon = noon_of * DAY_SECONDS + DAY_SECONDS // 2
    times = tuple(noon - BLOCK_SECONDS * back for back in reversed(range(MEDIAN_SPAN)))
    epoch_start = noon - (epoch_seconds or height % 2016 * BLOCK_SECONDS)
    name = sha256(f"anchor {height} {noon_of}".encode()).digest()
    return Anchor(name, height, 10**6, EASY_BITS, epoch_start, times)


def mine(
    parent: ChainBlock, time: int, rules: HeaderRules, root: bytes = b"", *, is_valid: bool = True
) -> bytes:
    """Return a header that follows a block and has the work its target asks for.

    Args:
        parent: the block before.
        time: its time [unix s]; nothing checks it here.
        rules: the network's.
        root: its merkle root; one made up from the time if empty.
        is_valid: whether its hash is to meet the target, or to miss it.
    """
    bits = bits_after(parent, rules)
    target = target_of(bits)
    root = root or sha256(f"root {time}".encode()).digest()
    head = bytes.fromhex("00000020") + parent.block_hash + root + time.to_bytes(4, "little")
    head += bits.to_bytes(4, "little")
    for nonce in count():
        header = head + nonce.to_bytes(4, "little")
        if (int.from_bytes(double_sha256(header), "little") <= target) == is_valid:
            return header
    raise AssertionError("unreachable: count() does not end")


def mine_run(
    model: HeaderModel, parent: ChainBlock, times: Iterable[int], roots: Sequence[bytes] = ()
) -> list[bytes]:
    """Return headers that follow one another, with these times [unix s], and these roots if any."""
    headers = []
    for index, time in enumerate(times):
        root = roots[index] if roots else b""
        headers.append(mine(parent, time, model.rules, root))
        parent = model.follow(parent, headers[-1], time)
    return headers


def coinbase(
    outputs: Sequence[tuple[int, int]], script_bytes: int = 4, inputs: int = 1, nonce: int = 0
) -> bytes:
    """Return a coinbase transaction without witness.

    Args:
        outputs: value [sat] and length of the script [bytes] of each.
        script_bytes: length of the input's script.
        inputs: how many inputs it has; consensus allows one.
        nonce: makes it differ from others.
    """
    spent = bytes(32) + b"\xff" * 4 + bytes([script_bytes]) + bytes(script_bytes) + b"\xff" * 4
    data = bytes([2, 0, 0, 0, inputs]) + spent * inputs + length(len(outputs))
    for value, size in outputs:
        data += value.to_bytes(8, "little") + length(size) + b"\x51" * size
    return data + nonce.to_bytes(4, "little")


def length(number: int) -> bytes:
    """Return a count or a length in one byte, or in three."""
    return bytes([number]) if number < 253 else b"\xfd" + number.to_bytes(2, "little")


def branch_of(name: str, siblings: int) -> list[bytes]:
    """Return a branch of made-up siblings."""
    return [sha256(f"{name} {level}".encode()).digest() for level in range(siblings)]


def words_of(header: bytes) -> tuple[int, int]:
    """Return the two words that are sent of a header."""
    rest = header[:4] + header[68:72] + bytes(4) + header[76:] + bytes(16)
    return int.from_bytes(header[36:68], "big"), int.from_bytes(rest, "big")


def anchor_tuple(anchor: Anchor) -> tuple[object, ...]:
    """Return an anchor in ABI order: its times by height % 11."""
    ring = [0] * len(anchor.times)
    for back, time in enumerate(reversed(anchor.times)):
        ring[(anchor.height - back) % len(ring)] = time
    return (
        anchor.block_hash,
        anchor.height,
        anchor.work,
        anchor.bits,
        anchor.epoch_start,
        ring,
    )


def rules_tuple(rules: HeaderRules) -> tuple[object, ...]:
    """Return a network's rules in ABI order."""
    return (rules.pow_limit, rules.retargets, rules.halving_blocks, rules.unit_hashes)
