# SPDX-License-Identifier: AGPL-3.0-only
"""The chain that the tests of the page share: what one did to it, the next does not find."""

from typing import Any

import pytest

from testing.series import Label
from tests.web.world import BTC, Listing, World

pytestmark = pytest.mark.e2e

MOOR = Listing(Label("Hashrate Moor", "thMOOR", "Moor"))


def state_of(world: World) -> dict[str, Any]:
    """Return the newest block, which is bound to all before it, and what is not in a block."""
    fees = world.anvil.do("eth_feeHistory", "0x1", "latest", [])["baseFeePerGas"]
    return {
        "block": world.rpc.block()["hash"],
        "next fee": fees[-1],
        "nonce": world.rpc.nonce(world.owner, "pending"),
        "series": list(world.series),
        "listed": world.registry.read("series_count"),
    }


def test_undone__days_money_and_a_series_inside__leave_nothing(world: World) -> None:
    before = state_of(world)

    with world.undone():
        world.give_bitcoin(world.holder.address, BTC)
        world.series.append(world.create_series(MOOR))
        world.move_to(30, 2)
        world.report_day(13)
        inside = state_of(world)
        world.anvil.pause()  # as a test of a silent node leaves it

    assert state_of(world) == before
    assert not {key for key, value in before.items() if inside[key] == value}
    world.give_bitcoin(world.holder.address, BTC)
    assert world.rpc.block()["baseFeePerGas"] == before["next fee"]
