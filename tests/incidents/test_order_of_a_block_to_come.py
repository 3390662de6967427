# SPDX-License-Identifier: AGPL-3.0-only
"""An order came while the relay was reading a block, and rested on something of the next one.

It was checked at that newer block and listed, and then checked again at the older one: there its
series was not known, and it was taken off for good. The same befell one that another process had
taken in: tests/relay/test_postgres.py.
"""

import asyncio
from pathlib import Path

import pytest

from hashrate.orders.order_file import order_to_json
from relay.node import Head
from tests.relay.attacks.attackers import covered, name_of, order_of
from tests.relay.doubles import NOW, office

pytestmark = pytest.mark.unit

NEXT = Head(101, "0x" + "b" * 64, NOW + 12)


def test_order__checked_at_a_block_to_come__is_checked_again_at_no_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = order_of("maker")
    with office(tmp_path) as here:
        here.chain.knows_series_from = NEXT.number
        follow_indices = here.watcher._follow_indices

        async def meanwhile() -> None:
            here.chain.newest = NEXT
            await here.intake.submit(order_to_json(signed).encode(), "127.0.0.1")
            here.intake.wait([name_of(signed)])  # as an event of its maker does
            await follow_indices()

        monkeypatch.setattr(here.watcher, "_follow_indices", meanwhile)
        assert asyncio.run(here.watcher.run_once())
        monkeypatch.undo()

        assert covered(here, signed) == 10
        assert not here.watcher.is_caught_up
        here.look()
        assert here.watcher.is_caught_up
        assert covered(here, signed) == 10
        assert len(here.chain.checked) == 1  # nothing in between was missed
