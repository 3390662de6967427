# SPDX-License-Identifier: AGPL-3.0-only
"""Acts on the pool that is broken on purpose."""

from typing import Any

from tests.unit.chain import deployer

COST = 100
PLENTY = 10**40


def enter(pool: Any, *people: str) -> Any:
    """Mint people money and approve the pool for it; return the token."""
    token = deployer("mocks/MockBitcoin").at(pool.TOKEN())
    for who in people:
        token.mint(who, PLENTY)
        token.approve(pool.address, 2**256 - 1, sender=who)
    return token
