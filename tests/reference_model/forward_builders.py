# SPDX-License-Identifier: AGPL-3.0-only
"""A venue with round numbers: days of 100 ticks, a window of four, contracts of 400 base units."""

from dataclasses import dataclass, field, replace

from reference.forward_orders import ForwardOrder, SignedOrder, Take
from reference.forward_settlement import ForwardDay
from reference.forward_terms import ForwardTerms, Metric, Venue
from reference.forward_tokens import TokenModel
from reference.forwards import ForwardsModel
from reference.units import HOUR_SECONDS, Account, day_start

ZERO, ENGINE, ORACLE, BITCOIN, DOLLAR = (f"0x{number:040x}" for number in (0, 1, 2, 3, 4))
MINER, MAKER, TRADER, HOLDER, DEAF = (f"0x{number:040x}" for number in range(16, 21))
PEOPLE = (MINER, MAKER, TRADER, HOLDER, DEAF)
PLENTY = 10**12
FIRST_DAY = 20_000
START = FIRST_DAY + 10
NOW = day_start(START - 1)
TERMS = ForwardTerms(Metric.HASHPRICE_SATS, START, START + 4, 50, 150, 1, BITCOIN)
PAIR = 400


def day(number: int, ticks: int, final_at: int | None = None) -> ForwardDay:
    """Return a day of so many ticks in each metric, by default final an hour after its end."""
    final = day_start(number + 1) + HOUR_SECONDS if final_at is None else final_at
    return ForwardDay(number, ticks * 10**15, ticks * 10**13, ticks * 10**27, final)


@dataclass
class WrittenDays:
    """Days written down by hand."""

    first_day: int = FIRST_DAY
    written: list[ForwardDay] = field(
        default_factory=lambda: [day(FIRST_DAY + number, 100) for number in range(9)]
    )

    def days(self) -> list[ForwardDay]:
        """Return all of them."""
        return self.written

    def write(self, *ticks: int) -> None:
        """Add the next days."""
        for value in ticks:
            self.written.append(day(self.first_day + len(self.written), value))


@dataclass
class FundedEngine:
    """An engine on which everybody has plenty and has approved it."""

    oracle: WrittenDays = field(default_factory=WrittenDays)
    engine: ForwardsModel = field(init=False)

    def __post_init__(self) -> None:
        tokens = {token: TokenModel() for token in (BITCOIN, DOLLAR)}
        for token in tokens.values():
            for account in PEOPLE:
                token.balances[account] = token.allowances[account] = PLENTY
        venue = Venue(1, ENGINE, ORACLE)
        self.engine = ForwardsModel(venue, self.oracle, tokens, ZERO, [DEAF])

    def listed(self, **changes: object) -> int:
        """List a series, of `TERMS` but for some changes."""
        return self.engine.create_series(replace(TERMS, **changes), NOW)

    def spent(self, account: Account, token: Account = BITCOIN) -> int:
        """Return what an account has spent on balance [base units]."""
        return PLENTY - self.engine.books.tokens[token].balances[account]

    def held(self, account: Account, series: int) -> tuple[int, int]:
        """Return an account's LONG and SHORT [contracts]."""
        positions = self.engine.books.positions
        return positions[account, series], positions[account, series + 1]

    def inside(self, token: Account = BITCOIN) -> int:
        """Return what the engine has [base units]."""
        return self.engine.books.tokens[token].balances[ENGINE]

    def trade(self, buyer: Account, seller: Account, series: int, price: int, count: int) -> None:
        """Let a buyer take what a seller offers."""
        salt = len(self.engine.books.filled)
        sell = order(
            series, maker=seller, is_buy=False, price_ticks=price, quantity=count, salt=salt
        )
        self.engine.fill(buyer, Take(SignedOrder(sell), count), NOW)

    def finish(self, *ticks: int) -> int:
        """Report the day before the window and the window's days; return when all are final."""
        self.oracle.write(100, *ticks)
        return self.oracle.written[-1].final_at


def order(*series: int, **changes: object) -> ForwardOrder:
    """Return an order to buy ten contracts at 100 ticks, but for some changes."""
    plain = ForwardOrder(MAKER, None, True, 100, 10, 0, PLENTY, NOW, False, 0, 0, tuple(series))
    return replace(plain, **changes)
