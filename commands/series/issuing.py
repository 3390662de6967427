# SPDX-License-Identifier: AGPL-3.0-only
"""Issue a series through the registry and read all of it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.shell.chain import Chain, Sent
from commands.shell.contracts import DISTRIBUTOR, HASHRATE_ERC20, read_back
from commands.shell.deployment import require_equal
from commands.shell.errors import VerificationError
from commands.shell.parameters import SeriesParameters


@dataclass(frozen=True, slots=True)
class IssuedSeries:
    """A series as the registry created it; both share one transaction."""

    distributor: Sent
    token: Sent


def issue_series(
    chain: Chain,
    registry: Any,
    reward_token: ChecksumAddress,
    series: SeriesParameters,
    terms: Mapping[str, Any],
) -> IssuedSeries:
    """Create a series; the sending account becomes its issuer."""
    receipt = chain.send(
        registry.create_series,
        reward_token,
        tuple(terms.values()),
        series.name,
        series.symbol,
        series.site,
    )
    (created,) = receipt.decode_logs(registry.SeriesCreated)
    when = (str(receipt.txn_hash), int(receipt.block_number), int(receipt.timestamp))
    return IssuedSeries(
        Sent(to_checksum_address(created.series), *when),
        Sent(to_checksum_address(created.token), *when),
    )


def distributor_args(
    issuer: str, oracle: str, reward_token: str, series: SeriesParameters, terms: Mapping[str, Any]
) -> dict[str, Any]:
    """Name what the distributor of a series must read back."""
    return {
        "issuer": issuer,
        "oracle": oracle,
        "reward_token": reward_token,
        "terms": dict(terms),
        "site": series.site,
    }


def token_args(distributor: str, series: SeriesParameters) -> dict[str, Any]:
    """Name what the token of a series must read back."""
    return {"name": series.name, "symbol": series.symbol, "distributor": distributor}


def verify_series(
    chain: Chain,
    registry: Any,
    issued: IssuedSeries,
    wanted_distributor: Mapping[str, Any],
    wanted_token: Mapping[str, Any],
) -> None:
    """Read every constructor value of both contracts back, and their place in the registry.

    Raises:
        VerificationError: something differs.
    """
    distributor = chain.contract(DISTRIBUTOR, issued.distributor.address)
    token = chain.contract(HASHRATE_ERC20, issued.token.address)
    for name, wanted, contract in (
        (DISTRIBUTOR, wanted_distributor, distributor),
        (HASHRATE_ERC20, wanted_token, token),
    ):
        require_equal(name, wanted, read_back(name, contract, wanted))
    require_equal(f"{DISTRIBUTOR}.TOKEN", issued.token.address, distributor.TOKEN())
    require_equal(f"{DISTRIBUTOR}.REGISTRY", registry.address, distributor.REGISTRY())
    fleet_id = wanted_distributor["terms"]["fleet_id"]
    if bytes(registry.fleet_of(issued.distributor.address)) != fleet_id:
        raise VerificationError("the registry lists the series under another fleet")
