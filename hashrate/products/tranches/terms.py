# SPDX-License-Identifier: AGPL-3.0-only
"""Terms of a strip or a note, as the contract takes them, and the names that follow from them.

Source: docs/tranches.md, section 1.
"""

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum

from eth_typing import ChecksumAddress

from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, iso_from_day
from hashrate.products.tranches.errors import TrancheTermsError

NO_FACE = 2**256 - 1
"""Face of a strip, which is cut by days."""
GRACE_DAYS = (10, 30)
AUCTION_DAYS = 5
COVER_DAYS = 180
"""A series goes on for so long after a note's maturity, so that JUNIOR is worth its shortfall."""
_MAX_FACE = 2**75
_NEVER = 2**32 - 1
_SAT_DECIMALS = 8


class State(IntEnum):
    """What is known of a note, as the contract numbers it."""

    OPEN = 1
    MET = 2
    UNMET = 4


@dataclass(frozen=True, slots=True)
class TrancheTerms:
    """Terms of a product.

    Attributes:
        distributor: of the series, checksummed.
        start_day: first day that counts.
        maturity_day: first day that does not.
        face: what SENIOR gets of a TH/s [base units]; `NO_FACE` for a strip.
        grace_days: before the auction of an unmet note; 0 for a strip.
    """

    distributor: ChecksumAddress
    start_day: DayIndex
    maturity_day: DayIndex
    face: int
    grace_days: int

    @property
    def is_strip(self) -> bool:
        """Return whether SENIOR goes by days alone."""
        return self.face == NO_FACE

    def as_tuple(self) -> tuple[str, int, int, int, int]:
        """Return the contract's `Terms` struct."""
        return (
            self.distributor,
            self.start_day,
            self.maturity_day,
            self.face,
            self.grace_days,
        )


@dataclass(frozen=True, slots=True)
class SeriesClock:
    """How far a series has come.

    Attributes:
        today: of the chain [day].
        next_day: first day that is not settled.
        end_day: first day that never will be.
        settling_seconds: its grace and output deadline: how long a day may take.
    """

    today: DayIndex
    next_day: DayIndex
    end_day: DayIndex
    settling_seconds: int


def require_sense(terms: TrancheTerms, series: SeriesClock) -> None:
    """Refuse what the contract would refuse.

    Raises:
        TrancheTermsError: it would.
    """
    if terms.start_day < max(series.today, series.next_day):
        raise TrancheTermsError(f"the term starts in the past, on {iso_from_day(terms.start_day)}")
    if not terms.start_day < terms.maturity_day <= _NEVER:
        raise TrancheTermsError("the term has no day")
    if terms.is_strip:
        if terms.grace_days != 0:
            raise TrancheTermsError("a strip has no days of grace")
        return
    if not 0 < terms.face < _MAX_FACE:
        raise TrancheTermsError("the face is out of range")
    if terms.grace_days not in GRACE_DAYS:
        raise TrancheTermsError("a note has 10 or 30 days of grace")
    settling = -(-series.settling_seconds // DAY_SECONDS)
    needed = terms.maturity_day + COVER_DAYS + settling + terms.grace_days + AUCTION_DAYS
    if series.end_day < needed:
        last = iso_from_day(DayIndex(needed))
        raise TrancheTermsError(f"the series ends too soon: a note like this needs it to {last}")


def symbols(series: str, terms: TrancheTerms, decimals: int) -> tuple[str, str]:
    """Name SENIOR and JUNIOR as the contract does.

    Args:
        series: symbol of the series' token.
        terms: of the product.
        decimals: of the reward token, 8 to 18.
    """
    term = _term(terms.maturity_day)
    if terms.is_strip:
        return f"{series}-YT-{term}", f"{series}-PT-{term}"
    face_sats = terms.face // 10 ** (decimals - _SAT_DECIMALS)
    return f"{series}-SR-{term}-{face_sats}", f"{series}-JR-{term}-{face_sats}"


def _term(maturity_day: DayIndex) -> str:
    """Write the quarter that ends with a maturity, or its date."""
    first = dt.date(1970, 1, 1) + dt.timedelta(days=maturity_day)
    last = first - dt.timedelta(days=1)
    if first.day == 1 and first.month % 3 == 1:
        return f"{last.year % 100:02}Q{last.month // 3}"
    return f"{first:%y%m%d}"
