# SPDX-License-Identifier: AGPL-3.0-only
"""Wires a maker from its settings, and runs it."""

import fcntl
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import structlog
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from hashrate.core.errors import RetryableError
from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.fees import FeePolicy
from hashrate.evm.node import open_rpc
from hashrate.orders.errors import RelayAnswerError
from hashrate.orders.order import BookDomain
from hashrate.orders.relay_client import RelayClient
from hashrate.orders.spot import SpotDomain
from hashrate.products.forwards.codes import parse_contracts
from hashrate.products.forwards.errors import ContractCodeError
from hashrate.products.forwards.terms import series_id, terms_of_contract
from hashrate.service.clock import SystemClock
from hashrate.service.errors import SettingsError
from hashrate.service.keys import open_keystore
from hashrate.service.listener import Listener
from hashrate.service.logging import Redactor, configure_logging
from maker.chain import MarketReader
from maker.cycle import Listing, Maker, Parts, Report, Rules
from maker.errors import MakerStateError, MakerStoppedError
from maker.metrics import MakerHealth, MakerMetrics, make_operator_app
from maker.prices import LivePrice
from maker.sender import Sender
from maker.settings import MakerSettings, load_settings
from maker.spot import SpotDesk, SpotListing
from maker.state import MakerState

_LOG = structlog.get_logger(__name__)
_GWEI = 10**9
_SILENT_CYCLES = 10
_LEAST_SILENT_SECONDS = 120.0
_TOKEN = 10**18  # base units of a whole token


def open_account(settings: MakerSettings) -> LocalAccount | None:
    """Open the key that signs and pays; None for a dry run.

    Raises:
        KeystoreError: it does not open.
    """
    if settings.keystore is None or settings.password_file is None:
        return None
    return open_keystore(settings.keystore, settings.password_file)


@contextmanager
def open_market(settings: MakerSettings, redactor: Redactor) -> Iterator[MarketReader]:
    """Connect to the node, and check that it is the right chain with the right contracts.

    Raises:
        WrongChainError: it is another.
    """
    domain = BookDomain(settings.chain_id, to_checksum_address(settings.book))
    with open_rpc(settings, redactor) as rpc:
        market = MarketReader(rpc, domain, to_checksum_address(settings.oracle))
        market.require()
        yield market


def find_listings(settings: MakerSettings, market: MarketReader) -> list[Listing]:
    """Find the series that the settings name, by their codes or ids.

    Raises:
        SettingsError: one does not exist, or settles on another index.
    """
    return [
        listing for text in settings.contracts for listing in _listings_of(text, settings, market)
    ]


def books_of(settings: MakerSettings) -> int:
    """Count the books on which there are orders."""
    return bool(settings.contracts) + bool(settings.spot)


def open_desk(settings: MakerSettings, market: MarketReader) -> SpotDesk | None:
    """Wire what quotes tokens; None where none is quoted.

    Raises:
        SettingsError: the spot market is another contract, or none.
    """
    if settings.market is None or not settings.spot:
        return None
    domain = SpotDomain(settings.chain_id, to_checksum_address(settings.market))
    money = to_checksum_address(settings.bitcoin_token)
    listings = [
        SpotListing(
            market.symbol(to_checksum_address(each.token)),
            to_checksum_address(each.token),
            each.valuation,
            each.target * _TOKEN,
            each.size * _TOKEN,
            each.limit * _TOKEN,
        )
        for each in settings.spot
    ]
    desk = SpotDesk(market, domain, money, listings, settings.spot_seconds)
    if not desk.is_there():
        raise SettingsError("setting market: another contract, or none")
    return desk


@contextmanager
def open_maker(
    settings: MakerSettings, redactor: Redactor, metrics: MakerMetrics, clock: SystemClock
) -> Iterator[Maker]:
    """Wire a maker, and take it apart afterwards.

    Raises:
        HashrateError: something it needs is not there.
    """
    account = open_account(settings)
    with ExitStack() as stack:
        market = stack.enter_context(open_market(settings, redactor))
        relay = stack.enter_context(RelayClient(settings.relay))
        listings = find_listings(settings, market)
        live = None
        if any(each.terms.product.is_in_dollars for each in listings):
            live = LivePrice(
                settings.prices,
                {str(name): url for name, url in settings.price_urls.items()},
                settings.min_prices,
                settings.price_spread_bps,
            )
            stack.callback(live.close)
        sender = None
        if account is not None:
            fees = FeePolicy(settings.max_fee_gwei * _GWEI, settings.priority_fee_gwei * _GWEI)
            sender = Sender(
                market.rpc,
                account,
                books_of(settings),
                fees,
                settings.cancel_gas,
                settings.wait_seconds,
                clock,
            )
            metrics.gas_reserve_wei.set(sender.reserve)
        state, desk = MakerState(settings.state), open_desk(settings, market)
        parts = Parts(market, relay, state, metrics, live, account, sender, clock, desk)
        yield Maker(parts, listings, _rules(settings))


@contextmanager
def alone(settings: MakerSettings) -> Iterator[None]:
    """Keep another process away from the state: two would each offer all there is.

    Raises:
        MakerStateError: another process has it.
    """
    path = settings.state.with_name(settings.state.name + ".lock")
    try:
        with path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError:
        raise MakerStateError(f"another maker works with {settings.state}") from None


def run(config: Path | None, *, resumes: bool) -> bool:
    """Quote until SIGTERM; tell whether it ended in good order, not at the loss limit.

    Args:
        config: the settings' file.
        resumes: forget that the loss limit was reached; losses before count again.
    """
    settings = load_settings(config)
    redactor = Redactor()
    configure_logging(settings.log_level, redactor)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    clock, metrics = SystemClock(stop), MakerMetrics()
    silent = max(_LEAST_SILENT_SECONDS, _SILENT_CYCLES * settings.cycle_seconds)
    health = MakerHealth(clock, silent)
    if resumes:
        with alone(settings):
            state = MakerState(settings.state)
            state.write(state.read()[0], "")
    listener = Listener(
        make_operator_app(health, metrics), settings.operator_host, settings.operator_port
    )
    with alone(settings), open_maker(settings, redactor, metrics, clock) as maker:
        listener.start()
        _LOG.info("started", book=settings.book, is_dry=settings.keystore is None)
        try:
            return _loop(maker, settings, health, metrics, clock, stop)
        finally:
            listener.stop()


def look_once(config: Path | None) -> Report:
    """Look once, as `run` does again and again.

    Raises:
        HashrateError: it failed, or the maker has stopped.
    """
    settings = load_settings(config)
    redactor = Redactor()
    configure_logging(settings.log_level, redactor)
    with alone(settings), open_maker(settings, redactor, MakerMetrics(), SystemClock()) as maker:
        return maker.look()


def _loop(
    maker: Maker,
    settings: MakerSettings,
    health: MakerHealth,
    metrics: MakerMetrics,
    clock: SystemClock,
    stop: threading.Event,
) -> bool:
    while not stop.is_set():
        try:
            report = maker.look()
        except MakerStoppedError as error:
            health.stopped(str(error))
            return False
        except (RetryableError, RelayAnswerError, RpcRefusedError) as error:
            metrics.cycles.labels("failed").inc()
            _LOG.warning("look_failed", why=str(error))
        else:
            metrics.cycles.labels("good").inc()
            metrics.last_success.set(int(time.time()))
            health.succeeded()
            _LOG.debug("looked", quiet=report.quiet, offers=len(report.offers))
        clock.sleep(settings.cycle_seconds)
    _LOG.info("ended", open_orders=len(maker.orders))
    return True


def _listings_of(text: str, settings: MakerSettings, market: MarketReader) -> Iterator[Listing]:
    try:
        contracts = parse_contracts(text)
    except ContractCodeError:
        series = _number(text)
        yield _listing(text, series, market)
        return
    for contract in contracts:
        name = settings.dollar_token if contract.product.is_in_dollars else settings.bitcoin_token
        if name is None:
            raise SettingsError(f"setting dollar_token: {contract} settles in it")
        token = to_checksum_address(name)
        terms = terms_of_contract(contract, market.oracle, token, market.decimals(token))
        series = series_id(market.domain.chain_id, market.vault, terms)
        yield _listing(str(contract), series, market)


def _listing(name: str, series: int, market: MarketReader) -> Listing:
    try:
        terms = market.terms(series)
    except RpcRefusedError as error:
        raise SettingsError(f"setting contracts: {name} is not listed in the vault") from error
    if terms.index != market.oracle:
        raise SettingsError(f"setting contracts: {name} settles on another index")
    return Listing(name, series, terms)


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise SettingsError(f"setting contracts: {text!r} is no code and no series") from None


def _rules(settings: MakerSettings) -> Rules:
    return Rules(
        settings.policy,
        settings.growth,
        settings.stale_bps,
        settings.deadline_seconds,
        settings.dollar_seconds,
        settings.loss_sats,
        settings.loss_cents,
        settings.first_block,
        settings.log_blocks,
        settings.head_seconds,
    )
