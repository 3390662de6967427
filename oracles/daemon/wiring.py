# SPDX-License-Identifier: AGPL-3.0-only
"""Opens the sources that the settings name."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from eth_utils.address import to_checksum_address

from hashrate.core.types import MAINNET, REGTEST, SIGNET, Network, UnixSeconds
from hashrate.history import open_source
from hashrate.service.clock import Clock
from hashrate.service.errors import KeystoreError, SettingsError
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Credentials, HttpLimits, Now, Renew
from hashrate.service.keys import read_secret
from hashrate.service.logging import Redactor
from oracles.daemon.agreed_days import AgreedDays
from oracles.daemon.readings import FactsReader, OutputReader, PriceReader, WholeDays
from oracles.daemon.remote import AgreedPrices, RemoteOutput, Watch, Wire
from oracles.daemon.settings import BitcoinSettings, OutputSettings, Settings
from oracles.daemon.table_output import TableOutput
from oracles.sources import (
    antpool,
    bitcoin_core,
    bitstamp,
    braiins,
    coinbase_exchange,
    f2pool,
    foundry,
    kraken,
    luxor,
    ocean,
    viabtc,
)
from oracles.sources.agreement import PriceLimits
from oracles.sources.base import BitcoinSource, OutputSource, PriceSource
from oracles.sources.bitcoin_core import BitcoinCore
from oracles.sources.day_end import DayBoundary
from oracles.sources.esplora import Esplora
from oracles.sources.mempool_space import MempoolSpace
from oracles.sources.own_node import CoinbaseSource, MeterFile, OwnNode
from oracles.sources.pool import POOL_DAY

NETWORKS: dict[str, Network] = {network.name: network for network in (MAINNET, SIGNET, REGTEST)}
_EXCHANGES: dict[str, tuple[Callable[[HttpClient, Now], PriceSource], str]] = {
    "coinbase": (coinbase_exchange.CoinbaseExchange, coinbase_exchange.DEFAULT_URL),
    "kraken": (kraken.Kraken, kraken.DEFAULT_URL),
    "bitstamp": (bitstamp.Bitstamp, bitstamp.DEFAULT_URL),
}
_POOLS = {
    "braiins": (braiins.DEFAULT_URL, braiins.HEADER, braiins.LIMITS),
    "luxor": (luxor.DEFAULT_URL, luxor.HEADER, None),
    "foundry": (foundry.DEFAULT_URL, foundry.HEADER, None),
    "f2pool": (f2pool.DEFAULT_URL, f2pool.HEADER, f2pool.LIMITS),
    "viabtc": (viabtc.DEFAULT_URL, viabtc.HEADER, viabtc.LIMITS),
}


@dataclass(frozen=True, slots=True)
class Readers:
    """Where facts, prices and outputs come from."""

    facts: FactsReader
    prices: PriceReader
    outputs: tuple[OutputReader, ...]


@dataclass(frozen=True, slots=True)
class Views:
    """What stands between the sources and whoever reads them."""

    bitcoin: Callable[[BitcoinSource], BitcoinSource] = lambda source: source
    node: Callable[[CoinbaseSource], CoinbaseSource] = lambda source: source
    prices: Callable[[PriceSource], PriceSource] = lambda source: source
    outputs: Callable[[OutputSource], OutputSource] = lambda source: source


@contextmanager
def open_readers(
    settings: Settings,
    redactor: Redactor,
    clock: Clock,
    watch: Watch | None = None,
    views: Views | None = None,
) -> Iterator[Readers]:
    """Open the sources, and close them afterwards.

    Args:
        settings: name them.
        redactor: learns their secrets.
        clock: decides which days are over.
        watch: is told how they do.
        views: through which they are seen; as they are by default.

    Raises:
        HashrateError: a source cannot be opened.
    """
    views = views or Views()
    with ExitStack() as stack:
        wire = Wire(clock, watch)
        stack.callback(wire.close)
        network = NETWORKS[settings.network]
        opener = _Opener(wire, redactor, network, views, stack)
        outputs = tuple(opener.output(each, settings) for each in settings.outputs)
        if settings.days is not None:
            whole = WholeDays(open_source(settings.days))
            yield Readers(whole, whole, outputs)
            return
        sources = [views.bitcoin(opener.bitcoin(each)) for each in settings.bitcoin]
        if len({source.source_id for source in sources}) != len(sources):
            raise SettingsError("setting bitcoin: sources of one kind need names of their own")
        facts = AgreedDays(wire, sources, network, settings.min_sources, settings.confirmations)
        exchanges = [views.prices(opener.exchange(name, settings)) for name in settings.prices]
        limits = PriceLimits(settings.min_prices, settings.price_spread_bps)
        yield Readers(facts, AgreedPrices(wire, exchanges, limits), outputs)


def way_in(settings: BitcoinSettings, redactor: Redactor) -> Credentials:
    """Read what a Bitcoin source lets in; a cookie is there while the node runs.

    Raises:
        KeystoreError: a file cannot be read, or others may read it.
    """
    user, password = settings.user, _secret(settings.password_file, redactor)
    if settings.cookie_file is not None:
        try:
            text = read_secret(settings.cookie_file, group_may_read=True)
        except KeystoreError:
            if settings.cookie_file.exists():
                raise
            text = ""  # the node is down; when it is back it refuses this and is asked again
        user, _, password = text.partition(":")
        redactor.learn([password] if password else [])
    return Credentials(
        user=user, password=password, path_prefix=_secret(settings.path_file, redactor)
    )


def _secret(path: Path | None, redactor: Redactor) -> str:
    if path is None:
        return ""
    secret = read_secret(path)
    redactor.learn([secret])
    return secret


class _Opener:
    """Makes sources that share a wire, and leaves their closing to a stack."""

    def __init__(
        self, wire: Wire, redactor: Redactor, network: Network, views: Views, stack: ExitStack
    ) -> None:
        self._wire = wire
        self._redactor = redactor
        self._network = network
        self._views = views
        self._stack = stack

    def bitcoin(self, settings: BitcoinSettings) -> BitcoinSource:
        """Open one view of the Bitcoin chain."""
        name = settings.name or settings.kind
        limits = bitcoin_core.LIMITS if settings.kind == "core" else None
        http = self._http(name, settings.url, lambda: way_in(settings, self._redactor), limits)
        if settings.kind == "core":
            return BitcoinCore(http, self._network)
        if settings.kind == "mempool":
            return MempoolSpace(http, self._network)
        return Esplora(http, self._network)

    def exchange(self, name: str, settings: Settings) -> PriceSource:
        """Open one exchange."""
        kind, default_url = _EXCHANGES[name]
        url = next((url for key, url in settings.price_urls.items() if key == name), default_url)
        return kind(self._http(name, url, Credentials, None), self._now)

    def output(self, settings: OutputSettings, whole: Settings) -> OutputReader:
        """Open one series' output."""
        if settings.kind == "table":
            return TableOutput(settings)
        series = to_checksum_address(settings.series)
        source = self._views.outputs(self._remote(settings, whole))
        return RemoteOutput(self._wire, series, source)

    def _remote(self, settings: OutputSettings, whole: Settings) -> OutputSource:
        if settings.kind == "antpool":
            return self._antpool(settings)
        if settings.kind == "ocean":
            return self._ocean(settings)
        if settings.kind == "own_node":
            return self._own_node(settings, whole)
        return self._pool(settings)

    def _own_node(self, settings: OutputSettings, whole: Settings) -> OutputSource:
        core = next((each for each in whole.bitcoin if each.kind == "core"), None)
        source = self.bitcoin(core) if core else None
        if not isinstance(source, BitcoinCore):
            raise SettingsError("setting outputs: own_node needs a bitcoin source of kind core")
        meter = MeterFile(settings.path) if settings.path else None
        node = self._views.node(source)
        return OwnNode("own_node", node, settings.addresses, whole.confirmations, meter)

    def _antpool(self, settings: OutputSettings) -> OutputSource:
        """Open AntPool, whose questions are signed one by one."""
        if settings.token_file is None:
            raise SettingsError("setting outputs: antpool needs a token_file")
        secret = self._secret(settings.token_file)
        hidden = Credentials(others=tuple(filter(None, secret.split(":"))))
        url = settings.url or antpool.DEFAULT_URL
        http = self._http(settings.kind, url, lambda: hidden, antpool.LIMITS)
        boundary = DayBoundary(settings.day_offset_seconds, POOL_DAY.delay_seconds)
        return antpool.AntPool(http, self._now, settings.account, secret, boundary)

    def _ocean(self, settings: OutputSettings) -> OutputSource:
        """Open Ocean, which tells no past day's hashrate."""
        if settings.path is None or not settings.account:
            raise SettingsError("setting outputs: ocean needs an account and a meter's path")
        url = settings.url or ocean.DEFAULT_URL
        http = self._http(settings.kind, url, Credentials, ocean.LIMITS)
        return ocean.Ocean(http, self._now, settings.account, MeterFile(settings.path))

    def _pool(self, settings: OutputSettings) -> OutputSource:
        url, header, limits = _POOLS[settings.kind]
        if settings.token_file is None:
            raise SettingsError(f"setting outputs: {settings.kind} needs a token_file")
        token_file = settings.token_file
        http = self._http(
            settings.kind,
            settings.url or url,
            lambda: Credentials(headers={header: self._secret(token_file)}),
            limits,
        )
        boundary = DayBoundary(settings.day_offset_seconds, POOL_DAY.delay_seconds)
        if settings.kind == "braiins":
            return braiins.Braiins(http, self._now, boundary)
        if settings.kind == "viabtc":
            return viabtc.ViaBtc(http, self._now, boundary)
        if settings.kind == "luxor":
            return luxor.Luxor(http, self._now, settings.account, boundary)
        if settings.kind == "foundry":
            unit = settings.hashrate_unit
            return foundry.Foundry(http, self._now, settings.account, unit, boundary)
        return f2pool.F2Pool(http, self._now, settings.account, boundary)

    def _http(self, name: str, url: str, way_in: Renew, limits: HttpLimits | None) -> HttpClient:
        wire = self._wire
        http = HttpClient(name, url, wire.record, self._now, way_in(), limits, way_in)
        self._stack.callback(lambda: self._wire.run(http.aclose()))
        return http

    def _secret(self, path: Path | None) -> str:
        return _secret(path, self._redactor)

    def _now(self) -> UnixSeconds:
        return UnixSeconds(self._wire.clock.now())
