# SPDX-License-Identifier: AGPL-3.0-only
"""One cycle of work, and the loop around it."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import structlog

from hashrate.core.errors import HashrateError, RetryableError
from hashrate.core.types import DayIndex
from hashrate.evm.errors import RpcUnavailableError
from hashrate.evm.nodes import EvmNodes
from oracles.chain.budget import reports_left
from oracles.chain.errors import LaneStuckError
from oracles.chain.transmitter import Lane
from oracles.daemon.days import DaySteps
from oracles.daemon.outputs import OutputSteps, settle
from oracles.daemon.parts import Outcome, Parts
from oracles.daemon.watch import WatchSteps
from oracles.journal.errors import JournalError

_LOG = structlog.get_logger(__name__)
_MAX_DOUBLINGS = 6
_MAX_STEP_SECONDS = 3_600
_JITTER = random.SystemRandom()


@dataclass(slots=True)
class CycleResult:
    """What one cycle came to.

    Attributes:
        outcome: where the next day stands; None if that could not be found out.
        waiting: what was not there this time, or is left alone for a while.
        failures: what went wrong.
        is_reporting: whether the reporter's own work, days and transactions, was done; a series'
            pool or settlement may be out of order all the same.
    """

    outcome: Outcome | None = None
    waiting: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    is_reporting: bool = True

    @property
    def is_good(self) -> bool:
        """Return whether everything that could be done was done."""
        return not self.waiting and not self.failures


@dataclass(slots=True)
class Backoff:
    """How long one step is left alone after it failed.

    Attributes:
        failures: in a row.
        failed_at: the last time [unix s].
        wait: how long from then [s].
        why: the last failure.
    """

    failures: int = 0
    failed_at: int = 0
    wait: float = 0.0
    why: str = ""

    def is_over(self, now: int) -> bool:
        """Return whether to try again; a clock that was set back does not make it longer."""
        return not 0 <= now - self.failed_at < self.wait


class Daemon:
    """A reporter at work."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._days = DaySteps(parts)
        self._outputs = OutputSteps(parts)
        self._backoffs: dict[str, Backoff] = {}
        self._troubles: dict[str, str] = {}
        self._watch = WatchSteps(parts)

    def run_once(self) -> CycleResult:
        """Do everything that is due, as far as it goes now.

        Raises:
            JournalError: the journal cannot be used; nothing more is done without it.
        """
        parts = self._parts
        result = CycleResult()
        with parts.metrics.cycle_seconds.time():
            self._core_step(result, "nodes", self._look_at_nodes)
            if parts.transmitter is not None:
                self._core_step(result, "transactions", self._advance)
            self._core_step(result, "days", lambda: self._run_days(result))
            for source in parts.outputs:
                self._step(result, f"outputs/{source.series}", partial(self._outputs.run, source))
            for series in parts.series:
                self._step(result, f"settlement/{series.address}", partial(settle, parts, series))
            self._step(result, "audit", self._audit)
            self._step(result, "watch", self.watch)
        if result.is_reporting:
            parts.health.succeeded()
        return result

    def _look_at_nodes(self) -> None:
        """Choose the EVM node for this cycle."""
        parts = self._parts
        if not isinstance(parts.rpc, EvmNodes):
            return
        now = parts.clock.now()
        for node in parts.rpc.choose(now):
            parts.metrics.node_in_use.labels(node.name).set(node.is_chosen)
            if node.head_age is not None:
                parts.metrics.head_age.labels(node.name).set(node.head_age)
            if not node.trouble:
                parts.metrics.node_good.labels(node.name).set(now)
            if self._troubles.get(node.name, "") != node.trouble:
                event = "evm_node_in_trouble" if node.trouble else "evm_node_well"
                _LOG.warning(event, node=node.name, why=node.trouble, in_use=node.is_chosen)
            self._troubles[node.name] = node.trouble

    def _audit(self) -> None:
        parts = self._parts
        self._days.audit()
        parts.peers.call(DayIndex(parts.oracle.next_day() - 1))
        parts.metrics.journal_bytes.set(parts.journal.size())

    def watch(self) -> None:
        """Hold posted days against our own facts and what is proven of them; nothing else.

        Raises:
            HashrateError: something outside is not there, or fails.
        """
        self._watch.run()

    def _advance(self) -> None:
        transmitter = self._parts.transmitter
        if transmitter is not None:
            lane = transmitter.advance()
            parts = self._parts
            balance = parts.rpc.balance(transmitter.address)
            parts.metrics.balance.set(balance)
            parts.metrics.reports_left.set(
                reports_left(balance, parts.journal, transmitter.cap_wei)
            )
            waiting = parts.journal.open_transactions(transmitter.address)
            oldest = min((row.created_at for row in waiting), default=parts.clock.now())
            parts.metrics.open_transactions.set(len(waiting))
            parts.metrics.oldest_transaction.set(parts.clock.now() - oldest)
            if lane is Lane.STUCK:
                raise LaneStuckError(transmitter.complaint)

    def _run_days(self, result: CycleResult) -> None:
        result.outcome = self._days.run()

    def _core_step(self, result: CycleResult, name: str, work: Callable[[], None]) -> None:
        """Do a step of the reporter's own work. The loop itself slows down when it fails."""
        error = self._try(name, work)
        if error is not None:
            result.is_reporting = False
            self._note(result, error)

    def _step(self, result: CycleResult, name: str, work: Callable[[], None]) -> None:
        """Do a step that backs off alone: what is broken there slows nothing else down."""
        backoff = self._backoffs.setdefault(name, Backoff())
        now = self._parts.clock.now()
        if not backoff.is_over(now):
            result.waiting.append(f"{name}: left alone for a while, {backoff.why}")
            return
        error = self._try(name, work)
        if error is None:
            self._backoffs[name] = Backoff()
            return
        self._note(result, error)
        if isinstance(error, RpcUnavailableError):
            return  # the node is everybody's trouble: the loop itself slows down
        failures = backoff.failures + 1
        wait = _spread(self._parts.policy.step_seconds, failures, _MAX_STEP_SECONDS)
        self._backoffs[name] = Backoff(failures, now, wait, str(error))

    def _try(self, name: str, work: Callable[[], None]) -> HashrateError | None:
        """Do one step; what it lacks or breaks leaves the others alone.

        Raises:
            JournalError: nothing is done without the journal.
        """
        metrics = self._parts.metrics
        try:
            work()
        except JournalError:
            raise
        except HashrateError as error:
            kind = type(error).__name__
            waits = isinstance(error, RetryableError)
            event, level = ("step_waits", 30) if waits else ("step_failed", 40)
            _LOG.log(level, event, step=name, error=kind, why=str(error))
            metrics.step_errors.labels(name, kind).inc()
            return error
        metrics.step_success.labels(name).set(self._parts.clock.now())
        return None

    def _note(self, result: CycleResult, error: HashrateError) -> None:
        kept = result.waiting if isinstance(error, RetryableError) else result.failures
        kept.append(str(error))


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
        result = _try_once(daemon)
        failures = 0 if result == "ok" else failures + 1
        parts.metrics.cycles.labels(result).inc()
        parts.metrics.failures.set(failures)
        if failures >= policy.max_failures:
            _LOG.error("giving_up", failures=failures)
            return 1
        parts.clock.sleep(_pause(policy, failures))
    _LOG.info("stopped")
    return 0


def _try_once(daemon: Daemon) -> str:
    """Run a cycle; the outermost frame, where a defect counts toward the limit too.

    Returns:
        What it came to, as the metrics name it.
    """
    try:
        return "ok" if daemon.run_once().is_reporting else "failed"
    except HashrateError as error:
        _LOG.error("cycle_failed", error=type(error).__name__, why=str(error))
        return "failed"
    except Exception:
        _LOG.exception("cycle_crashed")
        return "crashed"


def _pause(policy: LoopPolicy, failures: int) -> float:
    """Find how long to wait: longer after each bad cycle, and never in step with others [s]."""
    if failures == 0:
        return policy.cycle_seconds
    return _spread(policy.cycle_seconds, failures, policy.max_backoff_seconds)


def _spread(first: float, failures: int, longest: float) -> float:
    """Find how long to wait after some failures in a row: longer each time, a bit at random [s]."""
    backoff = first * 2.0 ** min(failures - 1, _MAX_DOUBLINGS)
    return min(backoff, longest) * _JITTER.uniform(0.5, 1.0)
