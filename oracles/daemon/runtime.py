# SPDX-License-Identifier: AGPL-3.0-only
"""Wires a reporter from its settings, and runs it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import structlog
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from hashrate.evm.errors import WrongChainError
from hashrate.evm.fees import FeePolicy
from hashrate.evm.node import node_url, secret_url
from hashrate.evm.nodes import EvmNodes
from hashrate.evm.rpc import EvmRpc
from hashrate.reports.report import OracleDomain
from hashrate.service.clock import Clock, SystemClock
from hashrate.service.errors import SettingsError
from hashrate.service.keys import open_keystore, read_secret
from hashrate.service.listener import Listener
from hashrate.service.logging import Redactor
from oracles.chain.contracts import OracleContract, SeriesContract
from oracles.chain.transmitter import SendPolicy, Transmitter
from oracles.daemon.cycle import Daemon, LoopPolicy, run_forever
from oracles.daemon.needs import Needs
from oracles.daemon.parts import CyclePolicy, Parts, WatchPolicy
from oracles.daemon.prover_wiring import open_prover
from oracles.daemon.settings import Settings
from oracles.daemon.wiring import Readers, open_readers
from oracles.journal.journal import Journal
from oracles.journal.store import open_store
from oracles.observability.health import Deadlines, Health, make_operator_app
from oracles.observability.metrics import Metrics, Names, SourceWatch
from oracles.peers.client import Peers, name_of
from oracles.peers.server import make_peer_app

_LOG = structlog.get_logger(__name__)
_GWEI = 10**9


@dataclass(frozen=True, slots=True)
class Keys:
    """The two keys of a reporter; None where there is none."""

    signer: LocalAccount | None
    payer: LocalAccount | None


def open_keys(settings: Settings, redactor: Redactor) -> Keys:
    """Open the keystores that are set.

    Raises:
        KeystoreError: one does not open.
        SettingsError: both hold the same key.
    """
    signer = _open(settings, "reporter", redactor)
    payer = _open(settings, "transmitter", redactor)
    if signer and payer and signer.address == payer.address:
        raise SettingsError("the reporter and the transmitter need keys of their own")
    return Keys(signer, payer)


@contextmanager
def open_nodes(settings: Settings, redactor: Redactor) -> Iterator[EvmNodes]:
    """Connect to the EVM nodes.

    Raises:
        KeystoreError: a file with an address cannot be read.
    """
    urls = [node_url(settings, redactor), *settings.rpc_fallback_urls]
    urls += [secret_url(path, redactor) for path in settings.rpc_fallback_url_files]
    named = [(f"evm-{number}", EvmRpc(url)) for number, url in enumerate(urls, start=1)]
    nodes = EvmNodes(named, settings.chain_id, settings.max_head_age_seconds)
    try:
        yield nodes
    finally:
        nodes.close()


def oracle_of(settings: Settings, rpc: EvmRpc) -> OracleContract:
    """Name the oracle."""
    address = to_checksum_address(settings.oracle)
    return OracleContract(rpc, OracleDomain(settings.chain_id, address), settings.oracle_block)


def series_of(settings: Settings, rpc: EvmRpc) -> tuple[SeriesContract, ...]:
    """Name the series."""
    return tuple(SeriesContract(rpc, to_checksum_address(each)) for each in settings.series)


def require_oracle(oracle: OracleContract, rpc: EvmRpc, readers: Readers) -> None:
    """Check that the oracle is the one that is configured, before anything is signed for it.

    Raises:
        WrongChainError: another chain, another contract, or other terms.
        RetryableError: the node does not answer.
    """
    chain_id = rpc.chain_id()
    if chain_id != oracle.domain.chain_id:
        raise WrongChainError(f"the node is on chain {chain_id}, not {oracle.domain.chain_id}")
    if not oracle.has_our_domain():
        raise WrongChainError(f"{oracle.address} does not sign under the domain that we do")
    network = readers.facts.network
    if oracle.consensus() != (network.halving_blocks, network.unit_hashes):
        raise WrongChainError(f"{oracle.address} is not for {network.name}")


@contextmanager
def open_parts(
    settings: Settings,
    keys: Keys,
    redactor: Redactor,
    clock: Clock,
    readers: Readers | None = None,
) -> Iterator[Parts]:
    """Wire a reporter, and take it apart afterwards; `readers` in place of the settings' sources.

    Raises:
        HashrateError: something it needs is not there; see the parts.
    """
    with ExitStack() as stack:
        rpc = stack.enter_context(open_nodes(settings, redactor))
        metrics = Metrics()
        metrics.begin(names_of(settings, rpc), clock.now())
        rpc.choose(clock.now())
        oracle = oracle_of(settings, rpc)
        watch = SourceWatch(metrics, clock)
        journal = Journal(open_store(settings.journal), clock)
        stack.callback(journal.close)
        if readers is None:
            readers = stack.enter_context(open_readers(settings, redactor, clock, watch))
        require_oracle(oracle, rpc, readers)
        peers = Peers(settings.peers, metrics, clock)
        stack.callback(peers.close)
        health = Health(clock, metrics, Deadlines(settings.silent_seconds, settings.late_seconds))
        prover = stack.enter_context(open_prover(settings, oracle, rpc, redactor, clock))
        yield Parts(
            clock=clock,
            rpc=rpc,
            oracle=oracle,
            series=series_of(settings, rpc),
            journal=journal,
            facts=readers.facts,
            prices=readers.prices,
            outputs=readers.outputs,
            peers=peers,
            signer=keys.signer,
            transmitter=_transmitter(settings, keys, rpc, oracle, journal, clock),
            metrics=metrics,
            health=health,
            policy=_cycle_policy(settings),
            watch=WatchPolicy(settings.watch, settings.watch_gas),
            prover=prover,
        )


def run_until_stopped(settings: Settings, redactor: Redactor, clock: Clock | None = None) -> int:
    """Run a reporter until SIGTERM or SIGINT; gives the exit code.

    Raises:
        HashrateError: it cannot start.
    """
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    clock = clock or SystemClock(stop)
    keys = open_keys(settings, redactor)
    with open_parts(settings, keys, redactor, clock) as parts:
        return serve_and_run(settings, parts, stop)


def serve_and_run(settings: Settings, parts: Parts, stop: threading.Event) -> int:
    """Serve peers and monitoring while cycles run."""
    peer_app = make_peer_app(parts.journal)
    operator_app = make_operator_app(parts.health, parts.metrics)
    listeners = [
        Listener(peer_app, settings.listen_host, settings.listen_port),
        Listener(operator_app, settings.operator_host, settings.operator_port),
    ]
    loop = LoopPolicy(settings.cycle_seconds, settings.max_backoff_seconds, settings.max_failures)
    started: list[Listener] = []
    try:
        for listener in listeners:
            listener.start()
            started.append(listener)
        _LOG.info(
            "started",
            reporter=parts.signer.address if parts.signer else None,
            transmitter=parts.transmitter.address if parts.transmitter else None,
            dry_run=parts.signer is None,
            peers_port=listeners[0].port,
            operator_port=listeners[1].port,
        )
        return run_forever(Daemon(parts), parts, loop, stop)
    finally:
        for listener in started:
            listener.stop()


def names_of(settings: Settings, rpc: EvmNodes) -> Names:
    """Name everything that is measured one by one, so that each is born at nothing."""
    bitcoin: list[str] = [each.name or each.kind for each in settings.bitcoin]
    exchanges: list[str] = list(settings.prices) if settings.bitcoin else []
    pools: list[str] = [each.kind for each in settings.outputs if each.kind != "table"]
    steps = ["nodes", "days", "audit", "watch"]
    steps += ["transactions"] if settings.transmitter_keystore else []
    steps += [f"outputs/{to_checksum_address(each.series)}" for each in settings.outputs]
    steps += [f"settlement/{to_checksum_address(each)}" for each in settings.series]
    return Names(
        sources=tuple(dict.fromkeys(bitcoin + exchanges + pools)),
        nodes=rpc.names,
        peers=tuple(name_of(url) for url in settings.peers),
        series=tuple(to_checksum_address(each) for each in settings.series),
        steps=tuple(steps),
    )


def without_keys(settings: Settings) -> Settings:
    """Make the same settings sign and send nothing."""
    return settings.model_copy(
        update=dict.fromkeys(
            (
                "reporter_keystore",
                "reporter_password_file",
                "transmitter_keystore",
                "transmitter_password_file",
            )
        )
    )


def _open(settings: Settings, role: str, redactor: Redactor) -> LocalAccount | None:
    keystore = getattr(settings, f"{role}_keystore")
    if keystore is None:
        return None
    password_file = getattr(settings, f"{role}_password_file")
    account = open_keystore(keystore, password_file)
    key = bytes(account.key).hex()
    redactor.learn([read_secret(password_file), key])
    return account


def _transmitter(
    settings: Settings,
    keys: Keys,
    rpc: EvmRpc,
    oracle: OracleContract,
    journal: Journal,
    clock: Clock,
) -> Transmitter | None:
    if keys.payer is None:
        return None
    fees = FeePolicy(
        settings.max_fee_gwei * _GWEI,
        settings.priority_fee_gwei * _GWEI,
        settings.least_priority_fee_gwei * _GWEI,
    )
    policy = SendPolicy(
        chain_id=settings.chain_id,
        fees=fees,
        gas_cap=settings.gas_cap,
        confirmations=settings.evm_confirmations,
        stuck_seconds=settings.stuck_seconds,
        replacements=settings.replacements,
    )
    needs = Needs(oracle, rpc, journal)
    return Transmitter(rpc, journal, keys.payer, policy, clock, needs.is_needed)


def _cycle_policy(settings: Settings) -> CyclePolicy:
    return CyclePolicy(
        fallback_seconds=settings.fallback_seconds,
        sign_ahead=settings.sign_ahead,
        output_days=settings.output_days,
        settle_days=settings.settle_days,
        wait_seconds=settings.wait_seconds,
        poll_seconds=settings.poll_seconds,
        step_seconds=settings.cycle_seconds,
    )
