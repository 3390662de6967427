# SPDX-License-Identifier: AGPL-3.0-only
"""A series on a world's oracle, and the reference model of the same series."""

from eth_utils import keccak

from reference import (
    FactTable,
    FleetRegister,
    DayPrices,
    Output,
    Parties,
    SeriesModel,
    SeriesTerms,
)
from testing.build import compiled
from testing.evm_contract import EvmContract, deploy
from testing.oracle_world import OracleWorld

FLEET_ID = keccak(text="fleet")
DECIMALS = 8
COINS = 10**17
TERMS = {
    "pool_fee_bps": 150,
    "guaranteed_uptime_bps": 9_500,
    "efficiency_mj_per_th": 20_000,
    "power_price_micro_usd_per_kwh": 50_000,
    "service_sats_per_th_day_wad": 3 * 10**18,
    "bond_per_th": 10**9,
    "attestation_days": 1,
}


class SeriesWorld:
    """One series with money in it, and its model; every act is done to both."""

    def __init__(self, world: OracleWorld, start_day: int) -> None:
        """Deploy registry, reward token and series."""
        rpc, issuer = world.rpc, world.issuer
        self.world = world
        self.coin = deploy(rpc, compiled("mocks/MockBitcoin"), issuer, DECIMALS)
        blueprints = [
            deploy(rpc, compiled(name), issuer, blueprint=True).address
            for name in ("series/RewardDistributor", "series/HashrateToken")
        ]
        registry = deploy(
            rpc, compiled("series/SeriesRegistry"), issuer, world.oracle.address, *blueprints
        )
        self.terms = SeriesTerms(start_day=start_day, **TERMS)
        created = registry.send(
            issuer,
            "create_series",
            self.coin.address,
            _terms_tuple(self.terms),
            "Fleet",
            "FLT",
            "Site",
        )
        address = registry.call("series_at", 0)
        self.series = EvmContract(rpc, compiled("series/RewardDistributor"), address)
        token = self.series.call("TOKEN")
        self.token = EvmContract(rpc, compiled("series/HashrateToken"), token)
        self.facts = FactTable(world.terms.first_day)
        place = self.series.address
        parties = Parties("0x" + "00" * 20, place, place, issuer, world.guardian)
        now = world.anvil.now()
        assert int(created["status"], 16) == 1
        self.model = SeriesModel(self.terms, self.facts, parties, FleetRegister(), DECIMALS, now)

    def add_day(self, hashprice_wad: int, btc_usd_e8: int, final_at: int) -> None:
        """Tell the model of a day's market."""
        self.facts.add_day(DayPrices(hashprice_wad, btc_usd_e8), final_at)

    def add_output(self, day: int, credited: int, delivered: int, final_at: int) -> None:
        """Tell the model of a day's output."""
        self.facts.set_output(self.series.address, day, Output(credited, delivered, final_at))

    def open(self, receiver: str, amount: int) -> None:
        """Post the bond, fund the escrow and mint."""
        issuer = self.world.issuer
        self.coin.send(issuer, "mint", issuer, COINS)
        self.coin.send(issuer, "approve", self.series.address, COINS)
        bond = self.model.bond_needed(amount)
        self.series.send(issuer, "post_bond", bond)
        self.model.post_bond(bond)
        self.series.send(issuer, "fund", COINS // 2)
        self.model.fund(COINS // 2)
        self.series.send(issuer, "mint", receiver, amount)
        self.model.mint(receiver, amount, self.world.anvil.now())

    def transfer(self, sender: str, receiver: str, amount: int) -> None:
        """Transfer hashrate."""
        self.token.send(sender, "transfer", receiver, amount)
        self.model.transfer(sender, receiver, amount, self.world.anvil.now())

    def claim(self, account: str) -> tuple[int, int]:
        """Claim, and return what was paid and what the model pays [base units]."""
        before = self.coin.call("balanceOf", account)
        self.series.send(account, "claim", account)
        paid = self.coin.call("balanceOf", account) - before
        return paid, self.model.claim(account, account)[1]


def _terms_tuple(terms: SeriesTerms) -> tuple[object, ...]:
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
