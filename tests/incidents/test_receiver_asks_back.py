# SPDX-License-Identifier: AGPL-3.0-only
"""A receiver could not ask the contract what it was being given.

ERC-165's `supportsInterface` has to answer whenever it is asked, and contracts that receive
positions do ask it in the hook. It was behind the contract's lock, so such a receiver refused all
of them; so were the terms of a series and the domain, which a wallet needs in order to judge an
order it is asked about, and which no call ever changes.
"""

from collections.abc import Callable

import pytest

from tests.unit.chain import actor, deployer
from tests.unit.pit import TERMS, Pit, plain_token

pytestmark = pytest.mark.unit

QUESTIONS: dict[str, Callable[[Pit, int], bytes]] = {
    "supportsInterface": lambda pit, _: pit.vault.supportsInterface.prepare_calldata(
        bytes.fromhex("d9b67a26")
    ),
    "name": lambda pit, _: pit.vault.name.prepare_calldata(),
    "series_of": lambda pit, _: pit.vault.series_of.prepare_calldata(pit.terms_tuple(TERMS)),
    "terms_of": lambda pit, series: pit.vault.terms_of.prepare_calldata(series),
    "pair_cost": lambda pit, series: pit.vault.pair_cost.prepare_calldata(series),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_mint_pair__receiver_asks_what_never_changes__is_answered(name: str) -> None:
    pit = Pit.open(plain_token())
    series = pit.create()
    wallet = deployer("mocks/MockWallet").deploy()
    wallet.prepare(pit.vault.address, QUESTIONS[name](pit, series))
    payer = actor("payer")

    pit.vault.mint_pair(series, 1, wallet.address, payer, sender=payer)

    assert wallet.arrivals() == 1
    assert wallet.has_succeeded()
