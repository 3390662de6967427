# SPDX-License-Identifier: AGPL-3.0-only
"""Several processes on one database of PostgreSQL: one follows the chain, all serve one book."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hashrate.orders.order_file import order_to_json
from relay.node import Head
from relay.store import NewRow, RelayStore
from testing.daemon_process import PATIENCE_SECONDS, wait_for
from testing.forwards_world import ForwardsWorld
from testing.postgres import Postgres
from testing.relay_process import RelayProcess
from tests.relay.attacks.attackers import MANY, OPEN, bids, covered, name_of, order_of, post
from tests.relay.builders import DOMAIN
from tests.relay.doubles import NOW, office

pytestmark = pytest.mark.integration


def row_of(role: str, received_at: int = NOW) -> NewRow:
    """Return a row as a relay keeps it."""
    signed = order_of(role)
    return NewRow(name_of(signed), "forward", order_to_json(signed), received_at)


def test_two__on_one_database__have_one_leader_and_one_book(postgres: Postgres) -> None:
    """What one takes in the other shows, and what the leader finds out holds for both."""
    url = postgres.make_database()
    with office(url, OPEN, MANY) as leader, office(url, OPEN, MANY) as other:
        leader.look()
        other.look()
        assert (leader.store.leads(), other.store.leads()) == (True, False)

        here, there = order_of("honest", salt=1), order_of("honest", salt=2)
        assert [post(leader, here).status_code, post(other, there).status_code] == [201, 201]
        other.look()
        leader.look()
        assert bids(leader) == bids(other) == [(5_000, 20)]
        assert post(other, here).status_code == 200

        leader.chain.newest = Head(101, "0x" + "b" * 64, here.order.deadline + 1)
        leader.chain.hashes = {100: other.chain.newest.hash}
        leader.look()
        other.look()
        assert [covered(each, here) for each in (leader, other)] == [None, None]
        assert other.intake.head == leader.chain.newest


def test_other__ahead_of_the_leader__takes_in_what_is_checked_at_no_older_block(
    postgres: Postgres,
) -> None:
    """What the order rests on was not yet at the leader's block."""
    url = postgres.make_database()
    with office(url, OPEN, MANY) as leader, office(url, OPEN, MANY) as other:
        leader.look()
        other.look()
        for each in (leader, other):
            each.chain.knows_series_from = 101
        signed = order_of("honest")
        other.chain.newest = Head(101, "0x" + "b" * 64, NOW + 12)
        assert post(other, signed).status_code == 201

        leader.look()
        assert covered(leader, signed) == 10
        assert not leader.watcher.is_caught_up
        leader.chain.newest = other.chain.newest
        leader.chain.hashes = {100: "0x" + "a" * 64}
        leader.look()
        assert covered(leader, signed) == 10
        assert leader.watcher.is_caught_up
        assert leader.chain.checked  # nothing in between was missed


def test_leader__that_loses_its_connection__is_followed_by_another(postgres: Postgres) -> None:
    """The server takes the lock back; whoever asks first has it, and there is still one."""
    url = postgres.make_database()
    with office(url, OPEN, MANY) as first, office(url, OPEN, MANY) as second:
        first.look()
        second.look()
        signed = order_of("honest")
        assert post(first, signed).status_code == 201

        postgres.drop_connections(url)

        assert (first.store.leads(), second.store.leads()) == (False, True)
        assert first.store.leads() is False
        second.look()
        assert covered(second, signed) == 10


def test_same_order__at_both_at_once__is_one_row(postgres: Postgres) -> None:
    """`ON CONFLICT`: the first one's number stays."""
    url = postgres.make_database()
    stores = [RelayStore(url, DOMAIN) for _ in range(2)]
    rows = [row_of(f"maker {number}") for number in range(10)]

    with ThreadPoolExecutor(2) as pool:
        numbers = list(pool.map(lambda store: [store.add(each) for each in rows], stores))

    assert numbers[0] == numbers[1]
    kept = list(stores[0].open_orders())
    assert sorted(each.hash for each in kept) == sorted(each.hash for each in rows)
    assert len({each.change for each in kept}) == 10
    for store in stores:
        store.close()


def test_changes__of_many_writers__are_seen_in_order_and_whole(postgres: Postgres) -> None:
    """Who reads while others write misses none: a number is seen only after all lower ones."""
    url = postgres.make_database()
    stores = [RelayStore(url, DOMAIN) for _ in range(3)]
    rows = [row_of(f"maker {number}") for number in range(60)]
    seen: list[str] = []

    def write(part: int) -> None:
        for row in rows[part::2]:
            stores[part].add(row)

    with ThreadPoolExecutor(2) as pool:
        writing = [pool.submit(write, part) for part in range(2)]
        last = 0
        while len(seen) < len(rows):
            is_all_written = all(each.done() for each in writing)
            found = stores[2].changes_since(last, 7)
            seen += [each.hash for each in found]
            last = found[-1].change if found else last
            assert found or not is_all_written
        for each in writing:
            each.result()

    assert sorted(seen) == sorted(each.hash for each in rows)
    for store in stores:
        store.close()


def test_times__beyond_32_bits__are_kept(postgres: Postgres) -> None:
    """The year 2038 is a year like any other."""
    store = RelayStore(postgres.make_database(), DOMAIN)
    store.add(row_of("late", 2**40))
    store.note_head(Head(2**40, "0x", 2**40), 2**40)

    (kept,) = store.open_orders()

    assert kept.received_at == 2**40
    assert store.head() == (Head(2**40, "0x", 2**40), 2**40)
    store.close()


def test_made_by_two_at_once__is_made_once(postgres: Postgres) -> None:
    """Both find the tables that one made."""
    url = postgres.make_database()

    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: RelayStore(url, DOMAIN), range(4)))

    assert [store.last_change() for store in stores] == [0] * 4
    for store in stores:
        store.close()


def test_processes__killed_and_reorganised__lose_nothing_and_show_no_dead_order(
    world: ForwardsWorld, postgres: Postgres, start_relay: Callable[..., RelayProcess]
) -> None:
    """Kill -9 of the one that follows the chain, and six blocks that are replaced."""
    url = postgres.make_database()
    one, two = start_relay("one", database=url), start_relay("two", database=url)
    maker, taker = world.trader("maker"), world.trader("taker")
    filled, cancelled, kept = (world.order(maker, salt=salt) for salt in range(3))
    assert [one.post(filled).status_code, two.post(cancelled).status_code] == [201, 201]
    assert two.post(kept).status_code == 201
    for relay in (one, two):
        wait_for(lambda relay=relay: _open(relay, world) == 3, PATIENCE_SECONDS, "both have all")

    one.kill()
    world.cancel(cancelled)
    wait_for(
        lambda: two.reason_gone(cancelled) == "nothing_left", PATIENCE_SECONDS, "the other follows"
    )

    for _ in range(5):
        world.anvil.do("evm_mine")
    world.fill(taker, filled, 10)
    wait_for(lambda: two.reason_gone(filled) == "nothing_left", PATIENCE_SECONDS, "it is filled")
    world.anvil.do("anvil_reorg", 6, [])
    wait_for(lambda: two.reason_gone(filled) is None, PATIENCE_SECONDS, "the fill never was")

    one.start()
    wait_for(lambda: one.reason_gone(filled) is None, PATIENCE_SECONDS, "the first knows it, too")
    assert one.reason_gone(kept) is None
    assert one.reason_gone(cancelled) is not None
    world.cancel(filled)
    for relay in (one, two):
        wait_for(
            lambda relay=relay: relay.reason_gone(filled) is not None, PATIENCE_SECONDS, "gone"
        )


def test_processes__clocks_twenty_minutes_apart__show_one_book(
    world: ForwardsWorld, postgres: Postgres, start_relay: Callable[..., RelayProcess]
) -> None:
    """One clock is ten minutes before the chain's, the other ten behind it: the chain's decides."""
    url = postgres.make_database()
    to_chain = world.anvil.now() - int(time.time())
    relays = [
        start_relay(name, database=url, ahead_seconds=900, skew_seconds=to_chain + skew)
        for name, skew in (("early", -600), ("late", 600))
    ]
    early, late = relays
    maker = world.trader("maker")
    brief = world.order(maker, salt=1, deadline=world.anvil.now() + 300)
    kept = world.order(maker, salt=2)

    # by the late one's clock its deadline is over already
    assert [late.post(brief).status_code, early.post(kept).status_code] == [201, 201]
    for relay in relays:
        wait_for(lambda relay=relay: _open(relay, world) == 2, PATIENCE_SECONDS, "both have both")

    early.kill()
    world.cancel(kept)
    wait_for(
        lambda: late.reason_gone(kept) == "nothing_left", PATIENCE_SECONDS, "the other follows"
    )
    assert late.reason_gone(brief) is None
    early.start()
    late.kill()
    world.anvil.warp(brief.order.deadline + 1)
    wait_for(
        lambda: early.reason_gone(brief) == "closed", PATIENCE_SECONDS, "the chain's time is over"
    )
    late.start()
    assert late.reason_gone(brief) is not None
    assert _open(late, world) == _open(early, world) == 0


def _open(relay: RelayProcess, world: ForwardsWorld) -> int:
    return len(relay.get(f"/orders?market={world.months[0]}&side=buy").json()["orders"])
