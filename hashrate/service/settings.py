# SPDX-License-Identifier: AGPL-3.0-only
"""What the settings of every service have in common: a TOML file, the environment, an EVM node.

Secrets are only ever named: a setting that ends with `_file` is the path of a file that holds one.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from eth_utils.address import is_checksum_address
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from hashrate.service.errors import SettingsError
from hashrate.service.urls import public_url


def _checksummed(text: str) -> str:
    if not is_checksum_address(text):
        raise ValueError("not a checksummed address")
    return text


def _without_secrets(url: str) -> str:
    if public_url(url) != url.rstrip("/"):
        raise ValueError(
            "may hold a secret: write it to a file and name that in the *_file setting"
        )
    return url.rstrip("/")


def _of_no_server(value: Any) -> Any:
    if "://" in str(value):
        raise ValueError("an SQLite file on this machine's disk, not the URL of a database")
    return value


def _file_or_server(value: Any) -> Any:
    text = str(value)
    if "://" not in text:
        return Path(text)
    parts = urlsplit(text)
    if parts.scheme != "postgresql":
        raise ValueError("neither an SQLite file nor a database of PostgreSQL")
    if parts.password is not None or parts.query:
        raise ValueError("may hold a secret: write the password to ~/.pgpass")
    return text


Address = Annotated[str, AfterValidator(_checksummed)]
PlainUrl = Annotated[str, AfterValidator(_without_secrets)]
DatabaseFile = Annotated[Path, BeforeValidator(_of_no_server)]
Database = Annotated[Path | str, BeforeValidator(_file_or_server)]
Port = Annotated[int, Field(ge=0, le=65_535)]


class NodeSettings(BaseSettings):
    """Settings of a service that talks to an EVM node.

    Attributes:
        chain_id: of the EVM chain.
        rpc_url, rpc_url_file: the EVM node; the file where the address holds a key.
    """

    chain_id: Annotated[int, Field(ge=1)]
    rpc_url: PlainUrl | None = None
    rpc_url_file: Path | None = None

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
    def _one_node(self) -> "NodeSettings":
        if (self.rpc_url is None) == (self.rpc_url_file is None):
            raise ValueError("set one of rpc_url and rpc_url_file")
        return self


_Settings = TypeVar("_Settings", bound=NodeSettings)


def load(kind: type[_Settings], path: Path | None, is_path: Callable[[str], bool]) -> _Settings:
    """Read settings.

    Args:
        kind: what settings.
        path: a TOML file; its relative paths count from its folder. None for the environment
            alone.
        is_path: whether a setting of that name is a path.

    Raises:
        SettingsError: a setting is unknown, missing or malformed; the message names it, and
            never shows its value.
    """
    values: dict[str, Any] = {}
    if path:
        values = {
            name: _anchored(value, path.parent, name, is_path)
            for name, value in _read_toml(path).items()
        }
    try:
        return kind(**values)
    except ValidationError as error:
        hint = "" if path else "; no file was named with --config"
        raise SettingsError(_first_complaint(error) + hint) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from error


def _anchored(value: Any, folder: Path, name: str, is_path: Callable[[str], bool]) -> Any:
    """Make the paths in a file count from the file's folder; a URL is left for its validator."""
    if isinstance(value, dict):
        return {key: _anchored(inner, folder, key, is_path) for key, inner in value.items()}
    if isinstance(value, list):
        return [_anchored(inner, folder, name, is_path) for inner in value]
    if not is_path(name) or not isinstance(value, str) or "://" in value:
        return value
    return str(folder / value)


def _first_complaint(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"setting {where}: {first['msg']}" if where else f"settings: {first['msg']}"
