# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle on any chain: the one place that knows what it is deployed with."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from reference.units import DAY_SECONDS, HOUR_SECONDS
from testing.chain import ZERO_ADDRESS, C, Chain

SPREAD_BPS = 100
SHORT_WINDOW_SECONDS = 12 * HOUR_SECONDS
LONG_WINDOW_SECONDS = 72 * HOUR_SECONDS
RECOVERY_WINDOW_SECONDS = 10 * DAY_SECONDS
MEMBERSHIP_DELAY_SECONDS = 7 * DAY_SECONDS
DISPUTE_WINDOW_SECONDS = 14 * DAY_SECONDS


@dataclass(frozen=True)
class OracleConfig:
    """The contract's `Config`, in its order, with the windows of most tests."""

    first_day: int
    first_height: int
    halving_blocks: int = 210_000
    unit_hashes: int = 10**12
    spread_bps: int = SPREAD_BPS
    short_window_seconds: int = SHORT_WINDOW_SECONDS
    long_window_seconds: int = LONG_WINDOW_SECONDS
    recovery_window_seconds: int = RECOVERY_WINDOW_SECONDS
    membership_delay_seconds: int = MEMBERSHIP_DELAY_SECONDS
    bitcoin_headers: str = ZERO_ADDRESS
    dispute_window_seconds: int = 0


@dataclass(frozen=True)
class Quorum:
    """Who may do what at an oracle; reporters ascend by address."""

    owner: str
    guardian: str
    reporters: Sequence[str]
    threshold: int


def deploy_oracle(chain: Chain[C], quorum: Quorum, config: OracleConfig, sender: str) -> C:
    """Deploy an oracle."""
    return chain.deploy(
        "oracle/HashpriceOracle",
        quorum.owner,
        quorum.guardian,
        list(quorum.reporters),
        quorum.threshold,
        astuple(config),
        sender=sender,
    )
