# SPDX-License-Identifier: AGPL-3.0-only
"""`HashrateOffering.buy`: tokens at once, money inside, and what it costs."""

from typing import Any

import pytest

from reference.offering import Pricing
from reference.units import DAY_SECONDS
from tests.unit.chain import account, actor, event, go_to, go_to_day, refused
from tests.unit.sale import CLOSES_AT, MAX, PRICE, RICH, Sale
from tests.unit.scene import START, TH

pytestmark = pytest.mark.unit


def test_buy__some__moves_tokens_and_keeps_the_money(sale: Sale) -> None:
    assert sale.buy(3 * TH) == 3 * TH

    told = event(sale.offering, "HashrateBought")
    assert (told.round, told.buyer) == (1, actor("buyer"))
    assert (told.amount_ths, told.cost) == (3 * TH, 3 * PRICE)
    assert sale.has("buyer") == (RICH - 3 * PRICE, 3 * TH)
    assert sale.inside() == 3 * PRICE
    read = sale.offering.round_of(1)
    assert (read.paid, read.unsold_ths) == (3 * PRICE, 97 * TH)
    assert sale.offering.purchase_of(1, actor("buyer")) == (3 * PRICE, 3 * TH)


def test_buy__speck__costs_a_base_unit(sale: Sale) -> None:
    """The cost rounds up, in favour of the seller."""
    sale.buy(1)

    assert sale.inside() == 1
    assert sale.offering.cost_of(1, TH + 1) == PRICE + 1


def test_buy__more_than_is_left__buys_the_rest(sale: Sale) -> None:
    sale.buy(98 * TH, "holder")

    with refused("offering: not enough left", sale.state):
        sale.buy(3 * TH, least=2 * TH + 1)
    assert sale.buy(3 * TH, least=2 * TH) == 2 * TH
    with refused("offering: not enough left", sale.state):
        sale.buy(1)


def test_buy__nothing__reverts(sale: Sale) -> None:
    with refused("offering: not enough left", sale.state):
        sale.buy(0)


def test_buy__above_what_it_may_cost__reverts(sale: Sale) -> None:
    with refused("offering: costs too much", sale.state):
        sale.buy(TH, max_cost=PRICE - 1)

    assert sale.buy(TH, max_cost=PRICE) == TH


def test_buy__cost_of_no_word__reverts(opened: Sale) -> None:
    opened.open_round(low_price=2**127, high_price=2**127)

    with refused("offering: cost too large", opened.state):
        opened.buy(3 * TH)


def test_buy__when_the_round_closes__reverts(sale: Sale) -> None:
    go_to(CLOSES_AT - 1)
    sale.buy(TH)
    go_to(CLOSES_AT)

    with refused("offering: round is closed", sale.state):
        sale.buy(TH)


def test_buy__no_such_round__reverts(sale: Sale) -> None:
    for number in (0, 2):
        with refused("offering: no such round", sale.state):
            sale.buy(TH, number=number)


def test_buy__with_arrears__reverts(opened: Sale) -> None:
    opened.open_round(closes_at=(START + 9) * DAY_SECONDS)
    opened.scene.fund(10**4)
    opened.deliver(2, pay=0)
    assert opened.scene.distributor.ledger().arrears

    with refused("offering: arrears not repaid", opened.state):
        opened.buy(TH)

    opened.heal()
    assert opened.buy(TH) == TH


def test_buy__series_that_ends_early__reverts(opened: Sale) -> None:
    """The oracle fell silent: what is for sale will not be delivered."""
    opened.open_round(closes_at=(START + 300) * DAY_SECONDS)
    opened.scene.fall_silent()

    with refused("offering: series ends early", opened.state):
        opened.buy(TH)


def test_buy__money_that_takes_a_fee__reverts(opened: Sale, moneys: dict[str, Any]) -> None:
    sale = opened.with_money(moneys["MockFeeToken"])
    sale.open_round()

    with refused("cash: other amount arrived", sale.state):
        sale.buy(TH)


def test_buy__money_that_says_no__reverts(opened: Sale, moneys: dict[str, Any]) -> None:
    sale = opened.with_money(moneys["MockFalseToken"])
    sale.open_round()
    sale.money.set_refusing(True)

    with refused("cash: transfer in failed", sale.state):
        sale.buy(TH)


def test_buy_with_permit__signed__needs_no_approval(sale: Sale) -> None:
    buyer, spender = account("buyer"), str(sale.offering.address)
    sale.money.approve(spender, 0, sender=buyer.address)
    permit = sign_permit(sale.money, buyer, spender, PRICE)

    bought = sale.offering.buy_with_permit(permit, 1, TH, TH, MAX, sender=buyer.address)

    assert bought == TH
    assert sale.has("buyer") == (RICH - PRICE, TH)


def test_buy_with_permit__used_by_another_before__is_no_obstacle(sale: Sale) -> None:
    buyer, spender = account("buyer"), str(sale.offering.address)
    sale.money.approve(spender, 0, sender=buyer.address)
    permit = sign_permit(sale.money, buyer, spender, PRICE)
    sale.money.permit(*permit[1:2], spender, *permit[2:], sender=actor("keeper"))

    assert sale.offering.buy_with_permit(permit, 1, TH, TH, MAX, sender=buyer.address) == TH


# ---------------------------------------------------------------- price


def test_price__falling__by_the_clock_and_rounded_up(opened: Sale) -> None:
    opened.open_round(low_price=5_000, high_price=7_000)
    opened_at = opened.offering.env.timestamp
    whole = CLOSES_AT - opened_at

    assert opened.offering.price_of(1) == 7_000
    go_to(opened_at + 1)
    assert opened.offering.price_of(1) == 7_000
    go_to(opened_at + whole // 4 + 1)
    assert opened.offering.price_of(1) == 7_000 - 2_000 * (whole // 4 + 1) // whole
    go_to(CLOSES_AT)
    assert opened.offering.price_of(1) == 5_000
    go_to(CLOSES_AT + 5)
    assert opened.offering.price_of(1) == 5_000


@pytest.fixture
def week(opened: Sale) -> Sale:
    """Seven final days: six at 50 satoshi, one at 51 and 10^-18."""
    for day in range(7):
        opened.scene.report_prices(50 * 10**18 if day else 51 * 10**18 + 1)
    return opened


def late(sale: Sale, **changes: Any) -> None:
    """Open a round by hashprice, now."""
    sale.open_round(
        closes_at=sale.offering.env.timestamp + 9 * DAY_SECONDS,
        **{"low_price": 1, "high_price": 10**30, **changes},
    )


def test_price__days_of_hashprice_in_satoshi__is_their_mean_rounded_up(week: Sale) -> None:
    late(week, pricing=Pricing.SATOSHI, price_days=100)

    # (6 x 50 + 51) / 7 x 100 = 5,014 2/7, and a speck
    assert week.offering.price_of(1) == 5_015


def test_price__days_of_hashprice_in_usd__is_their_mean_rounded_up(week: Sale) -> None:
    late(week, pricing=Pricing.USD, price_days=100)

    # at $100,000 a satoshi is $0.001: $5.014285...; the money has 8 decimals
    assert week.offering.price_of(1) == 501_428_572


def test_price__of_hashprice__stays_between_its_bounds(week: Sale) -> None:
    late(week, pricing=Pricing.SATOSHI, price_days=100, low_price=5_016)
    late(week, pricing=Pricing.SATOSHI, price_days=100, high_price=5_014)

    assert week.offering.price_of(1) == 5_016
    assert week.offering.price_of(2) == 5_014


def test_price__only_the_last_seven_days__count(week: Sale) -> None:
    late(week, pricing=Pricing.SATOSHI, price_days=100)

    week.scene.report_prices(50 * 10**18)

    assert week.offering.price_of(1) == 5_000


def test_price__six_final_days__reverts(opened: Sale) -> None:
    for _ in range(6):
        opened.scene.report_prices()
    late(opened, pricing=Pricing.SATOSHI, price_days=100)
    with refused("offering: too few final days", opened.state):
        opened.buy(TH)

    opened.scene.report_prices(wait=False)
    with refused("offering: too few final days", opened.state):
        opened.buy(TH)

    opened.scene.await_final(START + 6)
    assert opened.buy(TH) == TH


def test_price__index_of_four_days_ago__reverts(week: Sale) -> None:
    late(week, pricing=Pricing.SATOSHI, price_days=100)
    newest = START + 6
    go_to_day(newest + 4, -1)
    week.buy(TH)
    go_to_day(newest + 4)

    with refused("offering: index too old", week.state):
        week.buy(TH)


def sign_permit(token: Any, owner: Any, spender: str, value: int) -> tuple[Any, ...]:
    """Return a signed `Permit` for a token of snekmate's."""
    deadline = 2**32
    fields = ["owner", "spender", "value", "nonce", "deadline"]
    kinds = ["address", "address", "uint256", "uint256", "uint256"]
    signed = owner.sign_typed_data(
        {
            "name": token.name(),
            "version": "1",
            "chainId": 1,
            "verifyingContract": token.address,
        },
        {"Permit": [{"name": n, "type": k} for n, k in zip(fields, kinds, strict=True)]},
        {
            "owner": owner.address,
            "spender": spender,
            "value": value,
            "nonce": token.nonces(owner.address),
            "deadline": deadline,
        },
    )
    r, s = signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")
    return (token.address, owner.address, value, deadline, signed.v, r, s)
