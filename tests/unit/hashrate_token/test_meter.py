# SPDX-License-Identifier: AGPL-3.0-only
"""TH·s of accounts and of the supply: by hand at midnight, and beside the reference at random."""

from itertools import pairwise
from random import Random

import pytest

from reference import MeterModel
from tests.unit.chain import ZERO, actor, go_to, go_to_day, now, refused, wait
from tests.unit.scene import DAY_SECONDS, FLEET, NOON, START, TH, Scene

pytestmark = pytest.mark.unit

HOLDER, BUYER, THIRD = actor("holder"), actor("buyer"), actor("third holder")
WORDS = 128


def work(scene: Scene, account: str, *days: int) -> list[int]:
    """Return an account's TH·s of days after the start."""
    return [scene.token.ths_on(account, START + day) for day in days]


def total(scene: Scene, *days: int) -> list[int]:
    """Return the supply's TH·s of days after the start."""
    return [scene.token.total_ths_on(START + day) for day in days]


def test_ths_on__minted_at_noon__has_half_a_day(running: Scene) -> None:
    wait(5 * DAY_SECONDS)

    assert work(running, HOLDER, -2, -1, 0, 1) == [
        0,
        FLEET * NOON,
        FLEET * DAY_SECONDS,
        FLEET * DAY_SECONDS,
    ]
    assert total(running, -2, -1, 0, 1) == work(running, HOLDER, -2, -1, 0, 1)


@pytest.mark.parametrize(
    ("second", "sellers", "buyers"),
    [
        (0, 0, DAY_SECONDS),
        (1, 1, DAY_SECONDS - 1),
        (NOON, NOON, NOON),
        (DAY_SECONDS - 1, DAY_SECONDS - 1, 1),
        (DAY_SECONDS, DAY_SECONDS, 0),
    ],
    ids=["midnight", "a second after", "noon", "a second before", "next midnight"],
)
def test_ths_on__sold__splits_the_day_at_that_second(
    running: Scene, second: int, sellers: int, buyers: int
) -> None:
    go_to_day(START, second)
    running.transfer(HOLDER, BUYER, FLEET)
    wait(3 * DAY_SECONDS)

    assert work(running, HOLDER, 0) == [FLEET * sellers]
    assert work(running, BUYER, 0) == [FLEET * buyers]
    assert total(running, 0) == [FLEET * DAY_SECONDS]


def test_ths_on__round_trip_in_one_second__leaves_no_work(running: Scene) -> None:
    go_to_day(START, 333)
    running.transfer(HOLDER, BUYER, FLEET)
    running.transfer(BUYER, THIRD, FLEET)
    running.transfer(THIRD, HOLDER, FLEET)
    wait(2 * DAY_SECONDS)

    assert work(running, HOLDER, 0, 1) == [FLEET * DAY_SECONDS] * 2
    assert work(running, BUYER, 0, 1) == work(running, THIRD, 0, 1) == [0, 0]


def test_ths_on__bought_and_burned_on_one_day__counts_the_seconds(running: Scene) -> None:
    go_to_day(START, 100)
    running.transfer(HOLDER, BUYER, 10 * TH)
    wait(7)
    running.token.burn(10 * TH, sender=BUYER)
    wait(DAY_SECONDS)

    assert work(running, BUYER, 0, 1) == [70 * TH, 0]
    assert total(running, 0, 1) == [
        FLEET * DAY_SECONDS - 10 * TH * (DAY_SECONDS - 107),
        (FLEET - 10 * TH) * DAY_SECONDS,
    ]


def test_ths_on__several_touches_a_day__add_up(running: Scene) -> None:
    for hour in range(24):
        go_to_day(START, hour * 3_600)
        running.transfer(HOLDER, BUYER, TH)
    wait(DAY_SECONDS)

    bought = sum(TH * (DAY_SECONDS - hour * 3_600) for hour in range(24))
    assert work(running, BUYER, 0, 1) == [bought, 24 * TH * DAY_SECONDS]
    assert work(running, HOLDER, 0) == [FLEET * DAY_SECONDS - bought]
    assert len(running.token.meter_words(BUYER, 0)) == 1


def test_ths_on__today_and_later__holds_if_not_touched_again(running: Scene) -> None:
    go_to_day(START, NOON)

    assert work(running, HOLDER, 0, 1, 10_000) == [FLEET * DAY_SECONDS] * 3

    running.transfer(HOLDER, BUYER, FLEET)
    assert work(running, HOLDER, 0, 1, 10_000) == [FLEET * NOON, 0, 0]


def test_ths_on__zero_address__is_nothing(running: Scene) -> None:
    """The meter keeps the supply there; nobody holds it."""
    wait(DAY_SECONDS)

    assert work(running, ZERO, -1, 0, 1) == [0, 0, 0]
    assert list(running.token.meter_words(ZERO, 0)) == []


def test_ths_on__never_held__is_nothing(running: Scene) -> None:
    assert work(running, BUYER, -START, -1, 0, 1) == [0] * 4


def test_ths_on__every_day_of_a_year_touched__equals_the_model(running: Scene) -> None:
    """Also the paging: 365 words come in pages of 128, each page beginning where asked."""
    model = MeterModel()
    model.mint(HOLDER, FLEET, now())
    for day in range(365):
        go_to_day(START + day, day * 200)
        running.transfer(HOLDER, BUYER, TH + day)
        model.transfer(HOLDER, BUYER, TH + day, now())
    go_to_day(START + 366)

    for day in (-1, 0, 1, 2, 100, 127, 128, 129, 255, 256, 257, 363, 364, 365):
        assert work(running, HOLDER, day) == [model.ths(HOLDER, START + day)]
        assert work(running, BUYER, day) == [model.ths(BUYER, START + day)]
        assert total(running, day) == [model.supply_ths(START + day)]
    pages = [list(running.token.meter_words(BUYER, start)) for start in (0, 128, 256, 364, 365)]
    assert [len(page) for page in pages] == [128, 128, 109, 1, 0]
    whole = [*pages[0], *pages[1], *pages[2]]
    assert whole[-1:] == pages[3]
    assert list(running.token.meter_words(BUYER, 77)) == whole[77 : 77 + WORDS]
    days = [(word & (2**32 - 1)) // DAY_SECONDS for word in whole]
    assert days == [START + day for day in range(365)]
    assert [word >> 241 for word in whole] == list(range(365))


@pytest.mark.parametrize("seed", range(2))
def test_ths_on__any_history__equals_the_model(running: Scene, seed: int) -> None:
    """Jumps to midnight and around it, transfers, burns; every account on every day."""
    dice = Random(seed)
    people = (HOLDER, BUYER, THIRD)
    model = MeterModel()
    model.mint(HOLDER, FLEET, now())
    for _ in range(80):
        midnight = (now() // DAY_SECONDS + 1) * DAY_SECONDS
        moments = (now(), now() + 1, midnight - 1, midnight, midnight + 1, now() + 200_000)
        go_to(max(now(), dice.choice(moments)))
        sender, receiver = dice.choice(people), dice.choice(people)
        balance = model.balance(sender)
        amount = dice.choice((0, min(1, balance), balance // 2, balance))
        if dice.randrange(8) or not model.balance(sender):
            running.transfer(sender, receiver, amount)
            model.transfer(sender, receiver, amount, now())
        else:
            running.token.burn(amount // 3, sender=sender)
            model.burn(sender, amount // 3, now())
    last = now() // DAY_SECONDS - START

    days = range(-2, last + 2)
    for who in people:
        assert running.token.balanceOf(who) == model.balance(who)
        assert work(running, who, *days) == [model.ths(who, START + day) for day in days]
    assert total(running, *days) == [model.supply_ths(START + day) for day in days]
    for day in days:
        assert sum(work(running, who, day)[0] for who in people) == total(running, day)[0]


def test_meter_words__untouched_days__file_nothing(running: Scene) -> None:
    go_to_day(START + 1_000)
    running.transfer(HOLDER, BUYER, TH)
    wait(1)
    running.transfer(HOLDER, BUYER, TH)

    words = list(running.token.meter_words(HOLDER, 0))
    assert len(words) == 2
    times = [word & (2**32 - 1) for word in words]
    assert all(earlier < later for earlier, later in pairwise(times))
    assert work(running, HOLDER, 999, 1_001) == [
        FLEET * DAY_SECONDS,
        (FLEET - 2 * TH) * DAY_SECONDS,
    ]


def test_transfer__clock_beyond_its_field__reverts(running: Scene) -> None:
    """2106-02-07: the last second that a 32-bit time can hold."""
    go_to(2**32 - 1)
    running.transfer(HOLDER, BUYER, 1)
    go_to(2**32)

    with refused("meter: time too wide", lambda: running.token.balanceOf(HOLDER)):
        running.transfer(HOLDER, BUYER, 1)
