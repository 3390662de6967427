# SPDX-License-Identifier: AGPL-3.0-only
"""A whole system on a private chain: an oracle, a registry, a reward token and one series."""

from dataclasses import dataclass, field
from functools import cache

from eth_account.signers.local import LocalAccount
from eth_utils import keccak, to_checksum_address

from reference import DayFacts, Network, OutputFacts, SeriesTerms
from testing.chain import ZERO_ADDRESS
from testing.compiler import Compiler
from testing.local_chain import ChainType, LocalChain, LocalContract
from testing.oracle import OracleConfig, Quorum, deploy_oracle
from testing.quick_chain import QuickChain
from testing.reporters import Domain, reporter_accounts, sign_day, sign_output
from testing.series import Label, create_series, deploy_registry, terms_tuple

COINS = 10**40  # [base units] of the reward token; nobody runs out


@cache
def named_address(role: str) -> str:
    """Return the address of an account without code, always the same for a role."""
    return str(to_checksum_address(keccak(text=role)[12:]))


@dataclass(frozen=True)
class Setup:
    """What a system is made of; `created_at` [unix s] is when its series is created.

    With a dispute window [s] the oracle reads a double of the header contract, else none.
    """

    terms: SeriesTerms
    network: Network
    created_at: int
    decimals: int = 8
    reporters: int = 3
    threshold: int = 2
    dispute_window: int = 0


@dataclass(frozen=True)
class OracleSystem:
    """An oracle and those who report to it."""

    chain: LocalChain
    oracle: LocalContract
    reporters: list[LocalAccount]
    owner: str = field(default=named_address("owner"))
    guardian: str = field(default=named_address("guardian"))
    keeper: str = field(default=named_address("keeper"))
    headers: LocalContract | None = None

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

    registry: LocalContract = field(kw_only=True)
    bitcoin: LocalContract = field(kw_only=True)
    distributor: LocalContract = field(kw_only=True)
    token: LocalContract = field(kw_only=True)
    contracts: tuple[str, ...] = field(kw_only=True)
    setup: Setup = field(kw_only=True)
    issuer: str = field(default=named_address("issuer"))

    def reward_balance(self, account: str) -> int:
        """Return what an account has of the reward token [base units]."""
        balance: int = self.bitcoin.read("balanceOf", account)
        return balance


def deploy_oracle_system(
    setup: Setup, compiler: Compiler | None = None, chain_type: ChainType = QuickChain
) -> OracleSystem:
    """Deploy an oracle alone on a chain of its own."""
    chain = chain_type(setup.created_at, compiler)
    reporters = reporter_accounts(setup.reporters)
    network = setup.network
    deployer = named_address("deployer")
    headers = None
    if setup.dispute_window:
        headers = chain.deploy("testing/contracts/HeadersDouble.vy", sender=deployer)
    oracle = deploy_oracle(
        chain,
        Quorum(
            named_address("owner"),
            named_address("guardian"),
            [account.address for account in reporters],
            setup.threshold,
        ),
        OracleConfig(
            network.first_day,
            network.first_height,
            network.halving_blocks,
            network.unit_hashes,
            bitcoin_headers=headers.address if headers else ZERO_ADDRESS,
            dispute_window_seconds=setup.dispute_window,
        ),
        sender=deployer,
    )
    return OracleSystem(chain, oracle, reporters, headers=headers)


def deploy_system(
    setup: Setup, compiler: Compiler | None = None, chain_type: ChainType = QuickChain
) -> System:
    """Deploy everything; the issuer and the keeper own plenty of the reward token."""
    base = deploy_oracle_system(setup, compiler, chain_type)
    chain, deployer, issuer = base.chain, named_address("deployer"), named_address("issuer")
    bitcoin = chain.deploy("mocks/MockBitcoin", setup.decimals, sender=deployer)
    registry = deploy_registry(chain, base.oracle.address, deployer)
    terms = terms_tuple(setup.terms)
    series = create_series(chain, registry, bitcoin.address, terms, Label(), issuer)
    for payer in (issuer, base.keeper):
        bitcoin.send("mint", payer, COINS, sender=deployer)
        bitcoin.send("approve", series.distributor.address, COINS, sender=payer)
    holders = (chain.deploy("mocks/MockHolder", sender=deployer) for _ in range(2))
    return System(
        chain,
        base.oracle,
        base.reporters,
        registry=registry,
        bitcoin=bitcoin,
        distributor=series.distributor,
        token=series.token,
        contracts=tuple(holder.address for holder in holders),
        setup=setup,
    )
