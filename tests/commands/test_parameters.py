# SPDX-License-Identifier: AGPL-3.0-only
"""The parameter file of a network."""

import re
from pathlib import Path

import pytest

from commands.shell.contracts import series_terms, system_steps
from commands.shell.errors import ParameterError
from commands.shell.parameters import parameters_path, read_parameters, resolve_day
from commands.shell.plan import Step
from commands.shell.provenance import ROOT

pytestmark = pytest.mark.unit

LOCAL = ROOT / "parameters/local.toml"
NOW = 20_000 * 86_400 + 5
ACCOUNT = "0x1111111111111111111111111111111111111111"
LIVE = f"""
[oracle]
owner = "{ACCOUNT}"
guardian = "{ACCOUNT}"
reporters = ["{ACCOUNT}", "someone", "other"]
threshold = 2
first_day = 2024-04-01
first_height = 837170

[reward_token]
address = "{ACCOUNT}"
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "network.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_read_parameters__local_file__is_usable() -> None:
    parameters = read_parameters(LOCAL, is_local=True)

    assert parameters.reward_token.mock_decimals == 8
    assert set(parameters.series) == {"fjord", "prairie"}
    steps = system_steps(parameters, lambda text: text, NOW)
    assert [step.name for step in steps][0] == "HashpriceOracle"
    assert Step("SeriesLens", "SeriesLens", {}) in steps
    assert steps[0].args["config"]["first_day"] == 20_000


def test_read_parameters__live_file__is_usable_on_a_live_network(tmp_path: Path) -> None:
    parameters = read_parameters(_write(tmp_path, LIVE), is_local=False)

    assert parameters.oracle.first_day == "2024-04-01"
    assert parameters.oracle.long_window_seconds == 3 * 86_400


def test_read_parameters__example_file__is_usable_on_a_live_network() -> None:
    parameters = read_parameters(ROOT / "parameters/example.toml", is_local=False)

    terms = series_terms(parameters.series_named("first"), NOW)
    assert terms["start_day"] < terms["end_day"]
    assert (len(parameters.oracle.reporters), parameters.oracle.threshold) == (5, 3)
    assert parameters.oracle.warnings == []


def test_warnings__even_threshold_or_all_reporters__are_named(tmp_path: Path) -> None:
    text = LIVE.replace("threshold = 2", "threshold = 3")

    even = read_parameters(_write(tmp_path, LIVE), is_local=False).oracle.warnings
    all_of_them = read_parameters(_write(tmp_path, text), is_local=False).oracle.warnings

    assert even == ["threshold 2 is even: whoever transmits averages two prices"]
    assert all_of_them == ["all 3 reporters must sign: one lost key stops the oracle"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("threshold = 2", "threshold = 1", "threshold 1 is no majority of 3 reporters"),
        ("threshold = 2", "threshold = 4", "threshold 4 is no majority of 3 reporters"),
        ("threshold = 2", 'threshold = "2"', "oracle.threshold: Input should be a valid integer"),
        ("threshold = 2", "", "oracle.threshold: Field required"),
        ("threshold = 2", "threshold = 2\nquorum = 2", "oracle.quorum: Extra inputs"),
        ("2024-04-01", '"2024-04-31"', "oracle.first_day: '2024-04-31' is not a day"),
        ("2024-04-01", '"today-1"', "oracle.first_day: 'today-1' is not a day"),
        ("2024-04-01", "2024-04-01T00:00:00Z", "oracle.first_day: not a date such as"),
        (f'owner = "{ACCOUNT}"', 'owner = "0xabc"', "oracle.owner: 0xabc is not an address"),
        (f'address = "{ACCOUNT}"', "", "reward_token: give either address or mock_decimals"),
        ("first_height = 837170", "first_height = 0", "oracle.first_height: "),
        ("[oracle]", "[oracle", "not TOML"),
    ],
)
def test_read_parameters__malformed__says_where(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = _write(tmp_path, LIVE.replace(old, new, 1))

    with pytest.raises(ParameterError, match=re.escape(message)) as caught:
        read_parameters(path, is_local=True)

    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_read_parameters__missing_file__says_so(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"none\.toml does not exist"):
        read_parameters(tmp_path / "none.toml", is_local=True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2024-04-01", '"today"', "oracle.first_day: 'today' only works on local networks"),
        ('"someone"', '"TEST::3"', "oracle.reporters.1: TEST::3 is a public test account"),
        ('"someone"', '"test::3"', "oracle.reporters.1: test::3 is a public test account"),
        (f'address = "{ACCOUNT}"', "mock_decimals = 8", "mock_decimals: only on local networks"),
    ],
)
def test_read_parameters__local_convenience_on_a_live_network__raises(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = _write(tmp_path, LIVE.replace(old, new, 1))
    assert read_parameters(path, is_local=True)

    with pytest.raises(ParameterError, match=re.escape(message)):
        read_parameters(path, is_local=False)


@pytest.mark.parametrize("name", ["blueprint", "../up", "Fjord", "", "a.b"])
def test_read_parameters__series_name_no_file_can_have__raises(tmp_path: Path, name: str) -> None:
    text = LOCAL.read_text(encoding="utf-8").replace("[series.fjord]", f'[series."{name}"]')

    with pytest.raises(ParameterError, match="is not up to 32 of a-z 0-9 -"):
        read_parameters(_write(tmp_path, text), is_local=True)


def test_series_named__unknown__names_the_known() -> None:
    parameters = read_parameters(LOCAL, is_local=True)

    with pytest.raises(ParameterError, match="no series 'x' in the parameters; there are: fjord"):
        parameters.series_named("x")


@pytest.mark.parametrize(
    ("text", "day"), [("today", 20_000), ("today+3", 20_003), ("2024-04-01", 19_814)]
)
def test_resolve_day__any__returns_day(text: str, day: int) -> None:
    assert resolve_day(text, NOW) == day


def test_series_terms__local_series__follow_the_contract_struct() -> None:
    series = read_parameters(LOCAL, is_local=True).series["fjord"]

    terms = series_terms(series, NOW)

    interface = (ROOT / "contracts/series/IRewardDistributor.vyi").read_text("utf-8")
    struct = interface.partition("struct Terms:")[2].partition("\n\n")[0]
    assert list(terms) == re.findall(r"(?m)^    (\w+):", struct)
    assert terms["start_day"] == 20_002
    assert terms["end_day"] == 2**32 - 1


def test_parameters_path__fork__uses_the_file_of_what_it_forks() -> None:
    assert parameters_path(Path("p"), "mainnet-fork") == Path("p/mainnet.toml")
    assert parameters_path(Path("p"), "sepolia") == Path("p/sepolia.toml")
