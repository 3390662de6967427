# SPDX-License-Identifier: AGPL-3.0-only
"""The demo's accounts, its reporters, who sign with them, and the output of its fleets."""

from dataclasses import replace
from typing import Any

from ape import accounts
from eth_account import Account
from eth_account.signers.local import LocalAccount

from hashrate.core.types import DayFacts, DayObservation, Sats, UsdE8, Wad
from hashrate.history.entropy import Entropy
from hashrate.reports.quorum import assemble, assemble_output
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    OutputReport,
    SignedDayReport,
    SignedOutputReport,
    sign_day_report,
    sign_output_report,
)
from simulation.demo.schedule import (
    OUTAGES,
    POOL_FEE_BPS,
    REPORTERS,
    SPREAD_BPS,
    THRESHOLD,
    WAD,
    DemoSeries,
)

_BPS = 10_000
_PRICE_NOISE_BPS = 20
_OUTPUT_NOISE_BPS = 120
_POOL_NOISE_BPS = 30


def test_account(alias: str) -> Any:
    """Return the ape account of an alias `TEST::n`."""
    return accounts.test_accounts[int(alias.removeprefix("TEST::"))]


class Reporters:
    """Three reporters; each day another one is offline, and each has its own price feed."""

    def __init__(self, domain: OracleDomain) -> None:
        """Take their keys from ape's test accounts."""
        self._domain = domain
        self._keys: list[LocalAccount] = [
            Account.from_key(test_account(alias).private_key) for alias in REPORTERS
        ]
        self._noise = Entropy("demo", "price feeds")

    def sign_day(self, report: DayReport, btc_usd_e8: UsdE8) -> SignedDayReport:
        """Sign a day as those do who are online, and assemble a quorum."""
        parts = []
        for signer in self._online(report.facts.day):
            shift = self._noise.between(-_PRICE_NOISE_BPS, _PRICE_NOISE_BPS)
            price = UsdE8(btc_usd_e8 * (_BPS + shift) // _BPS)
            parts.append(sign_day_report(signer, self._domain, report, price))
        return assemble(parts, THRESHOLD, SPREAD_BPS)

    def sign_output(self, report: OutputReport) -> SignedOutputReport:
        """Sign an output as those do who are online, and assemble a quorum."""
        parts = [
            sign_output_report(signer, self._domain, report) for signer in self._online(report.day)
        ]
        return assemble_output(parts, THRESHOLD)

    def _online(self, day: int) -> list[LocalAccount]:
        """Leave one out on two days of three."""
        absent = day % len(self._keys)
        return [key for index, key in enumerate(self._keys) if index != absent or absent == 0]


class Fleet:
    """What a series' machines and pool come to on a day."""

    def __init__(self, demo_series: DemoSeries) -> None:
        self._cast = demo_series
        self._noise = Entropy("demo", f"fleet {demo_series.key}")

    def output(self, index: int, facts: DayFacts) -> tuple[Sats, int]:
        """Run a day.

        Args:
            index: the day, from the first, 0.
            facts: the day's facts.

        Returns:
            The pool's credit, net of its fee [sats], and the delivered hashrate [TH/s, 18 dec].
        """
        share = OUTAGES[self._cast.key].get(index, _BPS)
        share = share * (_BPS - self._noise.between(0, _OUTPUT_NOISE_BPS)) // _BPS
        delivered = self._cast.capacity_ths * WAD * share // _BPS
        luck = _BPS + self._noise.between(-_POOL_NOISE_BPS, _POOL_NOISE_BPS)
        numerator = facts.hashprice_wad * delivered * (_BPS - POOL_FEE_BPS) * luck
        return Sats(numerator // (_BPS * _BPS * WAD * WAD)), delivered


def count_fees_twice(seen: DayObservation) -> DayObservation:
    """Make the mistake the guardian catches: the fees of the day counted twice."""
    facts = seen.facts
    reward = facts.subsidy_sats + facts.fees_sats
    wrong = replace(
        facts,
        fees_sats=Sats(2 * facts.fees_sats),
        hashprice_wad=Wad(facts.hashprice_wad * (reward + facts.fees_sats) // reward),
    )
    return replace(seen, facts=wrong)
