# SPDX-License-Identifier: AGPL-3.0-only
"""What the chain says about the oracle, the series and a holder. Reads only."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from commands.series.money import WAIT_WORDS
from commands.shell.console import grid
from commands.shell.parameters import NO_END_DAY
from commands.shell.session import Series, Session
from hashrate.core.amounts import bitcoin_text, hashrate_text
from hashrate.core.types import DayIndex
from hashrate.core.units import PER_PHS_DECIMALS, decimal_text, iso_from_day


@dataclass(frozen=True, slots=True)
class OracleStatus:
    """The oracle now; `hashprice_wad` [sat per TH/s per day, 1e18] is the newest final day's."""

    address: str
    owner: str
    guardian: str
    reporters: list[str]
    threshold: int
    membership_version: int
    next_day: int
    last_final_day: int | None
    hashprice_wad: int | None


@dataclass(frozen=True, slots=True)
class HolderStatus:
    """A holder's part: balance [TH/s, 18 dec], claimable now [base units]."""

    account: str
    balance_ths: int
    claimable: int


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """A series now; money in base units of the reward token, supply in TH/s (18 dec)."""

    instance: str
    symbol: str
    distributor: str
    token: str
    reward_token: str
    reward_decimals: int
    supply_ths: int
    next_day: int
    end_day: int
    next_day_is: str
    is_closed: bool
    ledger: dict[str, int]
    holder: HolderStatus | None


def read_oracle(session: Session) -> OracleStatus:
    """Read the oracle."""
    oracle = session.oracle
    newest = int(oracle.last_final_day())
    has_final = newest >= int(oracle.FIRST_DAY())
    return OracleStatus(
        address=str(oracle.address),
        owner=str(oracle.owner()),
        guardian=str(oracle.guardian()),
        reporters=[str(reporter) for reporter in oracle.reporters()],
        threshold=int(oracle.threshold()),
        membership_version=int(oracle.membership_version()),
        next_day=int(oracle.next_day()),
        last_final_day=newest if has_final else None,
        hashprice_wad=int(oracle.final_values(newest)[0]) if has_final else None,
    )


def read_series(series: Series, holder: str | None) -> SeriesStatus:
    """Read a series, and a holder's part in it."""
    distributor, token = series.distributor, series.token
    progress, ledger = distributor.progress(), distributor.ledger()
    part = None
    if holder is not None:
        due, _ = distributor.preview_claim(holder)
        part = HolderStatus(holder, int(token.balanceOf(holder)), int(due))
    return SeriesStatus(
        instance=series.instance,
        symbol=str(token.symbol()),
        distributor=str(distributor.address),
        token=str(token.address),
        reward_token=str(series.reward_token.address),
        reward_decimals=series.decimals,
        supply_ths=int(token.totalSupply()),
        next_day=int(progress.next_day),
        end_day=int(progress.end_day),
        next_day_is=WAIT_WORDS[int(distributor.preview_day().wait)],
        is_closed=bool(progress.is_closed),
        ledger={name: int(getattr(ledger, name)) for name in ledger.__dataclass_fields__},
        holder=part,
    )


def as_json(oracle: OracleStatus, series: list[SeriesStatus]) -> str:
    """Write everything as JSON; integers as text, since many a reader would round them."""
    document = {"oracle": asdict(oracle), "series": [asdict(each) for each in series]}
    return json.dumps(_texts(document), indent=2)


def show(session: Session, oracle: OracleStatus, series: list[SeriesStatus]) -> None:
    """Print everything for people."""
    chain = session.chain
    final = "none" if oracle.last_final_day is None else _iso(oracle.last_final_day)
    rows = [
        ("oracle", oracle.address),
        ("owner", oracle.owner),
        ("guardian", oracle.guardian),
        ("reporters", "\n".join(oracle.reporters)),
        ("threshold", f"{oracle.threshold} of {len(oracle.reporters)}"),
        ("next day", _iso(oracle.next_day)),
        ("newest final day", final),
    ]
    if oracle.hashprice_wad is not None:
        price = decimal_text(oracle.hashprice_wad, PER_PHS_DECIMALS)
        rows.append(("its hashprice", f"{price} sat per PH/s per day"))
    session.console.print(grid(f"{chain.name} (chain {chain.chain_id})", rows))
    for each in series:
        session.console.print(_series_table(each))


def _series_table(series: SeriesStatus) -> Table:
    decimals = series.reward_decimals
    rows = [
        ("distributor", series.distributor),
        ("token", series.token),
        ("reward token", series.reward_token),
        ("supply", hashrate_text(series.supply_ths)),
        ("next day to settle", f"{_iso(series.next_day)}, {series.next_day_is}"),
        ("ends", "open" if series.end_day == NO_END_DAY else _iso(series.end_day)),
        *((name.replace("_", " "), bitcoin_text(x, decimals)) for name, x in series.ledger.items()),
    ]
    if series.is_closed:
        rows.append(("closed", "yes; claims go on for ever"))
    if series.holder is not None:
        rows += [
            ("holder", series.holder.account),
            ("holds", hashrate_text(series.holder.balance_ths)),
            ("can claim", bitcoin_text(series.holder.claimable, decimals)),
        ]
    return grid(f"{series.instance} ({series.symbol})", rows)


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _texts(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_texts(part) for part in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _iso(day: int) -> str:
    return iso_from_day(DayIndex(day))
