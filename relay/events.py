# SPDX-License-Identifier: AGPL-3.0-only
"""Events of vault, book and tokens, as far as they may change whether an order can be filled."""

from collections.abc import Sequence

from hashrate.evm.contracts.forwards import ForwardsBook, ForwardsVault
from hashrate.evm.contracts.series import HashrateToken

MoneyToken = HashrateToken
"""What the standards ERC-20 and EIP-2612 say of any token; ours follows them."""

ORDER_TOPICS = (ForwardsBook.OrderFilled.topic, ForwardsBook.OrderCancelled.topic)
ACCOUNT_TOPICS: dict[str, tuple[int, ...]] = {
    ForwardsBook.EpochRaised.topic: (1,),
    ForwardsVault.BookNamed.topic: (1,),
    ForwardsVault.BookDisowned.topic: (1,),
    ForwardsVault.TransferSingle.topic: (2, 3),
    ForwardsVault.TransferBatch.topic: (2, 3),
    MoneyToken.Transfer.topic: (1, 2),
    MoneyToken.Approval.topic: (1,),
}
"""Where an event names accounts whose orders it may change: places among its topics."""


def accounts_of(topics: Sequence[str]) -> list[str]:
    """Return the accounts an event names, lower case."""
    places = ACCOUNT_TOPICS.get(topics[0], ())
    return ["0x" + topics[place][-40:].lower() for place in places if place < len(topics)]
