# SPDX-License-Identifier: AGPL-3.0-only
"""The operator's settings, from `MAKER_*` and a TOML file. All of it may be shown."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import SettingsConfigDict

from hashrate.service.settings import Address, NodeSettings, PlainUrl, Port, load
from maker.curve import BPS, ONE, GrowthBounds
from maker.quoting import MOST_SECONDS, Policy
from maker.spot_quoting import Valuation, Worth

Count = Annotated[int, Field(ge=1, le=10**9)]
Bps = Annotated[int, Field(ge=0, lt=BPS)]
Exchange = Literal["coinbase", "kraken", "bitstamp"]


class SpotSettings(BaseModel):
    """A token that is quoted on the spot market for bitcoin; quantities are whole tokens.

    Attributes:
        token: its address.
        worth: `days`, a token is worth so many days of hashprice; `remaining-days`, a strip, priced
            for each day that remains; `remaining-money`, a note, priced by what remains.
        days: of `worth = "days"`.
        share_bps: of that what it is worth to us [1e-4].
        target: what the account means to hold.
        size: of one order.
        limit: how far above or below the target it goes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: Address
    worth: Worth
    days: Annotated[int, Field(ge=1, le=3_660)] | None = None
    share_bps: Annotated[int, Field(ge=1, le=BPS)] = BPS
    target: Annotated[int, Field(ge=0, le=10**12)] = 0
    size: Count
    limit: Count

    @model_validator(mode="after")
    def _check_together(self) -> "SpotSettings":
        if (self.days is None) == (self.worth is Worth.DAYS):
            raise ValueError('days belongs to worth = "days", and to no other')
        return self

    @property
    def valuation(self) -> Valuation:
        """Return how the token is valued."""
        return Valuation(self.worth, self.days or 0, self.share_bps)


class MakerSettings(NodeSettings):
    """Everything an operator can set.

    Attributes:
        oracle: the HashpriceOracle, whose series are quoted.
        book: the ForwardsBook.
        relay: base address of the relay that lists the orders.
        bitcoin_token, dollar_token: what standard months settle in; without the second no HPU.
        contracts: what is quoted: codes such as HPS-1Q27, or the ids of series.
        market: the SpotMarket, where tokens are quoted.
        spot: the tokens, see `SpotSettings`.
        spot_seconds: how long an order of a token lasts at most: its price follows nothing [s].
        keystore, password_file: signs orders and pays gas; without it, a dry run.
        state: the file of what was signed, and whether the maker has stopped.
        first_block: a block at or before the maker's first trade.
        log_blocks: how many blocks of events are asked for at once.
        half_width_bps, volatility_multiple, skew_bps, room_bps, size, month_limit, total_limit,
            quiet_blocks: see `Policy`.
        stale_bps: an order that is so much too generous is cancelled [1e-4].
        deadline_seconds: how long an order lasts at most [s]; more than six hours only on a chain
            whose clock is set.
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
        head_seconds: how old the newest block may be [s]; 0 for any age, on chains whose clock is
            set.
        operator_host, operator_port: where monitoring asks.
        log_level: DEBUG, INFO, WARNING or ERROR.
    """

    model_config = SettingsConfigDict(env_prefix="MAKER_", frozen=True, extra="forbid")

    oracle: Address
    book: Address
    relay: PlainUrl
    bitcoin_token: Address
    dollar_token: Address | None = None
    contracts: tuple[str, ...] = ()
    market: Address | None = None
    spot: tuple[SpotSettings, ...] = ()
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
    deadline_seconds: Annotated[int, Field(ge=60)] = MOST_SECONDS
    spot_seconds: Annotated[int, Field(ge=60)] = 3_600
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
        longest = max(self.deadline_seconds, self.spot_seconds)
        if longest > MOST_SECONDS and self.head_seconds:
            raise ValueError("orders last six hours at most; longer only where head_seconds is 0")
        if not self.contracts and not self.spot:
            raise ValueError("contracts and spot are both empty: there is nothing to quote")
        if self.spot and self.market is None:
            raise ValueError("set market, where spot is traded")
        if len({each.token for each in self.spot}) < len(self.spot):
            raise ValueError("spot names a token twice")
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
