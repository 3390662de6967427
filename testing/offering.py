# SPDX-License-Identifier: AGPL-3.0-only
"""An offering on any chain: the one place that knows the contract's `Terms`."""

from collections.abc import Sequence

from reference.offering import RoundTerms
from testing.chain import C, Chain


def deploy_offering(chain: Chain[C], registry: str, tokens: Sequence[str], sender: str) -> C:
    """Deploy an offering for the series of a registry, paid in one of `tokens`."""
    shelf = chain.deploy_blueprint("market/Shelf", sender)
    return chain.deploy("market/HashrateOffering", registry, shelf, list(tokens), sender=sender)


def round_tuple(terms: RoundTerms, series: str, money: str) -> tuple[str | int | bool, ...]:
    """Return the contract's `Terms` struct."""
    return (
        series,
        money,
        terms.amount_ths,
        terms.closes_at,
        terms.delivery_days,
        terms.refunds_early_end,
        int(terms.pricing),
        terms.price_days,
        terms.low_price,
        terms.high_price,
    )
