# SPDX-License-Identifier: AGPL-3.0-only
"""A registry and its series on any chain: the one place that knows the contract's `Terms`."""

from dataclasses import dataclass
from typing import Generic

from eth_utils.crypto import keccak

from reference import SeriesTerms
from testing.chain import C, Chain

FLEET_ID = keccak(text="fleet")


@dataclass(frozen=True)
class Label:
    """How a series is shown to people."""

    name: str = "Test hashrate"
    symbol: str = "TH"
    site: str = "nowhere"


@dataclass(frozen=True)
class Series(Generic[C]):
    """A series of a registry."""

    distributor: C
    token: C


def terms_tuple(terms: SeriesTerms, fleet_id: bytes = FLEET_ID) -> tuple[bytes | int, ...]:
    """Return the contract's `Terms` struct."""
    return (
        fleet_id,
        terms.start_day,
        terms.end_day,
        terms.efficiency_mj_per_th,
        terms.power_price_micro_usd_per_kwh,
        terms.service_sats_per_th_day_wad,
        terms.pool_fee_bps,
        terms.guaranteed_uptime_bps,
        terms.bond_per_th,
        terms.attestation_days,
        terms.grace_seconds,
        terms.output_deadline_seconds,
        terms.termination_days,
    )


def deploy_registry(chain: Chain[C], oracle: str, sender: str) -> C:
    """Deploy a registry with its blueprints."""
    return chain.deploy(
        "series/SeriesRegistry",
        oracle,
        chain.deploy_blueprint("series/RewardDistributor", sender),
        chain.deploy_blueprint("series/HashrateToken", sender),
        sender=sender,
    )


def create_series(
    chain: Chain[C],
    registry: C,
    reward_token: str,
    terms: tuple[bytes | int, ...],
    label: Label,
    issuer: str,
) -> Series[C]:
    """List a series as its issuer; `terms` are `terms_tuple`."""
    place = registry.read("series_count")
    names = (label.name, label.symbol, label.site)
    registry.send("create_series", reward_token, terms, *names, sender=issuer)
    distributor = chain.at("series/RewardDistributor", registry.read("series_at", place))
    return Series(distributor, chain.at("series/HashrateToken", distributor.read("TOKEN")))
