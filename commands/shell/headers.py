# SPDX-License-Identifier: AGPL-3.0-only
"""The header contract's parameters, and the check that two sources tell the same anchor."""

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from commands.shell.errors import ParameterError
from hashrate.bitcoin.headers import Anchor, hash_in_header_order, point_at_anchor
from hashrate.core.errors import HashrateError
from hashrate.core.types import MAINNET, REGTEST, BlockHash, BlockHeight, CompactBits, UnixSeconds
from hashrate.service.clock import SystemClock
from hashrate.service.logging import Redactor
from oracles.chain.headers import point_hash
from oracles.daemon.prover_wiring import open_sources
from oracles.daemon.settings import BitcoinSettings
from oracles.sources.anchor import agreed_anchor

_TIMES = 11
_POW_LIMITS = {"mainnet": 2**224 - 1, "regtest": 2**255 - 1}
_NETWORKS = {network.name: network for network in (MAINNET, REGTEST)}
Seconds = Annotated[int, Field(ge=0, lt=2**32)]


class _Parameters(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class AnchorParameters(_Parameters):
    """The trusted block, as `python -m oracles headers anchor` prints it.

    Attributes:
        block_hash: as explorers show it.
        height: of the block.
        work: expected hashes of the chain up to it, hexadecimal.
        bits: its compact target.
        epoch_start: header time of the first block of its 2016 [unix s].
        times: header times of the ten before it and its own [unix s].
    """

    block_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    height: Annotated[int, Field(ge=10, lt=2**31)]
    work: Annotated[str, Field(pattern=r"^0x[0-9a-f]{1,32}$")]
    bits: Annotated[int, Field(gt=0, lt=2**32)]
    epoch_start: Seconds
    times: Annotated[list[Seconds], Field(min_length=_TIMES, max_length=_TIMES)]

    @property
    def anchor(self) -> Anchor:
        """Return it as the contract has it."""
        first = self.height - _TIMES + 1
        by_place = {(first + index) % _TIMES: time for index, time in enumerate(self.times)}
        return Anchor(
            hash_in_header_order(BlockHash(self.block_hash)),
            BlockHeight(self.height),
            int(self.work, 16),
            CompactBits(self.bits),
            UnixSeconds(self.epoch_start),
            tuple(UnixSeconds(by_place[place]) for place in range(_TIMES)),
        )


class HeadersParameters(_Parameters):
    """What a BitcoinHeaders is deployed with, and the oracle's terms that need it.

    Attributes:
        network: the Bitcoin network.
        anchor: the trusted block.
        dispute_window_seconds: that a day waits from a contradiction on [s].
        sources: where the anchor is read again before anything is deployed; two at least.
    """

    network: Annotated[str, Field(pattern="^(mainnet|regtest)$")] = "mainnet"
    anchor: AnchorParameters
    dispute_window_seconds: int = 14 * 86_400
    sources: Annotated[list[BitcoinSettings], Field(min_length=2)]


def anchor_args(anchor: Anchor) -> dict[str, Any]:
    """Return the constructor's anchor by name, in the order of the contract's struct."""
    return asdict(anchor) | {"times": list(anchor.times)}


def headers_args(headers: HeadersParameters) -> dict[str, Any]:
    """Make the constructor arguments by name, structs in the order of the contract's."""
    anchor, network = headers.anchor.anchor, _NETWORKS[headers.network]
    return {
        "anchor": anchor_args(anchor),
        "network": {
            "pow_limit": _POW_LIMITS[headers.network],
            "retargets": network.retargets,
            "halving_blocks": network.halving_blocks,
            "unit_hashes": network.unit_hashes,
        },
    }


def read_headers(contract: Any, sent: dict[str, Any]) -> dict[str, Any]:
    """Read every constructor value back; of the anchor, that the contract knows its point."""
    told = dict(sent["anchor"])
    anchor = Anchor(**{**told, "times": tuple(told["times"])})
    known = contract.is_known(point_hash(point_at_anchor(anchor)))
    return {
        "anchor": told if known else None,
        "network": {
            "pow_limit": contract.POW_LIMIT(),
            "retargets": contract.RETARGETS(),
            "halving_blocks": contract.HALVING_BLOCKS(),
            "unit_hashes": contract.UNIT_HASHES(),
        },
    }


def require_agreed_anchor(headers: HeadersParameters) -> None:
    """Read the anchor again from every source, before it is deployed for ever.

    Raises:
        ParameterError: two sources differ, fewer than two answer, or they tell another anchor.
    """
    given = headers.anchor.anchor
    with open_sources(headers.sources, Redactor(), SystemClock()) as (wire, sources):
        try:
            found = wire.run(agreed_anchor(sources, given.height))
        except HashrateError as error:
            raise ParameterError(f"headers.anchor: {error}") from error
    if found != given:
        raise ParameterError(f"headers.anchor: the sources tell {found}, not {given}")
