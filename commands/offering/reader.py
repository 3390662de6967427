# SPDX-License-Identifier: AGPL-3.0-only
"""The offering as sellers and buyers see it: rounds, prices, what was bought and delivered."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ape.exceptions import ContractLogicError
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.shell.contracts import DISTRIBUTOR, OFFERING
from commands.shell.errors import ScriptError
from commands.shell.reasons import explain
from commands.shell.session import Session
from commands.shell.tokens import Token, open_token
from hashrate.products.offering.terms import Pricing


@dataclass(frozen=True, slots=True)
class RoundState:
    """A round as it stands; hashrate in TH/s (18 dec), money in base units of its token.

    Attributes:
        number: of the round, from 1.
        series_name: as recorded here; its address where it is not.
        state: the contract's `Round`.
        delivered_days: [days].
        is_in_default: whether buyers may hand tokens back.
        due: what `release` would pay if no bond is drawn.
        price: of a TH/s now; None where there is none.
        price_reason: why there is none.
        guaranteed_uptime_bps: of the series; a day below it is topped up.
    """

    number: int
    series_name: str
    state: Any
    delivered_days: int
    is_in_default: bool
    due: int
    price: int | None
    price_reason: str
    guaranteed_uptime_bps: int


class OfferingReader:
    """The recorded offering, read and understood."""

    def __init__(self, session: Session) -> None:
        """Open the offering that is recorded for the connected chain.

        Raises:
            RecordError: none is, or it has no code.
        """
        self.session = session
        record = session.book.get(OFFERING)
        self.offering = session.chain.contract(OFFERING, record.address)
        self.address = to_checksum_address(record.address)
        self._listed: list[str] = record.args["tokens"]

    @cached_property
    def moneys(self) -> tuple[Token, ...]:
        """Return the settlement tokens as they were deployed: bitcoin first, dollars second."""
        return tuple(open_token(self.session, address) for address in self._listed)

    @cached_property
    def _names(self) -> dict[ChecksumAddress, str]:
        known = self.session.book.instances(DISTRIBUTOR)
        return {to_checksum_address(record.address): name for name, record in known.items()}

    def money_for(self, price: str) -> Token:
        """Return the money a price is written in.

        Raises:
            ScriptError: the offering has no dollars.
        """
        place = 1 if price.strip().lower().endswith("usd") else 0
        if place >= len(self.moneys):
            raise ScriptError("the offering takes no dollars")
        return self.moneys[place]

    def token_of(self, state: Any) -> Token:
        """Return the money of a round."""
        return open_token(self.session, str(state.money))

    def round(self, number: int) -> RoundState:
        """Read a round.

        Raises:
            ScriptError: there is no such round.
        """
        count = int(self.offering.round_count())
        if not 0 < number <= count:
            raise ScriptError(f"there is no round {number}; the last one is {count}")
        state = self.offering.round_of(number)
        days, is_in_default, due = self.offering.standing_of(number)
        price, reason = self._price(number)
        series = to_checksum_address(state.series)
        distributor = self.session.chain.contract(DISTRIBUTOR, series)
        return RoundState(
            number,
            self._names.get(series, series),
            state,
            int(days),
            bool(is_in_default),
            int(due),
            price,
            reason,
            int(distributor.terms().guaranteed_uptime_bps),
        )

    def rounds(self) -> list[RoundState]:
        """Read all rounds."""
        return [self.round(number) for number in range(1, int(self.offering.round_count()) + 1)]

    def purchase(self, number: int, buyer: str) -> tuple[int, int]:
        """Return what a buyer paid [base units] and bought [TH/s, 18 dec], less what it handed
        back.
        """
        found = self.offering.purchase_of(number, buyer)
        return int(found.paid), int(found.bought_ths)

    def _price(self, number: int) -> tuple[int | None, str]:
        """Return the price now, or why there is none: the index may be too young or too old."""
        try:
            return int(self.offering.price_of(number)), ""
        except ContractLogicError as error:
            return None, explain(str(error.revert_message))


def pricing_of(state: Any) -> Pricing:
    """Return how a round is priced."""
    return Pricing(int(state.pricing))
