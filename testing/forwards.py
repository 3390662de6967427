# SPDX-License-Identifier: AGPL-3.0-only
"""Forwards on any chain: the one place that knows what vault and book are deployed with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from reference.forward_terms import ForwardTerms
from testing.chain import C, Chain, Contract


@dataclass(frozen=True)
class Forwards(Generic[C]):
    """A vault and its official book."""

    vault: C
    book: C


def deploy_forwards(chain: Chain[C], tokens: Sequence[str], sender: str) -> Forwards[C]:
    """Deploy a vault that settles in these tokens, and with it its book."""
    vault = chain.deploy(
        "forwards/ForwardsVault",
        chain.deploy_blueprint("forwards/ForwardsBook", sender),
        chain.deploy("forwards/ForwardsMetadata", sender=sender).address,
        list(tokens),
        sender=sender,
    )
    return Forwards(vault, chain.at("forwards/ForwardsBook", vault.read("BOOK")))


def create_forward(vault: Contract, terms: ForwardTerms, sender: str) -> int:
    """List a series; return its number, which is its LONG."""
    vault.send("create_series", terms.as_tuple(), sender=sender)
    return int(vault.read("series_of", terms.as_tuple()))
