# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run tranches quote`: reads what was asked, and answers it."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from commands.shell.errors import ScriptError
from commands.shell.session import Session
from commands.tranches import chart
from commands.tranches.quote import (
    Question,
    as_json,
    income_of_oracle,
    income_of_source,
    quote,
    show,
)
from hashrate.core.amounts import parse_bitcoin
from hashrate.core.errors import AmountError
from hashrate.core.units import THS_PER_PHS, day_from_iso, decimal_text, fraction_from_decimal_text
from hashrate.history import open_source
from hashrate.products.tranches.quote import Costs, Income

_SHARES = ("30", "50", "70")
_SAT_DECIMALS = 8


@dataclass(frozen=True, slots=True)
class Given:
    """The options, as they were written."""

    days: int
    shares: tuple[str, ...]
    face: str | None
    yearly: str
    j_per_th: str | None
    usd_per_kwh: str | None
    pool_fee: str
    data: Path | None
    since: str
    phs: int
    is_json: bool
    output: Path | None


def run(session: Session, series: str | None, given: Given) -> None:
    """Answer.

    Raises:
        ScriptError: neither a series nor machines are named, or both.
        HashrateError: an option cannot be read, or nothing can be said.
    """
    name, costs = _machines(given) if series is None else _series(session, series, given)
    origin, income = _income(session, costs, given.data)
    asked = Question(
        name,
        origin,
        income,
        given.days,
        day_from_iso(given.since),
        _percent(given.yearly),
    )
    if given.face is not None:
        quotes = [quote(asked, None, parse_bitcoin(given.face, _SAT_DECIMALS))]
    else:
        shares = given.shares or _SHARES
        quotes = [quote(asked, _percent(text), None) for text in shares]
    if given.is_json:
        session.console.print(as_json(asked, quotes), markup=False, soft_wrap=True)
    else:
        show(session.console, asked, quotes, given.phs * THS_PER_PHS)
    if given.output is not None:
        chart.draw(asked, quotes[0], given.phs * THS_PER_PHS, given.output)
        if not given.is_json:
            session.console.print(f"Picture: {given.output}", markup=False)


def _machines(given: Given) -> tuple[str, Costs]:
    if given.j_per_th is None or given.usd_per_kwh is None:
        raise ScriptError("name a series, or machines by --j-per-th and --usd-per-kwh")
    costs = Costs(
        _whole(given.j_per_th, 1_000),
        _whole(given.usd_per_kwh, 10**6),
        pool_fee_bps=_whole(given.pool_fee, 100),
    )
    return f"machines of {given.j_per_th} J/TH at {given.usd_per_kwh} USD/kWh", costs


def _series(session: Session, series: str, given: Given) -> tuple[str, Costs]:
    if given.j_per_th is not None or given.usd_per_kwh is not None:
        raise ScriptError("a series has its own machines: leave --j-per-th and --usd-per-kwh out")
    terms = session.series(series).distributor.terms()
    costs = Costs(
        int(terms.efficiency_mj_per_th),
        int(terms.power_price_usd_e6),
        int(terms.service_fee_wad),
        int(terms.pool_fee_bps),
    )
    power = decimal_text(costs.power_price_usd_e6, 6).rstrip("0")
    machines = f"{decimal_text(costs.efficiency_mj_per_th, 3)} J/TH at {power} USD/kWh"
    return f"{series}, {machines}", costs


def _income(session: Session, costs: Costs, data: Path | None) -> tuple[str, Income]:
    if data is None:
        return "final days of the oracle", income_of_oracle(session, costs)
    source = open_source(f"dataset:{data}")
    return "real days", income_of_source(source, costs)


def _whole(text: str, scale: int) -> int:
    """Read a number that is whole once scaled.

    Raises:
        AmountError: it is finer than the contract can say.
    """
    value = fraction_from_decimal_text(text) * scale
    if value.denominator != 1:
        raise AmountError(f"{text!r} is finer than the smallest unit")
    return int(value)


def _percent(text: str) -> Fraction:
    return fraction_from_decimal_text(text) / 100
