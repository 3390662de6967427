# SPDX-License-Identifier: AGPL-3.0-only
"""What operators get beside the maker fits the maker; settings are read strictly."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from hashrate.service.errors import SettingsError
from hashrate.service.settings import NodeSettings
from maker.cli import main
from maker.errors import MakerStateError
from maker.metrics import MakerMetrics
from maker.service import alone
from maker.settings import MakerSettings, load_settings
from maker.state import MakerState

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent.parent
ALERTS = (ROOT / "ops/prometheus/maker-alerts.yml").read_text()
MANUAL = (ROOT / "docs/maker.md").read_text()
EXAMPLE = ROOT / "ops/maker.example.toml"


def test_metrics__asked_for__exist() -> None:
    """No alert asks for something that is not there."""
    names = set()
    for family in MakerMetrics().registry.collect():
        endings = {"counter": ["_total"]}
        names |= {family.name + ending for ending in endings.get(family.type, [""])}
    asked = set(re.findall(r"\bhashrate_maker_[a-z_]+", ALERTS))

    assert asked and asked <= names


def test_alerts__each__is_in_the_manual() -> None:
    """Whoever is woken finds what to do under the alert's name."""
    alerts = re.findall(r"- alert: (\w+)", ALERTS)

    assert len(alerts) == len(set(alerts)) > 4
    assert [f"### {name}" for name in alerts if f"### {name}\n" not in MANUAL] == []


def test_example_settings__loaded__are_complete() -> None:
    """The example is valid as it stands, says the defaults, and is a dry run."""
    settings = load_settings(EXAMPLE)

    assert settings.keystore is None
    for name in ("half_width_bps", "skew_bps", "size", "month_limit", "quiet_blocks", "loss_sats"):
        assert getattr(settings, name) == MakerSettings.model_fields[name].default


def test_settings__each__is_described() -> None:
    """Every setting stands in a docstring."""
    described = set(re.findall(r"\b[a-z_]+\b", f"{NodeSettings.__doc__}{MakerSettings.__doc__}"))

    assert set(MakerSettings.model_fields) - described == set()


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ("skew_bps = 400", "would trade with itself"),
        ("deadline_seconds = 21_601", "orders last six hours at most"),
        ("dollar_seconds = 901", "less than or equal to 900"),
        ('keystore = "key"', "set both keystore and password_file"),
        ("growth_low_bps = 500", "growth_low_bps is above growth_high_bps"),
        ("loss_sats = 0", "greater than or equal to 1"),
        ("nonsense = 1", "nonsense"),
    ],
)
def test_settings__nonsense__is_refused(tmp_path: Path, changed: str, complaint: str) -> None:
    name = changed.partition(" ")[0]
    lines = [each for each in EXAMPLE.read_text().splitlines() if not each.startswith(name)]
    config = tmp_path / "maker.toml"
    config.write_text("\n".join([*lines, changed]))

    with pytest.raises(SettingsError, match=complaint):
        load_settings(config)


def test_state__written__is_read_again(tmp_path: Path) -> None:
    state = MakerState(tmp_path / "maker.json")
    assert state.read() == ([], "")

    state.write([], "lost 5 sat of 5")

    assert state.read() == ([], "lost 5 sat of 5")
    assert [path.name for path in tmp_path.iterdir()] == ["maker.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"orders": [{}], "stopped": ""}', '{"orders": 5}'])
def test_state__damaged__is_refused(tmp_path: Path, text: str) -> None:
    """A maker that has forgotten what it signed must not sign."""
    path = tmp_path / "maker.json"
    path.write_text(text)

    with pytest.raises(MakerStateError, match="is not a maker's file"):
        MakerState(path).read()


def test_state__second_process__is_kept_out(tmp_path: Path) -> None:
    settings = load_settings(EXAMPLE).model_copy(update={"state": tmp_path / "maker.json"})

    with (
        alone(settings),
        pytest.raises(MakerStateError, match="another maker works with"),
        alone(settings),
    ):
        pass
    with alone(settings):  # and the next one gets it
        pass


def test_commands__without_settings__say_so_in_one_line() -> None:
    for command in ("run", "once", "check", "show-config"):
        done = CliRunner().invoke(main, [command], env={"MAKER_CONFIG": None})
        assert done.exit_code == 2
        assert done.output.startswith("Error: setting ")
        assert done.output.count("\n") == 1


def test_manual__table_of_policies__is_what_the_command_prints(market_data_dir: Path) -> None:
    table = MANUAL.partition("```\npolicy ")[2].partition("\n```")[0]

    done = CliRunner().invoke(main, ["simulate", "--data", str(market_data_dir)])

    assert done.output == f"policy {table}\n"
