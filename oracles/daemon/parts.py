# SPDX-License-Identifier: AGPL-3.0-only
"""The parts a cycle works with, wired by `oracles.daemon.runtime`."""

from dataclasses import dataclass
from enum import StrEnum

from eth_account.signers.local import LocalAccount

from hashrate.evm.rpc import EvmRpc
from hashrate.service.clock import Clock
from oracles.chain.contracts import OracleContract, SeriesContract
from oracles.chain.transmitter import Transmitter
from oracles.daemon.proving import DayProver
from oracles.daemon.readings import FactsReader, OutputReader, PriceReader
from oracles.journal.journal import Journal
from oracles.observability.health import Health
from oracles.observability.metrics import Metrics
from oracles.peers.client import Peers


class Outcome(StrEnum):
    """Where one report stands after a cycle."""

    POSTED = "posted"
    SENT = "sent"
    NOT_DUE = "not_due"
    DRY_RUN = "dry_run"
    NO_QUORUM = "no_quorum"
    PRICES_APART = "prices_apart"
    NOT_OUR_TURN = "not_our_turn"
    NO_TRANSMITTER = "no_transmitter"
    FEE_TOO_HIGH = "fee_too_high"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CyclePolicy:
    """How a cycle goes about its work.

    Attributes:
        fallback_seconds: how long each reporter in line waits for the one before it [s].
        sign_ahead: days signed beyond the next one while catching up.
        output_days: how far back missing outputs are reported [days].
        settle_days: days settled by one transaction at most.
        wait_seconds: how long a cycle waits for its transaction to be mined [s].
        poll_seconds: how often it looks meanwhile [s].
        step_seconds: how long a step of a series is left alone after it failed once [s].
    """

    fallback_seconds: int
    sign_ahead: int
    output_days: int
    settle_days: int
    wait_seconds: int
    poll_seconds: float
    step_seconds: float = 60.0


class WatchMode(StrEnum):
    """What is proven by proof-of-work."""

    OFF = "off"  # nothing; a contradiction is told of all the same
    WATCH = "watch"  # days that were reported falsely, and a few headers now and then
    DAILY = "daily"  # every day, with its fees


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """How far a reporter goes to have days proven.

    Attributes:
        mode: see `WatchMode`.
        gas_a_day: most gas for proofs and reviews within 24 hours.
    """

    mode: WatchMode = WatchMode.OFF
    gas_a_day: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything one reporter is made of; no key: it signs nothing, sends nothing.

    `prover` is None where the oracle has no header contract, or no source gives raw headers.
    """

    clock: Clock
    rpc: EvmRpc
    oracle: OracleContract
    series: tuple[SeriesContract, ...]
    journal: Journal
    facts: FactsReader
    prices: PriceReader
    outputs: tuple[OutputReader, ...]
    peers: Peers
    signer: LocalAccount | None
    transmitter: Transmitter | None
    metrics: Metrics
    health: Health
    policy: CyclePolicy
    watch: WatchPolicy = WatchPolicy()
    prover: DayProver | None = None
