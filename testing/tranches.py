# SPDX-License-Identifier: AGPL-3.0-only
"""Strips and notes on any chain: the one place that knows the contract's `Terms`."""

from dataclasses import dataclass
from typing import Generic

from reference.tranches import TrancheTerms
from testing.chain import C, Chain


@dataclass(frozen=True)
class Product(Generic[C]):
    """A product and its two tokens."""

    tranches: C
    senior: C
    junior: C


def terms_tuple(distributor: str, terms: TrancheTerms) -> tuple[str | int, ...]:
    """Return the contract's `Terms` struct."""
    return (distributor, terms.start_day, terms.maturity_day, terms.face, terms.grace_days)


def deploy_factory(chain: Chain[C], registry: str, sender: str) -> C:
    """Deploy a factory with its blueprints."""
    return chain.deploy(
        "tranches/TranchesFactory",
        registry,
        chain.deploy_blueprint("tranches/HashrateTranches", sender),
        chain.deploy_blueprint("tranches/TrancheToken", sender),
        sender=sender,
    )


def create(
    chain: Chain[C], factory: C, distributor: str, terms: TrancheTerms, sender: str
) -> Product[C]:
    """Create a product."""
    place = factory.read("product_count")
    factory.send("create", terms_tuple(distributor, terms), sender=sender)
    product = chain.at("tranches/HashrateTranches", factory.read("product_at", place))
    tokens = (
        chain.at("tranches/TrancheToken", product.read(name)) for name in ("SENIOR", "JUNIOR")
    )
    return Product(product, *tokens)
