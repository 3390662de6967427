# SPDX-License-Identifier: AGPL-3.0-only
"""A whole system on a private chain: an oracle, a registry, a reward token and one series."""

from dataclasses import dataclass, field
from functools import cache

from eth_account.signers.local import LocalAccount
from eth_utils import keccak, to_checksum_address

from reference import DayFacts, Network, OutputFacts, SeriesTerms
from reference.units import DAY_SECONDS, HOUR_SECONDS, day_start
from testing.chain import Chain, Contract
from testing.compiler import Compiler
from testing.reporters import Domain, reporter_accounts, sign_day, sign_output

ZERO_ADDRESS = "0x" + "00" * 20
FLEET_ID = keccak(text="fleet")
SPREAD_BPS = 100
SHORT_WINDOW_SECONDS = 12 * HOUR_SECONDS
LONG_WINDOW_SECONDS = 72 * HOUR_SECONDS
MEMBERSHIP_DELAY_SECONDS = 7 * DAY_SECONDS
COINS = 10**40  # [base units] of the reward token; nobody runs out


@cache
def named_address(role: str) -> str:
    """Return the address of an account without code, always the same for a role."""
    return str(to_checksum_address(keccak(text=role)[12:]))


@dataclass(frozen=True)
class Setup:
    """What a system is made of; `created_at` [unix s] is when its series is created."""

    terms: SeriesTerms
    network: Network
    created_at: int
    decimals: int = 8
    reporters: int = 3
    threshold: int = 2


@dataclass(frozen=True)
class OracleSystem:
    """An oracle and those who report to it."""

    chain: Chain
    oracle: Contract
    reporters: list[LocalAccount]
    owner: str = field(default=named_address("owner"))
    guardian: str = field(default=named_address("guardian"))
    keeper: str = field(default=named_address("keeper"))

    @property
    def domain(self) -> Domain:
        """What reports are signed for."""
        return Domain(self.chain.chain_id, self.oracle.address)

    def send_day(
        self,
        call: str,
        facts: DayFacts,
        priced: list[tuple[LocalAccount, int]],
        revision: int,
        version: int,
    ) -> None:
        """Call `report_day` or `replace_day`; prices are [USD per BTC, 1e8]."""
        signatures = sign_day(self.domain, facts, priced, revision, version)
        fields = tuple(vars(facts).values())
        self.oracle.send(call, fields, signatures, sender=self.keeper)

    def send_output(
        self,
        call: str,
        output: OutputFacts,
        signers: list[LocalAccount],
        revision: int,
        version: int,
    ) -> None:
        """Call `report_output` or `replace_output`; the series is the distributor's address."""
        fields = (output.series, output.day, output.credited_sats, output.delivered_ths)
        signatures = sign_output(self.domain, fields, signers, revision, version)
        self.oracle.send(call, *fields, signatures, sender=self.keeper)


@dataclass(frozen=True)
class System(OracleSystem):
    """An oracle with one series, its reward token and two contracts that can hold hashrate."""

    registry: Contract = field(kw_only=True)
    bitcoin: Contract = field(kw_only=True)
    distributor: Contract = field(kw_only=True)
    token: Contract = field(kw_only=True)
    contracts: tuple[str, ...] = field(kw_only=True)
    setup: Setup = field(kw_only=True)
    issuer: str = field(default=named_address("issuer"))

    def reward_balance(self, account: str) -> int:
        """Return what an account has of the reward token [base units]."""
        balance: int = self.bitcoin.read("balanceOf", account)
        return balance


def deploy_oracle(setup: Setup, compiler: Compiler) -> OracleSystem:
    """Deploy an oracle alone on a chain of its own."""
    chain = Chain(setup.created_at)
    reporters = reporter_accounts(setup.reporters)
    config = (
        setup.network.first_day,
        setup.network.first_height,
        setup.network.halving_blocks,
        setup.network.unit_hashes,
        SPREAD_BPS,
        SHORT_WINDOW_SECONDS,
        LONG_WINDOW_SECONDS,
        MEMBERSHIP_DELAY_SECONDS,
    )
    oracle = chain.deploy(
        compiler.compile("oracle/HashpriceOracle"),
        named_address("owner"),
        named_address("guardian"),
        [account.address for account in reporters],
        setup.threshold,
        config,
        sender=named_address("deployer"),
    )
    return OracleSystem(chain, oracle, reporters)


def deploy_system(setup: Setup, compiler: Compiler | None = None) -> System:
    """Deploy everything; the issuer and the keeper own plenty of the reward token."""
    compiler = compiler or Compiler()
    base = deploy_oracle(setup, compiler)
    chain, deployer, issuer = base.chain, named_address("deployer"), named_address("issuer")
    bitcoin = chain.deploy(compiler.compile("mocks/MockBitcoin"), setup.decimals, sender=deployer)
    registry = chain.deploy(
        compiler.compile("series/SeriesRegistry"),
        base.oracle.address,
        chain.deploy_blueprint(compiler.compile("series/RewardDistributor"), deployer),
        chain.deploy_blueprint(compiler.compile("series/HashrateToken"), deployer),
        sender=deployer,
    )
    series = registry.send(
        "create_series",
        bitcoin.address,
        terms_tuple(setup.terms),
        "Test hashrate",
        "TH",
        "nowhere",
        sender=issuer,
    )
    distributor = Contract(
        chain, to_checksum_address(series), compiler.compile("series/RewardDistributor").abi
    )
    token = Contract(
        chain,
        to_checksum_address(distributor.read("TOKEN")),
        compiler.compile("series/HashrateToken").abi,
    )
    for payer in (issuer, base.keeper):
        bitcoin.send("mint", payer, COINS, sender=deployer)
        bitcoin.send("approve", distributor.address, COINS, sender=payer)
    holder = compiler.compile("mocks/MockHolder")
    contracts = tuple(chain.deploy(holder, sender=deployer).address for _ in range(2))
    return System(
        chain,
        base.oracle,
        base.reporters,
        registry=registry,
        bitcoin=bitcoin,
        distributor=distributor,
        token=token,
        contracts=tuple(to_checksum_address(contract) for contract in contracts),
        setup=setup,
    )


def terms_tuple(terms: SeriesTerms) -> tuple[bytes | int, ...]:
    """Return terms in the contract's order."""
    return (
        FLEET_ID,
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


def warp_to_day(chain: Chain, day: int) -> None:
    """Move the clock to the first second of a day."""
    chain.now = day_start(day)
