# SPDX-License-Identifier: AGPL-3.0-only
"""`ForwardsVault.settle` and `redeem`: what a series pays, when, and that nothing changes it."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import ZERO, actor, go_to, now, refused
from tests.unit.pit import DIFFICULTY, SATS, TERMS, USD, ForwardTerms, Pit, told
from tests.unit.reporting import PRICE, SHORT

pytestmark = pytest.mark.unit

PAYER, LONGER, SHORTER = actor("payer"), actor("longer"), actor("shorter")
SCALE = {SATS: 10**15, USD: 10**13, DIFFICULTY: 10**27}
FIELD = {SATS: "hashprice_sum_wad", USD: "usd_sum_wad", DIFFICULTY: "difficulty_sum_wad"}


def prefix(pit: Pit, terms: ForwardTerms, day: int) -> int:
    """Return a prefix sum of the terms' metric."""
    return int(getattr(pit.reporting.oracle.day_record(day), FIELD[terms.metric]))


def expected(pit: Pit, terms: ForwardTerms, newest: int | None = None) -> tuple[int, int]:
    """Return LONG's payout and the missing days by the rules.

    `newest` is the newest day that was final in time, if not all days of the window were.
    """
    before, last = terms.first_day - 1, terms.end_day - 1
    reached = last if newest is None else max(newest, before)
    total = Fraction(0)
    if reached > before:
        total += prefix(pit, terms, reached) - prefix(pit, terms, before)
    if newest is not None:
        week = prefix(pit, terms, newest) - prefix(pit, terms, newest - 7)
        total += (last - reached) * Fraction(week, 7)
    gross = total * terms.tick_value // SCALE[terms.metric]
    lowest, highest = terms.unit * terms.floor_ticks, terms.unit * terms.cap_ticks
    return min(max(gross, lowest), highest) - lowest, last - reached


def outcome(pit: Pit, series: int) -> tuple[Any, ...]:
    """Return what a series pays now."""
    return tuple(pit.vault.outcome_of(series))


def trade(pit: Pit, terms: ForwardTerms = TERMS, quantity: int = 3) -> int:
    """Create a series of which two accounts hold one side each."""
    series = pit.create(terms)
    pit.vault.mint_pair(series, quantity, LONGER, SHORTER, sender=PAYER)
    return series


@pytest.mark.parametrize(
    ("hashprice", "payout"),
    [
        (1, 0),
        (39, 0),
        (40, 0),
        (41, 3 * 1_000),
        (50, 3 * 10_000),
        (59, 3 * 19_000),
        (60, 3 * 20_000),
        (61, 3 * 20_000),
        (10**6, 3 * 20_000),
    ],
)
def test_settle__mean_below_between_and_above__is_clamped(
    pit: Pit, hashprice: int, payout: int
) -> None:
    series = trade(pit)
    pit.report_until(TERMS.first_day)
    pit.report_until(TERMS.end_day, hashprice)

    settled = tuple(pit.vault.settle(series, sender=actor("keeper")))

    assert told(pit.vault, "SeriesSettled") == [(series, payout, 0)]
    assert settled == outcome(pit, series) == (True, True, payout, TERMS.cost - payout, 0)
    assert expected(pit, TERMS) == (payout, 0)


@pytest.mark.parametrize(
    "terms",
    [
        TERMS,
        replace(TERMS, tick_value=7),
        replace(TERMS, metric=USD, floor_ticks=1, cap_ticks=10_000, tick_value=10**4),
        replace(TERMS, metric=USD, floor_ticks=0, cap_ticks=2**64, tick_value=10**12),
        replace(TERMS, metric=DIFFICULTY, floor_ticks=0, cap_ticks=200_000, tick_value=3),
    ],
)
def test_settle__each_metric_and_odd_days__equals_the_rules(pit: Pit, terms: ForwardTerms) -> None:
    series = trade(pit, terms)
    pit.report_until(terms.first_day)
    for hashprice, price in ((47, PRICE), (53, PRICE * 3 // 2 + 7), (49, PRICE // 2 + 1)):
        pit.report(hashprice, price)
    go_to(now() + SHORT)

    payout, missing = expected(pit, terms)
    assert 0 < payout < terms.cost
    assert tuple(pit.vault.settle(series)) == (True, True, payout, terms.cost - payout, missing)


def test_settle__days_outside_the_window__count_for_nothing(pit: Pit) -> None:
    series = trade(pit)
    pit.report_until(TERMS.first_day, 59)
    pit.report_until(TERMS.end_day, 45)
    pit.report_until(TERMS.end_day + 2, 59)

    assert pit.vault.settle(series).long_payout == 3 * 5_000


def test_settle__to_the_second__is_due_when_the_last_day_is_final(pit: Pit) -> None:
    series = trade(pit)
    pit.report_until(TERMS.end_day - 1)
    pit.report()
    final_at = pit.reporting.oracle.day_record(TERMS.end_day - 1).final_at
    go_to(final_at - 1)

    assert outcome(pit, series) == (False, False, 0, 0, 0)
    with refused("series: not due"):
        pit.vault.settle(series)
    with refused("series: not due"):
        pit.vault.redeem(series, LONGER, sender=LONGER)
    go_to(final_at)

    assert outcome(pit, series)[:2] == (True, False)
    pit.vault.settle(series)


def test_settle__twice__changes_nothing(pit: Pit) -> None:
    series = trade(pit)
    pit.report_until(TERMS.end_day, 48)
    first = tuple(pit.vault.settle(series))
    pit.report_until(TERMS.end_day + 3, 59)

    assert tuple(pit.vault.settle(series, sender=actor("somebody"))) == first
    assert told(pit.vault, "SeriesSettled") == []


def test_settle__unknown_series__reverts(pit: Pit, series: int) -> None:
    for unknown in (0, series + 1, series + 2):
        with refused("series: unknown"):
            pit.vault.settle(unknown)


# ---------------------------------------------------------------- A silent oracle


@pytest.mark.parametrize("reported", [-2, -1, 0, 1, 2])
@pytest.mark.parametrize("metric", [SATS, USD, DIFFICULTY])
def test_settle__silence__missing_days_count_as_the_mean_of_the_last_seven(
    pit: Pit, reported: int, metric: int
) -> None:
    """Reports stop some days after the window's first, or before it."""
    terms = {
        SATS: replace(TERMS, floor_ticks=0, cap_ticks=10**6),
        USD: replace(TERMS, metric=USD, floor_ticks=0, cap_ticks=10_000, tick_value=10**4),
        DIFFICULTY: replace(TERMS, metric=DIFFICULTY, floor_ticks=0, cap_ticks=200_000),
    }[metric]
    series = trade(pit, terms)
    newest = terms.first_day - 1 + reported
    for place in range(newest + 1 - pit.reporting.oracle.next_day()):
        pit.report(46 + 3 * place, PRICE + place * 10**9)
    assert pit.reporting.oracle.next_day() == newest + 1
    go_to(terms.deadline - 1)
    with refused("series: not due"):
        pit.vault.settle(series)
    go_to(terms.deadline)

    payout, missing = expected(pit, terms, newest)
    assert missing == terms.end_day - terms.first_day - max(reported, 0)
    assert 0 < payout < terms.cost
    assert outcome(pit, series) == (True, False, payout, terms.cost - payout, missing)
    assert tuple(pit.vault.settle(series)) == (
        True,
        True,
        payout,
        terms.cost - payout,
        missing,
    )


@pytest.mark.parametrize("late", [0, 1])
def test_settle__last_day_final_at_the_deadline_or_a_second_later(pit: Pit, late: int) -> None:
    """At the deadline it counts; a second later it counts as a mean, for ever."""
    series = trade(pit)
    pit.report_until(TERMS.end_day - 1, 48)
    newest = TERMS.end_day - 2
    go_to(TERMS.deadline - SHORT + late)
    pit.report(59)
    assert pit.reporting.oracle.day_record(TERMS.end_day - 1).final_at == TERMS.deadline + late
    go_to(TERMS.deadline + late)

    settled = pit.vault.settle(series)

    wanted = expected(pit, TERMS, newest if late else None)
    assert (settled.long_payout, settled.missing_days) == wanted
    assert settled.missing_days == late
    assert expected(pit, TERMS) != expected(pit, TERMS, newest)


@pytest.mark.parametrize("reported", [-2, 0, 2])
def test_settle__early_or_very_late__pays_the_same(pit: Pit, reported: int) -> None:
    """What becomes final after the deadline changes nothing, however much it is."""
    series = trade(pit)
    while pit.reporting.oracle.next_day() < TERMS.first_day + reported:
        pit.report(44)
    go_to(TERMS.deadline)
    early = outcome(pit, series)
    pit.report_until(TERMS.end_day + 20, 58)
    go_to(now() + 400 * DAY_SECONDS)

    assert outcome(pit, series) == early
    assert tuple(pit.vault.settle(series)) == (True, True, *early[2:])


def test_settle__pending_day_replaced__settles_on_what_is_final(pit: Pit) -> None:
    series = trade(pit)
    pit.report_until(TERMS.end_day - 1, 50)
    pit.report(59)
    facts = pit.reporting.oracle.day_record(TERMS.end_day - 1)
    pit.reporting.oracle.veto_day(TERMS.end_day - 1, sender=actor("guardian"))
    assert facts.final_at > now()
    go_to(facts.final_at)
    assert not outcome(pit, series)[0]

    pit.report_until(TERMS.end_day, 50)

    assert pit.vault.settle(series).long_payout == 3 * 10_000


# ---------------------------------------------------------------- redeem


@pytest.mark.parametrize("token", ["6", "8", "18", "MockNoReturnToken"])
def test_redeem__both_sides__pay_out_everything(
    pit: Pit, tokens: dict[str, Any], token: str
) -> None:
    pit = pit.with_token(tokens[token])
    series = trade(pit, quantity=7)
    pit.report_until(TERMS.first_day)
    pit.report_until(TERMS.end_day, 53)

    paid = pit.vault.redeem(series, actor("cold"), sender=LONGER)

    assert told(pit.vault, "SeriesSettled") == [(series, 3 * 13_000, 0)]
    assert told(pit.vault, "Redeemed") == [(series, LONGER, actor("cold"), 7, 0, paid)]
    assert paid == pit.money(actor("cold")) == 7 * 3 * 13_000
    assert pit.inside() == 7 * 3 * 7_000
    assert pit.vault.redeem(series, SHORTER, sender=SHORTER) == 7 * 3 * 7_000
    assert told(pit.vault, "SeriesSettled") == []
    assert pit.inside() == 0


def test_redeem__in_parts_by_many__pays_the_same(pit: Pit) -> None:
    series = trade(pit, quantity=5)
    pit.vault.safeTransferFrom(LONGER, actor("heir"), series, 2, b"", sender=LONGER)
    pit.vault.safeTransferFrom(SHORTER, actor("heir"), series + 1, 1, b"", sender=SHORTER)
    pit.report_until(TERMS.first_day)
    pit.report_until(TERMS.end_day, 47)

    paid = [pit.vault.redeem(series, who, sender=who) for who in (LONGER, SHORTER, actor("heir"))]

    assert paid == [3 * 21_000, 4 * 39_000, 2 * 21_000 + 39_000]
    assert pit.inside() == 0


def test_redeem__nothing_held__pays_nothing(pit: Pit) -> None:
    series = trade(pit)
    pit.report_until(TERMS.end_day)
    inside = pit.inside()

    assert pit.vault.redeem(series, actor("nobody"), sender=actor("nobody")) == 0
    assert pit.vault.redeem(series, LONGER, sender=LONGER) != 0
    paid = inside - pit.inside()
    assert pit.vault.redeem(series, LONGER, sender=LONGER) == 0
    assert inside - pit.inside() == paid


def test_redeem__worthless_side__is_burnt(pit: Pit) -> None:
    series = trade(pit)
    pit.report_until(TERMS.first_day)
    pit.report_until(TERMS.end_day, 30)

    assert pit.vault.redeem(series, LONGER, sender=LONGER) == 0

    assert pit.held(LONGER, series) == (0, 0)
    assert pit.vault.redeem(series, SHORTER, sender=SHORTER) == 3 * TERMS.cost


@pytest.mark.parametrize("who", ["zero", "vault"])
def test_redeem__recipient_that_cannot_be__reverts(pit: Pit, who: str) -> None:
    series = trade(pit)
    pit.report_until(TERMS.end_day)

    with refused("vault: no recipient", lambda: pit.state(series)):
        pit.vault.redeem(series, {"zero": ZERO, "vault": pit.vault.address}[who], sender=LONGER)


# ---------------------------------------------------------------- Credits


@pytest.mark.parametrize("token", ["MockFalseToken", "MockFreezingToken"])
def test_redeem__token_that_does_not_deliver__credits_the_recipient(
    pit: Pit, tokens: dict[str, Any], token: str
) -> None:
    pit = pit.with_token(tokens[token])
    series = trade(pit)
    pit.report_until(TERMS.first_day)
    pit.report_until(TERMS.end_day, 53)
    cold = actor("cold")

    def freeze(is_frozen: bool) -> None:
        if token == "MockFalseToken":
            pit.token.set_refusing(is_frozen)
        else:
            pit.token.set_frozen(cold, is_frozen)

    freeze(True)
    paid = pit.vault.redeem(series, cold, sender=LONGER)

    assert told(pit.vault, "Credited") == [(pit.token.address, cold, paid)]
    assert pit.vault.credit_of(pit.token.address, cold) == paid == 3 * 3 * 13_000
    assert (pit.money(cold), pit.inside()) == (0, 3 * TERMS.cost)
    with refused("cash: transfer out failed", pit.inside):
        pit.vault.withdraw(pit.token.address, cold, sender=cold)
    with refused("cash: nothing waits", pit.inside):
        pit.vault.withdraw(pit.token.address, LONGER, sender=LONGER)
    freeze(False)

    assert pit.vault.withdraw(pit.token.address, actor("other"), sender=cold) == paid
    assert told(pit.vault, "Withdrawn") == [(pit.token.address, cold, actor("other"), paid)]
    assert pit.money(actor("other")) == paid
    assert pit.vault.credit_of(pit.token.address, cold) == 0
    with refused("cash: nothing waits", pit.inside):
        pit.vault.withdraw(pit.token.address, cold, sender=cold)


@pytest.mark.parametrize("who", ["zero", "vault"])
def test_withdraw__recipient_that_cannot_be__reverts(pit: Pit, who: str) -> None:
    with refused("vault: no recipient"):
        pit.vault.withdraw(
            pit.token.address, {"zero": ZERO, "vault": pit.vault.address}[who], sender=LONGER
        )
