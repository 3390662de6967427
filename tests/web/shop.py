# SPDX-License-Identifier: AGPL-3.0-only
"""An offering on the page's world."""

from reference.offering import Pricing, RoundTerms
from testing.offering import deploy_offering, round_tuple
from tests.web.world import DAY_SECONDS, WAD, Series, World

FOR_SALE_THS = 5_000 * WAD
PRICE = 345  # [satoshi per TH/s]
DELIVERY_DAYS = 30


class Shop:
    """An offering on a world, with one round of Fjord's hashrate paid in bitcoin."""

    def __init__(self, world: World, low: int = PRICE, high: int = PRICE) -> None:
        """Deploy it, and let the issuer open the round."""
        self.world = world
        self.offering = deploy_offering(
            world.chain, world.registry.address, [world.bitcoin.address], world.owner
        )
        self.open_round(world.fjord, FOR_SALE_THS, low, high)

    def open_round(self, series: Series, amount_ths: int, low: int, high: int) -> None:
        """Let the issuer sell freshly minted hashrate [TH/s, 18 dec] [satoshi per TH/s]."""
        world = self.world
        terms = RoundTerms(
            amount_ths=amount_ths,
            closes_at=world.anvil.now() + 10 * DAY_SECONDS,
            delivery_days=DELIVERY_DAYS,
            refunds_early_end=False,
            pricing=Pricing.FALLING,
            price_days=0,
            low_price=low,
            high_price=high,
        )
        series.distributor.send("mint", world.issuer, amount_ths, sender=world.issuer)
        series.token.send("approve", self.offering.address, amount_ths, sender=world.issuer)
        words = round_tuple(terms, series.distributor.address, world.bitcoin.address)
        self.offering.send("open_round", words, sender=world.issuer)

    def deployment(self) -> dict[str, str]:
        """Describe it to the page."""
        return {"offering": self.offering.address}
