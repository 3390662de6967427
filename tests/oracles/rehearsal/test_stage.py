# SPDX-License-Identifier: AGPL-3.0-only
"""The time that several actors share."""

import threading

import pytest

from oracles.rehearsal.stage import Stage, StageClock

pytestmark = pytest.mark.unit


def test_sleep__several_actors__one_runs_at_a_time_in_order_of_waking() -> None:
    """Time goes on to the next that wakes, and jumps as far as the director says."""
    told: list[tuple[int, int]] = []
    stage = Stage(1_000, 3, lambda time: 2_000 if 1_020 < time < 2_000 else time)

    def act(actor: int, naps: list[int]) -> None:
        clock = StageClock(stage, actor)
        for seconds in naps:
            clock.sleep(seconds)
            told.append((actor, clock.now()))
        stage.leave(actor)

    threads = [
        threading.Thread(target=act, args=each) for each in ((0, [10, 30]), (1, [20]), (2, [10, 5]))
    ]
    for thread in reversed(threads):
        thread.start()
    for thread in threads:
        thread.join(10)

    assert not any(thread.is_alive() for thread in threads)
    assert told == [(0, 1_010), (2, 1_010), (2, 1_015), (1, 1_020), (0, 2_000)]
