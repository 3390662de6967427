# SPDX-License-Identifier: AGPL-3.0-only
"""Nobody keeps a maker off a relay with the maker's own old orders, or with bad copies of new ones.

R1: everything handed in under a maker's name was counted against that maker, and refusals were
remembered by the text.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from hashrate.orders.order import Permit
from hashrate.orders.order_file import order_to_json
from testing.asking import ask
from tests.relay.attacks.attackers import MANY, OPEN, order_of, post
from tests.relay.builders import TAKER
from tests.relay.doubles import RICH, office

pytestmark = pytest.mark.unit

FEW = replace(OPEN, maker_per_second=0.001, maker_burst=2)


def test_old_orders__of_a_maker_handed_in_by_a_stranger__cost_the_maker_nothing(
    tmp_path: Path,
) -> None:
    """A hundred dead orders later the honest maker lists as many as ever."""
    with office(tmp_path, FEW, MANY) as here:
        here.chain.facts_of_all = replace(RICH, remaining=0, refusal="order: nothing left")
        refused = {post(here, order_of("honest", salt=salt)).status_code for salt in range(100)}
        here.chain.facts_of_all = RICH

        fresh = [post(here, order_of("honest", salt=1_000 + n)).status_code for n in range(3)]

        assert refused == {422}
        assert fresh == [201, 201, 429]  # its own rate still holds


def test_old_order__in_other_words__is_asked_for_once(tmp_path: Path) -> None:
    """Blanks, or a permit that was put to it, do not make a dead order a new one."""
    with office(tmp_path, OPEN, MANY) as here:
        here.chain.facts_of_all = replace(RICH, remaining=0, refusal="order: other epoch")
        text = order_to_json(order_of("honest"))
        headers = {"content-type": "application/json"}

        for blanks in range(20):
            body = (text + " " * blanks).encode()
            assert (
                ask(here.app, "/orders", "POST", content=body, headers=headers).status_code == 422
            )

        assert here.chain.asked == 1


def test_bad_copy__handed_in_before_the_order__does_not_keep_it_off(tmp_path: Path) -> None:
    """Whoever signs it wrongly is refused; the maker's own signature is another matter."""
    with office(tmp_path, OPEN, MANY) as here:
        good = order_of("honest")
        here.chain.facts_of_all = replace(RICH, remaining=0, refusal="order: not signed")
        forged = [replace(good, signature=bytes([n]) * 65) for n in range(5)]
        assert {post(here, each).status_code for each in forged} == {422}
        here.chain.facts_of_all = RICH

        assert post(here, good).status_code == 201


def test_copy_without_its_permit__refused_for_money__does_not_keep_it_off(tmp_path: Path) -> None:
    """An order is refused for money with what came along, not for ever."""
    with office(tmp_path, OPEN, MANY) as here:
        signed = order_of("honest")
        here.chain.facts_of_all = replace(RICH, allowance=0)
        assert post(here, signed).json()["error"]["reason"] == "unfunded"
        here.chain.facts_of_all = RICH

        assert post(here, signed).status_code == 422  # the same: remembered for two seconds
        owner = signed.order.maker
        permit = Permit(TAKER.address, owner, 10**12, 2**40, 27, bytes(32), bytes(32))
        with_permit = replace(signed, permit=permit)
        assert post(here, with_permit).status_code == 201
