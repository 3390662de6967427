# SPDX-License-Identifier: AGPL-3.0-only
"""The operator's settings, from `RELAY_*` and a TOML file. All of it may be shown."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from oracles.daemon.settings import Address, PlainUrl, Port
from oracles.errors import SettingsError

Count = Annotated[int, Field(ge=1, le=1_000_000)]
Rate = Annotated[float, Field(gt=0, le=100_000)]
Span = Annotated[float, Field(gt=0, le=86_400)]


class RelaySettings(BaseSettings):
    """Everything an operator can set.

    Attributes:
        chain_id: of the EVM chain.
        engine: the ForwardsEngine.
        rpc_url, rpc_url_file: the EVM node; the file where the address holds a key.
        database: the SQLite file.
        listen_host, listen_port: where traders ask us.
        operator_host, operator_port: where monitoring asks us.
        trusted_proxies: addresses of reverse proxies whose X-Forwarded-For is believed.
        poll_seconds: between looks at the newest block [s].
        overlap_blocks: how many blocks are read again.
        sweep_orders: orders checked at each look without a cause.
        reorg_blocks: how far back a reorganisation may reach.
        stale_seconds: when `/health` says that the chain cannot be followed [s].
        head_seconds: when it says that the newest block is too old [s]; 0 never, for chains that
            mine on demand.
        max_orders, max_orders_per_maker, max_orders_per_client: open at once.
        reads_per_second, reads_burst: requests of one client.
        submits_per_second, submits_burst: orders of one client.
        maker_per_second, maker_burst: orders of one maker.
        max_connections, max_connections_per_client: open at once.
        header_seconds, body_seconds, request_seconds: what a client may take to send the headers,
            the body, and to have it all [s].
        log_level: DEBUG, INFO, WARNING or ERROR.
    """

    model_config = SettingsConfigDict(env_prefix="RELAY_", frozen=True, extra="forbid")

    chain_id: Annotated[int, Field(ge=1)]
    engine: Address
    rpc_url: PlainUrl | None = None
    rpc_url_file: Path | None = None
    database: Path = Path("relay.sqlite3")
    listen_host: str = "127.0.0.1"
    listen_port: Port = 8711
    operator_host: str = "127.0.0.1"
    operator_port: Port = 8712
    trusted_proxies: tuple[str, ...] = ()
    poll_seconds: Annotated[float, Field(ge=0.05, le=600)] = 2.0
    overlap_blocks: Annotated[int, Field(ge=0, le=100)] = 3
    sweep_orders: Annotated[int, Field(ge=0, le=10_000)] = 25
    reorg_blocks: Annotated[int, Field(ge=1, le=10_000)] = 64
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
    header_seconds: Span = 5.0
    body_seconds: Span = 5.0
    request_seconds: Span = 20.0
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return (env_settings, init_settings)

    @model_validator(mode="after")
    def _check_together(self) -> "RelaySettings":
        if (self.rpc_url is None) == (self.rpc_url_file is None):
            raise ValueError("set one of rpc_url and rpc_url_file")
        return self


def load_settings(path: Path | None) -> RelaySettings:
    """Read the settings.

    Args:
        path: a TOML file; its relative paths count from its folder. None for the environment
            alone.

    Raises:
        SettingsError: a setting is unknown, missing or malformed; the message names it, and
            never shows its value.
    """
    try:
        return RelaySettings(**(_read_toml(path) if path else {}))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"setting {where}" if where else "settings"
        raise SettingsError(f"{what}: {first['msg']}") from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from error
    for name in ("database", "rpc_url_file"):
        if isinstance(values.get(name), str):
            values[name] = str(path.parent / values[name])
    return values
