# SPDX-License-Identifier: AGPL-3.0-only
"""What the interface answers to whatever is asked, in process."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashrate.evm.errors import RpcUnavailableError
from hashrate.orders.documents import MAX_ORDER_BYTES
from hashrate.orders.order import SignedOrder
from hashrate.orders.order_file import order_to_json, order_to_record
from relay.facts import OrderFacts
from relay.intake import IntakePolicy
from relay.server import RequestPolicy
from testing.asking import ask
from tests.relay.builders import DOMAIN, MAKER, SERIES, TAKER, make_signed
from tests.relay.doubles import RICH, Office, office

pytestmark = pytest.mark.unit

SIGNED = make_signed()
BODY = order_to_json(SIGNED).encode()
JSON = {"content-type": "application/json"}
MANY = RequestPolicy(reads_per_second=100_000, reads_burst=100_000)
OPEN = IntakePolicy(
    submits_per_second=100_000,
    submits_burst=100_000,
    maker_per_second=100_000,
    maker_burst=100_000,
    wallets_per_second=10_000,
    wallets_burst=10_000,
    # what is remembered for seconds is not forgotten by a test that is stopped for some
    refusal_seconds=3_600,
    money_seconds=3_600,
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """A relay without limits on rates."""
    with office(tmp_path, OPEN, MANY) as opened:
        yield opened


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The same for tests that ask many times."""
    with office(tmp_path_factory.mktemp("fuzzed"), OPEN, MANY) as opened:
        assert post(opened, SIGNED).status_code == 201
        yield opened


def post_raw(here: Office, body: bytes, **headers: str) -> httpx.Response:
    """Hand in anything."""
    return ask(here.app, "/orders", "POST", content=body, headers=JSON | headers)


def post(here: Office, signed: SignedOrder) -> httpx.Response:
    """Hand in an order."""
    return post_raw(here, order_to_json(signed).encode())


def reason(answer: httpx.Response) -> str:
    """Return the word for programs of a refusal."""
    return str(answer.json()["error"]["reason"])


def listed(here: Office, query: str) -> list[int]:
    """Return the salts of the orders that a query lists, through all its pages."""
    salts: list[int] = []
    cursor = ""
    while True:
        page = ask(here.app, f"/orders?{query}{cursor}").json()
        salts += [int(each["signed_order"]["order"]["salt"]) for each in page["orders"]]
        if page["next"] is None:
            return salts
        cursor = f"&cursor={page['next']}"


@pytest.mark.parametrize(
    ("side", "expected"), [("buy", [5, 1, 2, 6, 3, 4]), ("sell", [11, 12, 13])]
)
@pytest.mark.parametrize("limit", [1, 2, 4, 100])
def test_orders__of_a_side__come_by_price_then_time(
    here: Office, side: str, expected: list[int], limit: int
) -> None:
    """The best price first, the earlier one first at a price, whatever the pages' length."""
    for salt, price in ((1, 50), (2, 50), (3, 40), (4, 30), (5, 60), (6, 50)):
        assert post(here, make_signed(salt=salt, price_ticks=4_000 + price)).status_code == 201
    for salt, price in ((12, 70), (11, 65), (13, 70)):
        order = make_signed(salt=salt, price_ticks=4_000 + price, is_buy=False)
        assert post(here, order).status_code == 201

    assert listed(here, f"market={SERIES}&side={side}&limit={limit}") == expected
    everything = listed(here, f"maker={MAKER.address.lower()}&limit={limit}")
    assert everything == [1, 2, 3, 4, 5, 6, 12, 11, 13]


def test_book__levels__add_up_what_anyone_may_take(here: Office) -> None:
    """Orders for one taker are listed, and are in no level."""
    for salt, price in ((1, 4_050), (2, 4_050), (3, 4_040)):
        assert post(here, make_signed(salt=salt, price_ticks=price)).status_code == 201
    assert post(here, make_signed(salt=4, taker=TAKER.address)).status_code == 201

    book = ask(here.app, f"/book/{SERIES}").json()

    assert [(e["price"], e["quantity"], e["orders"]) for e in book["buy"]] == [
        ("4050", "20", 2),
        ("4040", "10", 1),
    ]
    assert len(listed(here, f"market={SERIES}&side=buy")) == 4
    assert len(ask(here.app, f"/book/{SERIES}?depth=1").json()["buy"]) == 1


def test_series__with_open_orders__are_listed_with_their_terms(here: Office) -> None:
    """A client needs nothing else to show them."""
    post(here, SIGNED)

    (series,) = ask(here.app, "/markets").json()["markets"]

    assert series["market"] == str(SERIES)
    assert (series["buy_orders"], series["sell_orders"], series["cap_ticks"]) == (1, 0, "8000")


@pytest.mark.parametrize(
    "path",
    [
        "/orders",
        "/orders?market=2",
        "/orders?market=2&side=both",
        "/orders?market=-2&side=buy",
        "/orders?market=02&side=buy",
        f"/orders?market={2**256}&side=buy",
        "/orders?market=2&market=4&side=buy",
        "/orders?market=2&side=buy&limit=0",
        "/orders?market=2&side=buy&limit=101",
        "/orders?market=2&side=buy&limit=1e1",
        "/orders?market=2&side=buy&cursor=1",
        "/orders?market=2&side=buy&cursor=1.x",
        "/orders?market=2&side=buy&sort=up",
        "/orders?maker=0x12",
        f"/orders?maker={MAKER.address}&side=buy",
        "/orders/0x12",
        "/orders/0x" + "G" * 64,
        "/book/x",
        "/book/2?depth=0",
        "/book/2?depth=201",
    ],
)
def test_query__malformed__is_refused(here: Office, path: str) -> None:
    """Nothing is guessed."""
    answer = ask(here.app, path)

    assert (answer.status_code, reason(answer)) == (400, "malformed")


def test_order__unknown__is_not_found(here: Office) -> None:
    """An order that never was."""
    assert ask(here.app, "/orders/0x" + "0" * 64).status_code == 404


def test_post__twice_at_once__is_listed_once(here: Office) -> None:
    """The second of two that cross is told to come again, or finds the first."""

    async def both() -> list[int]:
        transport = httpx.ASGITransport(app=here.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://relay") as client:
            sent = [client.post("/orders", content=BODY, headers=JSON) for _ in range(5)]
            return [answer.status_code for answer in await asyncio.gather(*sent)]

    statuses = asyncio.run(both())

    assert statuses.count(201) == 1
    assert set(statuses) <= {200, 201, 429}
    assert len(here.intake.book.orders) == 1


@pytest.mark.parametrize(
    ("facts", "status", "word"),
    [
        (replace(RICH, balance=10 * 30 * 3_000 - 1), 422, "unfunded"),
        (replace(RICH, allowance=10 * 30 * 3_000 - 1), 422, "unfunded"),
        (replace(RICH, remaining=0, refusal="order: nothing left"), 422, "nothing_left"),
        (replace(RICH, remaining=0, refusal="order: other epoch"), 422, "epoch"),
        (replace(RICH, remaining=0, refusal="order: not signed"), 422, "signature"),
        (replace(RICH, remaining=0, refusal="order: deadline is over"), 422, "closed"),
        (replace(RICH, remaining=0, refusal="series: window is over"), 422, "closed"),
        (replace(RICH, remaining=0, refusal="order: too much collateral"), 422, "bad_terms"),
        (None, 503, "unavailable"),
    ],
)
def test_post__refused_by_the_chain__says_why(
    here: Office, facts: OrderFacts | None, status: int, word: str
) -> None:
    """Each reason has a word for programs; what the node did not say is nobody's fault."""
    here.chain.facts_of_all = facts

    answer = post(here, SIGNED)

    assert (answer.status_code, reason(answer)) == (status, word)
    assert here.intake.book.orders == {}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (BODY, {"content-type": "text/plain"}, 415),
        (BODY, {"content-type": ""}, 415),
        (b" " * (MAX_ORDER_BYTES + 1), {}, 413),
        (BODY, {"content-length": str(10**30)}, 413),
        (BODY, {"content-length": "-1"}, 413),
        (b"", {}, 400),
        (b"[]", {}, 400),
        (b"\xff\xfe", {}, 400),
    ],
)
def test_post__no_order__is_refused_without_asking_the_chain(
    here: Office, body: bytes, headers: dict[str, str], status: int
) -> None:
    """Form comes first."""
    answer = post_raw(here, body, **headers)

    assert answer.status_code == status
    assert here.chain.asked == 0


def test_post__wrong_key__asks_the_chain_as_often_as_allowed(tmp_path: Path) -> None:
    """Only the chain knows contract wallets, so those who pretend to be one are counted."""
    policy = replace(OPEN, wallets_per_second=0.001, wallets_burst=3)
    with office(tmp_path, policy, MANY) as here:
        here.chain.facts_of_all = replace(RICH, remaining=0, refusal="order: not signed")
        statuses = [
            post(here, replace(make_signed(salt=salt), signature=bytes(65))).status_code
            for salt in range(6)
        ]

        assert statuses == [422, 422, 422, 429, 429, 429]
        assert here.chain.asked == 3


def test_post__the_same_nonsense__is_checked_once(here: Office) -> None:
    """A refusal is remembered for a while."""
    here.chain.facts_of_all = replace(RICH, remaining=0, refusal="order: nothing left")

    answers = [post(here, SIGNED) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {422}
    assert here.chain.asked == 1


@pytest.mark.parametrize(
    ("policy", "accepted"),
    [
        (replace(OPEN, most_orders=3), 3),
        (replace(OPEN, most_per_maker=2), 2),
        (replace(OPEN, most_per_client=4), 4),
        (replace(OPEN, submits_per_second=0.001, submits_burst=3), 3),
        (replace(OPEN, maker_per_second=0.001, maker_burst=2), 2),
    ],
)
def test_limits__reached__send_away(tmp_path: Path, policy: IntakePolicy, accepted: int) -> None:
    """Each limit holds by itself, and says when to come again."""
    with office(tmp_path, policy, MANY) as here:
        answers = [post(here, make_signed(salt=salt)) for salt in range(6)]

        statuses = [answer.status_code for answer in answers]
        assert statuses == [201] * accepted + [429] * (6 - accepted)
        assert int(answers[-1].headers["retry-after"]) > 0
        assert len(here.intake.book.orders) == accepted


def test_limits__on_reading__hold_for_each_client(tmp_path: Path) -> None:
    """Who asks too often waits; `/health` is for monitoring and is not counted."""
    with office(tmp_path, OPEN, RequestPolicy(reads_per_second=0.001, reads_burst=2)) as here:
        assert [ask(here.app, "/markets").status_code for _ in range(3)] == [200, 200, 429]
        assert ask(here.app, "/health").status_code == 503


def test_body__that_does_not_come__is_given_up(tmp_path: Path) -> None:
    """A client that sends slowly does not keep anything busy for long."""

    async def dribble() -> Any:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    with office(tmp_path, OPEN, replace(MANY, body_seconds=0.2)) as here:
        answer = ask(here.app, "/orders", "POST", content=dribble(), headers=JSON)

        assert answer.status_code == 408
        assert answer.headers["connection"] == "close"


def test_cors__of_any_page__may_read_and_hand_in(here: Office) -> None:
    """The book is public: any page may show it."""
    origin = {"origin": "https://trader.example"}
    asked = origin | {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }

    assert ask(here.app, "/markets", headers=origin).headers["access-control-allow-origin"] == "*"
    preflight = ask(here.app, "/orders", "OPTIONS", headers=asked)
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_health__in_its_states__says_what_is_wrong(here: Office) -> None:
    """Before the first look at the chain and after it, and when the node fails."""
    assert ask(here.app, "/health").json()["reasons"] == ["the chain was not reached yet"]
    assert asyncio.run(here.watcher.run_once())
    assert ask(here.app, "/health").status_code == 200

    def fail() -> Any:
        raise RpcUnavailableError("evm node: gone")

    here.chain.head = fail  # type: ignore[method-assign]
    assert not asyncio.run(here.watcher.run_once())
    assert (
        here.intake.metrics.text().count(b'cycle_failures_total{error="RpcUnavailableError"} 1')
        == 1
    )


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(exclude_categories=())),
        st.sampled_from(["0x", "0x" + "00" * 20, str(2**256), "1" * 5_000, "<script>alert(1)"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)


@st.composite
def mangled_orders(draw: st.DrawFn) -> bytes:
    """An order with one part of it replaced, dropped, doubled or cut."""
    record = order_to_record(SIGNED)
    target = draw(st.sampled_from([record, record["order"]]))
    name = draw(st.sampled_from(sorted(target)))
    how = draw(st.sampled_from(["replace", "drop", "add", "double", "cut"]))
    if how == "replace":
        target[name] = draw(json_values)
    elif how == "drop":
        del target[name]
    elif how == "add":
        target[draw(st.text())] = draw(json_values)
    text = json.dumps(record)
    if how == "double":
        text = text.replace(f'"{name}"', f'"{name}": null, "{name}"', 1)
    elif how == "cut":
        text = text[: draw(st.integers(0, len(text) - 1))]
    return text.encode("utf-8", "surrogatepass")


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=300), mangled_orders(), json_values.map(json.dumps)))
def test_post__anything__never_crashes_and_repeats_nothing(
    fuzzed: Office, body: bytes | str
) -> None:
    """Whatever is sent: a short JSON answer of a known status, and the book stays as it was."""
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body

    answer = post_raw(fuzzed, data)

    assert answer.status_code in {200, 201, 400, 413, 422}
    if answer.status_code >= 400:
        assert set(answer.json()["error"]) == {"reason", "message"}
        assert len(answer.content) < 400
        assert b"<script" not in answer.content
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    order = ask(fuzzed.app, f"/orders?market={SERIES}&side=buy").json()["orders"][0]
    assert order["signed_order"] == order_to_record(SIGNED)


segments = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.from_regex(r"0x[0-9a-f]{64}", fullmatch=True),
    st.integers(-(2**300), 2**300).map(str),
    st.sampled_from(["..", "%00", "%ff", "health", str(SERIES)]),
)


@settings(deadline=None)
@given(
    st.sampled_from(["/orders", "/orders/", "/book/", "/markets", "/health", "/"]),
    segments,
    st.lists(
        st.tuples(
            st.sampled_from(["market", "side", "limit", "cursor", "maker", "depth", "x"]), segments
        )
    ),
)
def test_get__anything__never_crashes(
    fuzzed: Office, path: str, segment: str, query: list[tuple[str, str]]
) -> None:
    """Whatever the path and the query: an answer of a known status."""
    try:
        url = httpx.URL(path + segment.replace("?", "").replace("#", ""), params=query)
    except (httpx.InvalidURL, UnicodeEncodeError):
        return  # the client itself would not send it

    answer = ask(fuzzed.app, str(url))

    assert answer.status_code in {200, 307, 400, 404, 405, 503}


def test_domain__of_another_book__is_refused(here: Office) -> None:
    """A relay is for one book; it says so."""
    other = replace(SIGNED, domain=replace(DOMAIN, chain_id=1))

    answer = post(here, other)

    assert (answer.status_code, reason(answer)) == (400, "malformed")
    assert "another book" in answer.json()["error"]["message"]
