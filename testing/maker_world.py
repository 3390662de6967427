# SPDX-License-Identifier: AGPL-3.0-only
"""A chain with vault and book whose index is fresh, series around it, and makers who quote them."""

from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from hashrate.core.types import DayIndex, UsdE8
from hashrate.history import open_source
from hashrate.reports.quorum import assemble
from hashrate.reports.report import DayReport, sign_day_report
from maker.settings import MakerSettings
from oracles.chain.contracts import report_day_call
from reference.forward_terms import ForwardTerms, Metric
from testing.daemon_process import write_keystore
from testing.evm_contract import transact
from testing.forwards import create_forward
from testing.forwards_world import MONTH_DAYS, ForwardsWorld
from testing.oracle_world import DAY_SECONDS, THRESHOLD

FLOOR, CAP = 5_000, 40_000
_PRICE_E8 = UsdE8(6_500_000_000_000)
_FINAL_SECONDS = 13 * 3_600


class MakerWorld(ForwardsWorld):
    """`quoted` are two series of thirty days around the index, the earlier one first.

    `in_dollars` is one of the same days as the first, in dollars: 10^4 base units a cent.
    """

    def __init__(self) -> None:
        """Start the node, report every day that is over, and create the series."""
        super().__init__()
        self.report_to_yesterday()
        first = self.anvil.now() // DAY_SECONDS + 10
        self.quoted = tuple(
            self._list(first + n * MONTH_DAYS, Metric.HASHPRICE_SATS, (FLOOR, CAP), 1)
            for n in range(2)
        )
        self.in_dollars = self._list(first, Metric.HASHPRICE_USD, (3_00, 40_00), 10**4)

    def report_to_yesterday(self) -> None:
        """Post the days that are over, and let them become final."""
        world, source = self.oracle_world, open_source("simulated:1")
        version = world.oracle.read("membership_version")
        for day in range(world.next_day(), self.anvil.now() // DAY_SECONDS):
            facts = source.observe(DayIndex(day)).facts
            report = DayReport(facts, world.oracle.read("revision_of", day), version)
            parts = [
                sign_day_report(signer, world.domain, report, _PRICE_E8) for signer in world.signers
            ]
            call = report_day_call(assemble(parts, THRESHOLD))
            transact(self.rpc, self.deployer, world.oracle.address, call)
        self.anvil.warp(self.anvil.now() + _FINAL_SECONDS)

    def maker_settings(
        self, folder: Path, relay: str, account: LocalAccount | None, **changes: Any
    ) -> dict[str, Any]:
        """Write a maker's keys, and return its settings; volatility and retargets left out."""
        folder.mkdir(parents=True, exist_ok=True)
        settings: dict[str, Any] = {
            "chain_id": self.domain.chain_id,
            "rpc_url": self.anvil.url,
            "oracle": self.indices[0],
            "book": self.domain.book,
            "relay": relay,
            "bitcoin_token": self.token.address,
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
