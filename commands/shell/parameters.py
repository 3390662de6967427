# SPDX-License-Identifier: AGPL-3.0-only
"""The typed parameters of a network: one TOML file each, `parameters/<network>.toml`."""

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

from eth_utils.address import is_checksum_address
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from commands.shell.errors import ParameterError
from commands.shell.headers import HeadersParameters
from hashrate.core.errors import NumberFormatError
from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, day_from_iso

NO_END_DAY = 2**32 - 1
_RELATIVE_DAY = re.compile(r"today(?:\+(\d{1,4}))?", re.ASCII)
_INSTANCE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_FORK_SUFFIX = "-fork"


def _day_text(value: object) -> str:
    """Take a TOML date, or text `YYYY-MM-DD` or `today+N`."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, str):
        if not _RELATIVE_DAY.fullmatch(value):
            try:
                day_from_iso(value)
            except NumberFormatError as error:
                raise ValueError(str(error)) from error
        return value
    raise ValueError("not a date such as 2028-04-09, nor today or today+N")


def _account_text(value: object) -> str:
    """Take a checksummed address or the alias of an ape account."""
    if not isinstance(value, str) or not value:
        raise ValueError("not an address or the alias of an ape account")
    if value.startswith("0x") and not is_checksum_address(value):
        raise ValueError(f"{value} is not an address with a right checksum")
    return value


def _instance_name(value: object) -> str:
    """Take what can be part of a file's name and is no record's name already."""
    if not isinstance(value, str) or not _INSTANCE.fullmatch(value) or value == "blueprint":
        raise ValueError(f"{value!r} is not up to 32 of a-z 0-9 -, and not `blueprint`")
    return value


DayText = Annotated[str, BeforeValidator(_day_text)]
"""A UTC day: `YYYY-MM-DD`, or on local networks `today` or `today+N`."""
AccountText = Annotated[str, BeforeValidator(_account_text)]
"""An address, or the alias of an ape account; `TEST::n` is a test account."""
InstanceName = Annotated[str, BeforeValidator(_instance_name)]
"""A series' name in records, which file names are made of."""


class _Parameters(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OracleParameters(_Parameters):
    """What a HashpriceOracle is deployed with.

    Attributes:
        owner: changes reporters and names the guardian.
        guardian: vetoes pending reports.
        reporters: the first reporters.
        threshold: signatures a report needs.
        first_day: first day that can be reported.
        first_height: height of that day's first block.
        halving_blocks: blocks between two halvings.
        unit_hashes: hashes per second of one unit; 10^12 for TH/s.
        spread_bps: greatest spread of the signers' prices [1e-4].
        short_window_seconds: challenge window of an ordinary day, and of outputs [s].
        long_window_seconds: challenge window of an unusual day [s].
        recovery_window_seconds: of a day that cannot follow the final day before it [s].
        membership_delay_seconds: wait before reporters are added [s].
    """

    owner: AccountText
    guardian: AccountText
    reporters: Annotated[list[AccountText], Field(min_length=1, max_length=31)]
    threshold: Annotated[int, Field(ge=1, le=31)]
    first_day: DayText
    first_height: Annotated[int, Field(ge=1)]
    halving_blocks: int = 210_000
    unit_hashes: int = 10**12
    spread_bps: int = 50
    short_window_seconds: int = DAY_SECONDS // 2
    long_window_seconds: int = 3 * DAY_SECONDS
    recovery_window_seconds: int = 10 * DAY_SECONDS
    membership_delay_seconds: int = 7 * DAY_SECONDS

    @property
    def warnings(self) -> list[str]:
        """Return what is allowed and unwise about the quorum."""
        found = []
        if self.threshold % 2 == 0:
            found.append(
                f"threshold {self.threshold} is even: whoever transmits averages two prices"
            )
        if self.threshold == len(self.reporters):
            found.append(f"all {self.threshold} reporters must sign: one lost key stops the oracle")
        return found

    @model_validator(mode="after")
    def _quorum(self) -> "OracleParameters":
        count = len(self.reporters)
        if not self.threshold <= count < 2 * self.threshold:
            raise ValueError(f"threshold {self.threshold} is no majority of {count} reporters")
        return self


class RewardTokenParameters(_Parameters):
    """The token rewards are paid in: an address, or a mock on local networks.

    Attributes:
        address: of a BTC-pegged token with 8 to 18 decimals.
        mock_decimals: deploy a mock that anyone can mint, with so many decimals.
    """

    address: AccountText | None = None
    mock_decimals: Annotated[int, Field(ge=8, le=18)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "RewardTokenParameters":
        if (self.address is None) == (self.mock_decimals is None):
            raise ValueError("give either address or mock_decimals")
        return self


class DollarTokenParameters(_Parameters):
    """The dollar token forwards settle in: an address, or a mock on local networks.

    Attributes:
        address: of a dollar token with 2 to 18 decimals.
        mock_decimals: deploy a mock that anyone can mint, with so many decimals.
    """

    address: AccountText | None = None
    mock_decimals: Annotated[int, Field(ge=2, le=18)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "DollarTokenParameters":
        if (self.address is None) == (self.mock_decimals is None):
            raise ValueError("give either address or mock_decimals")
        return self


class ForwardsParameters(_Parameters):
    """What a ForwardsVault is deployed with, beside its book and the reward token.

    Attributes:
        dollar_token: settles hashprice in dollars; the reward token settles all else.
    """

    dollar_token: DollarTokenParameters


class SeriesParameters(_Parameters):
    """What a series is issued with; terms are immutable once it is.

    Attributes:
        name, symbol: of the hashrate token.
        site: site or region of the fleet, for people.
        fleet: name of the fleet; its keccak-256 is the fleet id.
        start_day: first day that is paid.
        end_day: first day that is not; none for an open end.
        efficiency_mj_per_th: energy of the machines [mJ per TH].
        power_price_usd_e6: [USD per kWh, 1e6].
        service_fee_wad: [sat per TH/s per day, 1e18].
        pool_fee_bps: of the reward, taken by the pool [1e-4].
        guaranteed_uptime_bps: of the hashrate held [1e-4]; 0 is pass-through.
        bond_per_ths: [reward token base units per TH/s].
        attestation_days: days that must have delivered the supply before it is minted.
        grace_seconds: after a day is final, before the bond pays [s].
        output_deadline_seconds: after a day is final, before it counts as delivered [s].
        termination_days: days without a market reward before anyone may end the series.
    """

    name: Annotated[str, Field(min_length=1, max_length=50)]
    symbol: Annotated[str, Field(min_length=1, max_length=16)]
    site: Annotated[str, Field(max_length=64)]
    fleet: Annotated[str, Field(min_length=1)]
    start_day: DayText
    end_day: DayText | None = None
    efficiency_mj_per_th: Annotated[int, Field(ge=0, le=10**7)]
    power_price_usd_e6: Annotated[int, Field(ge=0, le=10**7)]
    service_fee_wad: Annotated[int, Field(ge=0, lt=2**100)]
    pool_fee_bps: Annotated[int, Field(ge=0, le=5_000)]
    guaranteed_uptime_bps: Annotated[int, Field(ge=0, le=10_000)]
    bond_per_ths: Annotated[int, Field(ge=0, lt=2**96)]
    attestation_days: Annotated[int, Field(ge=1, le=64)] = 14
    grace_seconds: Annotated[int, Field(ge=0, le=30 * DAY_SECONDS)] = 3 * DAY_SECONDS
    output_deadline_seconds: Annotated[int, Field(ge=DAY_SECONDS, le=30 * DAY_SECONDS)] = (
        7 * DAY_SECONDS
    )
    termination_days: Annotated[int, Field(ge=7, le=64)] = 21


class NetworkParameters(_Parameters):
    """Everything one network's file says."""

    oracle: OracleParameters
    reward_token: RewardTokenParameters
    headers: HeadersParameters | None = None
    forwards: ForwardsParameters | None = None
    series: dict[InstanceName, SeriesParameters] = Field(default_factory=dict)

    def series_named(self, instance: str) -> SeriesParameters:
        """Return the parameters of a series.

        Raises:
            ParameterError: the file knows no such series.
        """
        if instance not in self.series:
            known = ", ".join(self.series) or "none"
            raise ParameterError(f"no series {instance!r} in the parameters; there are: {known}")
        return self.series[instance]


def parameters_path(folder: Path, network: str) -> Path:
    """Find the file of a network; a fork rehearses with the file of what it forks."""
    return folder / f"{network.removesuffix(_FORK_SUFFIX)}.toml"


def read_parameters(path: Path, *, is_local: bool) -> NetworkParameters:
    """Read a network's parameters.

    Raises:
        ParameterError: not there, malformed, or local conveniences on a live network.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ParameterError(f"no parameters: {path} does not exist") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"{path}: not TOML ({error})") from error
    try:
        parameters = NetworkParameters.model_validate(document)
    except ValidationError as error:
        raise ParameterError(f"{path}: {_first_complaint(error)}") from error
    if not is_local:
        _require_live(parameters, path)
    return parameters


def resolve_day(text: str, now: int) -> DayIndex:
    """Find the day a text means; `today` is the day of `now` [unix s]."""
    relative = _RELATIVE_DAY.fullmatch(text)
    if relative is None:
        return day_from_iso(text)
    return DayIndex(now // DAY_SECONDS + int(relative[1] or 0))


def _first_complaint(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _require_live(parameters: NetworkParameters, path: Path) -> None:
    """Refuse what only makes sense where nothing is at stake."""
    tokens: dict[str, RewardTokenParameters | DollarTokenParameters]
    tokens = {"reward_token": parameters.reward_token}
    if parameters.forwards is not None:
        tokens["forwards.dollar_token"] = parameters.forwards.dollar_token
    for where, token in tokens.items():
        if token.mock_decimals is not None:
            raise ParameterError(f"{path}: {where}.mock_decimals: only on local networks")
    for where, text in _strings(parameters.model_dump()):
        if _RELATIVE_DAY.fullmatch(text):
            raise ParameterError(f"{path}: {where}: {text!r} only works on local networks")
        if text.upper().startswith("TEST::"):
            raise ParameterError(f"{path}: {where}: {text} is a public test account")


def _strings(value: Any, path: str = "") -> list[tuple[str, str]]:
    """List every text in a document with its path."""
    if isinstance(value, str):
        return [(path, value)]
    parts: dict[Any, Any] = {}
    if isinstance(value, dict):
        parts = value
    elif isinstance(value, list):
        parts = dict(enumerate(value))
    return [
        found
        for name, part in parts.items()
        for found in _strings(part, f"{path}.{name}" if path else str(name))
    ]
