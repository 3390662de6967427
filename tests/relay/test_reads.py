# SPDX-License-Identifier: AGPL-3.0-only
"""Trades, candles, positions, streams and tags; orders by the score and a maker's withdrawal."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from hashrate.orders.order import ZERO_ADDRESS
from hashrate.orders.order_file import order_to_json
from hashrate.orders.withdrawal import sign_withdrawal, withdrawal_to_json
from relay.ledger import Move, Trade
from relay.node import Head
from testing.asking import ask
from testing.oracle_world import key_of
from tests.relay.attacks.attackers import MANY, OPEN, covered, name_of, order_of, post
from tests.relay.builders import DOMAIN, MAKER, SERIES, TAKER
from tests.relay.doubles import NOW, Office, office

pytestmark = pytest.mark.unit

JSON = {"content-type": "application/json"}
LONG, SHORT = str(SERIES), str(SERIES + 1)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """A relay without limits on rates."""
    with office(tmp_path, OPEN, MANY) as opened:
        yield opened


def trade(block: int, price: int, quantity: int = 1, time: int | None = None) -> Trade:
    """Make a trade of the plain order's month; by default twelve seconds a block."""
    when = 12 * block if time is None else time
    where = (block, 3, f"0x{block:064x}", when)
    return Trade(
        *where, "forward", LONG, MAKER.address, TAKER.address, str(price), str(quantity), ""
    )


def opened(block: int, quantity: int) -> list[Move]:
    """Make the movements of contracts that a trade opened."""
    moves = [(MAKER.address, LONG, 4), (TAKER.address, SHORT, 5)]
    return [
        Move(block, place, 0, ZERO_ADDRESS, taker, position, quantity)
        for taker, position, place in moves
    ]


def held(here: Office, account: str) -> list[tuple[str, str, str]]:
    """Return what an account holds: market, side, quantity."""
    found = ask(here.app, f"/positions/{account}").json()["positions"]
    return [(each["market"], each["side"], each["quantity"]) for each in found]


def test_trades__of_a_market__come_newest_first_by_pages(here: Office) -> None:
    """Read from the first block on, in ranges, and once."""
    here.chain.forwards.trades = [trade(block, 5_000 + block) for block in range(1, 100, 7)]
    here.look()
    prices, cursor = [], ""
    while True:
        page = ask(here.app, f"/trades?market={LONG}&limit=4{cursor}").json()
        prices += [int(each["price"]) for each in page["trades"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert prices == [5_000 + block for block in range(99, 0, -7)]
    assert here.chain.forwards.ranges == [(0, 49), (50, 99), (100, 100)]
    assert ask(here.app, f"/markets/{LONG}").json()["market"]["last_trade"]["price"] == "5099"


@pytest.mark.parametrize(
    ("cursor", "status"),
    [
        ("9007199254740992.999999999999999", 200),
        ("10000000000000000000.0", 400),  # no database has a place for it
        ("1.1000000000000000000", 400),
        ("-1.0", 400),
    ],
)
def test_trades__from_behind_no_place_of_a_chain__are_refused(
    here: Office, cursor: str, status: int
) -> None:
    assert ask(here.app, f"/trades?cursor={cursor}").status_code == status


def test_history__node_that_allows_few_blocks__is_asked_for_fewer(here: Office) -> None:
    """It is halved until the node answers, and goes on where it stopped."""
    here.chain.forwards.trades = [trade(90, 5_000)]
    here.chain.forwards.refuses_ranges_over = 20

    for _ in range(12):
        here.look()

    assert here.history.has_more is False
    assert len(ask(here.app, "/trades").json()["trades"]) == 1
    assert max(last - first for first, last in here.chain.forwards.ranges) < 20


def test_history__process_that_ends__goes_on_where_it_stopped(tmp_path: Path) -> None:
    """What was read is not read again, but for the overlap."""
    with office(tmp_path, OPEN, MANY) as before:
        before.chain.forwards.trades = [trade(50, 5_000)]
        before.look()
    with office(tmp_path, OPEN, MANY) as here:
        here.chain.newest = replace(here.chain.newest, number=103)
        here.look()

        assert here.chain.forwards.ranges == [(98, 103)]
        assert len(ask(here.app, "/trades").json()["trades"]) == 1


def test_positions__of_both_sides__and_open_interest(here: Office) -> None:
    """What is opened counts once, what is closed no more."""
    closed = [
        Move(60, 1, 0, MAKER.address, ZERO_ADDRESS, LONG, 4),
        Move(60, 2, 0, TAKER.address, ZERO_ADDRESS, SHORT, 4),
    ]
    given = Move(61, 1, 0, MAKER.address, key_of("heir").address, LONG, 6)
    here.chain.forwards.moves = [*opened(50, 10), *closed, given]

    here.look()

    assert held(here, MAKER.address) == []
    assert held(here, key_of("heir").address) == [(LONG, "long", "6")]
    assert held(here, TAKER.address) == [(LONG, "short", "6")]
    assert ask(here.app, f"/markets/{LONG}").json()["market"]["open_interest"] == "6"
    assert ask(here.app, "/markets/2").status_code == 404


def test_positions__blocks_replaced__are_as_they_were(here: Office) -> None:
    """Each movement of a block that is gone is taken back, and each of the new one counted."""
    here.chain.newest = Head(90, "0x" + "9" * 64, NOW)
    here.chain.forwards.moves = opened(50, 10)
    here.chain.forwards.trades = [trade(50, 5_000)]
    here.look()
    here.chain.newest = Head(95, "0x" + "5" * 64, NOW + 60)
    here.chain.hashes = {90: "0x" + "9" * 64}
    here.chain.forwards.moves += opened(94, 7)
    here.chain.forwards.trades += [trade(94, 6_000, 7)]
    here.look()
    assert held(here, MAKER.address) == [(LONG, "long", "17")]

    here.chain.newest = Head(96, "0x" + "6" * 64, NOW + 72)
    here.chain.hashes = {90: "0x" + "9" * 64, 95: "0x" + "7" * 64}
    here.chain.forwards.moves = opened(50, 10) + opened(95, 2)
    here.chain.forwards.trades = [trade(50, 5_000)]
    here.look()

    assert held(here, MAKER.address) == [(LONG, "long", "12")]
    assert [each["block"] for each in ask(here.app, "/trades").json()["trades"]] == [50]


def test_candles__of_trades__sum_them_up(here: Office) -> None:
    """Spans begin at multiples; one without a trade is not there."""
    prices = [(10, 5_000, 1), (20, 5_300, 2), (50, 4_900, 3), (299, 5_100, 4), (650, 6_000, 5)]
    here.chain.forwards.trades = [
        trade(n, price, quantity, time=time) for n, (time, price, quantity) in enumerate(prices, 1)
    ]
    here.look()

    found = ask(here.app, f"/candles/{LONG}?seconds=300&from=1&to=1000").json()

    names = ("start", "open", "high", "low", "close", "volume", "trades")
    assert [tuple(each[name] for name in names) for each in found["candles"]] == [
        (0, "5000", "5300", "4900", "5100", "10", 4),
        (600, "6000", "6000", "6000", "6000", "5", 1),
    ]
    assert found["next"] is None
    assert ask(here.app, f"/candles/{LONG}?seconds=60&from=1&to=100000").status_code == 400


def test_candles__more_trades_than_a_request_reads__say_where_to_go_on(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A span is given whole or not at all."""
    monkeypatch.setattr("relay.ledger.MOST_CANDLE_TRADES", 4)
    here.chain.forwards.trades = [trade(n, 5_000, time=100 * n) for n in range(1, 9)]
    here.look()

    begin, pages = 1, []
    while begin is not None:
        page = ask(here.app, f"/candles/{LONG}?seconds=300&from={begin}&to=1000").json()
        pages.append([each["trades"] for each in page["candles"]])
        begin = page["next"]

    assert pages == [[2], [3], [3]]


def test_books__of_several_markets__are_of_one_block(here: Office) -> None:
    """In the order in which they were asked for, empty ones too."""
    assert post(here, order_of("maker")).status_code == 201

    found = ask(here.app, f"/books?market=2&market={LONG}&depth=1").json()

    assert [each["market"] for each in found["books"]] == ["2", LONG]
    assert [len(each["buy"]) for each in found["books"]] == [0, 1]
    for numbers in (range(41), [1] * 41):  # as often as it is described, whichever they are
        many = "&".join(f"market={2 * n}" for n in numbers)
        assert ask(here.app, f"/books?{many}").status_code == 400
    assert ask(here.app, "/books").status_code == 400


def test_tag__of_what_has_not_changed__saves_the_answer(here: Office) -> None:
    """The same question again costs no body, until something is different."""
    path = f"/book/{LONG}"
    tag = ask(here.app, path).headers["etag"]

    again = ask(here.app, path, headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert post(here, order_of("maker")).status_code == 201
    assert ask(here.app, path, headers={"if-none-match": tag}).status_code == 200


def test_batch__of_good_and_bad__answers_each(here: Office) -> None:
    """One bad line keeps no other off."""
    lines = [order_to_json(order_of("maker", salt=salt)) for salt in range(3)]
    body = "\n".join([lines[0], "{}", "", lines[1], lines[0]])
    headers = {"content-type": "application/x-ndjson"}

    answer = ask(here.app, "/batches", "POST", content=body.encode(), headers=headers)

    assert [each["status"] for each in answer.json()["results"]] == [201, 400, 201, 200]
    too_many = "\n".join(["{}"] * 21).encode()
    refused = ask(here.app, "/batches", "POST", content=too_many, headers=headers)
    assert refused.status_code == 400


def withdraw(here: Office, body: str) -> httpx.Response:
    """Hand in a withdrawal."""
    return ask(here.app, "/withdrawals", "POST", content=body.encode(), headers=JSON)


def test_withdrawal__by_the_maker__is_acknowledged_and_lasts(tmp_path: Path) -> None:
    """The order is off, nobody brings it back, and the answer says that the chain still has it."""
    signed = order_of("maker")
    given = sign_withdrawal(key_of("maker"), DOMAIN.typed(), name_of(signed))
    with office(tmp_path, OPEN, MANY) as here:
        assert post(here, signed).status_code == 201
        stranger = sign_withdrawal(key_of("stranger"), DOMAIN.typed(), name_of(signed))
        refused = withdraw(here, withdrawal_to_json(stranger))
        assert (refused.status_code, covered(here, signed)) == (422, 10)

        answer = withdraw(here, withdrawal_to_json(given))

        assert answer.json() == {
            "hash": name_of(signed),
            "is_off_book": True,
            "is_cancelled_on_chain": False,
        }
        assert covered(here, signed) is None
        assert post(here, signed).json()["error"]["reason"] == "withdrawn"
        assert withdraw(here, withdrawal_to_json(given)).status_code == 404
    with office(tmp_path, OPEN, MANY) as again:
        again.look()
        assert post(again, signed).json()["error"]["reason"] == "withdrawn"


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"order_hash":"0x12","signature":"0x12"}', '{"order_hash":1}']
)
def test_withdrawal__malformed__is_refused(here: Office, body: str) -> None:
    """Form comes first."""
    assert withdraw(here, body).status_code == 400


def test_stream__of_a_market__tells_what_happens_there(here: Office) -> None:
    """Orders that come and go, trades and blocks, as they happen and no others."""
    later = order_of("maker", series=(SERIES + 2,), salt=9)

    async def go() -> list[tuple[str, Any]]:
        hello = b"event: hello\ndata: {}\n\n"
        events = here.stream.listen([LONG], hello)
        seen = [await anext(events)]
        body = [order_to_json(each).encode() for each in (order_of("maker"), later)]
        for each in body:
            await here.intake.submit(each, "")
        here.chain.forwards.trades = [trade(101, 5_100)]
        here.chain.newest = Head(101, "0x" + "b" * 64, NOW + 12)
        here.chain.hashes = {100: "0x" + "a" * 64}
        assert await here.watcher.run_once()
        here.intake.take_off(next(iter(here.intake.book.orders.values())), "closed")  # type: ignore[arg-type]
        seen += [await anext(events) for _ in range(4)]
        await events.aclose()  # type: ignore[attr-defined]
        return [_parsed(each) for each in seen]

    here.look()
    seen = asyncio.run(go())

    assert [name for name, _ in seen] == ["hello", "order", "trade", "block", "gone"]
    assert seen[1][1]["order"]["hash"] == name_of(order_of("maker"))
    assert (seen[2][1]["price"], seen[3][1]["number"]) == ("5100", 101)
    assert seen[4][1] == {"hash": name_of(order_of("maker")), "reason": "closed"}
    assert len(here.stream) == 0


def test_stream__reader_that_does_not_read__is_sent_away(here: Office) -> None:
    """It holds up nobody, and learns that it missed something by the end of the stream."""

    async def go() -> int:
        slow = here.stream.listen([], b"hello")
        await anext(slow)
        for number in range(600):
            here.stream.tell_block(Head(number, "0x", number))
        return len([each async for each in slow])

    assert asyncio.run(go()) == 511
    assert len(here.stream) == 0


def _parsed(event: bytes) -> tuple[str, Any]:
    name, data = event.decode().strip().split("\n", 1)
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))
