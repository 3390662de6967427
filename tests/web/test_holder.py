# SPDX-License-Identifier: AGPL-3.0-only
"""What a holder does besides claiming: payout address, transfer, permit, tax tables."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from hashrate.core.units import day_from_iso
from testing.compiler import compiled
from tests.web.conftest import OpenVisit
from tests.web.visit import Visit, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, DAY_SECONDS, WAD, Series, World

pytestmark = pytest.mark.e2e


def open_series(visit: Visit, wallet: Wallet, series: Series) -> None:
    """Connect, go to a series' own page and open its forms."""
    visit.connect(wallet)
    visit.page.get_by_role("link", name=f"Days and details {series.label.name}").click()
    visit.page.get_by_text("Send, approve, payout address").click()


def review(form: Locator) -> None:
    """Go on from the form to the review of what would be sent."""
    form.get_by_role("button", name="Review").click()


def fill(form: Locator, **texts: str) -> None:
    """Fill fields in by their labels; underscores stand for spaces."""
    for label, text in texts.items():
        type_into(form.get_by_label(label.replace("_", " ")), text)


def test_set_payout_address__then_claim__pays_the_chosen_account(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    open_series(visit, wallet, world.fjord)
    form = visit.see("payout-form")

    fill(form, Receiver_of_rewards=world.stranger.address)
    form.get_by_role("button", name="Set payout address").click()

    visit.expect_state("confirmed")
    chosen = form.get_by_test_id("payout-address")
    expect(chosen).to_have_attribute("data-address", world.stranger.address)
    before = [world.bitcoin_of(each) for each in (world.holder, world.stranger)]
    visit.page.goto(visit.url)
    due = visit.see("elsewhere")
    expect(due).to_contain_text("goes to the payout address of your choice, not to you:")
    visit.expect_base_units(
        visit.see("total-claimable"), world.claimable(world.prairie, world.holder)
    )
    promised = visit.claim(world.fjord)
    after = [world.bitcoin_of(each) for each in (world.holder, world.stranger)]
    assert [new - old for new, old in zip(after, before, strict=True)] == [0, promised]
    assert promised > 0


def test_set_payout_address__back_to_oneself__pays_the_holder_again(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    holder, stranger = world.holder.address, world.stranger.address
    world.fjord.distributor.send("set_payout_address", stranger, sender=holder)
    open_series(visit, wallet, world.fjord)

    visit.button("Pay to myself again").click()

    visit.expect_state("confirmed")
    expect(visit.see("payout-address")).to_have_attribute("data-address", holder)
    visit.page.goto(visit.url)
    before = world.bitcoin_of(world.holder)
    promised = visit.claim(world.fjord)
    assert world.bitcoin_of(world.holder) - before == promised


@pytest.mark.parametrize("text", ["nobody", "0x" + "00" * 20, "0x1234"])
def test_set_payout_address__no_receiver__is_refused_before_the_wallet_is_asked(
    visit: Visit, world: World, wallet: Wallet, text: str
) -> None:
    open_series(visit, wallet, world.fjord)
    form = visit.see("payout-form")

    fill(form, Receiver_of_rewards=text)
    form.get_by_role("button", name="Set payout address").click()

    expect(form.get_by_role("alert")).to_be_visible()
    assert not wallet.asked("eth_sendTransaction")


def test_transfer__smallest_unit_included__moves_exactly_that(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    open_series(visit, wallet, world.fjord)
    form, token = visit.see("transfer-form"), world.fjord.token
    before = token.read("balanceOf", world.holder.address)
    amount = 123 * WAD + 1

    fill(form, Receiver=world.stranger.address, Amount="123.000000000000000001")
    review(form)
    expect(visit.see("review-amount")).to_have_text("123.000000000000000001 TH/s")
    expect(visit.see("review-to")).to_have_text(world.stranger.address)
    assert not wallet.asked("eth_sendTransaction")
    visit.see("review-confirm").click()

    visit.expect_state("confirmed")
    assert token.read("balanceOf", world.stranger.address) == amount
    assert token.read("balanceOf", world.holder.address) == before - amount
    visit.expect_base_units(visit.see("balance"), before - amount)


def test_transfer__everything__leaves_what_was_earned_claimable(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    open_series(visit, wallet, world.fjord)
    form, token = visit.see("transfer-form"), world.fjord.token
    due = world.claimable(world.fjord, world.holder)

    fill(form, Receiver=world.stranger.address)
    form.get_by_role("button", name="Max").click()
    review(form)
    visit.see("review-confirm").click()

    visit.expect_state("confirmed")
    assert token.read("balanceOf", world.holder.address) == 0
    visit.expect_base_units(visit.see("balance"), 0)
    visit.expect_base_units(visit.see("claimable"), due)
    before = world.bitcoin_of(world.holder)
    visit.see("claim-button").click()
    visit.wait_until(lambda: world.bitcoin_of(world.holder) - before == due, "the claim arrives")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0", "More than nothing."),
        ("60,000,000", "You have 58,765.999999999999999433 TH/s."),
        ("59 PH/s", "You have 58,765.999999999999999433 TH/s."),
        *(
            (text, "This is not an amount.")
            for text in ("-1", "1e3", "1,5", "1.0000000000000000001")
        ),
    ],
)
def test_transfer__no_amount_of_his__says_which_fault_and_asks_no_wallet(
    visit: Visit, world: World, wallet: Wallet, text: str, reason: str
) -> None:
    open_series(visit, wallet, world.fjord)
    form = visit.see("transfer-form")

    fill(form, Receiver=world.stranger.address, Amount=text)
    review(form)

    expect(form.get_by_role("alert")).to_have_text(reason)
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    assert not wallet.asked("eth_sendTransaction")


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("1,000", 1_000_000),
        ("1,234.5", 1_234_500),
        ("58.765 PH/s", 58_765_000),
        ("2 PH", 2_000_000),
    ],
)
def test_transfer__as_the_page_prints_amounts__is_understood(
    visit: Visit, world: World, wallet: Wallet, text: str, thousandths: int
) -> None:
    open_series(visit, wallet, world.fjord)
    form = visit.see("transfer-form")
    fill(form, Receiver=world.stranger.address, Amount=text)
    review(form)

    visit.see("review-confirm").click()

    visit.expect_state("confirmed")
    moved = world.fjord.token.read("balanceOf", world.stranger.address)
    assert moved == thousandths * WAD // 1_000


def test_transfer__looked_at_again__is_not_sent(visit: Visit, world: World, wallet: Wallet) -> None:
    open_series(visit, wallet, world.fjord)
    form = visit.see("transfer-form")
    fill(form, Receiver=world.stranger.address, Amount="5")
    review(form)

    visit.button("Change it").click()

    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    expect(form.get_by_label("Amount")).to_have_value("5")
    assert not wallet.asked("eth_sendTransaction")


def test_permit__signed__is_a_permit_that_the_contract_accepts(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    open_series(visit, wallet, world.fjord)
    form, token = visit.see("permit-form"), world.fjord.token
    owner, spender = world.holder.address, world.stranger.address

    fill(form, Who_may_move_it=spender, Amount="7.5", Valid_for_days="2")
    form.get_by_role("button", name="Sign permit").click()

    visit.expect_state("confirmed")
    assert not wallet.asked("eth_sendTransaction")
    permit = json.loads(visit.see("permit-result").get_by_role("textbox").input_value())
    assert permit["token"] == token.address
    assert 0 <= int(permit["deadline"]) - world.anvil.now() - 2 * DAY_SECONDS < 600
    signature = (int(permit["v"]), bytes.fromhex(permit["r"][2:]), bytes.fromhex(permit["s"][2:]))
    numbers = (int(permit["value"]), int(permit["deadline"]))
    token.send("permit", owner, spender, *numbers, *signature, sender=world.keeper)
    assert token.read("allowance", owner, spender) == 75 * WAD // 10


def test_permit__sent_from_the_page__allows_on_chain(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    open_series(visit, wallet, world.fjord)
    form = visit.see("permit-form")
    owner, spender = world.holder.address, world.stranger.address
    fill(form, Who_may_move_it=spender, Amount="7.5")
    form.get_by_role("button", name="Sign permit").click()

    visit.button("Send it to the chain now").click()

    visit.wait_until(
        lambda: world.fjord.token.read("allowance", owner, spender) == 75 * WAD // 10,
        "the permit arrives",
    )
    visit.expect_state("confirmed")


def download(visit: Visit, test_id: str, folder: Path) -> list[dict[str, str]]:
    """Press a button that saves a table, and read it."""
    with visit.page.expect_download() as waiting:
        visit.see(test_id).click()
    path = folder / test_id
    waiting.value.save_as(path)
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_export__days_and_claims__add_up_to_what_the_chain_paid(
    visit: Visit, world: World, wallet: Wallet, tmp_path: Path
) -> None:
    visit.connect(wallet)
    claimed = visit.claim(world.fjord)
    visit.page.get_by_role("link", name="Days and details Hashrate Fjord").click()
    visit.page.get_by_role("link", name="My days and claims").click()

    days = download(visit, "csv-export", tmp_path)
    claims = download(visit, "csv-export-claims", tmp_path)

    assert sum(int(row["amount_base_units"]) for row in days) == claimed
    for row in days:
        day = day_from_iso(row["date_utc"])
        work = world.fjord.token.read("ths_on", world.holder.address, day)
        assert row["ths_seconds"] == _decimal(work)
        assert Decimal(row["amount"]) * BTC == int(row["amount_base_units"])
    assert [int(row["amount_base_units"]) for row in claims] == [claimed]
    assert claims[0]["receiver"] == world.holder.address
    receipt = world.rpc.receipt(claims[0]["transaction"])
    assert receipt is not None
    assert int(receipt["blockNumber"], 16) == int(claims[0]["block"])
    expect(visit.see("history-check")).to_have_attribute("data-agrees", "true")


def _decimal(wad: int) -> str:
    whole, rest = divmod(wad, WAD)
    fraction = f"{rest:018}".rstrip("0")
    return f"{whole}.{fraction}" if fraction else str(whole)


def test_lens__where_one_is_deployed__is_asked_by_its_address(
    open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    lens = world.chain.deploy("series/SeriesLens", sender=world.owner).address
    visit = open_visit(world, [wallet], deployment={"lens": lens})
    visit.open()
    visit.connect(wallet)

    due = sum(world.claimable(series, world.holder) for series in world.series)
    visit.expect_base_units(visit.see("total-claimable"), due)
    code = compiled("series/SeriesLens").initcode[:32].hex()
    bodies = [str(request.post_data).lower() for request in visit.rpc_calls()]
    assert any(lens.lower() in body for body in bodies)
    assert not any(code in body for body in bodies)
