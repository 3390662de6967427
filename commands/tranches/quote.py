# SPDX-License-Identifier: AGPL-3.0-only
"""What a note's face means, for people and as JSON. Reads only."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any

from rich.console import Console

from commands.shell.console import counted, grid, show_figures
from commands.shell.session import Session
from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import THS_PER_PHS, WAD, decimal_text, iso_from_day
from hashrate.history import Source
from hashrate.products.tranches.errors import QuoteError
from hashrate.products.tranches.quote import (
    TRAILING_DAYS,
    Costs,
    Flow,
    Income,
    Past,
    Record,
    flow_of,
    history,
    listed_face,
    price_of,
    repeated,
)

_LATEST = Fraction(95, 100)
_HALF = Fraction(1, 2)
_ROWS = 13  # of the cash flow


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        name: of the series or the machines.
        origin: where the days are from.
        income: of a TH/s, every known day.
        days: of the term, which begins after the last known day.
        since: first past start asked.
        yearly: yield that the lender asks, a year.
    """

    name: str
    origin: str
    income: Income
    days: int
    since: DayIndex
    yearly: Fraction

    @property
    def trailing(self) -> int:
        """Return the income of today: the mean of the last 30 known days [sat per day, 1e18]."""
        return self.income.trailing(self.income.end)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a face means.

    Attributes:
        share: of the trailing income; of a face that was named it is worked out.
        face: [sat per TH/s].
        flat: the term if nothing changes.
        price: of SENIOR on it [sat, 1e18].
        record: of all past starts; None where the days are too few.
        median, worst: the term if these past starts repeat; None likewise.
    """

    share: Fraction
    face: int
    flat: Flow
    price: Fraction
    record: Record | None
    median: Flow | None
    worst: Flow | None

    @property
    def stories(self) -> list[tuple[str, Flow]]:
        """List the terms that are shown, with their names."""
        found = [("nothing changes", self.flat)]
        if self.record is not None and self.median is not None and self.worst is not None:
            found += [
                (f"like {iso_from_day(self.record.median.start)}, median", self.median),
                (f"like {iso_from_day(self.record.worst.start)}, worst", self.worst),
            ]
        return found


def income_of_source(source: Source, costs: Costs) -> Income:
    """Work out the income on every day of a source.

    Raises:
        QuoteError: the source goes on for ever.
    """
    if source.last_day is None:
        raise QuoteError(f"{source.label} days have no last one")
    seen = (source.observe(DayIndex(day)) for day in range(source.first_day, source.last_day + 1))
    values = [costs.net_of(each.facts.hashprice_wad, each.btc_usd_e8) for each in seen]
    return Income(source.first_day, values)


def income_of_oracle(session: Session, costs: Costs) -> Income:
    """Work out the income on every final day of the recorded oracle."""
    oracle = session.oracle
    first = DayIndex(oracle.FIRST_DAY())
    before = int(oracle.day_record(first - 1).hashprice_sum_wad)
    values = []
    for day in range(first, int(oracle.last_final_day()) + 1):
        record = oracle.day_record(day)
        total = int(record.hashprice_sum_wad)
        values.append(costs.net_of(Wad(total - before), UsdE8(record.btc_usd_e8)))
        before = total
    return Income(first, values)


def quote(asked: Question, share: Fraction | None, face: int | None) -> Quote:
    """Quote a face that is named [sat per TH/s], or a share of the trailing income.

    Raises:
        QuoteError: there is no income to lend against, or the face is nothing.
    """
    trailing = asked.trailing
    if trailing == 0:
        raise QuoteError(f"{asked.name} has had no net income for {TRAILING_DAYS} days")
    if face is None:
        if share is None:
            raise QuoteError("neither a face nor a share of the income is named")
        face = listed_face(trailing, asked.days, share)
    exact = Fraction(face * WAD, trailing * asked.days)
    flat = flow_of(face * WAD, [trailing] * asked.days)
    record, median, worst = _past_of(asked, exact, face)
    return Quote(exact, face, flat, price_of(flat, asked.yearly), record, median, worst)


def _past_of(
    asked: Question, share: Fraction, face: int
) -> tuple[Record | None, Flow | None, Flow | None]:
    try:
        record = history(asked.income, asked.since, asked.days, share)
    except QuoteError:  # a young oracle: nothing is said of the past
        return None, None, None

    def again(past: Past) -> Flow:
        return repeated(past, asked.income, asked.days, face * WAD, asked.trailing)

    return record, again(record.median), again(record.worst)


def show(console: Console, asked: Question, quotes: Sequence[Quote], terms: int) -> None:
    """Print what was asked, a row for each face, and the cash flow of the first.

    Args:
        console: where to.
        asked: the question.
        quotes: answers.
        terms: TH/s that the cash flow is shown for.
    """
    last = iso_from_day(DayIndex(asked.income.end - 1))
    rows = [
        ("of", asked.name),
        ("days", f"{asked.origin}, to {last}"),
        ("net income", f"{_sats(asked.trailing)} sat per TH/s, mean of {TRAILING_DAYS} days"),
        ("term", counted(asked.days, "day")),
        ("yield", f"{_percent(asked.yearly)} a year, simple"),
    ]
    console.print(grid("A note on one TH/s", rows))
    header = ("share", "face\nsat", "price\nsat", "price\n% of face", "met if\nall stays", *_PAST)
    show_figures(console, "What faces mean", header, [_row(each) for each in quotes])
    record = quotes[0].record
    if record is None:
        console.print("Too few days are known to say anything of the past.")
    else:
        idle = f"; on {record.idle} more nothing was earned to lend against" if record.idle else ""
        console.print(
            f"{len(record.pasts):,} past starts since {iso_from_day(record.pasts[0].start)}{idle}. "
            "Each asks the same share of its own last 30 days."
        )
    show_flow(console, quotes[0], terms)


_PAST = ("met in\nthe past", "half met\nby day", "95 % met\nby day", "worst:\ngot", "days\nshort")


def _row(each: Quote) -> list[str]:
    cells = [
        _percent(each.share),
        f"{each.face:,}",
        _sats(each.price),
        _percent(each.price / (each.face * WAD)),
        _day(each.flat.met_after),
    ]
    if each.record is None:
        return [*cells, *([""] * len(_PAST))]
    record, worst = each.record, each.record.worst
    short = worst.days_short
    return [
        *cells,
        _percent(Fraction(record.met, len(record.pasts))),
        _day(record.met_by(_HALF)),
        _day(record.met_by(_LATEST)),
        f"{_percent(worst.paid_share)} {iso_from_day(worst.start)}",
        "for ever" if short is None else str(short),
    ]


def show_flow(console: Console, found: Quote, ths: int) -> None:
    """Print what borrower and lender have, added up, in satoshi.

    The lender pays the price and gets SENIOR. The borrower gets the price, keeps the token, and has
    what SENIOR does not get; a shortfall at the end is its to pay, or the token is lost.
    """
    header = ["after\nday"]
    columns: list[list[str]] = []
    days = _shown_days(len(found.flat.senior))
    for name, flow in found.stories:
        when, _, which = name.partition(", ")
        header += [f"{when}\n{which}\nlender", "\n\nborrower"]
        lender, borrower = flows(found, flow, ths)
        columns += [[f"{line[day]:,}" for day in days] for line in (lender, borrower)]
    rows = [list(row) for row in zip(map(str, days), *columns, strict=True)]
    rows.append(["short"])
    for _, flow in found.stories:
        rows[-1] += [f"{-(-flow.shortfall * ths // WAD):,}", ""]
    title = f"Cash flow of {ths // THS_PER_PHS:,} PH/s, added up, sat, cut off"
    show_figures(console, title, header, rows)


def flows(found: Quote, flow: Flow, ths: int) -> tuple[list[int], list[int]]:
    """Add up what lender and borrower have after each day, from day 0 on [sat], cut off.

    Args:
        found: the price is its.
        flow: the term.
        ths: hashrate [TH/s].
    """
    price = int(found.price)
    lender = accumulate(flow.senior, initial=-price)
    borrower = accumulate(flow.junior, initial=price)
    return [_cut(each * ths) for each in lender], [_cut(each * ths) for each in borrower]


def _cut(amount: int) -> int:
    """Cut an amount [1e18] off towards zero."""
    return amount // WAD if amount >= 0 else -(-amount // WAD)


def _shown_days(days: int) -> list[int]:
    step = max(1, -(-days // (_ROWS - 1)))
    return [*range(0, days, step), days]


def as_json(asked: Question, quotes: Sequence[Quote]) -> str:
    """Write everything as JSON; integers as text, shares as numbers of hundredths of a percent."""
    return json.dumps(
        {
            "of": asked.name,
            "days": str(asked.days),
            "known_to": iso_from_day(DayIndex(asked.income.end - 1)),
            "net_income_wad": str(asked.trailing),
            "quotes": [_record(each) for each in quotes],
        },
        indent=2,
    )


def _record(each: Quote) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "share_bps": str(_bps(each.share)),
        "face_sats": str(each.face),
        "price_wad": str(int(each.price)),
        "met_if_all_stays": each.flat.met_after,
    }
    if each.record is not None:
        worst = each.record.worst
        fields |= {
            "starts": str(len(each.record.pasts)),
            "met": str(each.record.met),
            "half_met_by": each.record.met_by(_HALF),
            "worst_start": iso_from_day(worst.start),
            "worst_paid_bps": str(_bps(worst.paid_share)),
            "worst_days_short": worst.days_short,
        }
    return fields


def _bps(share: Fraction) -> int:
    return int(share * 10_000)


def _percent(share: Fraction) -> str:
    """Write a share in percent, cut off after one digit."""
    whole, tenth = divmod(int(share * 1_000), 10)
    return f"{whole}.{tenth} %"


def _sats(amount: Fraction | int) -> str:
    """Write satoshi [1e18] with two digits, cut off."""
    return decimal_text(int(amount) * 100 // WAD, 2)


def _day(day: int | None) -> str:
    return "never" if day is None else str(day)
