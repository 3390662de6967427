# SPDX-License-Identifier: AGPL-3.0-only
"""A venue with round numbers: days of 100 ticks, a window of four, contracts of 400 base units."""

from dataclasses import dataclass, field, replace

from reference.forward_orders import ForwardOrder, Leg, SignedOrder, Take
from reference.forward_settlement import ForwardDay
from reference.forward_terms import ForwardTerms, Metric, Venue
from reference.forward_tokens import TokenModel
from reference.forwards import ForwardsModel
from reference.units import HOUR_SECONDS, Account, day_start

ZERO, VAULT, BOOK, INDEX, BITCOIN, DOLLAR = (f"0x{number:040x}" for number in range(6))
MINER, MAKER, TRADER, HOLDER, DEAF = (f"0x{number:040x}" for number in range(16, 21))
PEOPLE = (MINER, MAKER, TRADER, HOLDER, DEAF)
PLENTY = 10**12
FIRST_DAY = 20_000
START = FIRST_DAY + 10
NOW = day_start(START - 1)
TERMS = ForwardTerms(INDEX, Metric.HASHPRICE_SATS, START, START + 4, 50, 150, 1, BITCOIN)
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
class FundedVault:
    """Vault and book, where everybody has plenty and has approved the vault."""

    oracle: WrittenDays = field(default_factory=WrittenDays)
    model: ForwardsModel = field(init=False)

    def __post_init__(self) -> None:
        """Mint everybody both tokens and approve the vault for them."""
        tokens = {token: TokenModel() for token in (BITCOIN, DOLLAR)}
        for token in tokens.values():
            for account in PEOPLE:
                token.balances[account] = token.allowances[account] = PLENTY
        venue = Venue(1, VAULT, BOOK)
        self.model = ForwardsModel(venue, {INDEX: self.oracle}, tokens, ZERO, [DEAF])

    def listed(self, **changes: object) -> int:
        """List a series, of `TERMS` but for some changes."""
        return self.model.create_series(replace(TERMS, **changes), NOW)

    def spent(self, account: Account, token: Account = BITCOIN) -> int:
        """Return what an account has spent on balance [base units]."""
        return PLENTY - self.model.books.tokens[token].balances[account]

    def held(self, account: Account, series: int) -> tuple[int, int]:
        """Return an account's LONG and SHORT [contracts]."""
        positions = self.model.books.positions
        return positions[account, series], positions[account, series + 1]

    def inside(self, token: Account = BITCOIN) -> int:
        """Return what the vault has [base units]."""
        return self.model.books.tokens[token].balances[VAULT]

    def trade(self, buyer: Account, seller: Account, series: int, price: int, count: int) -> None:
        """Let a buyer take what a seller offers."""
        salt = len(self.model.books.filled)
        sell = order(
            series, maker=seller, is_buy=False, price_ticks=price, quantity=count, salt=salt
        )
        self.model.fill(buyer, Take(SignedOrder(sell), count), NOW)

    def finish(self, *ticks: int) -> int:
        """Report the day before the window and the window's days; return when all are final."""
        self.oracle.write(100, *ticks)
        return self.oracle.written[-1].final_at


def order(
    *series: int, is_buy: bool = True, price_ticks: int = 100, **changes: object
) -> ForwardOrder:
    """Return an order to buy ten contracts at 100 ticks, but for some changes."""
    legs = tuple(Leg(each, is_buy, price_ticks) for each in series)
    plain = ForwardOrder(MAKER, None, 10, 0, PLENTY, NOW, False, 0, 0, legs)
    return replace(plain, **changes)


def at(order: ForwardOrder, price_ticks: int) -> ForwardOrder:
    """Return an order at another price in every leg."""
    return replace(order, legs=tuple(leg.at(price_ticks) for leg in order.legs))
