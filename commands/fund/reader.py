# SPDX-License-Identifier: AGPL-3.0-only
"""Funds as people see them: what a share stands for, what it earned, what is due."""

from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.shell.contracts import DISTRIBUTOR, FUND, FUND_FACTORY
from commands.shell.errors import ScriptError
from commands.shell.session import Session
from commands.shell.tokens import Token, open_token
from hashrate.core.types import DayIndex
from hashrate.core.units import WAD, decimal_text, iso_from_day
from hashrate.products.fund.basket import earned, needed

SHOWN_DAYS = (7, 30)
"""Spans of settled days whose rewards `status` shows."""


@dataclass(frozen=True, slots=True)
class Part:
    """A series in a basket.

    Attributes:
        place: in the basket, from 0.
        name: of the series as recorded here; the address of its distributor where it is not.
        distributor: ape's contract.
        token: of the series.
        money: its reward token.
        weight: of a share [whole TH/s].
    """

    place: int
    name: str
    distributor: Any
    token: Token
    money: Token
    weight: int


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund of the recorded factory.

    Attributes:
        number: its place, from 1.
        contract: ape's.
        name, symbol: as its creator chose.
        parts: the basket.
    """

    number: int
    contract: Any
    name: str
    symbol: str
    parts: tuple[Part, ...]

    @property
    def basket_text(self) -> str:
        """Write what one share is."""
        return " and ".join(f"{part.weight} TH/s of {part.name}" for part in self.parts)


class FundReader:
    """The recorded factory and its funds."""

    def __init__(self, session: Session) -> None:
        """Open the factory that is recorded for the connected chain.

        Raises:
            RecordError: none is, or it has no code.
        """
        self.session = session
        record = session.book.get(FUND_FACTORY)
        self.factory = session.chain.contract(FUND_FACTORY, record.address)

    def funds(self) -> list[Fund]:
        """Return all funds, in the order of their creation."""
        return [self._fund(place) for place in range(int(self.factory.fund_count()))]

    def fund(self, number: int) -> Fund:
        """Return a fund by its number, from 1.

        Raises:
            ScriptError: there is none.
        """
        count = int(self.factory.fund_count())
        if not 1 <= number <= count:
            raise ScriptError(f"there is no fund {number}; the last one is {count}")
        return self._fund(number - 1)

    def _fund(self, place: int) -> Fund:
        chain = self.session.chain
        contract = chain.contract(FUND, self.factory.fund_at(place))
        parts = (
            Part(
                index,
                self._name_of(to_checksum_address(part.distributor)),
                chain.contract(DISTRIBUTOR, part.distributor),
                open_token(self.session, part.token),
                open_token(self.session, part.reward_token),
                int(part.weight),
            )
            for index, part in enumerate(contract.basket())
        )
        return Fund(place + 1, contract, contract.name(), contract.symbol(), tuple(parts))

    def _name_of(self, distributor: ChecksumAddress) -> str:
        known = self.session.book.instances(DISTRIBUTOR)
        found = (name for name, each in known.items() if each.address == distributor)
        return next(found, distributor)

    def state_rows(self, fund: Fund) -> list[tuple[str, str]]:
        """Describe a fund: basket, shares, what a share has earned of late."""
        rows = [
            ("address", str(fund.contract.address)),
            ("shares", shares_text(int(fund.contract.totalSupply()))),
        ]
        for part in fund.parts:
            rows.append((f"of {part.name}", self._part_text(part)))
        return rows

    def _part_text(self, part: Part) -> str:
        """Write what a share has of a series, and what that earned on the days settled last."""
        progress = part.distributor.progress()
        next_day = int(progress.next_day)
        _, paid, _ = part.distributor.levels_at(next_day)
        spans = []
        for days in SHOWN_DAYS:
            # before the first settled day of a series its levels are zero
            _, before, _ = part.distributor.levels_at(max(0, next_day - days))
            sum_paid = earned(part.weight, WAD, int(paid) - int(before))
            spans.append(f"{part.money.text(sum_paid)} in {days} days")
        state = f"settled to {iso_from_day(DayIndex(next_day))}"
        if next_day >= int(progress.end_day):
            state = "ended"
        return f"{part.weight} TH/s a share: {', '.join(spans)}, {state}"

    def holder_rows(self, fund: Fund, holder: str) -> list[tuple[str, str]]:
        """Describe what an account holds and can claim."""
        rows = [("holder", holder), ("holds", shares_text(int(fund.contract.balanceOf(holder))))]
        for part in fund.parts:
            due, is_whole = fund.contract.preview_claim(holder, part.place)
            more = "" if is_whole else ", and more: claim again"
            rows.append((f"due of {part.name}", f"{part.money.text(int(due))}{more}"))
            credit = int(fund.contract.credit_of(part.money.address, holder))
            if credit:
                rows.append((f"waiting of {part.name}", part.money.text(credit)))
        return rows


def shares_text(amount: int) -> str:
    """Write shares [18 dec], without the zeros at the end."""
    text = decimal_text(amount, 18).rstrip("0").rstrip(".")
    return f"{text} shares" if text != "1" else "1 share"


def basket_rows(fund: Fund, shares: int) -> list[tuple[str, str]]:
    """List the tokens that stand behind shares [18 dec]."""
    return [
        (f"of {part.name}", part.token.text(needed(part.weight, shares))) for part in fund.parts
    ]
