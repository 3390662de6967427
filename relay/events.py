# SPDX-License-Identifier: AGPL-3.0-only
"""Events of vault, books and tokens, as far as they may change whether an order can be filled."""

from collections.abc import Sequence

from hashrate.evm.contracts.forwards import ForwardsBook, ForwardsVault
from hashrate.evm.contracts.series import HashrateToken

MoneyToken = HashrateToken
"""What the standards ERC-20 and EIP-2612 say of any token; ours follows them."""

ORDER_TOPICS = (ForwardsBook.OrderFilled.topic, ForwardsBook.OrderCancelled.topic)
ACCOUNT_TOPICS: dict[str, int] = {
    ForwardsBook.EpochRaised.topic: 1,
    ForwardsVault.BookNamed.topic: 1,
    ForwardsVault.BookDisowned.topic: 1,
}
"""Where an event names a maker whose orders may be dead: its place among the topics."""

MONEY_TOPICS: dict[str, tuple[int, int | None]] = {
    ForwardsVault.TransferSingle.topic: (2, 3),
    ForwardsVault.TransferBatch.topic: (2, 3),
    MoneyToken.Transfer.topic: (1, 2),
    MoneyToken.Approval.topic: (1, None),
}
"""Where an event names who has less now, or allows another amount, and who has more."""


def givers_of(topics: Sequence[str]) -> list[str]:
    """Return the accounts whose orders may be covered less, or be dead, lower case."""
    place = ACCOUNT_TOPICS.get(topics[0]) or MONEY_TOPICS[topics[0]][0]
    return [_account(topics[place])] if place < len(topics) else []


def takers_of(topics: Sequence[str]) -> list[str]:
    """Return the accounts whose orders may be covered more, lower case."""
    place = MONEY_TOPICS[topics[0]][1]
    return [_account(topics[place])] if place is not None and place < len(topics) else []


def _account(topic: str) -> str:
    return "0x" + topic[-40:].lower()
