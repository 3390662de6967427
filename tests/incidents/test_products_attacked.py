# SPDX-License-Identifier: AGPL-3.0-only
"""Strips, notes and funds under the attacks that were named for them.

Others of that list stand beside the rule they test: foreclosure dodged by moving JUNIOR, and buyer
and holder one (`tests/unit/hashrate_tranches/test_redeem.py`); a blocked claimant and a blocked
redeemer of SENIOR, a strip in a pool claimed by a stranger, a stranger's claim for the product at
the series (`test_claim.py`, `test_redeem.py`); a distributor of no registry (`test_create.py`,
`tests/unit/hashrate_fund`); one series spending what was pulled for another, a coin that freezes
fund or holder (`tests/unit/hashrate_fund`).
"""

from typing import Any

import pytest

from reference.tranches import TrancheTerms
from testing.titanoboa import BoaChain
from testing.tranches import create, deploy_factory
from tests.unit.chain import DEPLOYER, actor, deployer, event, go_to_day, refused
from tests.unit.hashrate_tranches.stage import MAX, NOTE, SHORT_NOTE, START, TH, Stage
from tests.unit.sale import Sale
from tests.unit.scene import System

pytestmark = pytest.mark.unit

HOLDER, BUYER, STRANGER = actor("holder"), actor("buyer"), actor("keeper")
STRIP_OF_SALE = TrancheTerms(START + 1, START + 200)


def test_note__issuer_who_borrows_owes_the_term__senior_gets_it_first(
    system: System, bitcoin: Any
) -> None:
    """It sold SENIOR and pays nothing in the term: what it repays later is SENIOR's all the same.

    If paid money alone counted, the note would end unmet, and the repayment be JUNIOR's.
    """
    stage = Stage.begin(system, bitcoin, NOTE)
    stage.start()
    stage.live(3, paid=0)
    assert stage.due(stage.senior, BUYER) == 0

    stage.product.find_cut(sender=STRANGER)

    assert event(stage.product, "CutFound").shortfall == 0
    stage.scene.fund(120_000)  # two days and the 20 satoshi of the third that are SENIOR's
    assert stage.due(stage.senior, BUYER) == 12_000
    assert stage.due(stage.junior, HOLDER) == 0
    stage.scene.fund(30_000)
    assert stage.claim(stage.senior, BUYER) == 12_000
    # and nearly one: the face rounds up in favour of SENIOR
    assert stage.claim(stage.junior, HOLDER) == 2_999


def test_note__issuer_who_borrows_stops_its_fleet__senior_takes_the_hashrate(
    system: System, bitcoin: Any
) -> None:
    """No output and no guarantee: nothing is earned, and JUNIOR is worth what it owes or void."""
    stage = Stage.begin(system, bitcoin, SHORT_NOTE, guaranteed_uptime_bps=0)
    stage.start()
    for _ in range(2):
        stage.scene.report(0, delivered=0)
        assert stage.scene.settle(1) == 1
    assert stage.product.cost_of(100 * TH) == 12_001
    assert stage.due(stage.senior, BUYER) == 0

    stage.go_to_void()
    with refused("tranches: junior is void", stage.state):
        stage.product.merge(TH, sender=HOLDER)
    cash, tokens = stage.product.redeem_senior(100 * TH, sender=BUYER)

    assert (cash, tokens) == (0, 100 * TH)
    assert stage.tokens(BUYER) == 100 * TH


def test_collect_pool__last_redeemer_is_blocked__is_credited(system: System, genesis: None) -> None:
    """A coin that refuses the last redeemer holds nobody else up."""
    coin = deployer("mocks/MockBlocklistToken").deploy(8)
    stage = Stage.begin(system, coin, SHORT_NOTE)
    stage.start()
    stage.live(2)
    stage.go_to_void()
    void_day = int(stage.product.auction_days()[1])
    go_to_day(void_day, 43_200)
    stage.product.redeem_senior(100 * TH, sender=BUYER)
    stage.live(void_day - START - 1)
    coin.block(BUYER, True, False)

    assert stage.product.collect_pool(sender=STRANGER) == 2_500

    assert event(stage.product, "Credited").amount == 2_500
    assert stage.product.withdraw_credit(STRANGER, sender=BUYER) == 2_500
    assert coin.balanceOf(STRANGER) == 2_500


def test_refund__bought_then_split__needs_both_halves_back(system: System, bitcoin: Any) -> None:
    """Who sold the rewards of what it bought cannot have the price of the hashrate back as well."""
    sale = Sale.open(system, bitcoin, bitcoin)
    sale.open_round()
    sale.buy(5 * TH)
    factory = deploy_factory(BoaChain(), system.registry.address, DEPLOYER)
    made = create(BoaChain(), factory, sale.scene.address, STRIP_OF_SALE, STRANGER)
    strip, senior = made.tranches.inside, made.senior.inside
    sale.scene.token.approve(strip.address, MAX, sender=BUYER)
    go_to_day(START + 1, 3_600)
    strip.split(5 * TH, HOLDER, BUYER, sender=BUYER)
    sale.deliver(3)
    sale.default()

    with refused("meter: balance too low"):
        sale.refund(5 * TH)

    senior.transfer(BUYER, 5 * TH, sender=HOLDER)
    strip.merge(5 * TH, sender=BUYER)
    assert sale.refund(5 * TH) == 32_500 * 3 // 4
