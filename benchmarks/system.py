# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle with five reporters, and series whose every day is reported, on a node."""

import functools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

from benchmarks.contract import Call, Contract, deploy_blueprint, vyper_artifact
from benchmarks.node import CHAIN_ID, Node
from hashrate.core.types import DayIndex, DayObservation, Sats, UsdE8
from hashrate.history.simulated import SimulatedSource
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    OutputReport,
    sign_day_report,
    sign_output_report,
)

DAY = 86_400
HOUR = 3_600
FIRST_DAY = DayIndex(20_454)  # 2026-01-01
FIRST_HEIGHT = 930_000
DAYS_SPEC = f"gas-table?start=2026-01-01&height={FIRST_HEIGHT}&price=95000"
REPORTERS = 5
THRESHOLD = 3
WAD = 10**18
POOL_FEE_BPS = 200
FLEET_THS = 5_000 * WAD
ATTESTATION_DAYS = 14
SHORT_WINDOW = 12 * HOUR
LONG_WINDOW = 72 * HOUR
GRACE = 3 * DAY
OUTPUT_DEADLINE = 7 * DAY
NEVER = 2**32 - 1
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


@dataclass(frozen=True)
class Series:
    """A series of the system: its distributor and its token."""

    distributor: Contract
    token: Contract


class System:
    """The oracle, the registry, the reward token and the days."""

    def __init__(self, node: Node) -> None:
        """Deploy everything on a fresh node whose clock stands in `FIRST_DAY`."""
        self.node = node
        deployer, owner, guardian, transmitter, issuer, *holders = node.accounts
        self.roles = Roles(deployer, owner, guardian, transmitter, issuer, tuple(holders))
        self.next_day = FIRST_DAY
        self._days = SimulatedSource.from_spec(DAYS_SPEC)
        self.reward_token = Contract.deploy(
            node, issuer, vyper_artifact("benchmarks/peers/PlainErc20.vy"), "Bitcoin", "BTC", 8
        )
        self.oracle = self.deploy_oracle(REPORTERS, THRESHOLD)
        self.registry = Contract.deploy(
            node,
            deployer,
            vyper_artifact("contracts/series/SeriesRegistry.vy"),
            self.oracle.address,
            deploy_blueprint(
                node, deployer, vyper_artifact("contracts/series/RewardDistributor.vy")
            ),
            deploy_blueprint(node, deployer, vyper_artifact("contracts/series/HashrateToken.vy")),
        )

    def deploy_oracle(self, reporters: int, threshold: int) -> Contract:
        """Deploy an oracle that starts on `FIRST_DAY`."""
        config = (
            FIRST_DAY,
            self._days.observe(FIRST_DAY).facts.first_height,
            self._days.network.halving_blocks,
            self._days.network.unit_hashes,
            100,
            SHORT_WINDOW,
            LONG_WINDOW,
            7 * DAY,
        )
        return Contract.deploy(
            self.node,
            self.roles.deployer,
            vyper_artifact("contracts/oracle/HashpriceOracle.vy"),
            self.roles.owner,
            self.roles.guardian,
            [reporter(i).address for i in range(reporters)],
            threshold,
            config,
        )

    def create_series(self, fleet: str, start_day: int) -> Series:
        """List a series and give it escrow and bond for good."""
        issuer = self.roles.issuer
        terms = (
            fleet.encode().ljust(32, b"\0"),
            start_day,
            NEVER,
            20_000,  # [mJ/TH]
            50_000,  # [1e-6 USD/kWh]
            WAD // 2,  # [sat per TH/s per day, 1e18]
            POOL_FEE_BPS,
            9_500,
            1_000,  # [base units per TH/s]
            ATTESTATION_DAYS,
            GRACE,
            OUTPUT_DEADLINE,
            21,
        )
        number = self.registry.read("series_count")
        self.registry.send(
            issuer, "create_series", self.reward_token.address, terms, fleet, "THS", "Texas"
        )
        distributor = Contract(
            self.node,
            self.registry.read("series_at", number),
            vyper_artifact("contracts/series/RewardDistributor.vy"),
        )
        token = Contract(
            self.node,
            distributor.read("TOKEN"),
            vyper_artifact("contracts/series/HashrateToken.vy"),
        )
        self.reward_token.send(issuer, "mint", issuer, 2 * _ESCROW)
        self.reward_token.send(issuer, "approve", distributor.address, 2**256 - 1)
        distributor.send(issuer, "post_bond", _ESCROW // 100)
        distributor.send(issuer, "fund", _ESCROW)
        return Series(distributor, token)

    # ------------------------------------------------------------ Days, one by one

    def day_report(self) -> Call:
        """Make the report of the next day, with 3 of 5 signatures, each with its own price."""
        call = self.report_to(self.oracle, self.next_day, THRESHOLD)
        self.next_day = DayIndex(self.next_day + 1)
        return call

    def report_to(self, oracle: Contract, day: DayIndex, threshold: int) -> Call:
        """Make a day's report for an oracle, with as many signatures as it asks for."""
        arguments = _signed_day((_domain(oracle), self._days.observe(day), threshold))
        return oracle.call(self.roles.transmitter, "report_day", *arguments)

    def output_report(self, series: Series, day: int) -> Call:
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
        return self.oracle.call(
            self.roles.transmitter,
            "report_output",
            report.series,
            day,
            credited,
            delivered,
            signatures,
        )

    # ------------------------------------------------------------ Days, in bulk

    def catch_up(self, days: int, pool: ProcessPoolExecutor) -> None:
        """Post many days that are over, many to a block, each with 3 of 5 signatures."""
        indices = range(self.next_day, self.next_day + days)
        observed = [self._days.observe(DayIndex(day)) for day in indices]
        signed = pool.map(
            _signed_day, ((self.domain(), o, THRESHOLD) for o in observed), chunksize=50
        )
        self.oracle.send_many(self.roles.transmitter, "report_day", signed)
        self.next_day = DayIndex(self.next_day + days)

    def settle_all(self, series: Series) -> int:
        """Settle every day that is ready, 64 in a call; give how many there were."""
        before: int = series.distributor.read("progress")[0]
        count = self.next_day - before
        calls = [(_MAX_SETTLED_DAYS,)] * -(-count // _MAX_SETTLED_DAYS)
        series.distributor.send_many(self.roles.transmitter, "settle", calls)
        settled: int = series.distributor.read("progress")[0] - before
        return settled

    def domain(self) -> OracleDomain:
        """Return the EIP-712 domain of the oracle."""
        return _domain(self.oracle)


def _domain(oracle: Contract) -> OracleDomain:
    return OracleDomain(CHAIN_ID, ChecksumAddress(oracle.address))


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
