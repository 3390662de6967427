# SPDX-License-Identifier: AGPL-3.0-only
"""`HashrateOffering.open_round`: terms that mean something, and the shelf."""

from typing import Any

import pytest

from reference.offering import Pricing
from reference.units import DAY_SECONDS
from tests.unit.chain import DEPLOYER, actor, deployer, event, refused
from tests.unit.sale import (
    CLOSES_AT,
    DAY_REWARD,
    DELIVERY_DAYS,
    FIRST_DAY,
    PRICE,
    Sale,
)
from tests.unit.scene import FLEET, TH

pytestmark = pytest.mark.unit


def test_open_round__by_the_issuer__puts_the_tokens_on_its_shelf(opened: Sale) -> None:
    scene = opened.scene

    number = opened.open_round()

    told = event(opened.offering, "RoundOpened")
    shelf = opened.offering.shelf_of(scene.address, scene.issuer)
    assert (told.round, told.series, told.seller, told.shelf) == (
        1,
        scene.address,
        scene.issuer,
        shelf,
    )
    assert told.terms.amount_ths == 100 * TH
    assert number == opened.offering.round_count() == 1
    assert scene.token.balanceOf(shelf) == 100 * TH
    assert opened.has("issuer")[1] == FLEET - 100 * TH


def test_open_round__any__can_be_read_back(opened: Sale) -> None:
    scene = opened.scene

    opened.open_round(
        pricing=Pricing.USD, price_days=9, low_price=3, high_price=4, refunds_early_end=False
    )

    read = opened.offering.round_of(1)
    assert (read.seller, read.series, read.token) == (
        scene.issuer,
        scene.address,
        scene.token.address,
    )
    assert read.money == opened.money.address
    assert read.opened_at == opened.offering.env.timestamp
    assert (read.closes_at, read.first_day) == (CLOSES_AT, FIRST_DAY)
    assert (read.delivery_days, read.refunds_early_end) == (DELIVERY_DAYS, False)
    assert (read.pricing, read.price_days, read.low_price, read.high_price) == (4, 9, 3, 4)
    assert (read.unsold_ths, read.paid, read.released, read.kept) == (100 * TH, 0, 0, 0)


def test_open_round__second__uses_the_same_shelf(sale: Sale) -> None:
    shelf = sale.offering.round_of(1).shelf

    assert sale.open_round() == 2

    assert sale.offering.round_of(2).shelf == shelf
    assert sale.scene.token.balanceOf(shelf) == 200 * TH


def test_open_round__by_the_next_issuer__has_a_shelf_of_its_own(sale: Sale) -> None:
    scene, heir = sale.scene, actor("heir")
    scene.token.transfer(heir, 100 * TH, sender=scene.issuer)
    scene.distributor.transfer_ownership(heir, sender=scene.issuer)
    scene.distributor.accept_ownership(sender=heir)
    scene.token.approve(sale.offering.address, FLEET, sender=heir)

    sale.open_round(sender=heir)

    assert sale.offering.round_of(2).shelf != sale.offering.round_of(1).shelf
    with refused("offering: not the issuer", sale.state):
        sale.open_round()


def test_shelf__anyone_claims__pays_the_seller(sale: Sale) -> None:
    scene = sale.scene
    shelf = sale.offering.round_of(1).shelf
    scene.fund(DAY_REWARD)
    scene.report_at_hashprice()
    scene.settle()
    before = scene.reward.balanceOf(scene.issuer)

    paid = scene.claim(shelf)

    assert paid == DAY_REWARD // 10
    assert scene.reward.balanceOf(scene.issuer) == before + paid


REFUSED_TERMS = {
    "nothing": ({"amount_ths": 0}, "offering: nothing for sale"),
    "no days": ({"delivery_days": 0}, "offering: no delivery days"),
    "too many days": ({"delivery_days": 2**16}, "offering: days out of range"),
    "too late": ({"closes_at": 2**40}, "offering: time too late"),
    "too dear": ({"high_price": 2**128}, "offering: amount too large"),
    "no pricing": ({"raw_pricing": 0}, "offering: not one pricing"),
    "two pricings": ({"raw_pricing": 6}, "offering: not one pricing"),
    "free": ({"low_price": 0}, "offering: price upside down"),
    "upside down": ({"high_price": PRICE - 1}, "offering: price upside down"),
    "falling by days": ({"price_days": 1}, "offering: price days"),
    "hashprice of none": ({"pricing": Pricing.SATOSHI}, "offering: price days"),
    "too many of hashprice": (
        {"pricing": Pricing.USD, "price_days": 2**16},
        "offering: days out of range",
    ),
}


@pytest.mark.parametrize("case", REFUSED_TERMS)
def test_open_round__terms_that_mean_nothing__reverts(opened: Sale, case: str) -> None:
    changes, reason = REFUSED_TERMS[case]

    with refused(reason, opened.state):
        opened.open_round(**changes)


def test_open_round__closing_now__reverts(opened: Sale) -> None:
    now = opened.offering.env.timestamp

    with refused("offering: closes in the past", opened.state):
        opened.open_round(closes_at=now)


def test_open_round__by_another__reverts(opened: Sale) -> None:
    with refused("offering: not the issuer", opened.state):
        opened.open_round(sender=actor("buyer"))


def test_open_round__unknown_series__reverts(opened: Sale) -> None:
    with refused("offering: unknown series", opened.state):
        opened.open_round(series=str(opened.money.address))


def test_open_round__money_not_listed__reverts(opened: Sale) -> None:
    with refused("cash: token not listed", opened.state):
        opened.open_round(money=str(opened.scene.reward.address))


def test_open_round__satoshi_in_money_of_seven_decimals__reverts(
    opened: Sale, moneys: dict[str, Any]
) -> None:
    changes = {"pricing": Pricing.SATOSHI, "price_days": 1}
    few = opened.with_money(moneys["7"])

    with refused("offering: money decimals", few.state):
        few.open_round(**changes)
    assert opened.open_round(**changes) == 1


def test_open_round__money_of_19_decimals__reverts(opened: Sale, moneys: dict[str, Any]) -> None:
    many = opened.with_money(moneys["19"])

    with refused("offering: money decimals", many.state):
        many.open_round()
    assert opened.with_money(moneys["18"]).open_round() == 1


def test_open_round__with_arrears__reverts(opened: Sale) -> None:
    while opened.scene.distributor.ledger().arrears == 0:
        opened.deliver(1, pay=0)
    later = opened.offering.env.timestamp + DAY_SECONDS
    with refused("offering: arrears not repaid", opened.state):
        opened.open_round(closes_at=later)

    opened.heal()

    assert opened.open_round(closes_at=later) == 1


def test_open_round__more_than_the_issuer_has__reverts(opened: Sale) -> None:
    with refused("meter: balance too low", opened.state):
        opened.open_round(amount_ths=FLEET + 1)


def test_init__without_registry_shelf_or_tokens__reverts(opened: Sale) -> None:
    registry = opened.offering.REGISTRY()
    shelf = opened.offering.SHELF_BLUEPRINT()
    money = str(opened.money.address)
    offering = deployer("market/HashrateOffering")
    nobody = actor("nobody")
    with refused("offering: no registry"):
        offering.deploy(nobody, shelf, [money])
    with refused("offering: no shelf"):
        offering.deploy(registry, nobody, [money])
    with refused("cash: no tokens"):
        offering.deploy(registry, shelf, [])
    with refused("cash: token is no contract"):
        offering.deploy(registry, shelf, [nobody])


def test_init__values__can_be_read_back(opened: Sale) -> None:
    offering = opened.offering
    assert offering.REGISTRY() == opened.scene.system.registry.address
    assert offering.ORACLE() == opened.scene.reporting.oracle.address
    assert offering.is_token(opened.money.address)
    assert not offering.is_token(DEPLOYER)
