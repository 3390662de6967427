# SPDX-License-Identifier: AGPL-3.0-only
"""A private chain with the whole system on it, for the page to read and a wallet to write to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils import keccak

from hashrate.core.types import DayIndex
from hashrate.history import open_source
from reference import SeriesTerms
from simulation.devnet.anvil import CHAIN_ID, MNEMONIC
from simulation.devnet.multicall import etch
from simulation.devnet.page import deployment_document
from testing.anvil import TimedAnvil
from testing.evm_contract import EvmChain, EvmContract
from testing.oracle import OracleConfig, Quorum, deploy_oracle
from testing.reporters import Domain, reporter_accounts, sign_day, sign_output
from testing.series import Label, create_series, deploy_registry, terms_tuple

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
WAD = 10**18
BTC = 10**8  # [base units] the reward token has 8 decimals
OUTPUT_DEADLINE_SECONDS = 3 * DAY_SECONDS
DELIVERED_THS = 100_000 * WAD
POOL_FEE_BPS = 200
START = 2  # first paid day, from the oracle's first
MAX_SETTLED_DAYS = 64
DISPUTE_WINDOW_SECONDS = 14 * DAY_SECONDS

Account.enable_unaudited_hdwallet_features()


@cache
def account_of(index: int) -> LocalAccount:
    """Return an account of the public test mnemonic; the node holds its key as well."""
    account = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
    assert isinstance(account, LocalAccount)
    return account


@dataclass(frozen=True)
class Listing:
    """What is different from series to series.

    Attributes:
        label: as shown to people.
        power_price: [1e-6 USD per kWh].
        guaranteed_uptime_bps: [1e-4].
        bond_per_th: [base units per TH/s].
    """

    label: Label
    power_price: int = 25_000
    guaranteed_uptime_bps: int = 9_500
    bond_per_th: int = 20


FJORD = Listing(Label("Hashrate Fjord", "thFJORD", "Fjord, hydro power"))
PRAIRIE = Listing(Label("Hashrate Prairie", "thPRAIRIE", "Prairie, grid power"), 40_000, 0)


@dataclass(frozen=True)
class Series:
    """A series on the chain."""

    label: Label
    distributor: EvmContract
    token: EvmContract
    terms: SeriesTerms


class World:
    """One node with an oracle, a registry, mock bitcoin, two series and their holders."""

    def __init__(
        self,
        *options: str,
        reporters: Sequence[LocalAccount] | None = None,
        with_multicall: bool = False,
        with_headers: bool = False,
    ) -> None:
        """Deploy everything on the day before the oracle's first.

        Args:
            options: of the node's command line.
            reporters: ascending by address; three if not given. A majority must sign.
            with_multicall: put Multicall3 where public networks have it.
            with_headers: give the oracle a contract that proves what `set_bounds` tells it.
        """
        self.source = open_source("simulated:web")
        self.first = int(self.source.first_day)
        opening = self.first * DAY_SECONDS - 3 * HOUR_SECONDS
        self.anvil = TimedAnvil(*options, timestamp=opening)
        self.rpc = self.anvil.rpc
        self.chain = EvmChain(self.rpc)
        if with_multicall:
            assert etch(self.rpc)
        self.owner, self.guardian, self.issuer, self.keeper = (
            account_of(index).address for index in range(4)
        )
        self.holder, self.second_holder, self.stranger = (account_of(i) for i in range(4, 7))
        self.reporters = list(reporters or reporter_accounts(3))
        self.threshold = len(self.reporters) // 2 + 1
        self.headers = (
            self.chain.deploy("testing/contracts/HeadersDouble.vy", sender=self.owner)
            if with_headers
            else None
        )
        self.oracle = self._deploy_oracle()
        self.bitcoin = self.chain.deploy("mocks/MockBitcoin", 8, sender=self.owner)
        self.registry = deploy_registry(self.chain, self.oracle.address, self.owner)
        self.fjord = self.create_series(FJORD)
        self.prairie = self.create_series(PRAIRIE)
        self.series = [self.fjord, self.prairie]

    def close(self) -> None:
        """Stop the node."""
        self.anvil.close()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back everything that happens inside, the clock and the fee included."""
        series = list(self.series)
        next_fee = self.anvil.do("eth_feeHistory", "0x1", "latest", [])["baseFeePerGas"][-1]
        before = self.anvil.do("evm_snapshot")
        try:
            yield
        finally:
            self.anvil.resume()
            assert self.anvil.do("evm_revert", before)
            self.anvil.do("anvil_setNextBlockBaseFeePerGas", next_fee)
            self.series = series

    def deployment(self, **changes: Any) -> dict[str, Any]:
        """Describe what the page is told about this chain."""
        document = deployment_document(
            self.anvil.url, self.oracle.address, self.registry.address, is_simulated=True
        )
        return document | changes

    # Contracts

    def _deploy_oracle(self) -> EvmContract:
        first_height = self.source.observe(DayIndex(self.first)).facts.first_height
        reporters = [reporter.address for reporter in self.reporters]
        quorum = Quorum(self.owner, self.guardian, reporters, self.threshold)
        config = OracleConfig(self.first, first_height)
        if self.headers is not None:
            config = replace(
                config,
                bitcoin_headers=self.headers.address,
                dispute_window_seconds=DISPUTE_WINDOW_SECONDS,
            )
        return deploy_oracle(self.chain, quorum, config, self.owner)

    def create_series(self, listing: Listing, reward_token: EvmContract | None = None) -> Series:
        """Let the issuer list a series that starts on a day to come."""
        terms = SeriesTerms(
            start_day=max(self.first + START, self.anvil.now() // DAY_SECONDS + 1),
            efficiency_mj_per_th=15_000,
            power_price_micro_usd_per_kwh=listing.power_price,
            service_sats_per_th_day_wad=WAD // 2,
            pool_fee_bps=POOL_FEE_BPS,
            guaranteed_uptime_bps=listing.guaranteed_uptime_bps,
            bond_per_th=listing.bond_per_th,
            attestation_days=1,
            grace_seconds=DAY_SECONDS,
            output_deadline_seconds=OUTPUT_DEADLINE_SECONDS,
            termination_days=14,
        )
        money = self.bitcoin if reward_token is None else reward_token
        listed = create_series(
            self.chain,
            self.registry,
            money.address,
            terms_tuple(terms, keccak(text=f"fleet {listing.label.symbol}")),
            listing.label,
            self.issuer,
        )
        return Series(listing.label, listed.distributor, listed.token, terms)

    # Days, counted from the oracle's first

    def move_to(self, day: int, hour: int, minute: int = 0) -> None:
        """Let time pass until a time of day."""
        at = (self.first + day) * DAY_SECONDS + hour * HOUR_SECONDS + minute * 60
        self.anvil.warp(at)

    def report_day(self, day: int) -> None:
        """Post a day as a quorum signs it, each at its own price."""
        seen = self.source.observe(DayIndex(self.first + day))
        priced = [
            (reporter, seen.btc_usd_e8 + place)
            for place, reporter in enumerate(self.reporters[: self.threshold])
        ]
        signatures = sign_day(self._domain, seen.facts, priced, 0, 1)
        self.oracle.send("report_day", seen.facts.as_tuple(), signatures, sender=self.keeper)

    def report_output(self, series: Series, day: int, share_bps: int = 10_000) -> None:
        """Post what a fleet of 100 PH/s delivered on a day, or a share of it [1e-4]."""
        facts = self.source.observe(DayIndex(self.first + day)).facts
        delivered = DELIVERED_THS * share_bps // 10_000
        credited = facts.hashprice_wad * delivered * (10_000 - POOL_FEE_BPS) // (10_000 * WAD * WAD)
        self.post_output(series, day, credited, delivered)

    def post_output(self, series: Series, day: int, credited: int, delivered: int) -> None:
        """Post an output [satoshi, TH/s 18 dec] as a quorum signs it."""
        output = (series.distributor.address, self.first + day, credited, delivered)
        signers = self.reporters[: self.threshold]
        signatures = sign_output(self._domain, output, signers, 0, 1)
        self.oracle.send("report_output", *output, signatures, sender=self.keeper)

    @property
    def _domain(self) -> Domain:
        return Domain(CHAIN_ID, self.oracle.address)

    # Money and hashrate

    def give_bitcoin(self, account: str, amount: int) -> None:
        """Create reward tokens [base units]."""
        self.bitcoin.send("mint", account, amount, sender=self.owner)

    def fund(
        self, series: Series, escrow: int, bond: int, money: EvmContract | None = None
    ) -> None:
        """Let the issuer pay in [base units], in bitcoin if no other reward token is named."""
        coin = money or self.bitcoin
        coin.send("mint", self.issuer, escrow + bond, sender=self.owner)
        address = series.distributor.address
        coin.send("approve", address, escrow + bond, sender=self.issuer)
        series.distributor.send("fund", escrow, sender=self.issuer)
        series.distributor.send("post_bond", bond, sender=self.issuer)

    def mint(self, series: Series, holder: LocalAccount, amount_ths: int) -> None:
        """Let the issuer sell hashrate [TH/s, 18 dec]."""
        series.distributor.send("mint", holder.address, amount_ths, sender=self.issuer)

    def settle(self) -> None:
        """Let the keeper settle every day that is ready."""
        for series in self.series:
            if series.distributor.read("preview_day")[0] == 0:
                series.distributor.send("settle", MAX_SETTLED_DAYS, sender=self.keeper)

    def claimable(self, series: Series, holder: LocalAccount) -> int:
        """Ask the contract what an account can claim now [base units]."""
        return int(series.distributor.read("preview_claim", holder.address)[0])

    def bitcoin_of(self, holder: LocalAccount) -> int:
        """Ask the chain what an account has of the reward token [base units]."""
        return int(self.bitcoin.read("balanceOf", holder.address))


def play_two_weeks(world: World) -> None:
    """Let two weeks pass: sales, a trade at noon, a bad day, a report each morning."""
    for day in range(1, 14):
        world.move_to(day, 2)
        world.report_day(day - 1)
        for series in world.series:
            is_bad = series is world.fjord and day == 9
            world.report_output(series, day - 1, 6_100 if is_bad else 10_000)
        if day == 1:
            world.move_to(day, 19)
            for series in world.series:
                world.fund(series, 10 * BTC, BTC)
            world.mint(world.fjord, world.holder, 60_000 * WAD)
            world.mint(world.fjord, world.second_holder, 20_000 * WAD + 1)
            world.mint(world.prairie, world.holder, 12_345 * WAD + 678_901_234_567_890_123)
            world.mint(world.prairie, world.second_holder, 40_000 * WAD)
        if day == 6:
            world.move_to(day, 12, 34)
            world.fjord.token.send(
                "transfer",
                world.second_holder.address,
                1_234 * WAD + 567,
                sender=world.holder.address,
            )
        world.move_to(day, 20)
        world.settle()
