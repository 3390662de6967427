# SPDX-License-Identifier: AGPL-3.0-only
"""The immutable terms of a series (rules.md §3) and the register of fleets (§5)."""

from dataclasses import dataclass, field

from .errors import Cause, require
from .units import BPS, DAY_SECONDS, NO_END_DAY, Account, day_of

MAX_POOL_FEE_BPS = 5_000


@dataclass(frozen=True)
class SeriesTerms:
    """Terms of a series.

    start_day, end_day (exclusive): [day]; pool_fee_bps, guaranteed_uptime_bps: [1/10 000];
    efficiency_mj_per_th: [mJ/TH]; power_price_micro_usd_per_kwh: [1e-6 USD per kWh];
    service_sats_per_th_day_wad: [satoshi per TH/s per day, 1e18];
    bond_per_th: [base units per TH/s]; attestation_days, termination_days: [days];
    grace_seconds, output_deadline_seconds: [s].
    """

    start_day: int
    end_day: int = NO_END_DAY
    pool_fee_bps: int = 0
    guaranteed_uptime_bps: int = 9_500
    efficiency_mj_per_th: int = 0
    power_price_micro_usd_per_kwh: int = 0
    service_sats_per_th_day_wad: int = 0
    bond_per_th: int = 0
    attestation_days: int = 14
    termination_days: int = 21
    grace_seconds: int = 3 * DAY_SECONDS
    output_deadline_seconds: int = 7 * DAY_SECONDS
    fleet_id: str = "fleet"

    def check(self, first_oracle_day: int, now: int) -> None:
        """Refuse terms that no series can start with at `now` [unix s]."""
        require(day_of(now) < self.start_day, Cause.INVALID_TERMS)
        require(first_oracle_day <= self.start_day, Cause.INVALID_TERMS)
        require(self.start_day < self.end_day <= NO_END_DAY, Cause.INVALID_TERMS)
        require(0 <= self.pool_fee_bps <= MAX_POOL_FEE_BPS, Cause.INVALID_TERMS)
        require(0 <= self.guaranteed_uptime_bps <= BPS, Cause.INVALID_TERMS)
        require(self.attestation_days > 0 and self.termination_days > 0, Cause.INVALID_TERMS)


@dataclass
class FleetRegister:
    """Which live series a fleet belongs to, shared by all series."""

    bound: dict[str, Account] = field(default_factory=dict)
    closed: set[Account] = field(default_factory=set)

    def bind(self, fleet_id: str, series: Account) -> None:
        """Bind a fleet, refused while another series that is not closed has it."""
        holder = self.bound.get(fleet_id)
        free = holder is None or holder == series or holder in self.closed
        require(free, Cause.FLEET_BOUND)
        self.bound[fleet_id] = series

    def close(self, series: Account) -> None:
        """Note that a series is closed, which frees its fleet."""
        self.closed.add(series)
