# SPDX-License-Identifier: AGPL-3.0-only
"""`check`: whether everything a maker depends on is there."""

from collections.abc import Iterator
from pathlib import Path

from hashrate.core.units import iso_from_day
from hashrate.orders.relay_client import RelayClient
from hashrate.service.command_line import Check, show_checks
from hashrate.service.logging import Redactor
from maker.chain import MarketReader
from maker.errors import MakerStateError
from maker.service import books_of, find_listings, open_account, open_desk, open_market
from maker.settings import MakerSettings, load_settings
from maker.state import MakerState

_GWEI = 10**9


def show(config: Path | None) -> bool:
    """Print a line for each check; tell whether all is well.

    Raises:
        HashrateError: the settings cannot be read, or the node is on another chain.
    """
    settings = load_settings(config)
    with open_market(settings, Redactor()) as market:
        return show_checks(_checks(settings, market))


def _checks(settings: MakerSettings, market: MarketReader) -> Iterator[Check]:
    yield "book", lambda: f"{market.domain.contract} of vault {market.vault}"
    yield "index", lambda: _index(market)
    yield "months", lambda: _months(settings, market)
    yield "tokens", lambda: _tokens(settings, market)
    yield "relay", lambda: _relay(settings)
    yield "state", lambda: _state(settings)
    yield "key", lambda: _key(settings)
    if settings.keystore is not None:
        yield "money", lambda: _money(settings, market)
        yield "gas", lambda: _gas(settings, market)


def _index(market: MarketReader) -> str:
    newest, height = market.newest_day()
    return f"final to {iso_from_day(newest)}, block {height}"


def _months(settings: MakerSettings, market: MarketReader) -> str:
    return ", ".join(each.name for each in find_listings(settings, market)) or "none"


def _tokens(settings: MakerSettings, market: MarketReader) -> str:
    desk = open_desk(settings, market)
    return "none" if desk is None else ", ".join(each.name for each in desk.listings)


def _relay(settings: MakerSettings) -> str:
    with RelayClient(settings.relay) as client:
        return f"{settings.relay} lists {len(client.get('/markets').get('markets', []))} markets"


def _state(settings: MakerSettings) -> str:
    orders, stopped = MakerState(settings.state).read()
    if stopped:
        raise MakerStateError(f"stopped: {stopped}; `run --resume` goes on")
    return f"{settings.state}, {len(orders)} orders"


def _key(settings: MakerSettings) -> str:
    account = open_account(settings)
    return "none: a dry run" if account is None else account.address


def _money(settings: MakerSettings, market: MarketReader) -> str:
    account = open_account(settings)
    texts = []
    tokens = {each.terms.token for each in find_listings(settings, market)}
    wanted = {(token, market.vault, "the vault") for token in tokens}
    if (desk := open_desk(settings, market)) is not None:
        spot = (desk.domain.contract, "the spot market")
        wanted |= {(each, *spot) for each in [desk.money, *(of.token for of in desk.listings)]}
    for token, spender, name in sorted(wanted):
        balance, allowed = market.money(token, account.address, spender) if account else (0, 0)
        if allowed == 0:
            raise MakerStateError(f"{token}: {name} may take none of it")
        texts.append(f"{token}: {balance}, {name} may take {allowed} [base units]")
    if not any(market.money(token, account.address, by)[0] for token, by, _ in wanted if account):
        raise MakerStateError("the account has no money")
    return "; ".join(texts)


def _gas(settings: MakerSettings, market: MarketReader) -> str:
    account = open_account(settings)
    needed = 2 * books_of(settings) * settings.cancel_gas * settings.max_fee_gwei * _GWEI
    held = market.rpc.balance(account.address) if account else 0
    if held < needed:
        raise MakerStateError(f"{held} wei, cancellations may cost {needed}")
    return f"{held} wei, kept for cancellations: {needed}"
