# SPDX-License-Identifier: AGPL-3.0-only
"""A fund over two series of 1,000 TH/s that earn 50 and 30 satoshi each a day."""

from dataclasses import dataclass, replace
from typing import Any

from testing.fund import create_fund, deploy_factory
from testing.series import FLEET_ID
from testing.titanoboa import BoaChain
from tests.unit.chain import DEPLOYER, actor, go_to_day
from tests.unit.scene import FLEET, NOON, TERMS, TH, Scene, System

MAX = 2**256 - 1
WEIGHTS = (2, 5)
RATES = (50, 30)  # [sat per TH/s and day] what is credited
OTHER_FLEET = bytes(31) + b"\x02"


@dataclass
class Basket:
    """Two series and a fund; `places` says where in the basket each of them is."""

    scenes: tuple[Scene, Scene]
    factory: Any
    fund: Any
    places: tuple[int, int]

    @classmethod
    def open(cls, system: System, reward: Any, other_reward: Any) -> "Basket":
        """Begin both series and create the fund; the holder has all of both."""
        first = system.list_series(reward, TERMS, fleet_id=FLEET_ID)
        terms = replace(TERMS, guaranteed_uptime_bps=0)  # 30 satoshi are all it earns
        second = system.list_series(other_reward, terms, fleet_id=OTHER_FLEET)
        go_to_day(TERMS.start_day - 1)
        for scene in (first, second):
            scene.attest(TERMS.start_day - 2)
        go_to_day(TERMS.start_day - 1, NOON)
        for scene in (first, second):
            scene.mint(actor("holder"), FLEET)
        factory = deploy_factory(BoaChain(), system.registry.address, DEPLOYER)
        basket = {first.address: WEIGHTS[0], second.address: WEIGHTS[1]}
        fund = create_fund(BoaChain(), factory, basket, actor("keeper")).inside
        order = [part.distributor for part in fund.basket()]
        places = (order.index(first.address), order.index(second.address))
        made = cls((first, second), factory.inside, fund, places)
        for scene in made.scenes:
            scene.token.approve(fund.address, MAX, sender=actor("holder"))
        return made

    def live(self, days: int, paid: tuple[bool, bool] = (True, True)) -> None:
        """Report days with both outputs, pay for them, settle them."""
        for _ in range(days):
            day = self.scenes[0].report_prices(50 * 10**18, wait=False)
            for scene, rate, is_paid in zip(self.scenes, RATES, paid, strict=True):
                credited = rate * FLEET // TH
                scene.reporting.post_output(scene.address, day, credited, FLEET)
                if is_paid:
                    scene.fund(credited)
            self.scenes[0].await_final(day)
            for scene, is_paid in zip(self.scenes, paid, strict=True):
                if is_paid:
                    assert scene.settle(1) == 1

    def claim(self, account: str, caller: str | None = None) -> tuple[int, int]:
        """Claim everything; return the amounts of the first and the second series."""
        return self.ordered(self.fund.claim(account, sender=caller or account))

    def ordered(self, amounts: Any) -> tuple[int, int]:
        """Return amounts by place as those of the first and the second series."""
        return int(amounts[self.places[0]]), int(amounts[self.places[1]])

    def due(self, account: str) -> tuple[int, int]:
        """Return what an account can claim."""
        found = [int(self.fund.preview_claim(account, place)[0]) for place in self.places]
        return found[0], found[1]

    def state(self) -> tuple[object, ...]:
        """Return all that a refused call must leave as it was."""
        people = [actor(role) for role in ("holder", "buyer", "keeper")]
        people.append(str(self.fund.address))
        return (
            [scene.token.balanceOf(who) for scene in self.scenes for who in people],
            [scene.reward.balanceOf(who) for scene in self.scenes for who in people],
            [self.fund.balanceOf(who) for who in people],
            self.fund.totalSupply(),
        )
