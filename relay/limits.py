# SPDX-License-Identifier: AGPL-3.0-only
"""Limits on what one client, one maker and everyone together may ask for."""

from collections import OrderedDict

from hashrate.service.errors import TooManyError

_MOST_BUCKETS = 20_000


class Rate:
    """Token buckets, one for each name; the names used longest ago are forgotten."""

    def __init__(self, what: str, per_second: float, burst: int) -> None:
        """Allow `burst` at once and `per_second` in the long run."""
        self._what = what
        self._per_second = per_second
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now: float) -> None:
        """Count one request.

        Args:
            name: whose request it is.
            now: a clock that never goes back [s].

        Raises:
            TooManyError: there were too many.
        """
        level = self._level(name, now)
        is_allowed = level >= 1
        self._buckets[name] = (level - 1 if is_allowed else level, now)
        self._buckets.move_to_end(name)
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        if not is_allowed:
            raise self._refusal(level)

    def require(self, name: str, now: float) -> None:
        """Check that a request would be allowed, without counting it.

        Raises:
            TooManyError: there were too many.
        """
        level = self._level(name, now)
        if level < 1:
            raise self._refusal(level)

    def _level(self, name: str, now: float) -> float:
        level, then = self._buckets.get(name, (float(self._burst), now))
        return min(float(self._burst), level + (now - then) * self._per_second)

    def _refusal(self, level: float) -> TooManyError:
        wait = int((1 - level) / self._per_second) + 1
        return TooManyError(f"too many requests of one {self._what}", wait)


class Refusals:
    """Remembers refusals for a short while, so that the same nonsense is not checked again."""

    def __init__(self, most: int) -> None:
        """Keep no more than `most`."""
        self._most = most
        self._kept: OrderedDict[bytes, tuple[float, Exception]] = OrderedDict()

    def add(self, key: bytes, error: Exception, until: float) -> None:
        """Remember a refusal until a time of the same clock [s]."""
        self._kept[key] = (until, error)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def check(self, key: bytes, now: float) -> None:
        """Raise a refusal that is remembered."""
        until, error = self._kept.get(key, (0.0, None))
        if error is None:
            return
        if now < until:
            raise error.with_traceback(None)
        del self._kept[key]
