# SPDX-License-Identifier: AGPL-3.0-only
"""A day's report is one transaction however many reporters sign: what each signature adds."""

from benchmarks.recorder import Recorder
from benchmarks.system import FIRST_DAY, System
from hashrate.core.types import DayIndex

QUORUMS = ((2, 3), (5, 9), (9, 17))
_DAYS = 6
_WARM = 2  # [days] the first days of an oracle have nothing before them to compare with


def measure_quorums(system: System, recorder: Recorder) -> None:
    """Report days to oracles of several sizes and record each as `report_<k>_of_<n>`."""
    recorder.say("other quorums")
    for threshold, reporters in QUORUMS:
        oracle = system.deploy_oracle(reporters, threshold)
        for place in range(_DAYS):
            call = system.report_to(oracle, DayIndex(FIRST_DAY + place), threshold)
            if place < _WARM:
                call.send()
            else:
                recorder.send(f"report_{threshold}_of_{reporters}", call)
