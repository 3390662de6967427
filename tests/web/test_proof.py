# SPDX-License-Identifier: AGPL-3.0-only
"""The badge of a day: proven, not proven, or contradicted by proof-of-work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hashrate.core.types import DayIndex
from tests.web.conftest import OpenVisit
from tests.web.world import World, play_two_weeks

pytestmark = pytest.mark.e2e

DAY = 9  # from the oracle's first


@pytest.fixture
def proving(anvil_path: Path) -> Iterator[World]:
    """A world whose oracle knows a contract of headers."""
    world = World(with_headers=True)
    try:
        play_two_weeks(world)
        yield world
    finally:
        world.close()


def test_badge__day_is_held_against_the_proof__says_what_is_proven(
    open_visit: OpenVisit, proving: World
) -> None:
    assert proving.headers is not None
    day = proving.first + DAY
    facts = proving.source.observe(DayIndex(day)).facts
    truth = [facts.last_height, facts.difficulty_wad, facts.hashprice_wad, facts.hashprice_wad]
    visit = open_visit(proving)
    visit.open(f"#/series/{proving.fjord.distributor.address}/day/{day}")
    badge = visit.see("proof")
    expect(badge).to_have_attribute("data-state", "unproven")
    expect(badge).to_have_text("not proven; everything signed by 2 of 3")

    proving.headers.send("set_bounds", day, truth, sender=proving.owner)
    expect(badge).to_have_text("heights, difficulty proven; price and output signed by 2 of 3")
    for place, fact in enumerate(("the last height", "the difficulty", "the hashprice")):
        false = [value + (place == at) for at, value in enumerate(truth)]
        proving.headers.send("set_bounds", day, false, sender=proving.owner)
        expect(badge).to_have_text(f"contradicted by proof-of-work: {fact}")
