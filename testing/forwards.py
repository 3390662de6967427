# SPDX-License-Identifier: AGPL-3.0-only
"""A forwards engine and its series on any chain."""

from collections.abc import Sequence

from reference.forward_terms import ForwardTerms
from testing.chain import C, Chain, Contract


def deploy_engine(chain: Chain[C], oracle: str, tokens: Sequence[str], sender: str) -> C:
    """Deploy an engine that settles in these tokens."""
    return chain.deploy("forwards/ForwardsEngine", oracle, list(tokens), sender=sender)


def create_forward(engine: Contract, terms: ForwardTerms, sender: str) -> int:
    """List a series; return its number, which is its LONG."""
    engine.send("create_series", terms.as_tuple(), sender=sender)
    return int(engine.read("series_of", terms.as_tuple()))
