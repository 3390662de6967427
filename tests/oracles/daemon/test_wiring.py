# SPDX-License-Identifier: AGPL-3.0-only
"""Every source the settings can name opens; what lacks something says so."""

from pathlib import Path
from typing import Any

import pytest

from hashrate.core.errors import HashrateError
from hashrate.core.types import DayIndex
from hashrate.evm.fees import Bid, FeePolicy, raised
from hashrate.history.errors import MalformedDataError
from hashrate.service.errors import SettingsError
from hashrate.service.logging import Redactor
from oracles.daemon.errors import DayNotDueError
from oracles.daemon.posting import rank_of
from oracles.daemon.settings import OutputSettings, Settings
from oracles.daemon.table_output import TableOutput
from oracles.daemon.wiring import Readers, open_readers
from testing.daemon_parts import ManualClock
from tests.oracles.builders import DOMAIN, SERIES, reporter

pytestmark = pytest.mark.unit

SECRET = "hunter2-hunter2"
CORE = {"kind": "core", "url": "http://127.0.0.1:8332", "user": "x", "password_file": "secret"}
MEMPOOL = {"kind": "mempool", "url": "https://mempool.example"}
ESPLORA = {"kind": "esplora", "url": "https://esplora.example/api", "path_file": "secret"}
POOLS = {
    "braiins": {"token_file": "secret"},
    "luxor": {"token_file": "secret", "account": "fleet"},
    "foundry": {"token_file": "secret", "account": "fleet", "hashrate_unit": "GH/s"},
    "f2pool": {"token_file": "secret", "account": "fleet"},
    "viabtc": {"token_file": "secret"},
    "ocean": {"account": "bc1qexample", "path": "output.csv"},
    "own_node": {"addresses": ["bc1qexample"]},
    "table": {"path": "output.csv"},
}


def open_with(folder: Path, redactor: Redactor | None = None, **changes: Any) -> Readers:
    """Open the sources of some settings, and close them again."""
    secret = folder / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    values: dict[str, Any] = {
        "chain_id": 1,
        "oracle": DOMAIN.verifying_contract,
        "rpc_url": "http://127.0.0.1:8545",
        "bitcoin": [CORE, MEMPOOL],
        **changes,
    }
    settings = Settings(**_with_paths(values, folder))
    with open_readers(settings, redactor or Redactor(), ManualClock(0)) as readers:
        return readers


def _with_paths(value: Any, folder: Path) -> Any:
    if isinstance(value, dict):
        return {key: _with_paths(inner, folder) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_paths(inner, folder) for inner in value]
    return folder / value if value in ("secret", "output.csv") else value


def test_open_readers__every_bitcoin_source__opens_and_hides_its_secret(tmp_path: Path) -> None:
    """Three kinds of sources at once; their secrets are known to the log's redactor."""
    redactor = Redactor()

    readers = open_with(tmp_path, redactor, bitcoin=[CORE, MEMPOOL, ESPLORA])

    assert readers.facts.network.name == "mainnet"
    assert redactor.cleaned(SECRET) == "***"


@pytest.mark.parametrize("kind", POOLS)
def test_open_readers__every_output__opens(tmp_path: Path, kind: str) -> None:
    """Each pool, the own node and a table."""
    output = {"series": SERIES, "kind": kind, **POOLS[kind]}

    (reader,) = open_with(tmp_path, outputs=[output]).outputs

    assert reader.series == SERIES


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"bitcoin": [MEMPOOL, MEMPOOL]}, "names of their own"),
        ({"outputs": [{"series": SERIES, "kind": "braiins"}]}, "needs a token_file"),
        ({"outputs": [{"series": SERIES, "kind": "table"}]}, "needs a path"),
        ({"outputs": [{"series": SERIES, "kind": "own_node"}]}, "no address"),
        (
            {
                "bitcoin": [MEMPOOL, ESPLORA],
                "outputs": [{"series": SERIES, "kind": "own_node", "addresses": ["x"]}],
            },
            "kind core",
        ),
        ({"outputs": [{"series": SERIES, "kind": "foundry", "token_file": "secret"}]}, "unit"),
    ],
)
def test_open_readers__something_lacks__says_what(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    """A setting that a source needs is asked for before the first day."""
    with pytest.raises(HashrateError, match=complaint):
        open_with(tmp_path, **changes)


def table(folder: Path, rows: str) -> TableOutput:
    """Make an output from a table."""
    path = folder / "output.csv"
    path.write_text("date,credited_sats,delivered_ths\n" + rows)
    return TableOutput(OutputSettings(series=SERIES, kind="table", path=path))


def test_table__row_of_the_day__is_exact(tmp_path: Path) -> None:
    """Satoshi and TH/s to the last digit."""
    reading = table(tmp_path, "2024-04-20,85000,1000.000000000000000001\n").output(DayIndex(19_833))

    assert (reading.credited_sats, reading.delivered_ths) == (85_000, 10**21 + 1)


def test_table__no_row__is_not_due(tmp_path: Path) -> None:
    """A day the operator has not written down waits."""
    with pytest.raises(DayNotDueError, match="2024-04-20"):
        table(tmp_path, "2024-04-19,1,1\n").output(DayIndex(19_833))


@pytest.mark.parametrize("row", ["2024-04-20,-1,1", "2024-04-20,1,1e-19", "2024-04-20,1,x"])
def test_table__malformed__names_row_and_column(tmp_path: Path, row: str) -> None:
    """A slip of the pen is not reported."""
    with pytest.raises(MalformedDataError, match=r"output\.csv row 2 column"):
        table(tmp_path, row + "\n").output(DayIndex(19_833))


def test_table__without_a_path__is_refused() -> None:
    """The path is asked for."""
    with pytest.raises(SettingsError):
        TableOutput(OutputSettings(series=SERIES, kind="table"))


def test_rank_of__days_in_a_row__everyone_is_first_in_turn() -> None:
    """Over n days each of n reporters is first once; a stranger is always last."""
    members = [reporter(number).address for number in (1, 2, 3)]

    firsts = [[m for m in members if rank_of(members, m, day) == 0] for day in range(3)]

    assert sorted(address for (address,) in firsts) == sorted(members)
    assert rank_of(members, reporter(9).address, 0) == rank_of(members, None, 5) == 3


@pytest.mark.parametrize(
    ("earlier", "now", "expected"),
    [
        (Bid(100, 10), Bid(100, 10), Bid(113, 12)),
        (Bid(100, 10), Bid(500, 40), Bid(500, 40)),
        (Bid(100, 200), Bid(100, 10), Bid(226, 226)),
        (Bid(900, 10), Bid(100, 10), None),
    ],
)
def test_raised__bids__beat_the_earlier_by_an_eighth_within_the_cap(
    earlier: Bid, now: Bid, expected: Bid | None
) -> None:
    """Nodes ask for ten percent more; the cap is never passed."""
    assert raised(earlier, now, FeePolicy(cap_wei=1_000, priority_wei=50)) == expected
