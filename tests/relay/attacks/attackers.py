# SPDX-License-Identifier: AGPL-3.0-only
"""What attackers do to a relay, and what the honest maker and the taker see."""

from typing import Any

import httpx2 as httpx

from hashrate.orders.order import SignedOrder, order_hash, sign_order
from hashrate.orders.order_file import order_to_json
from relay.intake import IntakePolicy
from relay.server import RequestPolicy
from testing.asking import ask
from testing.oracle_world import key_of
from tests.relay.builders import DOMAIN, SERIES, make_order
from tests.relay.doubles import Office

COST = 10 * 30 * 3_000  # of the plain order [base units]
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


def order_of(role: str, **changes: Any) -> SignedOrder:
    """Sign a plain order of someone, with changes."""
    key = key_of(role)
    return sign_order(key, DOMAIN, make_order(maker=key.address, **changes))


def name_of(signed: SignedOrder) -> str:
    """Return an order's hash, hexadecimal with 0x."""
    return "0x" + order_hash(signed.domain, signed.order).hex()


def post(here: Office, signed: SignedOrder) -> httpx.Response:
    """Hand an order in."""
    body = order_to_json(signed).encode()
    return ask(
        here.app, "/orders", "POST", content=body, headers={"content-type": "application/json"}
    )


def bids(here: Office) -> list[tuple[int, int]]:
    """Return what takers see: prices of the plain order's month, and how much for each."""
    levels = ask(here.app, f"/book/{SERIES}").json()["buy"]
    return [(int(each["price"]), int(each["quantity"])) for each in levels]


def covered(here: Office, signed: SignedOrder) -> int | None:
    """Return how much of an order is shown, None if it is not on the book."""
    answer = ask(here.app, f"/orders/{name_of(signed)}")
    return int(answer.json()["order"]["covered"]) if answer.status_code == 200 else None
