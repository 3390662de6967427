# SPDX-License-Identifier: AGPL-3.0-only
"""`HashrateOffering.release`, `refund`, `take_back`, `withdraw`: who gets the money, and when."""

from typing import Any

import pytest

from tests.unit.chain import ZERO, account, actor, event, events, go_to, go_to_day, refused
from tests.unit.hashrate_offering.test_buy import sign_permit
from tests.unit.sale import (
    DAY_REWARD,
    DELIVERY_DAYS,
    FIRST_DAY,
    PRICE,
    RICH,
    Sale,
)
from tests.unit.scene import START, TH

pytestmark = pytest.mark.unit

PAID = 5 * PRICE + 1


@pytest.fixture
def sold(sale: Sale) -> Sale:
    """A buyer has bought 5 TH/s and a speck for 32,501, to be delivered over four days."""
    sale.buy(5 * TH + 1)
    return sale


@pytest.fixture
def failed(sold: Sale) -> Sale:
    """One day of four was delivered, then the series stays owing for thirty days and a second."""
    sold.deliver(3)
    sold.default()
    return sold


def standing(sale: Sale) -> tuple[Any, ...]:
    """Return delivered days, whether in default, and what is due."""
    return tuple(sale.offering.standing_of(1))


# ---------------------------------------------------------------- release


def test_release__before_the_first_day__has_nothing_due(sold: Sale) -> None:
    """Days that are settled before a round's first one deliver nothing of it."""
    sold.deliver(FIRST_DAY - START)

    assert standing(sold) == (0, False, 0)
    with refused("offering: nothing due", sold.state):
        sold.release()


def test_release__day_by_day__pays_the_seller_rounded_down(sold: Sale) -> None:
    sold.deliver(FIRST_DAY - START + 1)

    assert standing(sold) == (1, False, PAID // 4)
    assert sold.release() == PAID // 4 == 8_125

    told = event(sold.offering, "PaymentReleased")
    assert (told.round, told.seller) == (1, sold.scene.issuer)
    assert (told.delivered_days, told.amount) == (1, 8_125)
    assert sold.has("issuer")[0] == 8_125
    assert sold.inside() == PAID - 8_125
    with refused("offering: nothing due", sold.state):
        sold.release()

    sold.deliver(1)
    assert sold.release() == PAID * 2 // 4 - 8_125


def test_release__all_days__pays_all_and_leaves_nothing(sold: Sale) -> None:
    sold.deliver(FIRST_DAY - START + DELIVERY_DAYS + 1)

    assert sold.release() == PAID
    assert sold.inside() == 0


def test_release__bought_later__counts_the_days_before(opened: Sale) -> None:
    """What is paid counts whole, whenever it was paid: the round closes before its first day."""
    opened.open_round()
    opened.buy(TH)
    opened.buy(TH, "holder")
    opened.deliver(FIRST_DAY - START + 2)

    assert opened.release() == PRICE


def test_release__owing__counts_to_the_oldest_short_day(sold: Sale) -> None:
    sold.deliver(3)
    sold.scene.post_bond(1_000)
    sold.deliver(3, pay=0)
    assert sold.scene.distributor.progress().next_day == FIRST_DAY + 4

    assert standing(sold)[0] == 1
    with refused("offering: bond not refilled", sold.state):
        sold.release()

    sold.heal()
    assert standing(sold) == (4, False, PAID)
    assert sold.release() == PAID


def test_release__owing_since_before_the_first_day__is_nothing(sold: Sale) -> None:
    """A short day before the round's first one stops it as well."""
    sold.deliver(5, pay=0)

    assert standing(sold)[0] == 0


def test_release__bond_drawn__waits_for_it(sold: Sale) -> None:
    sold.deliver(3)
    sold.deliver(1, pay=DAY_REWARD - 1)
    assert sold.scene.distributor.ledger().bond_drawn == 1
    assert sold.scene.distributor.ledger().arrears == 0
    assert standing(sold)[0] == 2
    with refused("offering: bond not refilled", sold.state):
        sold.release()

    sold.scene.post_bond(1)

    assert sold.release() == PAID * 2 // 4


def test_release__no_such_round__reverts(sold: Sale) -> None:
    with refused("offering: no such round", sold.state):
        sold.release(2)


def test_release__seller_frozen__is_credited(opened: Sale, moneys: dict[str, Any]) -> None:
    sale = opened.with_money(moneys["MockFreezingToken"])
    sale.open_round()
    sale.buy(TH)
    sale.deliver(FIRST_DAY - START + DELIVERY_DAYS)
    issuer, vault = sale.scene.issuer, actor("vault")
    sale.money.set_frozen(issuer, True)

    sale.release()

    credited = event(sale.offering, "Credited")
    assert (credited.account, credited.amount) == (issuer, PRICE)
    assert sale.offering.credit_of(sale.money.address, issuer) == PRICE
    with refused("cash: transfer out failed", sale.state):
        sale.offering.withdraw(sale.money.address, issuer, sender=issuer)
    for nowhere in (ZERO, str(sale.offering.address)):
        with refused("offering: cannot be paid", sale.state):
            sale.offering.withdraw(sale.money.address, nowhere, sender=issuer)

    assert sale.offering.withdraw(sale.money.address, vault, sender=issuer) == PRICE
    assert sale.money.balanceOf(vault) == PRICE
    assert sale.inside() == 0
    with refused("cash: nothing waits", sale.state):
        sale.offering.withdraw(sale.money.address, vault, sender=issuer)


# ---------------------------------------------------------------- refund


def test_refund__thirty_days_owing__is_open_a_second_later(sold: Sale) -> None:
    sold.deliver(3)
    while sold.scene.distributor.ledger().arrears == 0:
        sold.deliver(1, pay=0)
    go_to(sold.default_at())
    assert not standing(sold)[1]
    assert sold.offering.preview_refund(1, actor("buyer"), TH) == 0
    with refused("offering: not in default", sold.state):
        sold.refund(TH)

    go_to(sold.default_at() + 1)

    assert standing(sold)[1]
    assert sold.refund(TH) > 0


def test_refund__some__burns_it_for_its_undelivered_part(failed: Sale) -> None:
    supply = failed.scene.token.totalSupply()
    part = PAID * 2 * TH // (5 * TH + 1)
    back = part * 3 // 4
    assert (part, back) == (13_000, 9_750)
    assert failed.offering.preview_refund(1, actor("buyer"), 2 * TH) == back

    assert failed.refund(2 * TH) == back

    told = event(failed.offering, "PurchaseRefunded")
    assert (told.round, told.buyer) == (1, actor("buyer"))
    assert (told.amount_ths, told.delivered_days, told.amount) == (2 * TH, 1, back)
    assert failed.scene.token.totalSupply() == supply - 2 * TH
    assert failed.has("buyer") == (RICH - PAID + back, 3 * TH + 1)
    assert failed.offering.purchase_of(1, actor("buyer")) == (PAID - part, 3 * TH + 1)
    read = failed.offering.round_of(1)
    assert (read.paid, read.released, read.kept) == (PAID - part, 0, part - back)
    assert failed.inside() == PAID - back


def test_refund__all__leaves_the_delivered_part_for_the_seller(failed: Sale) -> None:
    back = PAID * 3 // 4
    assert failed.offering.preview_refund(1, actor("buyer"), 2**200) == back

    assert failed.refund(5 * TH + 1) == back

    with refused("offering: bond not refilled", failed.state):
        failed.release()
    failed.heal()
    assert failed.release() == PAID - back
    assert failed.inside() == 0
    assert failed.offering.preview_refund(1, actor("buyer"), TH) == 0


def test_refund__with_a_speck_for_nothing__reverts(failed: Sale) -> None:
    """Nobody burns hashrate for nothing, or for less than it said."""
    with refused("offering: too little back", failed.state):
        failed.refund(1)
    with refused("offering: too little back", failed.state):
        failed.refund(2 * TH, least=9_751)

    assert failed.refund(2 * TH, least=9_750) == 9_750


def test_refund__more_than_bought__reverts(failed: Sale) -> None:
    failed.scene.token.transfer(actor("buyer"), TH, sender=failed.scene.issuer)

    for amount in (0, 5 * TH + 2):
        with refused("offering: more than bought", failed.state):
            failed.refund(amount)


def test_refund__tokens_sold_on__needs_tokens_back(failed: Sale) -> None:
    """The right stays with the buyer: whoever has its tokens now has none."""
    failed.scene.transfer(actor("buyer"), actor("holder"), 5 * TH + 1)

    with refused("meter: balance too low", failed.state):
        failed.refund(TH)
    with refused("offering: more than bought", failed.state):
        failed.refund(TH, "holder")

    failed.scene.transfer(actor("holder"), actor("buyer"), TH)
    assert failed.refund(TH) == 6_500 * 3 // 4


def test_refund__without_approval__reverts_or_takes_a_permit(failed: Sale) -> None:
    buyer, token = account("buyer"), failed.scene.token
    token.approve(failed.offering.address, 0, sender=buyer.address)
    with refused("erc20: insufficient allowance", failed.state):
        failed.refund(TH)

    permit = sign_permit(token, buyer, str(failed.offering.address), TH)
    back = failed.offering.refund_with_permit(permit, 1, TH, 0, sender=buyer.address)

    assert back == 6_500 * 3 // 4


def test_refund__after_it_healed__reverts_and_the_rest_goes_on(failed: Sale) -> None:
    failed.refund(TH)
    failed.heal()

    with refused("offering: not in default", failed.state):
        failed.refund(TH)

    failed.deliver(DELIVERY_DAYS)
    failed.release()
    assert failed.inside() == 0


def test_refund__rewards_until_then__stay_the_buyers(failed: Sale) -> None:
    before = failed.scene.distributor.preview_claim(actor("buyer"))

    failed.refund(5 * TH + 1)

    assert failed.scene.distributor.preview_claim(actor("buyer")) == before


def test_refund__buyer_frozen__is_credited(opened: Sale, moneys: dict[str, Any]) -> None:
    sale = opened.with_money(moneys["MockFreezingToken"])
    sale.open_round()
    sale.buy(TH)
    sale.deliver(3)
    sale.default()
    sale.money.set_frozen(actor("buyer"), True)

    back = sale.refund(TH)

    assert sale.offering.credit_of(sale.money.address, actor("buyer")) == back


# ---------------------------------------------------------------- the end


@pytest.mark.parametrize("refunds_early_end", [True, False])
def test_early_end__says_what_the_terms_say(opened: Sale, refunds_early_end: bool) -> None:
    """The oracle fell silent after a day: the series ends, and every day until then is paid."""
    opened.open_round(delivery_days=400, refunds_early_end=refunds_early_end)
    opened.buy(TH)
    opened.scene.fall_silent()
    end_day = opened.scene.distributor.progress().end_day
    assert standing(opened)[1] is False
    go_to_day(end_day)
    opened.scene.fund(400 * DAY_REWARD)
    while opened.scene.distributor.progress().next_day < end_day:
        assert not standing(opened)[1]
        opened.scene.settle()
    delivered = end_day - FIRST_DAY

    if refunds_early_end:
        assert standing(opened) == (delivered, True, PRICE * delivered // 400)
        assert opened.refund(TH) == PRICE * (400 - delivered) // 400
    else:
        assert standing(opened) == (400, False, PRICE)
        with refused("offering: not in default", opened.state):
            opened.refund(TH)
    opened.release()
    assert opened.inside() == 0


def test_early_end__owing_in_the_end__has_not_delivered(opened: Sale) -> None:
    opened.open_round(delivery_days=400, refunds_early_end=False)
    opened.buy(TH)
    opened.scene.fall_silent()
    end_day = opened.scene.distributor.progress().end_day
    go_to_day(end_day)
    while opened.scene.distributor.progress().next_day < end_day:
        opened.scene.settle()
    # owing since its first day, half a year ago
    assert standing(opened) == (0, True, 0)

    while owed := opened.scene.distributor.ledger().arrears:
        opened.scene.fund(owed)

    assert standing(opened) == (400, False, PRICE)


def test_closed__with_a_drawn_bond__does_not_lock_the_sellers_money(opened: Sale) -> None:
    """A closed series takes no bond any more: what was drawn stays drawn for ever."""
    opened.open_round(delivery_days=400, refunds_early_end=False)
    opened.buy(TH)
    opened.scene.fall_silent()
    end_day = opened.scene.distributor.progress().end_day
    go_to_day(end_day)
    opened.scene.fund(300 * DAY_REWARD - 1)
    while opened.scene.distributor.progress().next_day < end_day:
        opened.scene.settle()
    opened.scene.fund(opened.scene.distributor.ledger().arrears or 1)
    drawn = opened.scene.distributor.ledger().bond_drawn
    if drawn:
        with refused("offering: bond not refilled", opened.state):
            opened.release()

    opened.scene.distributor.close(sender=actor("keeper"))

    assert opened.release() == PRICE


# ---------------------------------------------------------------- take back


def test_take_back__by_the_seller__ends_the_sale(sold: Sale) -> None:
    before = sold.has("issuer")[1]

    assert sold.offering.take_back(1, sender=sold.scene.issuer) == 95 * TH - 1

    told = event(sold.offering, "HashrateTakenBack")
    assert (told.round, told.seller, told.amount_ths) == (1, sold.scene.issuer, 95 * TH - 1)
    assert sold.has("issuer")[1] == before + 95 * TH - 1
    assert sold.offering.round_of(1).unsold_ths == 0
    with refused("offering: not enough left", sold.state):
        sold.buy(1)
    with refused("offering: nothing unsold", sold.state):
        sold.offering.take_back(1, sender=sold.scene.issuer)


def test_take_back__one_of_two_rounds__leaves_the_others_tokens(sold: Sale) -> None:
    sold.open_round()
    sold.offering.take_back(1, sender=sold.scene.issuer)

    assert sold.buy(200 * TH, number=2) == 100 * TH


def test_take_back__by_another__reverts(sold: Sale) -> None:
    with refused("offering: not the seller", sold.state):
        sold.offering.take_back(1, sender=actor("buyer"))


def test_donation__changes_nothing(sold: Sale) -> None:
    shelf = sold.offering.round_of(1).shelf
    before = sold.offering.round_of(1)
    sold.money.mint(sold.offering.address, 10**9)
    sold.scene.token.transfer(shelf, TH, sender=sold.scene.issuer)

    assert sold.offering.round_of(1) == before
    sold.deliver(FIRST_DAY - START + DELIVERY_DAYS)
    assert sold.release() == PAID
    assert not events(sold.offering, "Credited")
