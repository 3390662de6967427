# SPDX-License-Identifier: AGPL-3.0-only
"""Open a round, buy in it, release its money, hand hashrate back, take back what is unsold."""

from collections.abc import Sequence
from typing import Any

from commands.offering.reader import OfferingReader, RoundState, pricing_of
from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.console import counted
from commands.shell.errors import ScriptError, VerificationError
from commands.shell.permits import spending
from commands.shell.session import Series
from commands.shell.tokens import Token, open_token, with_allowance
from hashrate.core.amounts import hashrate_text
from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day
from hashrate.core.utc import utc_text
from hashrate.products.offering.maths import cost
from hashrate.products.offering.terms import OfferingTerms, Pricing, require_sense

_FULL_BPS = 10_000
_NAME = "the offering"


def open_round(reader: OfferingReader, series: Series, money: Token, terms: OfferingTerms) -> Act:
    """Prepare to open a round, as the issuer of its series.

    Raises:
        OfferingTermsError: the contract would refuse the terms.
        ScriptError: the series ends too early, or the account holds too little.
    """
    session, offering = reader.session, reader.offering
    require_sense(terms, session.chain.now, money.decimals)
    end_day = int(series.distributor.progress().end_day)
    if terms.end_day > end_day:
        last = iso_from_day(DayIndex(end_day))
        raise ScriptError(f"{series.instance} ends on {last}, before all days are delivered")
    token = open_token(session, str(series.token.address))
    prepare = with_allowance(session, token, reader.address, terms.amount_ths)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, offering.RoundOpened)
        require_logged("series", terms.series, log.series)
        return [f"Round {int(log.round)} is open: ape run offering buy {int(log.round)} AMOUNT"]

    def send() -> Any:
        prepare()
        return session.chain.send(offering.open_round, terms.as_tuple())

    rows = [
        ("amount", hashrate_text(terms.amount_ths)),
        ("price of a TH/s", price_words(terms, money)),
        ("paid in", f"{money.symbol} ({money.address})"),
        ("closes", utc_text(terms.closes_at)),
        *delivery_rows(terms, terms.first_day),
        ("at most it brings", money.text(cost(terms.amount_ths, terms.high_price))),
    ]
    return Act(f"Offer {series.instance}", rows, send, check)


def buy(
    reader: OfferingReader,
    number: int,
    amount: int,
    least: int,
    max_cost: int | None,
    *,
    by_permit: bool = False,
) -> Act:
    """Prepare to buy hashrate [TH/s, 18 dec] in a round.

    Args:
        reader: the offering, with the buyer's account.
        number: of the round.
        amount: most to buy.
        least: least to buy.
        max_cost: most to pay [base units]; None for what it costs now.
        by_permit: pay by a permit in place of an approval.

    Raises:
        ScriptError: the round is over, or the account holds too little.
    """
    session, found = reader.session, reader.round(number)
    state, money = found.state, reader.token_of(found.state)
    if session.chain.now >= int(state.closes_at):
        raise ScriptError(f"round {number} closed on {utc_text(int(state.closes_at))}")
    if found.price is None:
        raise ScriptError(f"round {number} has no price now: {found.price_reason}")
    bought = min(amount, int(state.unsold_ths))
    if bought < max(least, 1):
        raise ScriptError(f"round {number} has {hashrate_text(int(state.unsold_ths))} left")
    price = cost(bought, found.price)
    limit = price if max_cost is None else max_cost
    if price > limit:
        raise ScriptError(f"that costs {money.text(price)}, more than {money.text(limit)}")
    paying = spending(session, money, (reader.address, _NAME), price, by_permit=by_permit)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, reader.offering.HashrateBought)
        got, paid = int(log.amount_ths), int(log.cost)
        if not max(least, 1) <= got <= amount or paid > limit:
            raise VerificationError(f"bought {got} for {paid}, not what was asked for")
        return [f"Bought {hashrate_text(got)} for {money.text(paid)}"]

    def send() -> Any:
        asked = (number, amount, least, limit)
        for permit in paying.permits():
            return session.chain.send(reader.offering.buy_with_permit, permit.as_tuple(), *asked)
        return session.chain.send(reader.offering.buy, *asked)

    rows = [
        ("you buy", hashrate_text(bought)),
        ("price of a TH/s now", money.text(found.price)),
        ("you pay", money.text(price)),
        ("at most", money.text(limit)),
        *delivery_rows(state, int(state.first_day)),
        ("guaranteed uptime", uptime_words(found.guaranteed_uptime_bps)),
        ("a refund", "is yours, not the tokens': who sells them on needs tokens to use it"),
        *paying.rows,
    ]
    return Act(f"Buy in round {number} of {found.series_name}", rows, send, check)


def release(reader: OfferingReader, number: int) -> Act:
    """Prepare to pay the seller what delivered days have earned it; anyone may.

    Raises:
        ScriptError: nothing is due.
    """
    found = reader.round(number)
    state, money = found.state, reader.token_of(found.state)
    if found.due == 0:
        raise ScriptError(f"round {number}: nothing is due; {_delivered(found)}")

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, reader.offering.PaymentReleased)
        return [f"Released {money.text(int(log.amount))} to {log.seller}"]

    return Act(
        f"Release of round {number}",
        [
            ("seller", str(state.seller)),
            ("delivered", _delivered(found)),
            ("paid in by buyers", money.text(int(state.paid))),
            ("released before", money.text(int(state.released))),
            ("due", money.text(found.due)),
        ],
        lambda: reader.session.chain.send(reader.offering.release, number),
        check,
    )


def refund(
    reader: OfferingReader, number: int, amount: int | None, *, by_permit: bool = False
) -> Act:
    """Prepare to hand hashrate back, which burns it.

    Args:
        reader: the offering, with the buyer's account.
        number: of the round.
        amount: [TH/s, 18 dec]; None for all that was bought.
        by_permit: hand it over by a permit in place of an approval.

    Raises:
        ScriptError: the round is not in default, or the account bought or holds too little.
    """
    session, found = reader.session, reader.round(number)
    money = reader.token_of(found.state)
    account = session.chain.account
    paid, bought = reader.purchase(number, account.address)
    if not found.is_in_default:
        raise ScriptError(f"round {number} is not in default; {_delivered(found)}")
    wanted = bought if amount is None else amount
    if not 0 < wanted <= bought:
        raise ScriptError(f"{account.address} bought {hashrate_text(bought)} in round {number}")
    back = int(reader.offering.preview_refund(number, account.address, wanted))
    token = open_token(session, str(found.state.token))
    paying = spending(session, token, (reader.address, _NAME), wanted, by_permit=by_permit)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, reader.offering.PurchaseRefunded)
        require_logged("burned", wanted, int(log.amount_ths))
        return [f"Burned {hashrate_text(wanted)} for {money.text(int(log.amount))}"]

    def send() -> Any:
        asked = (number, wanted, back)
        for permit in paying.permits():
            return session.chain.send(reader.offering.refund_with_permit, permit.as_tuple(), *asked)
        return session.chain.send(reader.offering.refund, *asked)

    return Act(
        f"Hand back to round {number}",
        [
            ("you burn", hashrate_text(wanted)),
            ("of what you bought", f"{hashrate_text(bought)} for {money.text(paid)}"),
            ("delivered", _delivered(found)),
            ("you get", money.text(back)),
            *paying.rows,
        ],
        send,
        check,
    )


def take_back(reader: OfferingReader, number: int) -> Act:
    """Prepare to take what is unsold back, as the seller: nothing more is sold then.

    Raises:
        ScriptError: another's round, or nothing is unsold.
    """
    found = reader.round(number)
    state, chain = found.state, reader.session.chain
    if str(state.seller) != chain.account.address:
        raise ScriptError(f"round {number} is of {state.seller}")
    unsold = int(state.unsold_ths)
    if unsold == 0:
        raise ScriptError(f"round {number}: nothing is unsold")

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, reader.offering.HashrateTakenBack)
        return [f"Took back {hashrate_text(int(log.amount_ths))}"]

    return Act(
        f"Take back from round {number}",
        [("series", found.series_name), ("unsold", hashrate_text(unsold))],
        lambda: chain.send(reader.offering.take_back, number),
        check,
    )


def price_words(terms: Any, money: Token) -> str:
    """Describe how a round is priced."""
    low, high = money.text(int(terms.low_price)), money.text(int(terms.high_price))
    pricing = pricing_of(terms)
    if pricing is not Pricing.FALLING:
        unit = "satoshi" if pricing is Pricing.SATOSHI else "dollars"
        days = counted(int(terms.price_days), "day")
        return f"{days} of hashprice in {unit}, between {low} and {high}"
    return low if low == high else f"falling from {high} to {low}"


def delivery_rows(terms: Any, first_day: int) -> list[tuple[str, str]]:
    """Describe over which days the money is released, and what happens if the series ends."""
    end = "refunded" if terms.refunds_early_end else "not refunded: the seller gets all of it"
    first = iso_from_day(DayIndex(first_day))
    return [
        ("released over", f"{counted(int(terms.delivery_days), 'day')} from {first}"),
        ("days after an early end", end),
    ]


def uptime_words(bps: int) -> str:
    """Describe what a series guarantees, and warn where that is nothing."""
    if bps == 0:
        return "none: a day without output pays nothing, and still counts as delivered"
    return f"{bps * 100 // _FULL_BPS} %"


def _delivered(found: RoundState) -> str:
    return f"{found.delivered_days} of {counted(int(found.state.delivery_days), 'day')} delivered"
