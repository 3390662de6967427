# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run issue`: create a series from its parameters, read it back, record it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.series.issuing import distributor_args, issue_series, token_args, verify_series
from commands.shell.chain import address_of
from commands.shell.console import counted, go_ahead, grid
from commands.shell.contracts import (
    DISTRIBUTOR,
    DISTRIBUTOR_BLUEPRINT,
    ERC20_BLUEPRINT,
    MOCK_BITCOIN,
    series_terms,
)
from commands.shell.deployment import created_record
from commands.shell.errors import RecordError
from commands.shell.parameters import NO_END_DAY, NetworkParameters, SeriesParameters
from commands.shell.provenance import read_work_tree, require_clean
from commands.shell.session import Session
from hashrate.core.amounts import bitcoin_text
from hashrate.core.types import DayIndex
from hashrate.core.units import decimal_text, iso_from_day


def issue(
    session: Session,
    parameters: NetworkParameters,
    instance: str,
    *,
    is_dry: bool,
    is_agreed: bool,
) -> list[Path]:
    """Issue a series; the sending account becomes its issuer.

    Args:
        session: with the issuer's account.
        parameters: of the network.
        instance: which of its series.
        is_dry: only show the plan.
        is_agreed: do not ask.

    Returns:
        The records written: distributor and token.

    Raises:
        RecordError: it is issued already, or the system is not deployed.
        WorkTreeError: the tree is dirty and the network is live.
        VerificationError: something does not read back.
    """
    chain = session.chain
    require_clean(read_work_tree(), is_local=chain.is_local)
    series = parameters.series_named(instance)
    _require_new(session, instance)
    registry = session.registry
    reward_token = _reward_token(session, parameters)
    decimals = int(chain.contract(MOCK_BITCOIN, reward_token).decimals())
    terms = series_terms(series, chain.now)
    _show(session, instance, series, terms, (reward_token, decimals))
    if not go_ahead(session.console, is_dry=is_dry, is_agreed=is_agreed):
        return []
    issued = issue_series(chain, registry, reward_token, series, terms)
    issuer = str(chain.account.address)
    wanted = distributor_args(issuer, registry.ORACLE(), reward_token, series, terms)
    wanted_token = token_args(issued.distributor.address, series)
    verify_series(chain, registry, issued, wanted, wanted_token)
    paths = session.book.write(
        created_record(chain, session.book.get(blueprint), instance, sent, args)
        for blueprint, sent, args in (
            (DISTRIBUTOR_BLUEPRINT, issued.distributor, wanted),
            (ERC20_BLUEPRINT, issued.token, wanted_token),
        )
    )
    session.console.print(
        f"Series {instance} issued and read back:\n"
        f"  distributor {issued.distributor.address}\n  token       {issued.token.address}"
    )
    return paths


def _require_new(session: Session, instance: str) -> None:
    record = session.book.instances(DISTRIBUTOR).get(instance)
    if record is not None and session.chain.has_code(record.address):
        raise RecordError(
            f"series {instance} is issued already, at {record.address}; its terms cannot change"
        )


def _reward_token(session: Session, parameters: NetworkParameters) -> ChecksumAddress:
    if parameters.reward_token.address is not None:
        return address_of(parameters.reward_token.address)
    return to_checksum_address(session.book.get(MOCK_BITCOIN).address)


def _show(
    session: Session,
    instance: str,
    series: SeriesParameters,
    terms: Mapping[str, Any],
    reward_token: tuple[str, int],
) -> None:
    """Print the terms in the units people think in; they cannot be changed later."""
    chain, (token, decimals) = session.chain, reward_token
    end = terms["end_day"]
    ends = "open" if end == NO_END_DAY else f"{iso_from_day(DayIndex(end))} (not paid)"
    rows = [
        ("issuer", str(chain.account.address)),
        ("token", f"{series.name} ({series.symbol})"),
        ("site", series.site),
        ("fleet", f"{series.fleet} (0x{terms['fleet_id'].hex()})"),
        ("reward token", f"{token}, {decimals} decimals"),
        ("first paid day", iso_from_day(DayIndex(terms["start_day"]))),
        ("end", ends),
        ("efficiency", f"{decimal_text(series.efficiency_mj_per_th, 3)} J/TH"),
        ("power", f"{decimal_text(series.power_price_usd_e6, 6)} USD/kWh"),
        ("service fee", f"{decimal_text(series.service_fee_wad, 18)} sat per TH/s per day"),
        ("pool fee", f"{decimal_text(series.pool_fee_bps, 2)} %"),
        ("guaranteed uptime", f"{decimal_text(series.guaranteed_uptime_bps, 2)} %"),
        ("bond", f"{bitcoin_text(series.bond_per_ths, decimals)} per TH/s"),
        ("attestation", counted(series.attestation_days, "day")),
        ("grace", f"{series.grace_seconds:,} s after a day is final"),
        ("output deadline", f"{series.output_deadline_seconds:,} s after a day is final"),
        ("termination", f"after {counted(series.termination_days, 'day')} without a market reward"),
    ]
    title = f"Series {instance} on {chain.name} (chain {chain.chain_id}); terms are immutable"
    session.console.print(grid(title, rows))
