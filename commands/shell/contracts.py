# SPDX-License-Identifier: AGPL-3.0-only
"""The project's contracts as steps of a plan, and what each must read back once it is there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eth_utils.crypto import keccak

from commands.shell.headers import headers_args, read_headers
from commands.shell.parameters import (
    NO_END_DAY,
    NetworkParameters,
    SeriesParameters,
    resolve_day,
)
from commands.shell.plan import Ref, Step

HEADERS = "BitcoinHeaders"
ORACLE = "HashpriceOracle"
REGISTRY = "SeriesRegistry"
LENS = "SeriesLens"
DISTRIBUTOR = "RewardDistributor"
HASHRATE_ERC20 = "HashrateToken"
FEED = "MetricFeed"
MOCK_BITCOIN = "MockBitcoin"
MOCK_DOLLAR = "MockDollar"
NO_HEADERS = "0x" + "00" * 20
"""In the place of the header contract of an oracle that has none."""
VAULT = "ForwardsVault"
BOOK = "ForwardsBook"
METADATA = "ForwardsMetadata"
OFFERING = "HashrateOffering"
SHELF = "Shelf"
SPOT = "SpotMarket"
TRANCHES = "HashrateTranches"
TRANCHE_ERC20 = "TrancheToken"
TRANCHES_FACTORY = "TranchesFactory"
FUND = "HashrateFund"
FUND_FACTORY = "FundFactory"
TRANCHES_BLUEPRINT = f"{TRANCHES}.blueprint"
TRANCHE_ERC20_BLUEPRINT = f"{TRANCHE_ERC20}.blueprint"
FUND_BLUEPRINT = f"{FUND}.blueprint"
DISTRIBUTOR_BLUEPRINT = f"{DISTRIBUTOR}.blueprint"
ERC20_BLUEPRINT = f"{HASHRATE_ERC20}.blueprint"
BOOK_BLUEPRINT = f"{BOOK}.blueprint"
SHELF_BLUEPRINT = f"{SHELF}.blueprint"
FEED_METRICS = {"hashprice-sats": 1, "hashprice-usd": 2, "difficulty": 4}

AddressOf = Callable[[str], str]
"""Turns an alias or an address, as a parameter file has it, into an address."""


def system_steps(parameters: NetworkParameters, address_of: AddressOf, now: int) -> list[Step]:
    """List the contracts of the system in the order of deployment.

    Args:
        parameters: of the network.
        address_of: resolves account aliases.
        now: what `today` means [unix s].
    """
    steps = []
    if parameters.headers is not None:
        steps.append(Step(HEADERS, HEADERS, headers_args(parameters.headers)))
    steps += [
        Step(ORACLE, ORACLE, oracle_args(parameters, address_of, now)),
        Step(ERC20_BLUEPRINT, HASHRATE_ERC20, {}, is_blueprint=True),
        Step(DISTRIBUTOR_BLUEPRINT, DISTRIBUTOR, {}, is_blueprint=True),
        Step(
            REGISTRY,
            REGISTRY,
            {
                "oracle": Ref(ORACLE),
                "distributor_blueprint": Ref(DISTRIBUTOR_BLUEPRINT),
                "token_blueprint": Ref(ERC20_BLUEPRINT),
            },
        ),
        Step(LENS, LENS, {}),
    ]
    for instance, metric in FEED_METRICS.items():
        steps.append(Step(f"{FEED}.{instance}", FEED, {"oracle": Ref(ORACLE), "metric": metric}))
    if parameters.reward_token.mock_decimals is not None:
        decimals = parameters.reward_token.mock_decimals
        steps.append(Step(MOCK_BITCOIN, MOCK_BITCOIN, {"decimals": decimals}))
    return [
        *steps,
        *forwards_steps(parameters, address_of),
        *market_steps(parameters, address_of),
        *product_steps(),
    ]


def forwards_steps(parameters: NetworkParameters, address_of: AddressOf) -> list[Step]:
    """List the forwards vault, whose book it deploys itself, and what it settles in; nothing if
    the network has none.

    The vault's first token settles satoshi and difficulty, its second one dollars.

    Args:
        parameters: of the network.
        address_of: resolves account aliases.
    """
    if parameters.forwards is None:
        return []
    steps, dollar = [], parameters.forwards.dollar_token
    if dollar.mock_decimals is not None:
        steps.append(Step(MOCK_DOLLAR, MOCK_DOLLAR, {"decimals": dollar.mock_decimals}))
    args = {
        "book_blueprint": Ref(BOOK_BLUEPRINT),
        "metadata": Ref(METADATA),
        "tokens": settlement_tokens(parameters, address_of),
    }
    return [
        *steps,
        Step(BOOK_BLUEPRINT, BOOK, {}, is_blueprint=True),
        Step(METADATA, METADATA, {}),
        Step(VAULT, VAULT, args),
    ]


def market_steps(parameters: NetworkParameters, address_of: AddressOf) -> list[Step]:
    """List what hashrate is sold on: the offering, whose shelves are a blueprint, and the spot
    market.

    Args:
        parameters: of the network.
        address_of: resolves account aliases.
    """
    return [
        Step(SHELF_BLUEPRINT, SHELF, {}, is_blueprint=True),
        Step(
            OFFERING,
            OFFERING,
            {
                "registry": Ref(REGISTRY),
                "shelf_blueprint": Ref(SHELF_BLUEPRINT),
                "tokens": settlement_tokens(parameters, address_of),
            },
        ),
        Step(SPOT, SPOT, {}),
    ]


def product_steps() -> list[Step]:
    """List what makes products on the index: the factories of tranches and of funds."""
    tranches = {
        "registry": Ref(REGISTRY),
        "tranches_blueprint": Ref(TRANCHES_BLUEPRINT),
        "token_blueprint": Ref(TRANCHE_ERC20_BLUEPRINT),
    }
    funds = {"registry": Ref(REGISTRY), "fund_blueprint": Ref(FUND_BLUEPRINT)}
    return [
        Step(TRANCHE_ERC20_BLUEPRINT, TRANCHE_ERC20, {}, is_blueprint=True),
        Step(TRANCHES_BLUEPRINT, TRANCHES, {}, is_blueprint=True),
        Step(TRANCHES_FACTORY, TRANCHES_FACTORY, tranches),
        Step(FUND_BLUEPRINT, FUND, {}, is_blueprint=True),
        Step(FUND_FACTORY, FUND_FACTORY, funds),
    ]


def settlement_tokens(parameters: NetworkParameters, address_of: AddressOf) -> list[Ref | str]:
    """List what is paid in: bitcoin, and dollars where the network has some.

    Args:
        parameters: of the network.
        address_of: resolves account aliases.
    """
    moneys: list[tuple[str, str | None]] = [(MOCK_BITCOIN, parameters.reward_token.address)]
    if parameters.forwards is not None:
        moneys.append((MOCK_DOLLAR, parameters.forwards.dollar_token.address))
    return [Ref(mock) if address is None else address_of(address) for mock, address in moneys]


def oracle_args(parameters: NetworkParameters, address_of: AddressOf, now: int) -> dict[str, Any]:
    """Make the oracle's constructor arguments by name."""
    oracle, headers = parameters.oracle, parameters.headers
    return {
        "owner": address_of(oracle.owner),
        "guardian": address_of(oracle.guardian),
        "reporters": [address_of(reporter) for reporter in oracle.reporters],
        "threshold": oracle.threshold,
        "config": {
            "first_day": int(resolve_day(oracle.first_day, now)),
            "first_height": oracle.first_height,
            "halving_blocks": oracle.halving_blocks,
            "unit_hashes": oracle.unit_hashes,
            "spread_bps": oracle.spread_bps,
            "short_window_seconds": oracle.short_window_seconds,
            "long_window_seconds": oracle.long_window_seconds,
            "recovery_window_seconds": oracle.recovery_window_seconds,
            "membership_delay_seconds": oracle.membership_delay_seconds,
            "bitcoin_headers": NO_HEADERS if headers is None else Ref(HEADERS),
            "dispute_window_seconds": 0 if headers is None else headers.dispute_window_seconds,
        },
    }


def series_terms(series: SeriesParameters, now: int) -> dict[str, Any]:
    """Make the terms of a series, in the order of the contract's struct."""
    ends = NO_END_DAY if series.end_day is None else int(resolve_day(series.end_day, now))
    return {
        "fleet_id": keccak(text=series.fleet),
        "start_day": int(resolve_day(series.start_day, now)),
        "end_day": ends,
        "efficiency_mj_per_th": series.efficiency_mj_per_th,
        "power_price_usd_e6": series.power_price_usd_e6,
        "service_fee_wad": series.service_fee_wad,
        "pool_fee_bps": series.pool_fee_bps,
        "guaranteed_uptime_bps": series.guaranteed_uptime_bps,
        "bond_per_ths": series.bond_per_ths,
        "attestation_days": series.attestation_days,
        "grace_seconds": series.grace_seconds,
        "output_deadline_seconds": series.output_deadline_seconds,
        "termination_days": series.termination_days,
    }


def read_back(step_contract: str, contract: Any, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Read every constructor value of a deployed contract back, by the name of its argument.

    Args:
        step_contract: name in the project.
        contract: the contract on the chain.
        sent: constructor arguments; a contract may only tell whether a value is among its own.
    """
    if step_contract == HEADERS:
        return read_headers(contract, dict(sent))
    if step_contract == VAULT:
        return _read_vault(contract, sent)
    if step_contract == OFFERING:
        return _read_offering(contract, sent["tokens"])
    return _READERS[step_contract](contract)


def _read_oracle(oracle: Any) -> dict[str, Any]:
    first_day = oracle.FIRST_DAY()
    return {
        "owner": oracle.owner(),
        "guardian": oracle.guardian(),
        "reporters": list(oracle.reporters()),
        "threshold": oracle.threshold(),
        "config": {
            "first_day": first_day,
            "first_height": oracle.day_record(first_day - 1).last_height + 1,
            "halving_blocks": oracle.HALVING_BLOCKS(),
            "unit_hashes": oracle.UNIT_HASHES(),
            "spread_bps": oracle.SPREAD_BPS(),
            "short_window_seconds": oracle.SHORT_WINDOW_SECONDS(),
            "long_window_seconds": oracle.LONG_WINDOW_SECONDS(),
            "recovery_window_seconds": oracle.RECOVERY_WINDOW_SECONDS(),
            "membership_delay_seconds": oracle.MEMBERSHIP_DELAY(),
            "bitcoin_headers": oracle.BITCOIN_HEADERS(),
            "dispute_window_seconds": oracle.DISPUTE_WINDOW_SECONDS(),
        },
    }


def _read_registry(registry: Any) -> dict[str, Any]:
    return {
        "oracle": registry.ORACLE(),
        "distributor_blueprint": registry.DISTRIBUTOR_BLUEPRINT(),
        "token_blueprint": registry.TOKEN_BLUEPRINT(),
    }


def _read_lens(_: Any) -> dict[str, Any]:
    return {}  # without state: its code says it all


def _read_feed(feed: Any) -> dict[str, Any]:
    return {"oracle": feed.ORACLE(), "metric": int(feed.METRIC())}


def _read_mock(token: Any) -> dict[str, Any]:
    return {"decimals": token.decimals()}


def _read_vault(vault: Any, sent: Mapping[str, Any]) -> dict[str, Any]:
    return {
        # what came of the blueprint is checked by its code: `deployment.verify_step`
        "book_blueprint": sent["book_blueprint"],
        "metadata": vault.METADATA(),
        "tokens": [each for each in sent["tokens"] if vault.is_token(each)],
    }


def _read_offering(offering: Any, tokens: Sequence[str]) -> dict[str, Any]:
    return {
        "registry": offering.REGISTRY(),
        "shelf_blueprint": offering.SHELF_BLUEPRINT(),
        "tokens": [each for each in tokens if offering.is_token(each)],
    }


def _read_tranches_factory(factory: Any) -> dict[str, Any]:
    return {
        "registry": factory.REGISTRY(),
        "tranches_blueprint": factory.TRANCHES_BLUEPRINT(),
        "token_blueprint": factory.TOKEN_BLUEPRINT(),
    }


def _read_fund_factory(factory: Any) -> dict[str, Any]:
    return {"registry": factory.REGISTRY(), "fund_blueprint": factory.FUND_BLUEPRINT()}


def _read_distributor(series: Any) -> dict[str, Any]:
    terms = series.terms()
    return {
        "issuer": series.owner(),
        "oracle": series.ORACLE(),
        "reward_token": series.REWARD_TOKEN(),
        "terms": dict(zip(terms.__dataclass_fields__, terms, strict=True)),
        "site": series.SITE(),
    }


def _read_token(token: Any) -> dict[str, Any]:
    return {"name": token.name(), "symbol": token.symbol(), "distributor": token.DISTRIBUTOR()}


_READERS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    ORACLE: _read_oracle,
    REGISTRY: _read_registry,
    LENS: _read_lens,
    FEED: _read_feed,
    MOCK_BITCOIN: _read_mock,
    MOCK_DOLLAR: _read_mock,
    METADATA: lambda _: {},
    DISTRIBUTOR: _read_distributor,
    HASHRATE_ERC20: _read_token,
    SPOT: lambda _: {},
    TRANCHES_FACTORY: _read_tranches_factory,
    FUND_FACTORY: _read_fund_factory,
}
