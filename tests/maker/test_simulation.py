# SPDX-License-Identifier: AGPL-3.0-only
"""A policy over past days: exact, repeatable, and honest about who knows more."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_iso
from hashrate.history import open_source
from maker.cli import main
from maker.curve import GrowthBounds
from maker.errors import SimulationError
from maker.quoting import Policy
from maker.simulation import Flow, History, PastDay, Result, read_history, simulate

pytestmark = pytest.mark.unit

FIRST = day_from_iso("2024-06-01")
GROWTH = GrowthBounds(days=14)
POLICY = Policy(volatility_multiple=0, quiet_blocks=0)


def flat(moves: dict[int, int], count: int = 150) -> History:
    """Days at 50,000 sat, from some days before the first on, with other levels from some on."""
    level, days = 50_000, {}
    for number in range(-20, count):
        level = moves.get(number, level)
        height = 845_000 + 144 * number
        days[DayIndex(FIRST + number)] = PastDay(level * 10**15, 80_000, height)
    return History(days, GROWTH)


def run(history: History, policy: Policy = POLICY, flow: Flow | None = None, **more: int) -> Result:
    span = FIRST, DayIndex(FIRST + 40)
    return simulate("", policy, history, span, flow=flow or Flow(), months=1, **more)


def test_simulate__nobody_knows_more__earns_the_half_width_to_the_satoshi() -> None:
    result = run(flat({}))

    # all at 48,000 or 52,000 but for the lean; every contract earns at least 2 % less a tick
    assert result.served == result.traded > 100
    assert result.lost_to_known == 0
    assert result.profit > result.traded * 30 * (50_000 * 2 // 100 - 1)
    assert result.profit <= result.traded * 31 * 50_000 * 6 // 100
    assert result.inventory[-1] == 0


def test_simulate__a_jump__is_known_to_a_taker_first() -> None:
    calm = run(flat({}), flow=Flow(most=0))
    jumped = run(flat({10: 70_000}), flow=Flow(most=0))

    assert calm.fills == 0
    # for the two days until the peg follows: ten contracts each, sold at 52,000 where 70,000 comes
    assert (jumped.fills, jumped.traded) == (2, 20)
    assert jumped.lost_to_known > 20 * 30 * 17_000
    assert jumped.profit < -20 * 30 * 15_000
    assert jumped.drawdown >= -jumped.profit


def test_simulate__loss_limit__ends_the_trading() -> None:
    plain = run(flat({10: 70_000, 20: 50_000, 30: 70_000}))
    limited = run(flat({10: 70_000, 20: 50_000, 30: 70_000}), loss_limit=1_000_000)

    assert plain.stopped_on is None
    assert limited.stopped_on is not None
    assert FIRST + 10 <= limited.stopped_on <= FIRST + 12
    assert limited.fills < plain.fills


def test_simulate__same_seed__is_the_same_and_another_is_not() -> None:
    history = flat({})

    assert run(history) == run(history)
    assert run(history).days != run(history, flow=Flow("other")).days


def test_simulate__limits__hold_while_trading() -> None:
    result = run(flat({n: 50_000 + 700 * n for n in range(1, 60)}), replace(POLICY, total_limit=15))

    assert result.most_open == 15
    assert max(map(abs, result.inventory)) == 15


def test_simulate__quiet__keeps_out_of_retargets() -> None:
    """A retarget that halves hashprice on its day costs the one who quotes through it."""
    height = 845_000
    ahead = (-height % 2_016) // 144 + 1
    history = flat({ahead: 40_000})

    loud = run(history, flow=Flow(most=0))
    silent = run(history, replace(POLICY, quiet_blocks=288), flow=Flow(most=0))

    assert loud.lost_to_known > 0
    assert silent.lost_to_known < loud.lost_to_known


def test_read_history__too_short__is_refused(market_data_dir: Path) -> None:
    source = open_source(f"dataset:{market_data_dir}")
    with pytest.raises(SimulationError, match="do not cover"):
        read_history(source, day_from_iso("2015-01-02"), GrowthBounds())


def test_simulate__real_days_since_2019__table_and_picture(
    tmp_path: Path, market_data_dir: Path
) -> None:
    """Every policy meets the same takers; each part of the one as shipped is worth its place."""
    picture = tmp_path / "maker.png"
    options = ["--data", str(market_data_dir), "--json", "--output", str(picture)]

    done = CliRunner().invoke(main, ["simulate", *options])

    assert done.exit_code == 0, done.output
    results = {each["policy"]: each for each in json.loads(done.output.partition("\nPicture")[0])}
    assert picture.read_bytes().startswith(b"\x89PNG")
    shipped = results["as shipped"]
    assert {each["wanted"] for each in results.values()} == {shipped["wanted"]}
    assert all(int(each["worst_fall_sats"]) > 0 for each in results.values())
    through = results["through retargets"]
    assert 2 * int(shipped["to_who_knew_sats"]) < int(through["to_who_knew_sats"])
    assert int(shipped["worst_fall_sats"]) < int(results["without skew"]["worst_fall_sats"])


def test_simulate__loss_limit__is_in_the_table(market_data_dir: Path) -> None:
    options = ["--data", str(market_data_dir), "--from", "2020-01-01", "--to", "2020-06-01"]

    done = CliRunner().invoke(main, ["simulate", *options, "--loss", "1000000"])

    assert done.exit_code == 0, done.output
    shipped = next(line for line in done.output.splitlines() if line.startswith("as shipped"))
    assert shipped.split()[-1].startswith("2020-")
