# SPDX-License-Identifier: AGPL-3.0-only
"""A chain with vault and book whose index is fresh, series around it, and makers who quote them."""

from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from hashrate.core.units import WAD
from maker.settings import MakerSettings
from reference import SeriesTerms
from reference.forward_terms import ForwardTerms, Metric
from testing.daemon_process import write_keystore
from testing.evm_contract import EvmContract
from testing.forwards import create_forward
from testing.forwards_world import MONTH_DAYS, ForwardsWorld
from testing.oracle_world import DAY_SECONDS
from testing.series import Label, Series, create_series, deploy_registry, terms_tuple

FLOOR, CAP = 5_000, 40_000
_FINAL_SECONDS = 13 * 3_600
_DELIVERED = 100_000 * WAD


class MakerWorld(ForwardsWorld):
    """`quoted` are two series of thirty days around the index, the earlier one first.

    `in_dollars` is one of the same days as the first, in dollars: 10^4 base units a cent.
    `hashrate` is a registry's series without an end, `note` a token that pays itself down.
    """

    def __init__(self) -> None:
        """Start the node, report every day that is over, and create the series."""
        super().__init__()
        chain = self.oracle_world.chain
        self.market = chain.deploy("market/SpotMarket", sender=self.deployer)
        self.note = chain.deploy("mocks/MockAmortizing", sender=self.deployer)
        self.hashrate = self._issue()
        self.report_to_yesterday()
        first = self.anvil.now() // DAY_SECONDS + 10
        self.quoted = tuple(
            self._list(first + n * MONTH_DAYS, Metric.HASHPRICE_SATS, (FLOOR, CAP), 1)
            for n in range(2)
        )
        self.in_dollars = self._list(first, Metric.HASHPRICE_USD, (3_00, 40_00), 10**4)

    def report_to_yesterday(self) -> None:
        """Post the days that are over, and let them become final."""
        today = self.anvil.now() // DAY_SECONDS
        self.post_days(range(self.oracle_world.next_day(), today))
        series = self.hashrate.distributor.address
        self.oracle_world.post_output(series, today - 1, 1, _DELIVERED)
        self.anvil.warp(self.anvil.now() + _FINAL_SECONDS)

    def stock(self, account: LocalAccount, tokens: int) -> None:
        """Mint hashrate and notes for an account; the market may take them, and its money."""
        amount = tokens * WAD
        for token in (self.token, self.hashrate.token, self.note):
            token.send("approve", self.market.address, 2**256 - 1, sender=account.address)
        self.note.send("mint", account.address, amount, sender=self.deployer)
        self.hashrate.distributor.send("mint", account.address, amount, sender=self.deployer)

    def _issue(self) -> Series[EvmContract]:
        """List a series of the deployer, without an end and without a bond."""
        chain, terms = self.oracle_world.chain, SeriesTerms(self.today + 30, attestation_days=1)
        registry = deploy_registry(chain, self.indices[0], self.deployer)
        given = (self.token.address, terms_tuple(terms), Label(), self.deployer)
        return create_series(chain, registry, *given)

    def maker_settings(
        self, folder: Path, relay: str, account: LocalAccount | None, **changes: Any
    ) -> dict[str, Any]:
        """Write a maker's keys, and return its settings; volatility and retargets left out."""
        folder.mkdir(parents=True, exist_ok=True)
        settings: dict[str, Any] = {
            "chain_id": self.domain.chain_id,
            "rpc_url": self.anvil.url,
            "oracle": self.indices[0],
            "book": self.domain.contract,
            "relay": relay,
            "bitcoin_token": self.token.address,
            "market": self.market.address,
            "contracts": [hex(each) for each in self.quoted],
            "state": str(folder / "maker.json"),
            "volatility_multiple": 0,
            "quiet_blocks": 0,
            "head_seconds": 0,
            "cycle_seconds": 0.2,
        }
        if account is not None:
            write_keystore(folder, "key", account)
            settings["keystore"] = str(folder / "key.json")
            settings["password_file"] = str(folder / "password")
        return settings | changes

    def open_settings(self, settings: dict[str, Any]) -> MakerSettings:
        """Read settings as the program does."""
        return MakerSettings(**settings)

    def _list(self, first_day: int, metric: Metric, band: tuple[int, int], value: int) -> int:
        days = first_day, first_day + MONTH_DAYS
        terms = ForwardTerms(self.indices[0], metric, *days, *band, value, self.token.address)
        return create_forward(self.vault, terms, self.deployer)
