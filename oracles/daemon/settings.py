# SPDX-License-Identifier: AGPL-3.0-only
"""The operator's settings, from `HASHRATE_*` and a TOML file."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_settings import SettingsConfigDict

from hashrate.service.settings import Address, DatabaseFile, NodeSettings, PlainUrl, Port, load
from oracles.daemon.parts import WatchMode

Seconds = Annotated[int, Field(ge=0, le=366 * 86_400)]


LOCAL_CHAINS = frozenset({1337, 31337})
_UNUSABLE = {
    # A block 20 minutes after its parent may have difficulty 1: a day's hashprice, the mean over
    # its blocks, is then decided by whoever mines such blocks. Testnet4 kept the rule.
    "testnet3": "blocks of difficulty 1 after 20 minutes decide its hashprice: use signet",
    "testnet4": "blocks of difficulty 1 after 20 minutes decide its hashprice: use signet",
}


def _of_use(network: object) -> object:
    if str(network) in _UNUSABLE:
        raise ValueError(f"{network}: {_UNUSABLE[str(network)]}")
    return network


BitcoinNetwork = Annotated[Literal["mainnet", "signet", "regtest"], BeforeValidator(_of_use)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BitcoinSettings(_Frozen):
    """One view of the Bitcoin chain.

    Attributes:
        kind: `core` for a node's JSON-RPC, or the REST API of an explorer.
        url: base address without secrets.
        name: how it is called in logs; its kind by default.
        user: of a node's RPC.
        password_file: of a node's RPC.
        cookie_file: the node's `.cookie` in place of user and password_file; it is read again when
            the node has written another.
        path_file: a secret beginning of every path, as hosted nodes have it.
    """

    kind: Literal["core", "mempool", "esplora"]
    url: PlainUrl
    name: str = ""
    user: str = ""
    password_file: Path | None = None
    cookie_file: Path | None = None
    path_file: Path | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> "BitcoinSettings":
        if self.cookie_file and (self.user or self.password_file):
            raise ValueError("set either cookie_file, or user and password_file")
        return self


class OutputSettings(_Frozen):
    """Where one series' mining output comes from.

    Attributes:
        series: the series' distributor.
        kind: the pool, or `own_node` for what the coinbases paid to addresses, or `table` for a
            CSV file with the columns date, credited_sats and delivered_ths.
        account: sub-account or user name at the pool; the address at Ocean.
        token_file: the pool's key; AntPool's as `key:secret`.
        url: base address where it is not the pool's usual one.
        addresses: of the fleet, for `own_node`.
        hashrate_unit: of Foundry's hashrates, such as `GH/s`.
        day_offset_seconds: from midnight UTC to the beginning of the pool's day [s].
        path: the file of a `table`; for `own_node` and `ocean` a meter's file with date and
            delivered_ths.
    """

    series: Address
    kind: Literal[
        "antpool", "braiins", "f2pool", "foundry", "luxor", "ocean", "own_node", "table", "viabtc"
    ]
    account: str = ""
    token_file: Path | None = None
    url: PlainUrl | None = None
    addresses: tuple[str, ...] = ()
    hashrate_unit: str = ""
    day_offset_seconds: Annotated[int, Field(ge=-43_200, le=43_200)] = 0
    path: Path | None = None


class Settings(NodeSettings):
    """Everything an operator can set. All of it may be shown.

    Attributes:
        network: the Bitcoin network.
        oracle: the HashpriceOracle.
        oracle_block: a block at or before its deployment.
        series: distributors to settle.
        journal: the SQLite file.
        days: `dataset:FOLDER` or `simulated:SEED` in place of Bitcoin sources and exchanges.
        bitcoin: Bitcoin sources; `min_sources` of them must agree.
        prices: exchanges; `min_prices` of them must answer.
        price_urls: their addresses where they are not the usual ones.
        price_spread_bps: greatest distance of an exchange from the median [1e-4].
        confirmations: of the day's last block.
        outputs: mining output of series.
        reporter_keystore, reporter_password_file: signs reports; without it, a dry run.
        transmitter_keystore, transmitter_password_file: pays for gas; without it, nothing is sent.
        peers: base addresses of the other reporters.
        listen_host, listen_port: where peers ask us.
        operator_host, operator_port: where monitoring asks us.
        rpc_fallback_urls, rpc_fallback_url_files: further EVM nodes, in order; the second where an
            address holds a key.
        max_head_age_seconds: age of a node's newest block from which another node is preferred.
        max_fee_gwei, priority_fee_gwei: limits on gas prices [1e9 wei]; the second is the highest
            priority fee that is taken of the node's suggestions.
        least_priority_fee_gwei: priority fee that is bid in any case, for chains that take no less.
        gas_cap: most gas of one transaction.
        evm_confirmations: blocks until a transaction's fate is settled.
        stuck_seconds, replacements: when and how often a waiting transaction's bid is raised.
        fallback_seconds: how long each reporter in line waits for the one before it.
        cycle_seconds, max_backoff_seconds, max_failures: how cycles follow one another.
        wait_seconds, poll_seconds: how a cycle waits for its transaction.
        sign_ahead, output_days, settle_days: see `CyclePolicy`.
        watch: `off`, `watch` or `daily`: which days are proven by proof-of-work; a false day is
            told of in every mode.
        watch_gas: most gas for that within 24 hours.
        headers_block: a block at or before the deployment of the oracle's header contract.
        late_seconds, silent_seconds: when `/healthz` says late: after a day's end, after the last
            good cycle.
        log_level: DEBUG, INFO, WARNING or ERROR.
    """

    model_config = SettingsConfigDict(
        env_prefix="HASHRATE_", frozen=True, extra="forbid", env_nested_delimiter="__"
    )

    network: BitcoinNetwork = "mainnet"
    oracle: Address
    oracle_block: Annotated[int, Field(ge=0)] = 0
    series: tuple[Address, ...] = ()
    journal: DatabaseFile = Path("journal.sqlite3")
    days: str | None = None
    bitcoin: tuple[BitcoinSettings, ...] = ()
    min_sources: Annotated[int, Field(ge=1)] = 2
    prices: tuple[Literal["coinbase", "kraken", "bitstamp"], ...] = (
        "coinbase",
        "kraken",
        "bitstamp",
    )
    price_urls: dict[Literal["coinbase", "kraken", "bitstamp"], PlainUrl] = {}
    min_prices: Annotated[int, Field(ge=2)] = 2
    price_spread_bps: Annotated[int, Field(ge=1, le=1_000)] = 200
    confirmations: Annotated[int, Field(ge=1, le=144)] = 6
    outputs: tuple[OutputSettings, ...] = ()
    reporter_keystore: Path | None = None
    reporter_password_file: Path | None = None
    transmitter_keystore: Path | None = None
    transmitter_password_file: Path | None = None
    peers: tuple[PlainUrl, ...] = Field(default=(), max_length=31)
    listen_host: str = "127.0.0.1"
    listen_port: Port = 8701
    operator_host: str = "127.0.0.1"
    operator_port: Port = 8702
    max_fee_gwei: Annotated[int, Field(ge=1)] = 100
    priority_fee_gwei: Annotated[int, Field(ge=0)] = 2
    least_priority_fee_gwei: Annotated[int, Field(ge=0)] = 0
    rpc_fallback_urls: tuple[PlainUrl, ...] = Field(default=(), max_length=8)
    rpc_fallback_url_files: tuple[Path, ...] = Field(default=(), max_length=8)
    max_head_age_seconds: Seconds = 900
    gas_cap: Annotated[int, Field(ge=100_000)] = 8_000_000
    evm_confirmations: Annotated[int, Field(ge=1, le=512)] = 12
    stuck_seconds: Seconds = 300
    replacements: Annotated[int, Field(ge=0, le=20)] = 5
    fallback_seconds: Seconds = 600
    cycle_seconds: Annotated[float, Field(gt=0, le=3_600)] = 60
    max_backoff_seconds: Annotated[float, Field(gt=0, le=3_600)] = 600
    max_failures: Annotated[int, Field(ge=1)] = 30
    wait_seconds: Seconds = 180
    poll_seconds: Annotated[float, Field(gt=0, le=60)] = 3
    sign_ahead: Annotated[int, Field(ge=0, le=100)] = 7
    output_days: Annotated[int, Field(ge=1, le=60)] = 10
    settle_days: Annotated[int, Field(ge=1, le=64)] = 16
    watch: WatchMode = WatchMode.OFF
    watch_gas: Annotated[int, Field(ge=100_000)] = 8_000_000
    headers_block: Annotated[int, Field(ge=0)] = 0
    late_seconds: Seconds = 6 * 3_600
    silent_seconds: Seconds = 1_800
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="after")
    def _check_together(self) -> "Settings":
        if (self.days is None) == (not self.bitcoin):
            raise ValueError("set either bitcoin or days")
        if self.bitcoin and len(self.bitcoin) < self.min_sources:
            raise ValueError(f"{len(self.bitcoin)} bitcoin sources, min_sources {self.min_sources}")
        for role in ("reporter", "transmitter"):
            key, password = (getattr(self, f"{role}_{n}") for n in ("keystore", "password_file"))
            if (key is None) != (password is None):
                raise ValueError(f"set both {role}_keystore and {role}_password_file, or neither")
        is_invented = self.days is not None and self.days.startswith("simulated:")
        if is_invented and self.reporter_keystore and self.chain_id not in LOCAL_CHAINS:
            raise ValueError("invented days are signed on a local chain only")
        if self.reporter_keystore and self.reporter_keystore == self.transmitter_keystore:
            raise ValueError("the reporter and the transmitter need keys of their own")
        return self


def load_settings(path: Path | None) -> Settings:
    """Read the settings, as `settings_file.load` does."""
    return load(Settings, path, _is_path)


def _is_path(name: str) -> bool:
    return name.endswith(("_file", "_files", "_keystore")) or name in ("journal", "path")
