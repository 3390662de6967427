# SPDX-License-Identifier: AGPL-3.0-only
"""Runs the first days of the demo; in a process of its own, since it starts a chain of its own."""

from ape import networks

from hashrate.core.units import DAY_SECONDS
from hashrate.history import open_source
from simulation.demo import schedule
from simulation.demo.block_timer import InProcessBlockTimer
from simulation.demo.dispute import DisputeChapter
from simulation.demo.events import History
from simulation.demo.run import SIMULATION
from simulation.demo.scheduler import Scheduler
from simulation.demo.system import System

DISPUTE_DAY = 20_000


def play_days(days: int) -> History:
    """Run so many days, let everybody claim, and return the history."""
    source = open_source(SIMULATION)
    first = source.first_day
    facts = source.observe(first).facts
    parameters = schedule.parameters(first, facts.first_height, facts.hashprice_wad)
    with networks.parse_network_choice("ethereum:local:test"):
        system = System(InProcessBlockTimer(first * DAY_SECONDS), parameters)
        scheduler = Scheduler(system, source, announce=print)
        for index in range(days):
            scheduler.run_day(index)
        scheduler.claim_all()
        system.record_final_state()
    return system.history


def play_dispute() -> tuple[list[str], int, list[str]]:
    """Play the chapter about a false day; return its timeline, comparisons and differences."""
    with networks.parse_network_choice("ethereum:local:test"):
        chapter = DisputeChapter(InProcessBlockTimer(DISPUTE_DAY * DAY_SECONDS))
        chapter.play()
    return [moment.text for moment in chapter.timeline], chapter.comparisons, chapter.differences
