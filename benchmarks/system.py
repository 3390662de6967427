# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle with five reporters, and series whose every day is reported, on a node."""

import functools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from eth_account import Account
from eth_account.signers.local import LocalAccount

from benchmarks.contract import Call, Contract, NodeChain
from benchmarks.node import Node
from hashrate.core.types import DayIndex, DayObservation, Sats, UsdE8
from hashrate.history.simulated import SimulatedSource
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    OutputReport,
    sign_day_report,
    sign_output_report,
)
from reference import SeriesTerms
from simulation.devnet.anvil import CHAIN_ID
from testing.oracle import LONG_WINDOW_SECONDS, OracleConfig, Quorum, deploy_oracle
from testing.series import Label, Series, create_series, deploy_registry, terms_tuple

DAY = 86_400
HOUR = 3_600
FIRST_DAY = DayIndex(20_454)  # 2026-01-01
FIRST_HEIGHT = 930_000
# fees so low that no spike of them makes a day unusual: every day has the short window
DAYS_SPEC = f"gas-table?start=2026-01-01&height={FIRST_HEIGHT}&price=95000&fees=200000"
REPORTERS = 5
THRESHOLD = 3
WAD = 10**18
POOL_FEE_BPS = 200
FLEET_THS = 5_000 * WAD
ATTESTATION_DAYS = 14
LONG_WINDOW = LONG_WINDOW_SECONDS
GRACE = 3 * DAY
OUTPUT_DEADLINE = 7 * DAY
PLAIN_ERC20_SOURCE = "benchmarks/peers/PlainErc20.vy"
_MAX_SETTLED_DAYS = 64
_ESCROW = 10**12  # [sat] more than all days ask for
_VERSION = 1
_PRICE_STEP_E8 = 3 * 10**8


@functools.cache
def reporter(index: int) -> LocalAccount:
    """Return a reporter's key: a small number, of no use anywhere else."""
    account: LocalAccount = Account.from_key((index + 1).to_bytes(32, "big"))
    return account


@functools.cache
def signers(threshold: int = THRESHOLD) -> list[LocalAccount]:
    """Return the reporters that sign, ascending by address."""
    return sorted((reporter(i) for i in range(threshold)), key=lambda key: int(key.address, 16))


@dataclass(frozen=True, slots=True)
class Roles:
    """Who sends what."""

    deployer: str
    owner: str
    guardian: str
    transmitter: str
    issuer: str
    holders: tuple[str, ...]


class System:
    """The oracle, the registry, the reward token and the days."""

    def __init__(self, node: Node) -> None:
        """Deploy everything on a fresh node whose clock stands in `FIRST_DAY`."""
        self.node = node
        self.chain = NodeChain(node)
        deployer, owner, guardian, transmitter, issuer, *holders = node.accounts
        self.roles = Roles(deployer, owner, guardian, transmitter, issuer, tuple(holders))
        self.next_day = FIRST_DAY
        self._days = SimulatedSource.from_spec(DAYS_SPEC)
        self.reward_token = self.chain.deploy(
            PLAIN_ERC20_SOURCE, "Bitcoin", "BTC", 8, sender=issuer
        )
        self.oracle = self.deploy_oracle(REPORTERS, THRESHOLD)
        self.registry = deploy_registry(self.chain, self.oracle.address, deployer)

    def deploy_oracle(self, reporters: int, threshold: int) -> Contract:
        """Deploy an oracle that starts on `FIRST_DAY`."""
        network = self._days.network
        config = OracleConfig(
            FIRST_DAY,
            self._days.observe(FIRST_DAY).facts.first_height,
            network.halving_blocks,
            network.unit_hashes,
        )
        addresses = [reporter(i).address for i in range(reporters)]
        quorum = Quorum(self.roles.owner, self.roles.guardian, addresses, threshold)
        return deploy_oracle(self.chain, quorum, config, self.roles.deployer)

    def create_series(self, fleet: str, start_day: int) -> Series[Contract]:
        """List a series and give it escrow and bond for good."""
        issuer = self.roles.issuer
        terms = SeriesTerms(
            start_day=start_day,
            efficiency_mj_per_th=20_000,
            power_price_micro_usd_per_kwh=50_000,
            service_sats_per_th_day_wad=WAD // 2,
            pool_fee_bps=POOL_FEE_BPS,
            guaranteed_uptime_bps=9_500,
            bond_per_th=1_000,
            attestation_days=ATTESTATION_DAYS,
            grace_seconds=GRACE,
            output_deadline_seconds=OUTPUT_DEADLINE,
            termination_days=21,
        )
        series = create_series(
            self.chain,
            self.registry,
            self.reward_token.address,
            terms_tuple(terms, fleet.encode().ljust(32, b"\0")),
            Label(fleet, "THS", "Texas"),
            issuer,
        )
        distributor = series.distributor
        self.reward_token.send("mint", issuer, 2 * _ESCROW, sender=issuer)
        self.reward_token.send("approve", distributor.address, 2**256 - 1, sender=issuer)
        distributor.send("post_bond", _ESCROW // 100, sender=issuer)
        distributor.send("fund", _ESCROW, sender=issuer)
        return series

    # ------------------------------------------------------------ Days, one by one

    def day_report(self) -> Call:
        """Make the report of the next day, with 3 of 5 signatures, each with its own price."""
        call = self.report_to(self.oracle, self.next_day, THRESHOLD)
        self.next_day = DayIndex(self.next_day + 1)
        return call

    def report_to(self, oracle: Contract, day: DayIndex, threshold: int) -> Call:
        """Make a day's report for an oracle, with as many signatures as it asks for."""
        arguments = _signed_day((_domain(oracle), self._days.observe(day), threshold))
        return oracle.call("report_day", *arguments, sender=self.roles.transmitter)

    def output_report(self, series: Series[Contract], day: int) -> Call:
        """Make the report of a series' day: its fleet delivered nearly everything it has."""
        hashprice = self._days.observe(DayIndex(day)).facts.hashprice_wad
        delivered = FLEET_THS - day % 7 * WAD
        credited = delivered * hashprice * (10_000 - POOL_FEE_BPS) // (10_000 * WAD * WAD)
        report = OutputReport(
            series.distributor.address, DayIndex(day), Sats(credited), delivered, 0, _VERSION
        )
        signatures = []
        for key in signers():
            signatures += sign_output_report(key, self.domain(), report).signature_tuples()
        fields = (report.series, report.day, credited, delivered)
        transmitter = self.roles.transmitter
        return self.oracle.call("report_output", *fields, signatures, sender=transmitter)

    # ------------------------------------------------------------ Days, in bulk

    def catch_up(self, days: int, pool: ProcessPoolExecutor) -> None:
        """Post many days that are over, many to a block, each with 3 of 5 signatures."""
        indices = range(self.next_day, self.next_day + days)
        observed = [self._days.observe(DayIndex(day)) for day in indices]
        signed = pool.map(
            _signed_day, ((self.domain(), o, THRESHOLD) for o in observed), chunksize=50
        )
        self.oracle.send_many("report_day", signed, sender=self.roles.transmitter)
        self.next_day = DayIndex(self.next_day + days)

    def settle_all(self, series: Series[Contract]) -> int:
        """Settle every day that is ready, 64 in a call; give how many there were."""
        before: int = series.distributor.read("progress")[0]
        count = self.next_day - before
        calls = [(_MAX_SETTLED_DAYS,)] * -(-count // _MAX_SETTLED_DAYS)
        series.distributor.send_many("settle", calls, sender=self.roles.transmitter)
        settled: int = series.distributor.read("progress")[0] - before
        return settled

    def domain(self) -> OracleDomain:
        """Return the EIP-712 domain of the oracle."""
        return _domain(self.oracle)


def _domain(oracle: Contract) -> OracleDomain:
    return OracleDomain(CHAIN_ID, oracle.address)


def _signed_day(
    job: tuple[OracleDomain, DayObservation, int],
) -> tuple[tuple[int, ...], list[tuple[int, int, int, int]]]:
    """Sign a day by as many reporters as needed; give it as the contract takes it.

    Their prices lie some dollars apart and fall as addresses rise: the longest sort on chain.
    """
    domain, observed, threshold = job
    report = DayReport(observed.facts, 0, _VERSION)
    signatures = []
    for place, key in enumerate(signers(threshold)):
        price = UsdE8(observed.btc_usd_e8 - place * _PRICE_STEP_E8)
        signatures += sign_day_report(key, domain, report, price).signature_tuples()
    return observed.facts.as_tuple(), signatures
