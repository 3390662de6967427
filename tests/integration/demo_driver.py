# SPDX-License-Identifier: AGPL-3.0-only
"""Plays the first days of the demo; in a process of its own, since it starts a chain of its own."""

from ape import networks

from hashrate.core.units import DAY_SECONDS
from hashrate.history import open_source
from simulation.demo import story
from simulation.demo.clock import LocalClock
from simulation.demo.director import Director
from simulation.demo.history import History
from simulation.demo.show import SIMULATION
from simulation.demo.stage import Stage


def play_days(days: int) -> History:
    """Play so many days, let everybody claim, and return the history."""
    source = open_source(SIMULATION)
    first = source.first_day
    facts = source.observe(first).facts
    parameters = story.parameters(first, facts.first_height, facts.hashprice_wad)
    with networks.parse_network_choice("ethereum:local:test"):
        stage = Stage(LocalClock(first * DAY_SECONDS), parameters)
        director = Director(stage, source, tell=print)
        for index in range(days):
            director.play_day(index)
        director.claim_all()
        stage.take_stock()
    return stage.history
