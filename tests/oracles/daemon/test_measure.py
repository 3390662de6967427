# SPDX-License-Identifier: AGPL-3.0-only
"""What `measure` times is done right, however long it takes here."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from oracles.commands.preflight import run_checks
from tests.oracles.daemon.measure import backfill, far_away


@pytest.mark.integration
def test_check__all_sources_healthy_and_far_away__is_good(tmp_path: Path, anvil_path: Path) -> None:
    """Every source is asked, and none is found wanting for being slow."""
    with ExitStack() as stack:
        findings = run_checks(*far_away(stack, tmp_path))

    assert [finding for finding in findings if not finding.is_good] == []
    lines = {finding.name: finding.line for finding in findings}
    assert lines["bitcoin"].startswith("3 of 3 sources agree")
    assert lines["prices"].startswith("2 of 2 exchanges agree")


@pytest.mark.unit
def test_backfill__ten_real_years__gives_every_day(market_data_dir: Path, tmp_path: Path) -> None:
    """3,653 real days into facts."""
    backfill(market_data_dir, tmp_path / "facts.csv")
