# SPDX-License-Identifier: AGPL-3.0-only
"""A series on a world's oracle, and the reference model of the same series."""

from reference import (
    DayPrices,
    FactTable,
    FleetRegister,
    Output,
    Parties,
    SeriesModel,
    SeriesTerms,
)
from testing.oracle_world import OracleWorld
from testing.series import Label, create_series, deploy_registry, terms_tuple

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
        chain, issuer = world.chain, world.issuer
        self.world = world
        self.coin = chain.deploy("mocks/MockBitcoin", DECIMALS, sender=issuer)
        registry = deploy_registry(chain, world.oracle.address, issuer)
        self.terms = SeriesTerms(start_day=start_day, **TERMS)
        label = Label("Fleet", "FLT", "Site")
        terms = terms_tuple(self.terms)
        listed = create_series(chain, registry, self.coin.address, terms, label, issuer)
        self.series, self.token = listed.distributor, listed.token
        self.facts = FactTable(world.first_day)
        place = self.series.address
        parties = Parties("0x" + "00" * 20, place, place, issuer, world.guardian)
        now = world.anvil.now()
        self.model = SeriesModel(self.terms, self.facts, parties, FleetRegister(), DECIMALS, now)

    def add_day(self, hashprice_wad: int, btc_usd_e8: int, final_at: int) -> None:
        """Add a day's prices to the model's facts."""
        self.facts.add_day(DayPrices(hashprice_wad, btc_usd_e8), final_at)

    def add_output(self, day: int, credited: int, delivered: int, final_at: int) -> None:
        """Add a day's output to the model's facts."""
        self.facts.set_output(self.series.address, day, Output(credited, delivered, final_at))

    def open(self, receiver: str, amount: int) -> None:
        """Post the bond, fund the escrow and mint."""
        issuer = self.world.issuer
        self.coin.send("mint", issuer, COINS, sender=issuer)
        self.coin.send("approve", self.series.address, COINS, sender=issuer)
        bond = self.model.bond_needed(amount)
        self.series.send("post_bond", bond, sender=issuer)
        self.model.post_bond(bond)
        self.series.send("fund", COINS // 2, sender=issuer)
        self.model.fund(COINS // 2)
        self.series.send("mint", receiver, amount, sender=issuer)
        self.model.mint(receiver, amount, self.world.anvil.now())

    def transfer(self, sender: str, receiver: str, amount: int) -> None:
        """Transfer hashrate."""
        self.token.send("transfer", receiver, amount, sender=sender)
        self.model.transfer(sender, receiver, amount, self.world.anvil.now())

    def claim(self, account: str) -> tuple[int, int]:
        """Claim, and return what was paid and what the model pays [base units]."""
        before = self.coin.read("balanceOf", account)
        self.series.send("claim", account, sender=account)
        paid = self.coin.read("balanceOf", account) - before
        return paid, self.model.claim(account, account)[1]
