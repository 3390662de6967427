# SPDX-License-Identifier: AGPL-3.0-only
"""Orders come onto the book and leave it, with a real node, book and relay."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from eth_account.signers.local import LocalAccount

from hashrate.evm.contracts.forwards import ForwardsBook
from hashrate.orders.order import SignedOrder, sign_order
from hashrate.orders.order_file import order_from_json
from relay.events import MoneyToken
from testing.daemon_process import PATIENCE_SECONDS, wait_for
from testing.evm_contract import EvmContract
from testing.forwards_world import CAP, FLOOR, MONEY, PRICE, ForwardsWorld
from testing.oracle_world import DAY_SECONDS
from testing.relay_process import RelayProcess

pytestmark = pytest.mark.integration

COST = 10 * 30 * (PRICE - FLOOR)  # of the plain order [base units]


def wait_until_gone(relay: RelayProcess, signed: SignedOrder, reason: str) -> None:
    """Wait until an order has left the book, for a reason."""
    wait_for(lambda: relay.reason_gone(signed) is not None, PATIENCE_SECONDS, "it leaves the book")
    assert relay.reason_gone(signed) == reason


def levels(relay: RelayProcess, series: int, side: str) -> list[tuple[str, str, str]]:
    """Return a side's levels: price, quantity, quantity linked to other series."""
    book = relay.get(f"/book/{series}").json()
    return [(e["price"], e["quantity"], e["linked_quantity"]) for e in book[side]]


def test_order__handed_in__is_on_the_book(world: ForwardsWorld, relay: RelayProcess) -> None:
    """A funded order is listed as it was signed; handing it in again changes nothing."""
    signed = world.order(world.trader("maker"))

    answer = relay.post(signed)

    assert answer.status_code == 201, answer.text
    listed = answer.json()["order"]
    assert order_from_json(json.dumps(listed["signed_order"])) == signed
    assert listed["remaining"] == "10"
    page = relay.get(f"/orders?market={world.months[0]}&side=buy").json()
    assert [each["hash"] for each in page["orders"]] == [listed["hash"]]
    assert levels(relay, world.months[0], "buy") == [(str(PRICE), "10", "0")]
    assert levels(relay, world.months[0], "sell") == []
    assert relay.post(signed).status_code == 200


def test_fill__part_and_rest__counts_down_and_drops(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """A fill shows at once, under the hash that the book's event names."""
    signed, taker = world.order(world.trader("maker")), world.trader("taker")
    name = relay.post(signed).json()["order"]["hash"]

    world.fill(taker, signed, 4)
    wait_for(lambda: relay.remaining(signed) == 6, PATIENCE_SECONDS, "six are left")
    (event,) = world.rpc.logs(world.book.address, [ForwardsBook.OrderFilled.topic], 0)
    assert event["topics"][1] == name
    assert levels(relay, world.months[0], "buy") == [(str(PRICE), "6", "0")]

    world.fill(taker, signed, 6)
    wait_until_gone(relay, signed, "nothing_left")
    assert levels(relay, world.months[0], "buy") == []
    assert relay.get("/markets").json()["markets"] == []


def test_cancel__by_the_maker__drops_that_order(world: ForwardsWorld, relay: RelayProcess) -> None:
    """Another order of the same maker stays."""
    maker = world.trader("maker")
    one, other = world.order(maker), world.order(maker, salt=2)
    assert [relay.post(each).status_code for each in (one, other)] == [201, 201]

    world.cancel(one)

    wait_until_gone(relay, one, "nothing_left")
    assert relay.reason_gone(other) is None


def test_cancel_all__by_the_maker__drops_all_of_the_epoch(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """Raising the epoch ends every order of the maker and of nobody else."""
    maker, other = world.trader("maker"), world.trader("other maker")
    orders = [world.order(maker, salt=salt) for salt in range(3)]
    kept = world.order(other)
    assert {relay.post(each).status_code for each in [*orders, kept]} == {201}

    world.book.send("cancel_all", sender=maker.address)

    for each in orders:
        wait_until_gone(relay, each, "epoch")
    assert relay.reason_gone(kept) is None


def wait_until_covered(relay: RelayProcess, signed: SignedOrder, units: int) -> None:
    """Wait until so much of an order is shown [contracts]."""
    wait_for(lambda: relay.covered(signed) == units, PATIENCE_SECONDS, f"{units} are covered")


def test_money__allowance_revoked__hides(world: ForwardsWorld, relay: RelayProcess) -> None:
    """What the vault could not pull is not listed."""
    maker = world.trader("maker")
    signed = world.order(maker)
    assert relay.post(signed).status_code == 201

    world.token.send("approve", world.vault.address, 0, sender=maker.address)

    wait_until_covered(relay, signed, 0)
    assert levels(relay, world.months[0], "buy") == []
    other = world.order(maker, salt=2)
    assert relay.post(other).json()["error"]["reason"] == "unfunded"


def test_money__balance_moved__hides_until_it_is_back(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """An order sleeps while its maker cannot pay, and shows as far as the money reaches."""
    maker, other = world.trader("maker"), world.trader("other maker")
    signed = world.order(maker)
    assert relay.post(signed).status_code == 201

    world.token.send("transfer", other.address, MONEY, sender=maker.address)
    wait_until_covered(relay, signed, 0)
    world.token.send("transfer", maker.address, COST - 1, sender=other.address)
    wait_until_covered(relay, signed, 9)
    assert levels(relay, world.months[0], "buy") == [(str(PRICE), "9", "0")]
    world.token.send("transfer", maker.address, 1, sender=other.address)

    wait_until_covered(relay, signed, 10)


def test_money__not_there_for_the_time_allowed__drops(
    world: ForwardsWorld, start_relay: Callable[..., RelayProcess]
) -> None:
    """Nobody's order is kept for ever."""
    relay = start_relay(sleep_seconds=1)
    maker = world.trader("maker")
    signed = world.order(maker)
    assert relay.post(signed).status_code == 201

    world.token.send("approve", world.vault.address, 0, sender=maker.address)

    wait_until_gone(relay, signed, "unfunded")


@pytest.mark.parametrize(("money", "status"), [(COST, 201), (COST - 1, 422)])
def test_money__to_the_unit__decides(
    world: ForwardsWorld, relay: RelayProcess, money: int, status: int
) -> None:
    """Ten contracts of thirty days at 3,000 ticks above the floor cost 900,000 base units."""
    signed = world.order(world.trader("maker", money))

    assert relay.post(signed).status_code == status


def test_money__position_to_close__counts_until_it_moves(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """Buying back what one is short of needs no money, as long as one is short of it."""
    maker, other = world.trader("maker", 0), world.trader("other maker")
    short = world.months[0] + 1
    world.vault.send(
        "mint_pair", world.months[0], 10, other.address, maker.address, sender=other.address
    )
    signed = world.order(maker)
    assert relay.post(signed).status_code == 201

    move = (maker.address, other.address, short, 1, b"")
    world.vault.send("safeTransferFrom", *move, sender=maker.address)

    wait_until_covered(relay, signed, 9)


def test_time__deadline_over__drops(world: ForwardsWorld, relay: RelayProcess) -> None:
    """The last second still counts, the next one does not."""
    signed = world.order(world.trader("maker"))
    assert relay.post(signed).status_code == 201

    world.anvil.warp(signed.order.deadline)
    wait_for(
        lambda: relay.get("/markets").json()["block"]["timestamp"] == signed.order.deadline,
        PATIENCE_SECONDS,
        "the relay has seen the block",
    )
    assert relay.reason_gone(signed) is None
    world.anvil.warp(signed.order.deadline + 1)

    wait_until_gone(relay, signed, "closed")


def test_time__window_begins__drops_what_may_not_trade_in_it(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """An order that may trade in the window stays, and its last second is the window's."""
    first, late = world.months[0], world.anvil.now() + 100 * DAY_SECONDS
    begins = world.first_day[first] * DAY_SECONDS
    maker = world.trader("maker")
    plain = world.order(maker, deadline=late)
    bold = world.order(maker, deadline=late, may_trade_in_window=True)
    ends = [relay.post(each).json()["order"]["last_second"] for each in (plain, bold)]
    assert ends == [begins - 1, begins + 30 * DAY_SECONDS - 1]

    world.anvil.warp(begins)

    wait_until_gone(relay, plain, "closed")
    assert relay.reason_gone(bold) is None


def test_strip__handed_in__is_under_each_month(world: ForwardsWorld, relay: RelayProcess) -> None:
    """A strip shows in every month's book as what it is, and leaves all of them together."""
    signed = world.order(world.trader("maker"), series=world.months)
    single = world.order(world.trader("other maker"))
    assert {relay.post(each).status_code for each in (signed, single)} == {201}
    first, *others = world.months

    assert levels(relay, first, "buy") == [(str(PRICE), "10", "10")]
    assert all(levels(relay, each, "buy") == [(str(PRICE), "0", "10")] for each in others)
    world.fill(world.trader("taker"), signed, 3)
    wait_for(lambda: relay.remaining(signed) == 7, PATIENCE_SECONDS, "seven are left")
    assert {levels(relay, each, "buy")[0][2] for each in world.months} == {"7"}
    world.cancel(signed)
    wait_until_gone(relay, signed, "nothing_left")
    assert [levels(relay, each, "buy") for each in others] == [[], []]


def make_wallet(world: ForwardsWorld) -> tuple[LocalAccount, EvmContract]:
    """Make a contract wallet with money for the vault, and its owner."""
    owner = world.trader("owner")
    chain = world.oracle_world.chain
    wallet = chain.deploy("testing/contracts/Wallet.vy", owner.address, sender=world.deployer)
    world.token.send("mint", wallet.address, MONEY, sender=world.deployer)
    approve = MoneyToken.approve.encode(world.vault.address, MONEY)
    wallet.send("call", world.token.address, bytes.fromhex(approve[2:]), sender=owner.address)
    return owner, wallet


def test_wallet__of_a_contract__is_listed_until_it_refuses(
    world: ForwardsWorld, start_relay: Callable[..., RelayProcess]
) -> None:
    """The book itself is asked, and asked again now and then: a wallet's change has no event."""
    relay = start_relay(sweep_orders=25)
    owner, wallet = make_wallet(world)
    plain = world.order(owner)
    order = replace(plain.order, maker=wallet.address)
    signed = SignedOrder(world.domain, order, bytes.fromhex(owner.address[2:]))
    forged = replace(signed, signature=b"not the owner's")

    assert relay.post(forged).json()["error"]["reason"] == "signature"
    assert relay.post(signed).status_code == 201
    wallet.send("refuse", sender=owner.address)

    wait_until_gone(relay, signed, "signature")


def test_wallet__that_takes_no_position__is_not_on_the_book(
    world: ForwardsWorld, start_relay: Callable[..., RelayProcess]
) -> None:
    """What only the vault would find out in a fill is asked before."""
    relay = start_relay(sweep_orders=25)
    owner, wallet = make_wallet(world)
    order = replace(world.order(owner).order, maker=wallet.address)
    signed, other = (
        SignedOrder(world.domain, replace(order, salt=salt), bytes.fromhex(owner.address[2:]))
        for salt in (1, 2)
    )
    assert relay.post(signed).status_code == 201

    wallet.send("take_no_positions", sender=owner.address)

    wait_until_gone(relay, signed, "receiver")
    assert relay.post(other).json()["error"]["reason"] == "receiver"


def test_permit__in_place_of_an_allowance__is_enough(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """A permit that the token would take now counts as an allowance; a used one does not."""
    maker = world.trader("maker")
    series = world.create(world.today + 10, world.permit_token)
    world.permit_token.send("mint", maker.address, MONEY, sender=world.deployer)
    bare = world.order(maker, series=(series,))
    good = replace(bare, permit=world.permit(maker, COST))
    small = replace(bare, permit=world.permit(maker, COST - 1))
    late = replace(bare, permit=world.permit(maker, COST, deadline=world.anvil.now() - 1))

    assert [relay.post(each).status_code for each in (bare, small, late)] == [422, 422, 422]
    assert relay.post(good).status_code == 201
    assert good.permit is not None
    _, owner, value, deadline, *vrs = good.permit.as_tuple()
    sent = (owner, world.vault.address, value, deadline, *vrs)
    world.permit_token.send("permit", *sent, sender=world.deployer)
    world.permit_token.send("approve", world.vault.address, 0, sender=maker.address)

    wait_until_covered(relay, good, 0)


def refused(world: ForwardsWorld, maker: LocalAccount) -> Iterator[tuple[SignedOrder, int, str]]:
    """Return orders that are wrong in one way each, with status and reason."""
    good = world.order(maker)
    yield replace(good, signature=bytes(65)), 422, "signature"
    yield replace(good, order=replace(good.order, quantity=9)), 422, "signature"
    yield world.order(maker, series=(2,)), 422, "unknown_series"
    yield world.order(maker, price_ticks=FLOOR - 1), 422, "bad_terms"
    yield world.order(maker, price_ticks=CAP + 1), 422, "bad_terms"
    yield world.order(maker, max_collateral=COST - 1), 422, "unfunded"
    yield world.order(maker, deadline=world.anvil.now() - 1), 422, "closed"
    yield world.order(maker, epoch=1), 422, "epoch"
    yield world.order(maker, quantity=2**120, price_ticks=FLOOR), 400, "malformed"
    elsewhere = replace(world.domain, contract=maker.address)
    for domain in (replace(world.domain, chain_id=1), elsewhere):
        yield sign_order(maker, domain, good.order), 400, "malformed"


def test_order__not_fillable__is_refused_with_its_reason(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """Nothing is listed that the book would refuse, and the maker learns why."""
    for signed, status, reason in refused(world, world.trader("maker")):
        answer = relay.post(signed)
        assert (answer.status_code, answer.json()["error"]["reason"]) == (status, reason)

    assert relay.get("/markets").json()["markets"] == []


def test_restart__after_a_kill__keeps_what_still_holds(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """What died while the relay was down is not listed again."""
    maker = world.trader("maker")
    orders = [world.order(maker, salt=salt) for salt in range(3)]
    assert {relay.post(each).status_code for each in orders} == {201}

    relay.kill()
    world.cancel(orders[0])
    world.fill(world.trader("taker"), orders[1], 4)
    relay.start()

    assert [relay.reason_gone(each) for each in orders] == ["nothing_left", None, None]
    assert [relay.remaining(each) for each in orders[1:]] == [6, 10]
    assert relay.stop() == 0


def test_export__into_an_empty_relay__is_the_same_book(
    world: ForwardsWorld, start_relay: Callable[..., RelayProcess]
) -> None:
    """Orders are plain lines of JSON: another relay lists them as well, and refuses the dead."""
    one, maker = start_relay("one"), world.trader("maker")
    orders = [world.order(maker, salt=salt, price_ticks=PRICE + salt) for salt in range(3)]
    assert {one.post(each).status_code for each in orders} == {201}
    lines = one.command("export", "--config", str(one.config)).stdout
    one.close()
    world.cancel(orders[0])

    other = start_relay("other")
    done = other.command("import", "-", "--url", other.url, text=lines)

    assert done.returncode == 1
    assert done.stdout == "2 listed, 1 refused\n"
    assert done.stderr.startswith("line 1: nothing_left: ")
    prices = [price for price, _, _ in levels(other, world.months[0], "buy")]
    assert prices == [str(PRICE + 2), str(PRICE + 1)]
    shown = other.command("book", str(world.months[0]), "--url", other.url)
    assert str(PRICE + 2) in shown.stdout
