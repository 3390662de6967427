# SPDX-License-Identifier: AGPL-3.0-only
"""The example of docs/products.md, deployed and run."""

import pytest

from tests.unit.chain import actor, deployer, go_to_day
from tests.unit.scene import NOON, START, TH, Scene

pytestmark = pytest.mark.unit

HOLDER, BUYER = actor("holder"), actor("buyer")


def test_wrapper__shares_change_hands__each_is_paid_its_time(running: Scene) -> None:
    wrapper = deployer("mocks/MockWrapper").deploy(running.address)
    running.token.approve(wrapper.address, 1_000 * TH, sender=HOLDER)
    running.fund(10**9)
    go_to_day(START, NOON)
    wrapper.wrap(400 * TH, sender=HOLDER)
    running.report_at_hashprice()
    go_to_day(START + 1, NOON + 7_200)
    wrapper.transfer(BUYER, 100 * TH, sender=HOLDER)
    running.report_at_hashprice()
    running.settle()
    seconds = NOON + 7_200

    sold = 100 * 50 * (86_400 - seconds) // 86_400
    assert wrapper.claim(sender=BUYER) == sold
    assert wrapper.claim(sender=HOLDER) == 400 * 25 + 400 * 50 - sold - 1
    assert running.claim(HOLDER) == 1_000 * 25 + 600 * 25 + 600 * 50

    wrapper.unwrap(100 * TH, sender=BUYER)
    assert running.token.balanceOf(BUYER) == 100 * TH
    assert running.reward.balanceOf(wrapper.address) <= 1
