# SPDX-License-Identifier: AGPL-3.0-only
"""The operator's settings, from `RELAY_*` and a TOML file. All of it may be shown."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, IPvAnyAddress
from pydantic_settings import SettingsConfigDict

from hashrate.service.settings import Address, Database, NodeSettings, Port, load

Count = Annotated[int, Field(ge=1, le=1_000_000)]
Rate = Annotated[float, Field(gt=0, le=100_000)]
Span = Annotated[float, Field(gt=0, le=86_400)]


class RelaySettings(NodeSettings):
    """Everything an operator can set.

    Attributes:
        book: the ForwardsBook.
        market: the SpotMarket; none where only forwards are listed.
        tokens: what is listed on it, and the money: hashrate tokens, tranches, bitcoin.
        indices: the indices whose series are listed, such as the HashpriceOracle.
        database: the SQLite file, of this process alone; or a database of PostgreSQL, for several
            processes of one relay: `postgresql://user@host/name`, its password in `~/.pgpass`.
        listen_host, listen_port: where traders ask us.
        operator_host, operator_port: where monitoring asks us.
        trusted_proxies: addresses of reverse proxies whose X-Forwarded-For is believed.
        poll_seconds: between looks at the newest block [s].
        overlap_blocks: how many blocks are read again.
        sweep_orders: orders checked at each look without a cause.
        reorg_blocks: how far back a reorganisation may reach.
        sleep_seconds: how long an order is kept that its maker cannot pay [s].
        ahead_seconds: how far the newest block's time may be ahead of our clock [s]; 0 for any, for
            chains whose clock is set.
        behind_seconds: after how long a node that is behind is taken for one whose blocks were
            replaced [s].
        history_first_block: the block of the first contract's deployment.
        history_blocks: events of how many blocks are asked for at once.
        stale_seconds: when `/health` says that the chain cannot be followed [s].
        head_seconds: when it says that the newest block is too old [s]; 0 never, for chains that
            mine on demand.
        max_orders, max_orders_per_maker, max_orders_per_client: open at once; of a full book a
            maker keeps a hundredth.
        reads_per_second, reads_burst: requests of one client.
        submits_per_second, submits_burst: orders of one client.
        maker_per_second, maker_burst: orders of one maker.
        max_connections, max_connections_per_client: open at once.
        max_listeners: of them, on the stream.
        header_seconds, body_seconds, request_seconds: what a client may take to send the headers,
            the body, and to have it all [s].
        log_level: DEBUG, INFO, WARNING or ERROR.
    """

    model_config = SettingsConfigDict(env_prefix="RELAY_", frozen=True, extra="forbid")

    book: Address
    indices: Annotated[tuple[Address, ...], Field(min_length=1)]
    market: Address | None = None
    tokens: tuple[Address, ...] = ()
    database: Database = Path("relay.sqlite3")
    listen_host: str = "127.0.0.1"
    listen_port: Port = 8711
    operator_host: str = "127.0.0.1"
    operator_port: Port = 8712
    trusted_proxies: tuple[IPvAnyAddress, ...] = ()
    poll_seconds: Annotated[float, Field(ge=0.05, le=600)] = 2.0
    overlap_blocks: Annotated[int, Field(ge=0, le=100)] = 3
    sweep_orders: Annotated[int, Field(ge=0, le=10_000)] = 25
    reorg_blocks: Annotated[int, Field(ge=1, le=10_000)] = 64
    sleep_seconds: Annotated[int, Field(ge=0, le=86_400)] = 3_600
    ahead_seconds: Annotated[int, Field(ge=0, le=86_400)] = 900
    behind_seconds: Span = 60.0
    history_first_block: Annotated[int, Field(ge=0)] = 0
    history_blocks: Annotated[int, Field(ge=1, le=100_000)] = 2_000
    stale_seconds: Span = 60.0
    head_seconds: Annotated[int, Field(ge=0, le=86_400)] = 300
    max_orders: Count = 50_000
    max_orders_per_maker: Count = 500
    max_orders_per_client: Count = 5_000
    reads_per_second: Rate = 50.0
    reads_burst: Count = 200
    submits_per_second: Rate = 5.0
    submits_burst: Count = 50
    maker_per_second: Rate = 2.0
    maker_burst: Count = 50
    max_connections: Count = 512
    max_connections_per_client: Count = 64
    max_listeners: Count = 256
    header_seconds: Span = 5.0
    body_seconds: Span = 5.0
    request_seconds: Span = 20.0
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


def load_settings(path: Path | None) -> RelaySettings:
    """Read the settings, as `settings_file.load` does."""
    return load(RelaySettings, path, lambda name: name in ("database", "rpc_url_file"))
