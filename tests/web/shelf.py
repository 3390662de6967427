# SPDX-License-Identifier: AGPL-3.0-only
"""Strips, notes and a fund on the page's world."""

from reference.tranches import TrancheTerms
from testing import fund as funds
from testing import tranches
from tests.web.world import World

FJORD_WEIGHT, PRAIRIE_WEIGHT = 3, 2  # [TH/s] of a share
FACE = 5  # [base units per TH/s] of the note: a few days' reward


class Shelf:
    """A strip and a note of Fjord and a fund of both series, on a world."""

    def __init__(self, world: World) -> None:
        """Create them from the present day on."""
        self.world = world
        chain, registry, owner = world.chain, world.registry.address, world.owner
        self.tranches = tranches.deploy_factory(chain, registry, owner)
        self.funds = funds.deploy_factory(chain, registry, owner)
        start = world.first + 13
        fjord = world.fjord.distributor.address
        self.note = tranches.create(
            chain, self.tranches, fjord, TrancheTerms(start, start + 90, FACE, 10), owner
        )
        self.strip = tranches.create(
            chain, self.tranches, fjord, TrancheTerms(start, start + 60), owner
        )
        basket = {fjord: FJORD_WEIGHT, world.prairie.distributor.address: PRAIRIE_WEIGHT}
        self.fund = funds.create_fund(chain, self.funds, basket, owner)

    def deployment(self) -> dict[str, str]:
        """Describe them to the page."""
        return {"tranches": self.tranches.address, "funds": self.funds.address}
