# SPDX-License-Identifier: AGPL-3.0-only
"""A fund on any chain."""

from testing.chain import C, Chain

NAMES = ("Nordic basket", "NORD")


def deploy_factory(chain: Chain[C], registry: str, sender: str) -> C:
    """Deploy a factory with its blueprint."""
    blueprint = chain.deploy_blueprint("fund/HashrateFund", sender)
    return chain.deploy("fund/FundFactory", registry, blueprint, sender=sender)


def create_fund(chain: Chain[C], factory: C, basket: dict[str, int], sender: str) -> C:
    """Create a fund over distributors and their weights [whole TH/s], in any order."""
    series = sorted(basket, key=lambda address: int(address, 16))
    weights = [basket[address] for address in series]
    place = factory.read("fund_count")
    factory.send("create_fund", series, weights, *NAMES, sender=sender)
    return chain.at("fund/HashrateFund", factory.read("fund_at", place))
