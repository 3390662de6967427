# SPDX-License-Identifier: AGPL-3.0-only
"""What `status` says of a day, from a chain and a journal that answer as they are told."""

from types import SimpleNamespace

import pytest

from oracles.commands.status import read_status
from oracles.journal.history import DayHistory

pytestmark = pytest.mark.unit

DAY_SECONDS = 86_400
SERIES = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"


def test_read_status__series_pays_two_of_four_days__tells_of_those_only() -> None:
    """Before its first day a series is not settled, after its last it does not wait."""
    oracle = SimpleNamespace(
        first_day=lambda: 100, next_day=lambda: 100, posted_day=lambda day: None
    )
    series = SimpleNamespace(
        address=SERIES, paid_days=lambda: range(101, 103), next_day=lambda: 102
    )
    rpc = SimpleNamespace(block=lambda: {"timestamp": hex(104 * DAY_SECONDS)})
    history = SimpleNamespace(of_day=lambda day: DayHistory(None, (), "", None))

    rows = read_status(rpc, oracle, [series], history, days=14)

    assert [row.settled for row in rows] == [{}, {SERIES: True}, {SERIES: False}, {}]
