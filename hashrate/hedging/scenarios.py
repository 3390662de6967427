# SPDX-License-Identifier: AGPL-3.0-only
"""What might happen in the months sold: four simple stories, and history once more.

History is replayed from today's level: each day's hashprice relative to the mean of the seven days
before its window, each close relative to the close before it. So a fleet, its costs, floors and
caps of today meet the moves of the past. One floor for each number.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import iso_from_day
from hashrate.hedging.errors import HedgeError
from hashrate.hedging.outcome import Course, Day, course_of
from hashrate.hedging.plan import Fleet, Spot
from hashrate.history import Source
from hashrate.history.errors import UnknownDayError
from hashrate.products.forwards.months import month_of_day
from hashrate.products.forwards.terms import ForwardTerms

BASE_DAYS = 7  # [days] whose mean hashprice counts as the level before a window
_DIFFICULTY_RISE = Fraction(1, 5)


def flat(spot: Spot, months: Sequence[ForwardTerms]) -> list[Day]:
    """Let nothing change."""
    return [_day(spot, Fraction(1))] * _count(months)


def difficulty_rises(spot: Spot, months: Sequence[ForwardTerms]) -> list[Day]:
    """Let difficulty rise evenly by 20 % over the first month and stay there; BTC does not move.

    Hashprice falls as its inverse.
    """
    first = months[0].days
    days = []
    for index in range(_count(months)):
        risen = _DIFFICULTY_RISE * min(index + 1, first) / first
        days.append(_day(spot, 1 / (1 + risen)))
    return days


def bitcoin_halves(spot: Spot, months: Sequence[ForwardTerms]) -> list[Day]:
    """Let BTC/USD be half from the first day on, and no miner switch off."""
    return [_day(spot, Fraction(1), Fraction(1, 2))] * _count(months)


def subsidy_halves(spot: Spot, months: Sequence[ForwardTerms], fees: Fraction) -> list[Day]:
    """Let the subsidy halve in the middle of the window; fees, difficulty and price stay.

    Args:
        spot: before.
        months: of the window.
        fees: share of fees in today's hashprice, 0 to 1.
    """
    count, after = _count(months), fees + (1 - fees) / 2
    return [_day(spot, Fraction(1) if index < count // 2 else after) for index in range(count)]


def what_if(
    fleet: Fleet, months: Sequence[ForwardTerms], spot: Spot, fees: Fraction
) -> list[Course]:
    """Let the four stories pass; `fees` is the share of fees in today's hashprice."""
    stories = {
        "nothing changes": flat(spot, months),
        "difficulty +20 % in a month": difficulty_rises(spot, months),
        "BTC -50 %": bitcoin_halves(spot, months),
        "halving in the middle": subsidy_halves(spot, months, fees),
    }
    return [course_of(name, fleet, months, days) for name, days in stories.items()]


def read_days(source: Source) -> dict[DayIndex, Day]:
    """Read every day of a source that has a last one.

    Raises:
        HedgeError: it goes on for ever.
    """
    if source.last_day is None:
        raise HedgeError(f"{source.label} days have no last one")
    days = {}
    for number in range(source.first_day, source.last_day + 1):
        seen = source.observe(DayIndex(number))
        days[DayIndex(number)] = Day(seen.facts.hashprice_wad, seen.btc_usd_e8)
    return days


def spot_after(days: Mapping[DayIndex, Day], day: DayIndex) -> Spot:
    """Return the spot prices at the end of a day: the mean hashprice of seven days, and the close.

    Raises:
        UnknownDayError: one of the seven is missing.
    """
    try:
        known = [days[DayIndex(day - back)] for back in range(BASE_DAYS)]
    except KeyError as error:
        raise UnknownDayError(f"the data lack one of seven days to {iso_from_day(day)}") from error
    mean = sum(each.hashprice_wad for each in known) // BASE_DAYS
    return Spot(Wad(mean), known[0].btc_usd_e8, day)


def replay(
    fleet: Fleet, months: Sequence[ForwardTerms], spot: Spot, days: Mapping[DayIndex, Day]
) -> list[Course]:
    """Play the real days again from every past start month that they hold whole.

    Raises:
        HedgeError: they hold none.
    """
    count, newest = _count(months), max(days)
    month = month_of_day(DayIndex(min(days) + BASE_DAYS - 1)).plus(1)
    courses = []
    while month.first_day + count - 1 <= newest:
        before = spot_after(days, DayIndex(month.first_day - 1))
        past = (days[DayIndex(month.first_day + index)] for index in range(count))
        moved = [_moved(spot, before, day) for day in past]
        courses.append(course_of(f"{month.year}-{month.month:02}", fleet, months, moved))
        month = month.plus(1)
    if not courses:
        raise HedgeError(f"the data hold no {count} days in a row that begin with a month")
    return courses


def _moved(spot: Spot, before: Spot, day: Day) -> Day:
    """Apply a past day's move from the level before it to the spot prices now (one floor each)."""
    return Day(
        Wad(spot.hashprice_wad * day.hashprice_wad // before.hashprice_wad),
        UsdE8(spot.btc_usd_e8 * day.btc_usd_e8 // before.btc_usd_e8),
    )


def _day(spot: Spot, hashprice: Fraction, price: Fraction = Fraction(1)) -> Day:
    return Day(Wad(int(spot.hashprice_wad * hashprice)), UsdE8(int(spot.btc_usd_e8 * price)))


def _count(months: Sequence[ForwardTerms]) -> int:
    return sum(month.days for month in months)
