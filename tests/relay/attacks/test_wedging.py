# SPDX-License-Identifier: AGPL-3.0-only
"""Nothing that a node says, a row holds or another process does stops a relay for long.

R2: one unreadable row. R5: a second process. R6: one absurd block. R9: dust to every maker.
"""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.event import listen
from structlog.testing import capture_logs

from hashrate.evm.errors import RpcUnavailableError
from hashrate.orders.order_file import order_to_json
from relay.chain import Touched
from relay.errors import RelayStoreError
from relay.kinds.forward import ForwardOffer
from relay.node import Head, _head
from relay.store import NewRow
from relay.trail import Clocks, Trail
from relay.watcher import WatchPolicy
from testing.asking import ask
from testing.oracle_world import key_of
from tests.relay.attacks.attackers import COST, MANY, OPEN, covered, name_of, order_of, post
from tests.relay.doubles import FAR, NOW, RICH, Office, office

pytestmark = pytest.mark.unit


def row_of(role: str, document: str = "", state: str = "") -> NewRow:
    """Return a row as a relay keeps it."""
    signed = order_of(role)
    return NewRow(name_of(signed), "forward", document or order_to_json(signed), NOW, state)


@pytest.mark.parametrize(
    "bad",
    [
        row_of("damaged", "not an order"),
        row_of("damaged", order_to_json(order_of("damaged")).replace("buy", "bye")),
        row_of("damaged", state="[]"),
        replace(row_of("damaged"), kind="of a later version"),
    ],
    ids=["text", "field", "state", "kind"],
)
def test_row__that_cannot_be_read__is_named_and_skipped(tmp_path: Path, bad: NewRow) -> None:
    """The others are listed, the relay is well, and the log says which."""
    good = order_of("honest")
    with office(tmp_path, OPEN, MANY) as before:
        before.store.add_all([bad, row_of("honest")])

    with office(tmp_path, OPEN, MANY) as here, capture_logs() as logs:
        here.look()

        assert covered(here, good) == 10
        assert ask(here.app, "/health").status_code == 200
        assert [each["order"] for each in logs if each["event"] == "unreadable"] == [bad.hash]

    with office(tmp_path, OPEN, MANY) as again:
        again.look()
        assert [each.hash for each in again.store.open_orders()] == [name_of(good)]


def test_second_process__on_one_file__is_told_so(tmp_path: Path) -> None:
    """It does not start, and the first goes on."""
    with office(tmp_path, OPEN, MANY) as here:
        with pytest.raises(RelayStoreError, match="in use by another process"), office(tmp_path):
            raise AssertionError("it opened")

        assert post(here, order_of("honest")).status_code == 201


FAR_AHEAD = Head(102, "0x" + "d" * 64, NOW + 10**9)
FAR_ON = Head(10**9, "0x" + "d" * 64, NOW + 12)


@pytest.mark.parametrize("absurd", [FAR_AHEAD, FAR_ON], ids=["time", "number"])
def test_absurd_block__named_once__changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absurd: Head
) -> None:
    """No deadline is over by it, nothing is forgotten, and the next cycle is as any other."""
    monkeypatch.setattr("time.time", lambda: float(NOW))
    signed = order_of("honest")
    with office(tmp_path, OPEN, MANY, WatchPolicy()) as here:
        here.look()
        assert post(here, signed).status_code == 201
        honest = here.chain.newest

        here.chain.newest = absurd
        assert not asyncio.run(here.watcher.run_once())
        assert covered(here, signed) == 10

        here.chain.newest = replace(honest, number=101, hash="0x" + "b" * 64)
        here.chain.hashes = {100: honest.hash}
        here.look()
        assert covered(here, signed) == 10

    with office(tmp_path, OPEN, MANY, WatchPolicy()) as again:
        again.look()
        assert covered(again, signed) == 10


def test_lie__that_could_be__is_undone_with_its_block(tmp_path: Path) -> None:
    """A block that ends an order, and is not in the chain a moment later, ends it for a moment."""
    signed = order_of("honest", deadline=NOW + 100)
    with office(tmp_path, OPEN, MANY) as here:
        here.look()
        honest = here.chain.newest
        assert post(here, signed).status_code == 201
        here.chain.newest = Head(101, "0x" + "d" * 64, NOW + 500)
        here.chain.hashes = {100: honest.hash}
        here.look()
        assert covered(here, signed) is None

        here.chain.newest = Head(101, "0x" + "b" * 64, NOW + 12)
        here.chain.hashes = {100: honest.hash, 101: "0x" + "b" * 64}
        here.look()

        assert covered(here, signed) == 10


@pytest.mark.parametrize(
    "block",
    [
        None,
        {},
        {"number": "0x0", "timestamp": "0x0"},
        {"number": "-0x5", "timestamp": "0x5"},
        {"number": hex(2**64), "timestamp": "0x5"},
        {"number": "0x5", "timestamp": hex(2**64)},
    ],
)
def test_block__that_is_none__is_refused(block: object) -> None:
    """Whatever stands in its place."""
    with pytest.raises(RpcUnavailableError):
        _head(block)


def test_node__behind_for_long__is_one_whose_blocks_were_replaced() -> None:
    """First it is another node of a group that lags; after a minute it is the chain."""
    now = [0.0]
    blocks = [Head(number, f"0x{number:064x}", 1_000 + number) for number in range(100, 105)]

    async def hash_at(number: int) -> str:
        return f"0x{number:064x}" if number <= 102 else ""

    async def go() -> None:
        trail = Trail(64, 0, 60.0, hash_at, Clocks(lambda: 0.0, lambda: now[0]))
        for block in blocks:
            trail.follow(block)
        for second in (0.0, 30.0, 59.0):
            now[0] = second
            with pytest.raises(RpcUnavailableError, match="it is behind, at block 102"):
                await trail.is_replaced(blocks[2])
        now[0] = 60.0
        assert await trail.is_replaced(blocks[2])
        kept, lost = await trail.parting()
        assert (kept, lost) == (blocks[:3], blocks[3])

    asyncio.run(go())


def _next(here: Office, events: Touched) -> None:
    """Let a block come with events."""
    last = here.chain.newest
    here.chain.newest = Head(last.number + 1, f"0x{last.number:064x}", last.timestamp + 12)
    here.chain.hashes |= {last.number: last.hash}
    here.chain.events = events
    here.look()


def test_dust__to_every_maker__asks_the_node_nothing(tmp_path: Path) -> None:
    """Who is covered in full cannot be covered better; who is not has its money looked at."""
    quiet = WatchPolicy(ahead_seconds=0, sweep_orders=0)
    makers = [f"maker {number}" for number in range(20)]
    with office(tmp_path, OPEN, MANY, quiet) as here:
        poor = key_of("poor").address
        here.chain.facts_of[poor] = replace(RICH, balance=COST)
        for role in [*makers, "poor", "poor"]:
            salt = len(here.intake.book.orders)
            assert post(here, order_of(role, salt=salt)).status_code == 201
        _next(here, Touched())
        here.chain.checked, here.chain.looked_at = [], []

        accounts = {key_of(role).address.lower() for role in makers}
        _next(here, Touched(takers=accounts))
        assert (here.chain.checked, here.chain.looked_at) == ([], [])

        here.chain.facts_of[poor] = replace(RICH, balance=2 * COST)
        _next(here, Touched(takers=accounts | {poor.lower()}))
        assert (here.chain.checked, len(here.chain.looked_at)) == ([], 2)
        assert [each.covered for each in here.intake.book.of_maker(poor)] == [10, 10]


def test_questions__about_many_orders__are_encoded_in_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A maker of many orders that moves its money holds up no reader while they are encoded."""
    threads: list[tuple[str, str]] = []
    for name in ("purse", "inquiry"):
        _note_threads(monkeypatch, name, threads)
    with office(tmp_path, OPEN, MANY, replace(FAR, sweep_orders=1)) as here:
        for salt in range(3):
            assert post(here, order_of("maker", salt=salt)).status_code == 201
        _next(here, Touched())
        threads.clear()

        _next(here, Touched(givers={key_of("maker").address.lower()}))

        assert {what for what, _ in threads} == {"purse", "inquiry"}
        assert {thread.partition("_")[0] for _, thread in threads} == {"node"}


def test_cycle__database__walks_through_no_relays_whole_book(tmp_path: Path) -> None:
    """What every block asks of the database takes as long with 100,000 orders as with one."""
    with office(tmp_path, OPEN, MANY, replace(FAR, sweep_orders=1)) as here:
        for salt in range(3):
            assert post(here, order_of("maker", salt=salt)).status_code == 201
        _next(here, Touched())
        engine = here.store.database.engine
        asked: list[tuple[str, Any]] = []
        listen(engine, "before_cursor_execute", lambda *what: asked.append(what[2:4]))
        _next(here, Touched(givers={key_of("maker").address.lower()}))
        with engine.connect() as connection:
            plans = [
                row[3]
                for statement, values in list(asked)
                if statement.startswith(("SELECT", "UPDATE", "DELETE"))
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]

    assert any("orders_by_dropping" in plan for plan in plans)
    of_orders = [plan for plan in plans if "orders" in plan]
    assert not [plan for plan in of_orders if "SCAN" in plan or plan.endswith("(domain=?)")]


def _note_threads(
    monkeypatch: pytest.MonkeyPatch, name: str, threads: list[tuple[str, str]]
) -> None:
    encode = getattr(ForwardOffer, name)

    def noted(offer: ForwardOffer, **settings: bool) -> object:
        threads.append((name, threading.current_thread().name))
        return encode(offer, **settings)

    monkeypatch.setattr(ForwardOffer, name, noted)
