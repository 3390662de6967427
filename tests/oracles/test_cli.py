# SPDX-License-Identifier: AGPL-3.0-only
"""The command line, in process and as a program of its own."""

import json
import os
import pty
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from oracles.commands.cli import PROGRESS_FROM_DAYS, main
from tests.oracles.builders import DAILY_ROWS, changed, write_dataset

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
DATASET_KEYS = [
    "day",
    "first_height",
    "last_height",
    "blocks",
    "subsidy_sats",
    "fees_sats",
    "difficulty",
    "hashprice_sats_per_ph_day",
    "hashprice_wad",
    "btc_usd",
    "hashprice_usd_per_ph_day",
]


def run(*args: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["hashprice", *args])


def run_json(*args: str) -> list[dict[str, Any]]:
    result = run(*args, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    records: list[dict[str, Any]] = json.loads(result.stdout)
    return records


def run_program(*args: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "oracles", *args],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# ---------------------------------------------------------------- JSON


def test_hashprice__dataset_day_as_json__prints_every_digit(tmp_path: Path) -> None:
    spec = f"dataset:{write_dataset(tmp_path)}"

    (record,) = run_json("--source", spec, "--day", "2009-01-21")

    # 50.1 BTC a block; 16 blocks at difficulty 1 and 16 at 2
    wad = 86_400 * 10**30 * 5_010_000_000 * 3 // 2**34
    assert list(record) == DATASET_KEYS
    assert record == {
        "day": "2009-01-21",
        "first_height": 2000,
        "last_height": 2031,
        "blocks": 32,
        "subsidy_sats": 160_000_000_000,
        "fees_sats": 320_000_000,
        "difficulty": "1.500000000000000000",
        "hashprice_sats_per_ph_day": f"{wad // 10**15}.{wad % 10**15:015d}",
        "hashprice_wad": str(wad),
        "btc_usd": "2.00000000",
        "hashprice_usd_per_ph_day": f"{wad * 2 // 10**23}.{wad * 2 // 10**8 % 10**15:015d}",
    }


def test_hashprice__range_as_json__gives_every_day_once(tmp_path: Path) -> None:
    spec = f"dataset:{write_dataset(tmp_path)}"

    records = run_json("--source", spec, "--day", "2009-01-20", "--to", "2009-01-22")

    assert [r["day"] for r in records] == ["2009-01-20", "2009-01-21", "2009-01-22"]
    assert [r["blocks"] for r in records] == [100, 32, 0]
    assert records[2]["hashprice_wad"] == records[1]["hashprice_wad"]


def test_hashprice__simulated_as_json__says_so_in_every_record() -> None:
    records = run_json("--source", "simulated:1", "--day", "2028-04-09", "--to", "2028-04-10")

    assert [list(record) for record in records] == [[*DATASET_KEYS, "simulated"]] * 2
    assert all(record["simulated"] is True for record in records)
    assert records[0]["hashprice_wad"] == "42501448229172145750"


def test_hashprice__real_halving_day__matches_check_point(market_data_dir: Path) -> None:
    (record,) = run_json("--source", f"dataset:{market_data_dir}", "--day", "2024-04-20")

    assert (record["first_height"], record["last_height"], record["blocks"]) == (
        840_004,
        840_133,
        130,
    )
    assert (record["subsidy_sats"], record["fees_sats"]) == (40_625_000_000, 120_646_658_440)
    assert abs(Decimal(record["hashprice_sats_per_ph_day"]) - Decimal("288876.59")) < Decimal(
        "0.01"
    )
    assert abs(Decimal(record["hashprice_usd_per_ph_day"]) - Decimal("187.50")) < Decimal("0.01")
    assert abs(Decimal(record["difficulty"]) - Decimal("86388558925171.02")) < Decimal("0.01")


# ---------------------------------------------------------------- table


def test_hashprice__table__shows_label_and_day(tmp_path: Path) -> None:
    result = run("--source", f"dataset:{write_dataset(tmp_path)}", "--day", "2009-01-21")

    assert result.exit_code == 0
    assert "Hashprice (dataset)" in result.stdout
    row = next(line for line in result.stdout.splitlines() if "2009-01-21" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")][:7] == [
        "2009-01-21",
        "2000-2031",
        "32",
        "1603.20000000",
        "0.1%",
        "0.0000",
        "2.00",
    ]


def test_hashprice__simulated_table__is_labelled_and_bars_follow_the_halving() -> None:
    result = run("--source", "simulated:1", "--day", "2028-04-09", "--to", "2028-04-13")

    rows = [line for line in result.stdout.splitlines() if "2028-04-" in line]
    assert "Hashprice (simulated)" in result.stdout
    assert len(rows) == 5
    assert rows[0].count("█") > rows[-1].count("█") + 5


def test_hashprice__table_of_a_day_without_blocks__has_no_fee_share(tmp_path: Path) -> None:
    result = run("--source", f"dataset:{write_dataset(tmp_path)}", "--day", "2009-01-22")

    assert result.exit_code == 0
    assert "0.0%" in result.stdout


# ---------------------------------------------------------------- bad input


def test_hashprice__bad_input__exits_2_with_one_line(tmp_path: Path) -> None:
    good = f"dataset:{write_dataset(tmp_path)}"
    cases = {
        ("--source", good, "--day", "2008-01-01"): "2008-01-01 is not in the dataset (2009-01-20",
        ("--source", "dataset:/no/such", "--day", "2009-01-20"): "cannot read /no/such/difficulty",
        ("--source", "simulated:1", "--day", "2020-01-01"): "2020-01-01 is not simulated",
        ("--source", "simulated:1?x=1", "--day", "2028-04-09"): "unknown option 'x'",
        ("--source", "nowhere", "--day", "2009-01-20"): "source 'nowhere' is not dataset:FOLDER",
    }
    for args, message in cases.items():
        result = run(*args, "--json")

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("Error: ")
        assert message in result.stderr
        assert result.stderr.count("\n") == 1


def test_hashprice__malformed_column__names_file_row_and_column(tmp_path: Path) -> None:
    write_dataset(tmp_path, changed(DAILY_ROWS, 1, FeeTotNtv="n/a"))

    result = run("--source", f"dataset:{tmp_path}", "--day", "2009-01-20", "--to", "2009-01-22")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Error: btc_daily.csv row 3 column FeeTotNtv: 'n/a' is not a decimal number\n"
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--source", "simulated:1"), "Missing option '--day'"),
        (("--day", "2028-04-09"), "Missing option '--source'"),
        (("--source", "simulated:1", "--day", "20th of April"), "is not a day written as"),
        (
            ("--source", "simulated:1", "--day", "2028-04-10", "--to", "2028-04-09"),
            "'--to': 2028-04-09 is before --day",
        ),
    ],
)
def test_hashprice__bad_usage__exits_2_and_says_what(args: tuple[str, ...], message: str) -> None:
    result = run(*args)

    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_help__hashprice__teaches_by_example() -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert "python -m oracles hashprice --source dataset:data --day 2024-04-20" in result.stdout
    assert "simulated:SEED" in result.stdout


def test_help__hashprice__names_every_column_that_is_read(tmp_path: Path) -> None:
    help_text = run("--help").stdout

    for path in write_dataset(tmp_path).iterdir():
        header = set(path.read_text().splitlines()[0].split(",")) - {"HashRate_THs"}  # not read
        assert path.name in help_text
        assert {name for name in header if name not in help_text} == set()


# ---------------------------------------------------------------- as a program


def test_program__same_seed__prints_the_same_bytes_whatever_the_hash_seed() -> None:
    args = ("hashprice", "--source", "simulated:1", "--day", "2028-04-09", "--to", "2028-04-20")

    first = run_program(*args, "--json", hash_seed="1")
    second = run_program(*args, "--json", hash_seed="2")

    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout
    assert len(json.loads(first.stdout)) == 12


def test_program__unknown_day__exits_2_without_a_traceback(tmp_path: Path) -> None:
    spec = f"dataset:{write_dataset(tmp_path)}"

    done = run_program("hashprice", "--source", spec, "--day", "2030-01-01")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: 2030-01-01 is not in the dataset")
    assert done.stderr.count("\n") == 1


def test_program__imports__neither_ape_nor_web3_nor_signing() -> None:
    code = "import sys, oracles.commands.cli; print(*{name.split('.')[0] for name in sys.modules})"

    modules = subprocess.check_output(
        [sys.executable, "-c", code], cwd=ROOT, text=True, timeout=60
    ).split()

    assert "oracles" in modules
    assert not {"ape", "boa", "web3", "eth_account"} & set(modules)


def test_program__long_range_on_a_terminal__shows_progress_on_stderr_only() -> None:
    watching, terminal = pty.openpty()
    args = ["--source", "simulated:1", "--day", "2028-04-09", "--to", "2028-12-31", "--json"]

    with subprocess.Popen(
        [sys.executable, "-m", "oracles", "hashprice", *args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=terminal,
    ) as program:
        os.close(terminal)
        stdout, _ = program.communicate(timeout=60)
    progress = os.read(watching, 4_096).decode()
    os.close(watching)

    assert program.returncode == 0
    assert len(json.loads(stdout)) == 267 > PROGRESS_FROM_DAYS
    assert "Reading 267 days" in progress
