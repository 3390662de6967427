# SPDX-License-Identifier: AGPL-3.0-only
"""A product on a series with round numbers: 1,000 TH/s that earn 50 satoshi each a day."""

from dataclasses import dataclass, replace
from typing import Any

from reference.tranches import TrancheTerms
from reference.units import DAY_SECONDS
from testing.titanoboa import BoaChain
from testing.tranches import create, deploy_factory
from tests.unit.chain import DEPLOYER, actor, go_to, go_to_day, now
from tests.unit.scene import FLEET, HASHPRICE, START, TERMS, TH, Scene, System

MAX = 2**256 - 1
STRIP = TrancheTerms(START, START + 2)
NOTE = TrancheTerms(START, START + 30, 120, 10)
SHORT_NOTE = TrancheTerms(START, START + 2, 120, 10)


@dataclass
class Stage:
    """A series that has begun, a factory and one product; the holder has approved it."""

    scene: Scene
    factory: Any
    product: Any
    senior: Any
    junior: Any
    terms: TrancheTerms

    @classmethod
    def open(cls, scene: Scene, terms: TrancheTerms) -> "Stage":
        """Create a product the afternoon before the start; the issuer has paid for years."""
        factory = deploy_factory(BoaChain(), scene.system.registry.address, DEPLOYER)
        made = create(BoaChain(), factory, scene.address, terms, actor("keeper"))
        inside = (each.inside for each in (made.tranches, made.senior, made.junior))
        stage = cls(scene, factory.inside, *inside, terms)
        stage.welcome(actor("holder"))
        return stage

    @classmethod
    def begin(cls, system: System, reward: Any, terms: TrancheTerms, **changes: Any) -> "Stage":
        """Begin a series and create a product on it; terms of the series may be changed."""
        scene = system.list_series(reward, replace(TERMS, **changes))
        scene.begin()
        return cls.open(scene, terms)

    def welcome(self, account: str) -> None:
        """Let an account be rich and approve the product."""
        self.scene.reward.mint(account, 10**15)
        self.scene.reward.approve(self.product.address, MAX, sender=account)
        self.scene.token.approve(self.product.address, MAX, sender=account)

    def split(self, amount: int = 100 * TH, senior_to: str | None = None) -> None:
        """Split the holder's tokens; the buyer gets SENIOR, unless told otherwise."""
        holder = actor("holder")
        self.product.split(amount, senior_to or actor("buyer"), holder, sender=holder)

    def start(self, amount: int = 100 * TH) -> None:
        """Split as the start day begins."""
        go_to_day(self.terms.start_day)
        self.split(amount)

    def live(self, days: int, paid: int = 50) -> None:
        """Report and settle days of 50 satoshi per TH/s, of which so many are paid in time."""
        for _ in range(days):
            if paid:
                self.scene.fund(paid * FLEET // TH)
            day = self.scene.report_at_hashprice()
            if paid * TH < HASHPRICE:
                go_to(max(now(), int(self.scene.distributor.due_at(day))))
            assert self.scene.settle(1) == 1

    def due(self, token: Any, account: str) -> int:
        """Return what an account can claim of a tranche [base units]."""
        amount, is_whole = self.product.preview_claim(token.address, account)
        assert is_whole
        return int(amount)

    def claim(self, token: Any, account: str) -> int:
        """Claim as the account."""
        return int(self.product.claim(token.address, sender=account))

    def cut(self) -> int:
        """Note the outcome; return the first day of the auction."""
        self.product.find_cut(sender=actor("keeper"))
        return int(self.product.auction_days()[0])

    def go_to_auction(self, seconds: int = 0) -> None:
        """Note an unmet outcome and go to its auction, some seconds in."""
        go_to_day(self.cut(), seconds)

    def go_to_void(self) -> None:
        """Note an unmet outcome and go to the day on which JUNIOR is void."""
        self.cut()
        go_to(max(now(), int(self.product.auction_days()[1]) * DAY_SECONDS))

    def tokens(self, account: str) -> int:
        """Return the tokens of the series an account has [TH/s, 18 dec]."""
        return int(self.scene.token.balanceOf(account))

    def money(self, account: str) -> int:
        """Return the reward tokens an account has [base units]."""
        return int(self.scene.reward.balanceOf(account))

    def state(self) -> tuple[object, ...]:
        """Return all that a refused call must leave as it was."""
        people = [actor(role) for role in ("holder", "buyer", "keeper")]
        people.append(str(self.product.address))
        return (
            tuple(self.product.outcome()),
            tuple(self.product.pool()),
            [self.tokens(who) for who in people],
            [self.money(who) for who in people],
            [token.balanceOf(who) for token in (self.senior, self.junior) for who in people],
            (self.senior.totalSupply(), self.junior.totalSupply()),
        )
