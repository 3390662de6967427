# SPDX-License-Identifier: AGPL-3.0-only
"""The operator's settings, from `MAKER_*` and a TOML file. All of it may be shown."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from hashrate.service.settings import Address, NodeSettings, PlainUrl, Port, load
from maker.curve import BPS, ONE, GrowthBounds
from maker.quoting import MOST_SECONDS, Policy

Count = Annotated[int, Field(ge=1, le=10**9)]
Bps = Annotated[int, Field(ge=0, lt=BPS)]
Exchange = Literal["coinbase", "kraken", "bitstamp"]


class MakerSettings(NodeSettings):
    """Everything an operator can set.

    Attributes:
        oracle: the HashpriceOracle, whose series are quoted.
        book: the ForwardsBook.
        relay: base address of the relay that lists the orders.
        bitcoin_token, dollar_token: what standard months settle in; without the second no HPU.
        contracts: what is quoted: codes such as HPS-1Q27, or the ids of series.
        keystore, password_file: signs orders and pays gas; without it, a dry run.
        state: the file of what was signed, and whether the maker has stopped.
        first_block: a block at or before the maker's first trade.
        log_blocks: how many blocks of events are asked for at once.
        half_width_bps, volatility_multiple, skew_bps, room_bps, size, month_limit, total_limit,
            quiet_blocks: see `Policy`.
        stale_bps: an order that is so much too generous is cancelled [1e-4].
        deadline_seconds: how long an order lasts at most [s].
        growth_days, growth_low_bps, growth_high_bps: expected growth of difficulty for a retarget:
            measured over so many days, and its bounds, which may be negative [1e-4].
        loss_sats, loss_cents: at which all is cancelled and the maker stops, in bitcoin and in
            dollar months.
        prices: exchanges of the live price for HPU; at least `min_prices` answer.
        price_urls: their addresses where they are not the usual ones.
        price_spread_bps: greatest distance of one from the median [1e-4].
        dollar_seconds: how long a dollar order lasts [s].
        max_fee_gwei, priority_fee_gwei: limits on gas prices [1e9 wei].
        cancel_gas: gas of a cancellation; twice its highest price is always kept.
        wait_seconds: for a cancellation to be mined [s].
        cycle_seconds: between looks [s].
        head_seconds: how old the newest block may be [s]; 0 for any age.
        operator_host, operator_port: where monitoring asks.
        log_level: DEBUG, INFO, WARNING or ERROR.
    """

    model_config = SettingsConfigDict(env_prefix="MAKER_", frozen=True, extra="forbid")

    oracle: Address
    book: Address
    relay: PlainUrl
    bitcoin_token: Address
    dollar_token: Address | None = None
    contracts: Annotated[tuple[str, ...], Field(min_length=1)]
    keystore: Path | None = None
    password_file: Path | None = None
    state: Path = Path("maker.json")
    first_block: Annotated[int, Field(ge=0)] = 0
    log_blocks: Count = 2_000
    half_width_bps: Annotated[int, Field(ge=1, lt=BPS)] = 400
    volatility_multiple: Annotated[int, Field(ge=0, le=100)] = 1
    skew_bps: Bps = 200
    room_bps: Bps = 200
    size: Count = 10
    month_limit: Count = 50
    total_limit: Count = 100
    quiet_blocks: Annotated[int, Field(ge=0, le=1_000)] = 72
    stale_bps: Bps = 100
    deadline_seconds: Annotated[int, Field(ge=60, le=MOST_SECONDS)] = MOST_SECONDS
    growth_days: Annotated[int, Field(ge=1, le=366)] = 84
    growth_low_bps: Annotated[int, Field(gt=-BPS, lt=BPS)] = -200
    growth_high_bps: Annotated[int, Field(gt=-BPS, lt=BPS)] = 400
    loss_sats: Count = 1_000_000
    loss_cents: Count = 50_000
    prices: tuple[Exchange, ...] = ("coinbase", "kraken", "bitstamp")
    price_urls: dict[Exchange, PlainUrl] = {}
    min_prices: Annotated[int, Field(ge=2)] = 2
    price_spread_bps: Annotated[int, Field(ge=1, le=1_000)] = 100
    dollar_seconds: Annotated[int, Field(ge=30, le=900)] = 180
    max_fee_gwei: Count = 100
    priority_fee_gwei: Annotated[int, Field(ge=0)] = 2
    cancel_gas: Annotated[int, Field(ge=50_000, le=10**6)] = 100_000
    wait_seconds: Annotated[int, Field(ge=1, le=3_600)] = 120
    cycle_seconds: Annotated[float, Field(gt=0, le=600)] = 20
    head_seconds: Annotated[int, Field(ge=0, le=86_400)] = 300
    operator_host: str = "127.0.0.1"
    operator_port: Port = 8722
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="after")
    def _check_together(self) -> "MakerSettings":
        if (self.keystore is None) != (self.password_file is None):
            raise ValueError("set both keystore and password_file, or neither")
        if self.growth_low_bps > self.growth_high_bps:
            raise ValueError("growth_low_bps is above growth_high_bps")
        if self.skew_bps >= self.half_width_bps:
            raise ValueError("skew_bps is not below half_width_bps: it would trade with itself")
        return self

    @property
    def policy(self) -> Policy:
        """Return how to quote."""
        return Policy(
            self.half_width_bps,
            self.volatility_multiple,
            self.skew_bps,
            self.room_bps,
            self.size,
            self.month_limit,
            self.total_limit,
            self.quiet_blocks,
        )

    @property
    def growth(self) -> GrowthBounds:
        """Return how expected growth is measured."""
        low, high = (
            ONE + ONE * each // BPS for each in (self.growth_low_bps, self.growth_high_bps)
        )
        return GrowthBounds(self.growth_days, low, high)


def load_settings(path: Path | None) -> MakerSettings:
    """Read the settings, as `hashrate.service.settings.load` does."""
    return load(MakerSettings, path, _is_path)


def _is_path(name: str) -> bool:
    return name.endswith("_file") or name in ("keystore", "state")
