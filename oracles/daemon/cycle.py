# SPDX-License-Identifier: AGPL-3.0-only
"""One cycle of work, and the loop around it."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import structlog

from hashrate.core.errors import HashrateError, RetryableError
from oracles.chain.errors import LaneStuckError
from oracles.chain.transmitter import Lane
from oracles.daemon.days import DaySteps
from oracles.daemon.outputs import OutputSteps, settle
from oracles.daemon.parts import Outcome, Parts
from oracles.journal.errors import JournalError

_LOG = structlog.get_logger(__name__)
_MAX_DOUBLINGS = 6
_JITTER = random.SystemRandom()


@dataclass(slots=True)
class CycleResult:
    """What one cycle came to.

    Attributes:
        outcome: where the next day stands; None if that could not be found out.
        waiting: what was not there this time.
        failures: what went wrong.
    """

    outcome: Outcome | None = None
    waiting: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Return whether everything that could be done was done."""
        return not self.waiting and not self.failures


class Daemon:
    """A reporter at work."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._days = DaySteps(parts)
        self._outputs = OutputSteps(parts)

    def run_once(self) -> CycleResult:
        """Do everything that is due, as far as it goes now.

        Raises:
            JournalError: the journal cannot be used; nothing more is done without it.
        """
        parts = self._parts
        result = CycleResult()
        with parts.metrics.cycle_seconds.time():
            if parts.transmitter is not None:
                self._step(result, "transactions", self._advance)
            self._step(result, "days", lambda: self._run_days(result))
            for source in parts.outputs:
                self._step(result, "outputs", partial(self._outputs.run, source))
            for series in parts.series:
                self._step(result, "settlement", partial(settle, parts, series))
            self._step(result, "audit", self._days.audit)
        if result.is_good:
            parts.health.succeeded()
        return result

    def _advance(self) -> None:
        transmitter = self._parts.transmitter
        if transmitter is not None:
            lane = transmitter.advance()
            parts = self._parts
            parts.metrics.balance.set(parts.rpc.balance(transmitter.address))
            waiting = parts.journal.open_transactions(transmitter.address)
            oldest = min((row.created_at for row in waiting), default=parts.clock.now())
            parts.metrics.open_transactions.set(len(waiting))
            parts.metrics.oldest_transaction.set(parts.clock.now() - oldest)
            if lane is Lane.STUCK:
                raise LaneStuckError(transmitter.complaint)

    def _run_days(self, result: CycleResult) -> None:
        result.outcome = self._days.run()

    def _step(self, result: CycleResult, name: str, work: Callable[[], None]) -> None:
        """Do one step; what it lacks or breaks leaves the others alone."""
        try:
            work()
        except JournalError:
            raise
        except RetryableError as error:
            _LOG.warning("step_waits", step=name, error=type(error).__name__, why=str(error))
            self._parts.metrics.step_errors.labels(name, type(error).__name__).inc()
            result.waiting.append(str(error))
        except HashrateError as error:
            _LOG.error("step_failed", step=name, error=type(error).__name__, why=str(error))
            self._parts.metrics.step_errors.labels(name, type(error).__name__).inc()
            result.failures.append(str(error))


@dataclass(frozen=True, slots=True)
class LoopPolicy:
    """How cycles follow one another.

    Attributes:
        cycle_seconds: from one good cycle to the next [s].
        max_backoff_seconds: longest wait after bad ones [s].
        max_failures: bad cycles in a row after which the process ends, for its supervisor to
            start it afresh.
    """

    cycle_seconds: float
    max_backoff_seconds: float
    max_failures: int


def run_forever(daemon: Daemon, parts: Parts, policy: LoopPolicy, stop: threading.Event) -> int:
    """Run cycles until stopped. A cycle that has begun is finished.

    Returns:
        The process's exit code: 0 when stopped, 1 after too many bad cycles in a row.
    """
    failures = 0
    while not stop.is_set():
        failures = 0 if _try_once(daemon) else failures + 1
        parts.metrics.cycles.labels("failed" if failures else "ok").inc()
        parts.metrics.failures.set(failures)
        if failures >= policy.max_failures:
            _LOG.error("giving_up", failures=failures)
            return 1
        parts.clock.sleep(_pause(policy, failures))
    _LOG.info("stopped")
    return 0


def _try_once(daemon: Daemon) -> bool:
    """Run a cycle; the outermost frame, where a defect counts toward the limit too."""
    try:
        return daemon.run_once().is_good
    except HashrateError as error:
        _LOG.error("cycle_failed", error=type(error).__name__, why=str(error))
    except Exception:
        _LOG.exception("cycle_crashed")
    return False


def _pause(policy: LoopPolicy, failures: int) -> float:
    """Find how long to wait: longer after each bad cycle, and never in step with others [s]."""
    if failures == 0:
        return policy.cycle_seconds
    backoff = policy.cycle_seconds * 2.0 ** min(failures - 1, _MAX_DOUBLINGS)
    return min(backoff, policy.max_backoff_seconds) * _JITTER.uniform(0.5, 1.0)
