# SPDX-License-Identifier: AGPL-3.0-only
"""Opens the sources of raw headers that the settings name, and the prover that uses them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from hashrate.core.types import Network, UnixSeconds
from hashrate.evm.errors import WrongChainError
from hashrate.evm.rpc import EvmRpc
from hashrate.service.clock import Clock
from hashrate.service.http import HttpClient
from hashrate.service.logging import Redactor
from oracles.chain.contracts import OracleContract
from oracles.chain.headers import HeadersContract
from oracles.daemon.proving import DayProver
from oracles.daemon.remote import Wire
from oracles.daemon.settings import BitcoinSettings, Settings
from oracles.daemon.wiring import NETWORKS, way_in
from oracles.sources import bitcoin_core
from oracles.sources.headers import CoreHeaders, ExplorerHeaders, HeaderSource

_PREFIXES = {"mempool": "/api", "esplora": ""}


@contextmanager
def open_header_sources(
    settings: Settings, redactor: Redactor, clock: Clock
) -> Iterator[tuple[Wire, tuple[HeaderSource, ...]]]:
    """Open the Bitcoin sources for raw headers, nodes first, and close them afterwards."""
    ordered = sorted(settings.bitcoin, key=lambda each: each.kind != "core")
    with open_sources(ordered, redactor, clock) as opened:
        yield opened


@contextmanager
def open_sources(
    sources: Sequence[BitcoinSettings], redactor: Redactor, clock: Clock
) -> Iterator[tuple[Wire, tuple[HeaderSource, ...]]]:
    """Open sources of raw headers in their order, and close them afterwards."""
    with ExitStack() as stack:
        wire = Wire(clock)
        stack.callback(wire.close)
        yield wire, tuple(_open(each, wire, redactor, stack) for each in sources)


@contextmanager
def open_prover(
    settings: Settings, oracle: OracleContract, rpc: EvmRpc, redactor: Redactor, clock: Clock
) -> Iterator[DayProver | None]:
    """Open what proves days; None where the oracle or the settings have nothing for it.

    Raises:
        WrongChainError: the header contract is for another network.
    """
    address = oracle.bitcoin_headers()
    if address is None or not settings.bitcoin:
        yield None
        return
    network = NETWORKS[settings.network]
    contract = HeadersContract(rpc, address, settings.headers_block)
    require_network(contract, network)
    with open_header_sources(settings, redactor, clock) as (wire, sources):
        yield DayProver(contract, sources[0], wire, network)


def require_network(contract: HeadersContract, network: Network) -> None:
    """Check that a header contract follows the rules of a network.

    Raises:
        WrongChainError: it does not.
    """
    _, retargets, halving_blocks, unit_hashes = contract.network()
    expected = (network.retargets, network.halving_blocks, network.unit_hashes)
    if (retargets, halving_blocks, unit_hashes) != expected:
        raise WrongChainError(f"{contract.address} is not for {network.name}")


def _open(
    settings: BitcoinSettings, wire: Wire, redactor: Redactor, stack: ExitStack
) -> HeaderSource:
    is_node = settings.kind == "core"
    http = HttpClient(
        settings.name or settings.kind,
        settings.url,
        wire.record,
        lambda: UnixSeconds(wire.clock.now()),
        way_in(settings, redactor),
        bitcoin_core.LIMITS if is_node else None,
        lambda: way_in(settings, redactor),
    )
    stack.callback(lambda: wire.run(http.aclose()))
    return CoreHeaders(http) if is_node else ExplorerHeaders(http, _PREFIXES[settings.kind])
