# SPDX-License-Identifier: AGPL-3.0-only
"""What happened to strips, notes and the fund, as the chain logged it.

`pulled` is what the product collected from the series in the same transaction [base units]; None
where it collected nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranchesMade:
    """A strip or a note was created; face in base units per TH/s."""

    at: int
    series: str
    name: str
    product: str
    tokens: tuple[str, str]
    start_day: int
    maturity_day: int
    face: int
    grace_days: int


@dataclass(frozen=True, slots=True)
class TokensSplit:
    """Tokens [TH/s, 18 dec] became SENIOR and JUNIOR."""

    at: int
    product: str
    owner: str
    senior_to: str
    junior_to: str
    amount: int


@dataclass(frozen=True, slots=True)
class TokensMerged:
    """SENIOR and JUNIOR [TH/s, 18 dec] became tokens again."""

    at: int
    product: str
    owner: str
    amount: int


@dataclass(frozen=True, slots=True)
class TrancheMoved:
    """SENIOR or JUNIOR [TH/s, 18 dec] changed hands."""

    at: int
    product: str
    is_senior: bool
    sender: str
    receiver: str
    amount: int


@dataclass(frozen=True, slots=True)
class TrancheClaimed:
    """An account was paid what its SENIOR or JUNIOR earned [base units]."""

    at: int
    product: str
    is_senior: bool
    account: str
    amount: int
    pulled: int | None


@dataclass(frozen=True, slots=True)
class OutcomeNoted:
    """A note's outcome was noted; shortfall in levels."""

    at: int
    product: str
    is_met: bool
    shortfall: int


@dataclass(frozen=True, slots=True)
class JuniorRedeemed:
    """JUNIOR [TH/s, 18 dec] became tokens, for a cost [base units]."""

    at: int
    product: str
    holder: str
    amount: int
    cost: int


@dataclass(frozen=True, slots=True)
class JuniorBought:
    """A holder's JUNIOR was bought at the auction; both in TH/s (18 dec), cost in base units."""

    at: int
    product: str
    buyer: str
    holder: str
    amount: int
    bought: int
    cost: int


@dataclass(frozen=True, slots=True)
class PoolCollected:
    """What forfeited tokens earned [base units] was added to the pool."""

    at: int
    product: str
    amount: int
    pulled: int | None


@dataclass(frozen=True, slots=True)
class SeniorRedeemed:
    """SENIOR [TH/s, 18 dec] of an unmet note got its part of the pool."""

    at: int
    product: str
    holder: str
    amount: int
    cash: int
    tokens: int


@dataclass(frozen=True, slots=True)
class FundMade:
    """A fund was created over series, by key in the order of its basket."""

    at: int
    fund: str
    series: tuple[str, ...]
    weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SharesCreated:
    """A basket became shares [18 dec]."""

    at: int
    fund: str
    creator: str
    amount: int


@dataclass(frozen=True, slots=True)
class SharesMoved:
    """Shares [18 dec] changed hands."""

    at: int
    fund: str
    sender: str
    receiver: str
    amount: int


@dataclass(frozen=True, slots=True)
class SharesRedeemed:
    """Shares [18 dec] became their basket."""

    at: int
    fund: str
    holder: str
    amount: int


@dataclass(frozen=True, slots=True)
class FundClaimed:
    """An account was paid what its shares earned of each series [base units]."""

    at: int
    fund: str
    account: str
    amounts: tuple[int, ...]
    pulled: tuple[int | None, ...]


TranchesEntry = (
    TokensSplit
    | TokensMerged
    | TrancheMoved
    | TrancheClaimed
    | OutcomeNoted
    | JuniorRedeemed
    | JuniorBought
    | PoolCollected
    | SeniorRedeemed
)
FundEntry = SharesCreated | SharesMoved | SharesRedeemed | FundClaimed
ProductEntry = TranchesMade | FundMade | TranchesEntry | FundEntry
