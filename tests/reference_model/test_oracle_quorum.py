# SPDX-License-Identifier: AGPL-3.0-only
"""Day reports: the quorum's price, veto and replacement, sums."""

from dataclasses import replace

import pytest

from reference import Cause, ModelRevert, PrefixSums, SignedPrice

from .reports import (
    BLOCKS,
    DIFFICULTY_WAD,
    FIRST_DAY,
    FIRST_HEIGHT,
    GUARDIAN,
    OUTSIDER,
    PRICE_E8,
    REPORTERS,
    Reporting,
    agreed,
    cause_of_post,
    facts_of,
    posting_time,
    signed,
)

pytestmark = pytest.mark.unit

FIRST = facts_of(FIRST_DAY, FIRST_HEIGHT)
NEXT = facts_of(FIRST_DAY + 1, FIRST_HEIGHT + BLOCKS)


@pytest.mark.parametrize(
    ("prices", "taken"),
    [
        ((100, 100, 101), 100),
        ((101, 100, 101), 101),
        ((1_003, 1_000, 1_002, 1_001), 1_001),
        ((1_002, 1_000, 1_002, 1_001), 1_001),
        ((1_000, 1_000, 1_001, 1_001), 1_000),
        ((100, 101, 100, 101, 101), 101),
    ],
)
def test_post_day__several_prices__takes_the_median(prices: tuple[int, ...], taken: int) -> None:
    assert Reporting().post(prices=signed(*prices)).priced.btc_usd_e8 == taken


def test_post_day__spread__reverts_beyond_one_percent_of_the_least() -> None:
    edge = signed(10_000, 10_050, 10_100)
    beyond = signed(10_000, 10_050, 10_101)

    assert Reporting().post(prices=edge).priced.btc_usd_e8 == 10_050
    assert cause_of_post(Reporting(), prices=beyond) is Cause.PRICE_SPREAD


@pytest.mark.parametrize(
    ("prices", "cause"),
    [
        (agreed(signers=2), Cause.NOT_ENOUGH_SIGNERS),
        (agreed()[::-1], Cause.SIGNERS_NOT_ASCENDING),
        ([agreed()[0], *agreed()[:2]], Cause.SIGNERS_NOT_ASCENDING),
        ([*agreed(signers=2), SignedPrice(OUTSIDER, PRICE_E8)], Cause.NOT_A_REPORTER),
    ],
)
def test_post_day__wrong_signers__reverts(prices: list[SignedPrice], cause: Cause) -> None:
    assert cause_of_post(Reporting(), prices=prices) is cause


def test_post_day__old_membership__reverts() -> None:
    reporting = Reporting()
    reporting.oracle.membership.remove(REPORTERS[-1])

    with pytest.raises(ModelRevert) as refused:
        reporting.oracle.post_day(FIRST, agreed(), 0, 1, posting_time(FIRST_DAY))

    assert refused.value.cause is Cause.WRONG_MEMBERSHIP_VERSION


def three_days() -> Reporting:
    reporting = Reporting()
    for _ in range(3):
        reporting.post()
    return reporting


def test_veto_day__pending__removes_it_and_every_later_day() -> None:
    reporting = three_days()
    now = posting_time(FIRST_DAY + 2)

    reporting.oracle.veto_day(GUARDIAN, FIRST_DAY + 1, now)

    assert reporting.oracle.next_day == FIRST_DAY + 1
    assert [reporting.oracle.revision[FIRST_DAY + step] for step in range(3)] == [0, 1, 0]
    assert cause_of_post(reporting, revision=0, now=now) is Cause.WRONG_REVISION
    reporting.post(now=now)
    reporting.post(revision=0, now=now)


def test_veto_day__third_time__reverts() -> None:
    reporting = Reporting()
    now = posting_time(FIRST_DAY)
    for _ in range(2):
        reporting.post()
        reporting.oracle.veto_day(GUARDIAN, FIRST_DAY, now)
    reporting.post()

    with pytest.raises(ModelRevert) as refused:
        reporting.oracle.veto_day(GUARDIAN, FIRST_DAY, now)

    assert refused.value.cause is Cause.VETOES_SPENT
    assert reporting.oracle.revision[FIRST_DAY] == 2


def test_veto_day__of_an_earlier_day__spends_no_veto_of_the_later() -> None:
    reporting = three_days()
    reporting.oracle.veto_day(GUARDIAN, FIRST_DAY, posting_time(FIRST_DAY))

    assert reporting.oracle.vetoes[FIRST_DAY + 1] == 0


def test_veto_day__final__reverts() -> None:
    reporting = three_days()
    final_at = reporting.oracle.days[0].final_at

    reporting.oracle.veto_day(GUARDIAN, FIRST_DAY, final_at - 1)
    reporting.post()
    with pytest.raises(ModelRevert) as refused:
        reporting.oracle.veto_day(GUARDIAN, FIRST_DAY, final_at)

    assert refused.value.cause is Cause.NOT_PENDING


@pytest.mark.parametrize(
    ("caller", "day", "cause"),
    [
        (OUTSIDER, FIRST_DAY, Cause.NOT_ALLOWED),
        (GUARDIAN, FIRST_DAY + 9, Cause.NOT_REPORTED),
    ],
)
def test_veto_day__wrongly__reverts(caller: str, day: int, cause: Cause) -> None:
    with pytest.raises(ModelRevert) as refused:
        three_days().oracle.veto_day(caller, day, posting_time(FIRST_DAY))

    assert refused.value.cause is cause


def test_replace_day__pending__removes_every_later_day() -> None:
    reporting = three_days()
    now = posting_time(FIRST_DAY + 2)

    posted = reporting.oracle.replace_day(NEXT, agreed(PRICE_E8 + 1), 1, 1, now)

    assert posted.priced.btc_usd_e8 == PRICE_E8 + 1
    assert posted.posted_at == now
    assert reporting.oracle.next_day == FIRST_DAY + 2
    assert reporting.oracle.revision[FIRST_DAY + 1] == 1
    reporting.post(revision=0)


@pytest.mark.parametrize("revision", [0, 2])
def test_replace_day__other_revision__reverts(revision: int) -> None:
    reporting = three_days()

    with pytest.raises(ModelRevert) as refused:
        reporting.oracle.replace_day(NEXT, agreed(), revision, 1, posting_time(FIRST_DAY + 2))

    assert refused.value.cause is Cause.WRONG_REVISION
    assert reporting.oracle.next_day == FIRST_DAY + 3


def test_replace_day__impossible__changes_nothing() -> None:
    reporting = three_days()
    wrong = replace(NEXT, subsidy_sats=1)

    with pytest.raises(ModelRevert):
        reporting.oracle.replace_day(wrong, agreed(), 1, 1, posting_time(FIRST_DAY + 2))

    assert reporting.oracle.next_day == FIRST_DAY + 3
    assert reporting.oracle.revision[FIRST_DAY + 1] == 0


def test_replace_day__final__reverts() -> None:
    reporting = three_days()
    final_at = reporting.oracle.days[1].final_at

    with pytest.raises(ModelRevert) as refused:
        reporting.oracle.replace_day(NEXT, agreed(), 1, 1, final_at)

    assert refused.value.cause is Cause.NOT_PENDING


def test_prefix_sums__three_days__adds_each_days_floor() -> None:
    reporting = Reporting()
    prices = [PRICE_E8 + 1, PRICE_E8 + 12_345, PRICE_E8 + 99]
    for price in prices:
        reporting.post(prices=agreed(price))

    hashprice = FIRST.hashprice_wad
    usd = sum(hashprice * price // 10**16 for price in prices)
    sums = reporting.oracle.prefix_sums(FIRST_DAY + 2)

    assert sums == PrefixSums(3 * hashprice, usd, 3 * DIFFICULTY_WAD)
    assert reporting.oracle.prefix_sums(FIRST_DAY).difficulty_wad == DIFFICULTY_WAD
