# SPDX-License-Identifier: AGPL-3.0-only
"""Why the model refuses something: one enum of causes, not tied to any contract's words."""

from enum import Enum, auto


class Cause(Enum):
    """A reason of the rules in docs/ to refuse a call."""

    # who and with what
    NOT_ALLOWED = auto()
    INVALID_ADDRESS = auto()
    INVALID_TERMS = auto()
    INSUFFICIENT_BALANCE = auto()
    # reporters
    INVALID_MEMBERSHIP = auto()
    NOTHING_SCHEDULED = auto()
    DELAY_NOT_OVER = auto()
    BELOW_THRESHOLD = auto()
    WRONG_MEMBERSHIP_VERSION = auto()
    NOT_ENOUGH_SIGNERS = auto()
    TOO_MANY_SIGNERS = auto()
    SIGNERS_NOT_ASCENDING = auto()
    NOT_A_REPORTER = auto()
    # reports
    PRICE_SPREAD = auto()
    WRONG_DAY = auto()
    DAY_NOT_OVER = auto()
    WRONG_REVISION = auto()
    HEIGHTS = auto()
    SUBSIDY = auto()
    ZERO_VALUE = auto()
    TOO_WIDE = auto()
    EMPTY_DAY = auto()
    DAY_BEFORE_PENDING = auto()
    ALREADY_REPORTED = auto()
    NOT_REPORTED = auto()
    NOT_PENDING = auto()
    VETOES_SPENT = auto()
    NOT_FINAL = auto()
    NOTHING_TO_REVIEW = auto()
    # headers
    UNKNOWN_POINT = auto()
    NO_HEADERS = auto()
    TIME_TOO_EARLY = auto()
    TIME_TOO_LATE = auto()
    NOT_ENOUGH_WORK = auto()
    SECOND_DAY = auto()
    NOT_PROVEN = auto()
    FEES_COMPLETE = auto()
    ANOTHER_BLOCK = auto()
    NOT_IN_BLOCK = auto()
    INVALID_COINBASE = auto()
    # series
    NOTHING_TO_MINT = auto()
    ARREARS = auto()
    BOND_TOO_SMALL = auto()
    BOND_DRAWN = auto()
    NOTHING_TO_RELEASE = auto()
    OVER_ATTESTED = auto()
    SUPPLY_TOO_LARGE = auto()
    MINT_PAUSED = auto()
    FLEET_BOUND = auto()
    ENDED = auto()
    NOT_ENDED = auto()
    NOT_SETTLED = auto()
    CLOSED = auto()
    NOT_TERMINABLE = auto()
    NOT_SILENT = auto()
    ALREADY_SILENT = auto()
    # offering
    NO_SUCH_ROUND = auto()
    ROUND_CLOSED = auto()
    COSTS_TOO_MUCH = auto()
    COSTS_NOTHING = auto()
    INDEX_TOO_YOUNG = auto()
    INDEX_TOO_OLD = auto()
    NOT_IN_DEFAULT = auto()
    # forwards
    NO_SUCH_SERIES = auto()
    INVALID_ORDER = auto()
    WINDOW_OPEN = auto()
    TOO_MUCH_COLLATERAL = auto()
    EXPIRED = auto()
    CANCELLED = auto()
    FILLED = auto()
    NOT_SIGNED = auto()
    TOO_LITTLE = auto()
    NOT_TAKEN = auto()
    CANNOT_PAY = auto()
    NOTHING_CREDITED = auto()
    # tranches and fund
    PRODUCT_EXISTS = auto()
    NOT_STARTED = auto()
    TERM_OVER = auto()
    DECIDED = auto()
    NOT_REDEEMABLE = auto()
    VOID = auto()
    NOT_VOID = auto()
    COSTS_MORE = auto()
    NO_AUCTION = auto()
    FEWER_TOKENS = auto()
    NOTHING_DUE = auto()


class ModelRevert(Exception):
    """The model refuses a call and has changed nothing."""

    def __init__(self, cause: Cause) -> None:
        """Keep the cause; it is all a test compares."""
        super().__init__(cause.name)
        self.cause = cause


def require(condition: bool, cause: Cause) -> None:
    """Refuse with `cause` unless `condition` holds."""
    if not condition:
        raise ModelRevert(cause)
