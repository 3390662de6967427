# SPDX-License-Identifier: AGPL-3.0-only
"""Bring the signatures of several reporters together into a set that the contract accepts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any, TypeVar

from hashrate.reports.errors import PriceSpreadError, QuorumMissingError, ReportMismatchError
from hashrate.reports.report import (
    PricedSignature,
    Signature,
    SignedDayReport,
    SignedOutputReport,
    verify,
)

MAX_SIGNATURES = 31
SPREAD_BPS = 100
_BPS = 10_000

_AnySignature = TypeVar("_AnySignature", Signature, PricedSignature)
_AnyReport = TypeVar("_AnyReport", SignedDayReport, SignedOutputReport)


def assemble(
    parts: Sequence[SignedDayReport], threshold: int, spread_bps: int = SPREAD_BPS
) -> SignedDayReport:
    """Pick the signatures of a quorum that the contract accepts.

    Of the signatures sorted by price, it takes the `threshold` neighbours nearest to the
    middle whose spread is allowed: an outlier is left out, whichever side it is on.

    Args:
        parts: shape (n >= 1,), signed by one or more reporters each.
        threshold: how many signatures the contract asks for.
        spread_bps: the contract's bound on (max - min) / min of the prices [1e-4].

    Returns:
        The same report with `threshold` signatures, strictly ascending by signer.

    Raises:
        ReportMismatchError: the parts are not about the same facts, or a signer signed twice.
        SignatureInvalidError: a signature is not the signer's, or not in the contract's form.
        QuorumMissingError: fewer signatures than the threshold, or a threshold out of range.
        PriceSpreadError: no `threshold` prices lie within the spread.
    """
    whole = _checked(parts)
    signatures = _distinct(signature for part in parts for signature in part.signatures)
    _require_quorum(len(signatures), threshold)
    by_price = sorted(signatures, key=lambda s: (s.btc_usd_e8, _rank(s)))
    spare = len(by_price) - threshold
    for start in sorted(range(spare + 1), key=lambda start: (abs(2 * start - spare), start)):
        chosen = by_price[start : start + threshold]
        low, high = chosen[0].btc_usd_e8, chosen[-1].btc_usd_e8
        if (high - low) * _BPS <= spread_bps * low:
            return replace(whole, signatures=tuple(sorted(chosen, key=_rank)))
    raise PriceSpreadError(
        f"no {threshold} of {len(by_price)} prices lie within {spread_bps} bps of each other"
    )


def assemble_output(parts: Sequence[SignedOutputReport], threshold: int) -> SignedOutputReport:
    """Pick the signatures of a quorum for an output report: the lowest addresses.

    Args:
        parts: shape (n >= 1,), signed by one or more reporters each.
        threshold: how many signatures the contract asks for.

    Returns:
        The same report with `threshold` signatures, strictly ascending by signer.

    Raises:
        ReportMismatchError: the parts are not the same report, or a signer signed twice.
        SignatureInvalidError: a signature is not the signer's, or not in the contract's form.
        QuorumMissingError: fewer signatures than the threshold, or a threshold out of range.
    """
    whole = _checked(parts)
    signatures = _distinct(signature for part in parts for signature in part.signatures)
    _require_quorum(len(signatures), threshold)
    return replace(whole, signatures=tuple(sorted(signatures, key=_rank)[:threshold]))


def _checked(parts: Sequence[_AnyReport]) -> _AnyReport:
    """Check that the parts are one report, validly signed; give the first."""
    if not parts:
        raise QuorumMissingError("no signed report given")
    first = parts[0]
    ours = asdict(replace(first, signatures=()))
    for part in parts:
        for name, here, there in _differences(ours, asdict(replace(part, signatures=()))):
            raise ReportMismatchError(f"{name}: {here} in one report, {there} in another")
        verify(part)
    return first


def _differences(
    ours: dict[str, Any], theirs: dict[str, Any], path: str = ""
) -> Iterator[tuple[str, object, object]]:
    """Find the fields in which two records of one shape differ."""
    for name, here in ours.items():
        there = theirs[name]
        if isinstance(here, dict):
            yield from _differences(here, there, f"{path}{name}.")
        elif here != there:
            yield f"{path}{name}", here, there


def _distinct(signatures: Iterable[_AnySignature]) -> list[_AnySignature]:
    """Drop repetitions; refuse two different signatures of one signer."""
    distinct = list(dict.fromkeys(signatures))
    for signer, count in Counter(signature.signer for signature in distinct).items():
        if count > 1:
            raise ReportMismatchError(f"signatures: {signer} signed {count} times, differently")
    return distinct


def _require_quorum(count: int, threshold: int) -> None:
    if not 1 <= threshold <= MAX_SIGNATURES:
        raise QuorumMissingError(f"a threshold of {threshold} is not 1 to {MAX_SIGNATURES}")
    if count < threshold:
        noun = "signature" if count == 1 else "signatures"
        raise QuorumMissingError(f"{count} {noun}, the threshold is {threshold}")


def _rank(signature: Signature | PricedSignature) -> int:
    """Order signers as the contract does: by address as a number."""
    return int(signature.signer, 16)
