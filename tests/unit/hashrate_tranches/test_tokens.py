# SPDX-License-Identifier: AGPL-3.0-only
"""`split`, `merge` and `TrancheToken`: who gets what, and by which clock it is metered."""

import pytest
from eth_account.messages import encode_typed_data

from reference.units import DAY_SECONDS
from tests.unit.chain import ZERO, account, actor, event, go_to_day, now, refused
from tests.unit.hashrate_tranches.stage import MAX, START, TH, Stage
from tests.unit.scene import NOON

pytestmark = pytest.mark.unit

HOLDER, BUYER, STRANGER = actor("holder"), actor("buyer"), actor("keeper")


def test_split__in_the_term__takes_tokens_and_mints_both(note: Stage) -> None:
    go_to_day(START, NOON)

    note.split(70 * TH)

    told = event(note.product, "Split")
    assert (told.owner, told.senior_to, told.junior_to, told.amount_ths) == (
        HOLDER,
        BUYER,
        HOLDER,
        70 * TH,
    )
    assert note.tokens(HOLDER) == 930 * TH
    assert note.tokens(note.product.address) == 70 * TH
    assert (note.senior.balanceOf(BUYER), note.junior.balanceOf(HOLDER)) == (70 * TH, 70 * TH)


def test_split__outside_the_term__reverts(strip: Stage) -> None:
    go_to_day(START, -1)
    with refused("tranches: not started", strip.state):
        strip.split()
    go_to_day(START)
    with refused("tranches: nothing to split", strip.state):
        strip.split(0)
    with refused("meter: balance too low", strip.state):
        strip.split(1_001 * TH)
    with refused("token: receiver cannot hold", strip.state):
        strip.split(TH, senior_to=strip.product.address)
    with refused("token: receiver cannot hold", strip.state):
        strip.split(TH, senior_to=strip.senior.address)
    with refused("token: zero receiver", strip.state):
        strip.product.split(TH, ZERO, HOLDER, sender=HOLDER)
    go_to_day(START + 2, -1)
    strip.split()
    go_to_day(START + 2)
    with refused("tranches: term is over", strip.state):
        strip.split()


def test_split__face_decided__reverts(note: Stage) -> None:
    note.start()
    note.live(3)
    with refused("tranches: face is decided"):
        note.split()


def test_merge__any_time_until_void__gives_the_tokens_back(short_note: Stage) -> None:
    stage = short_note
    stage.start()
    stage.senior.transfer(HOLDER, 50 * TH, sender=BUYER)
    stage.product.merge(20 * TH, sender=HOLDER)
    assert event(stage.product, "Merged").amount_ths == 20 * TH
    assert stage.tokens(HOLDER) == 920 * TH
    with refused("meter: balance too low", stage.state):
        stage.product.merge(31 * TH, sender=HOLDER)
    stage.live(2)
    stage.product.merge(20 * TH, sender=HOLDER)
    assert tuple(stage.product.pool()) == (0, 0)
    stage.go_to_void()
    with refused("tranches: junior is void", stage.state):
        stage.product.merge(TH, sender=HOLDER)


def test_token__not_the_product__cannot_mint_or_burn(strip: Stage) -> None:
    with refused("token: not the product"):
        strip.senior.mint(HOLDER, TH, sender=HOLDER)
    with refused("token: not the product"):
        strip.junior.burn(HOLDER, TH, sender=HOLDER)


def test_token__strip__is_metered_in_its_days_only(strip: Stage) -> None:
    strip.start()
    go_to_day(START + 1, NOON)
    strip.junior.transfer(BUYER, 40 * TH, sender=HOLDER)
    strip.senior.transfer(HOLDER, 100 * TH, sender=BUYER)
    assert len(strip.junior.meter_words(HOLDER, 0)) == 1
    assert strip.junior.ths_on(HOLDER, START + 1) == 0
    go_to_day(START + 4, NOON)
    strip.senior.transfer(BUYER, 100 * TH, sender=HOLDER)
    strip.junior.transfer(BUYER, 60 * TH, sender=HOLDER)

    half = 100 * TH * NOON
    assert [strip.senior.ths_on(BUYER, START + day) for day in (0, 1)] == [2 * half, half]
    assert strip.junior.ths_on(HOLDER, START + 2) == 60 * TH * DAY_SECONDS
    assert strip.junior.ths_on(HOLDER, START + 4) == 60 * TH * NOON


def test_token__transfer_from__needs_an_approval(strip: Stage) -> None:
    strip.start()
    with refused("erc20: insufficient allowance", strip.state):
        strip.senior.transferFrom(BUYER, HOLDER, TH, sender=STRANGER)
    strip.senior.approve(STRANGER, TH, sender=BUYER)
    strip.senior.transferFrom(BUYER, HOLDER, TH, sender=STRANGER)
    assert strip.senior.balanceOf(HOLDER) == TH


def test_token__permit__is_signed_under_its_name(strip: Stage) -> None:
    strip.start()
    message = encode_typed_data(
        domain_data={
            "name": strip.senior.name(),
            "version": "1",
            "chainId": 1,
            "verifyingContract": strip.senior.address,
        },
        message_types={
            "Permit": [
                {"name": "owner", "type": "address"},
                {"name": "spender", "type": "address"},
                {"name": "value", "type": "uint256"},
                {"name": "nonce", "type": "uint256"},
                {"name": "deadline", "type": "uint256"},
            ]
        },
        message_data={
            "owner": BUYER,
            "spender": STRANGER,
            "value": TH,
            "nonce": 0,
            "deadline": now(),
        },
    )
    signed = account("buyer").sign_message(message)
    parts = (signed.v, signed.r.to_bytes(32), signed.s.to_bytes(32))

    strip.senior.permit(BUYER, STRANGER, TH, now(), *parts, sender=STRANGER)

    assert strip.senior.allowance(BUYER, STRANGER) == TH


def test_junior__strip_at_maturity__has_the_face_of_erc_5095(strip: Stage) -> None:
    strip.start()
    junior, senior = strip.junior, strip.senior
    assert junior.underlying() == strip.scene.token.address
    assert junior.maturity() == (START + 2) * DAY_SECONDS
    assert (junior.previewRedeem(TH), junior.maxRedeem(HOLDER)) == (0, 0)
    with refused("tranches: not redeemable yet", strip.state):
        junior.redeem(TH, HOLDER, HOLDER, sender=HOLDER)
    go_to_day(START + 2)
    assert (junior.previewRedeem(TH), junior.maxRedeem(HOLDER)) == (TH, 100 * TH)
    assert (senior.previewRedeem(TH), senior.maxRedeem(BUYER), junior.maxRedeem(ZERO)) == (0, 0, 0)
    with refused("erc20: insufficient allowance", strip.state):
        junior.redeem(TH, STRANGER, HOLDER, sender=STRANGER)
    with refused("tranches: not junior", strip.state):
        senior.redeem(TH, BUYER, BUYER, sender=BUYER)
    with refused("tranches: not junior", strip.state):
        strip.product.redeem_principal(HOLDER, STRANGER, TH, sender=STRANGER)

    junior.approve(STRANGER, 30 * TH, sender=HOLDER)
    assert junior.redeem(30 * TH, BUYER, HOLDER, sender=STRANGER) == 30 * TH
    assert junior.redeem(70 * TH, HOLDER, HOLDER, sender=HOLDER) == 70 * TH

    assert (strip.tokens(BUYER), strip.tokens(HOLDER)) == (30 * TH, 970 * TH)
    assert junior.totalSupply() == 0
    assert junior.allowance(HOLDER, STRANGER) == 0 < MAX
