# SPDX-License-Identifier: AGPL-3.0-only
"""Whether independent sources say the same: facts, prices, clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hashrate.core.types import ChainTip, Price, UnixSeconds, UsdE8
from oracles.sources.errors import (
    ClockSkewError,
    SourcesDisagreeError,
    StaleTipError,
    TooFewSourcesError,
)

MIN_SOURCES = 2
BPS = 10_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PriceLimits:
    """When prices count as agreeing.

    Attributes:
        min_sources: least number of different sources.
        max_spread_bps: how far a price may lie from the median [1/10 000 of the median].
        max_age_seconds: how far from the end of the day a price may have been made [s].
    """

    min_sources: int = MIN_SOURCES
    max_spread_bps: int = 200
    max_age_seconds: int = 0


def median_price(
    prices: Sequence[Price], day_end: UnixSeconds, limits: PriceLimits | None = None
) -> UsdE8:
    """Find the price that sources agree on [USD, 1e8].

    Args:
        prices: one for each source, shape (n,), in any order.
        day_end: when the day ended [unix s].
        limits: see there.

    Returns:
        The median; of an even number, the floor of the mean of the middle two.

    Raises:
        TooFewSourcesError: fewer than enough different sources.
        SourcesDisagreeError: one is from another time, or too far from the median; none is left
            out silently.
    """
    limits = limits or PriceLimits()
    _require_comparable(prices, day_end, limits)
    median = _median([price.btc_usd_e8 for price in prices])
    far = [price for price in prices if _is_far(price, median, limits)]
    if far:
        said = _list([f"{price.source} says {price.btc_usd_e8}" for price in far])
        raise SourcesDisagreeError(
            f"price: median {median}, {said} [USD, 1e8], over {limits.max_spread_bps} bps away"
        )
    return UsdE8(median)


def _is_far(price: Price, median: int, limits: PriceLimits) -> bool:
    return abs(price.btc_usd_e8 - median) * BPS > limits.max_spread_bps * median


def _require_comparable(prices: Sequence[Price], day_end: UnixSeconds, limits: PriceLimits) -> None:
    """Check that there are enough prices, each of another source and of the day's end."""
    names = sorted({price.source for price in prices})
    if len(names) < max(limits.min_sources, 1):
        raise TooFewSourcesError(
            f"price: {len(names)} of at least {limits.min_sources} sources: {_list(names)}"
        )
    if len(names) != len(prices):
        raise SourcesDisagreeError(f"price: a source answered twice among {_list(names)}")
    for price in prices:
        age = abs(price.closed_at - day_end)
        if age > limits.max_age_seconds:
            raise SourcesDisagreeError(f"price: {price.source} is {age} s from the end of the day")


def majority(said: Mapping[str, _T], needed: int) -> _T | None:
    """Find what enough sources say alike, and more of them than all others together.

    Args:
        said: the answer of each source, to the last digit.
        needed: how many must say the same.

    Returns:
        The answer; None where there is none like that.
    """
    answers = list(said.values())
    for answer in answers:
        alike = answers.count(answer)
        if alike >= max(needed, 1) and 2 * alike > len(answers):
            return answer
    return None


def without_odd(prices: Sequence[Price], limits: PriceLimits) -> tuple[list[Price], list[Price]]:
    """Part the prices that lie near the median from those that do not.

    Nothing is parted where too few would be left, or not more than are far off: then nobody can
    tell who is odd, and `median_price` says so.
    """
    if not prices:
        return [], []
    median = _median([price.btc_usd_e8 for price in prices])
    far = [price for price in prices if _is_far(price, median, limits)]
    near = [price for price in prices if not _is_far(price, median, limits)]
    if len(near) < max(limits.min_sources, MIN_SOURCES) or len(near) <= len(far):
        return list(prices), []
    return near, far


def require_fresh_tip(
    tip: ChainTip, now: UnixSeconds, max_age_seconds: int, max_ahead_seconds: int = 7_200
) -> None:
    """Check that a source's newest block is of this time.

    Args:
        tip: the newest block; its mediantime lies about an hour behind its arrival.
        now: this machine's time [unix s].
        max_age_seconds: how old its mediantime may be [s].
        max_ahead_seconds: how far ahead of the clock it may lie [s]; consensus allows a header two
            hours, and a mediantime less.

    Raises:
        StaleTipError: it is older: the source hangs, or hardly anyone mines.
        ClockSkewError: it lies ahead: this machine's clock is slow.
    """
    age = now - tip.mediantime
    if age > max_age_seconds:
        raise StaleTipError(f"{tip.source}: block {tip.height} is {age} s old")
    if -age > max_ahead_seconds:
        raise ClockSkewError(f"{tip.source}: block {tip.height} lies {-age} s ahead of this clock")


def require_clock(
    skews: Mapping[str, int], max_skew_seconds: int, min_sources: int = MIN_SOURCES
) -> None:
    """Check this machine's clock against those of the sources.

    Args:
        skews: for each source, its clock less this machine's [s].
        max_skew_seconds: how far the median of them may lie from zero [s]; one source with a wrong
            clock of its own does not move it.
        min_sources: how many sources must tell the time.

    Raises:
        TooFewSourcesError: fewer do.
        ClockSkewError: the median lies further away.
    """
    if len(skews) < max(min_sources, 1):
        raise TooFewSourcesError(f"clock: {len(skews)} of at least {min_sources} sources")
    skew = _median(list(skews.values()))
    if abs(skew) > max_skew_seconds:
        behind = "behind" if skew > 0 else "ahead of"
        raise ClockSkewError(f"this clock is {abs(skew)} s {behind} {_list(sorted(skews))}")


def _median(values: Sequence[int]) -> int:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) // 2


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
