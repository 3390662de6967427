# SPDX-License-Identifier: AGPL-3.0-only
"""The commands that work: `run` and `once`."""

from pathlib import Path

import structlog

from hashrate.service.clock import SystemClock
from hashrate.service.logging import Redactor, configure_logging
from oracles.daemon.cycle import Daemon
from oracles.daemon.runtime import open_keys, open_parts, run_until_stopped, without_keys
from oracles.daemon.settings import Settings, load_settings

_LOG = structlog.get_logger(__name__)


def run(config: Path | None, *, dry_run: bool) -> int:
    """Run a reporter until it is stopped; gives the exit code.

    Raises:
        HashrateError: it cannot start.
    """
    settings, redactor = _prepare(config, dry_run=dry_run)
    return run_until_stopped(settings, redactor)


def once(config: Path | None, *, dry_run: bool) -> int:
    """Run one cycle; gives the exit code.

    Raises:
        HashrateError: it cannot start, or its journal cannot be used.
    """
    settings, redactor = _prepare(config, dry_run=dry_run)
    keys = open_keys(settings, redactor)
    with open_parts(settings, keys, redactor, SystemClock()) as parts:
        result = Daemon(parts).run_once()
        _LOG.info("cycle_done", outcome=result.outcome, good=result.is_good)
        return 0 if result.is_good else 1


def _prepare(config: Path | None, *, dry_run: bool) -> tuple[Settings, Redactor]:
    settings = load_settings(config)
    redactor = Redactor()
    configure_logging(settings.log_level, redactor)
    return (without_keys(settings) if dry_run else settings), redactor
