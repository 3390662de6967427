# SPDX-License-Identifier: AGPL-3.0-only
"""What the command lines of every service have in common."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hashrate.service.command_line import check_command, show_checks
from hashrate.service.errors import SettingsError
from maker.cli import main as maker
from oracles.commands.cli import main as oracles
from relay.cli import main as relay

pytestmark = pytest.mark.unit


def _fails() -> str:
    raise SettingsError("no such door")


def _ask(*, is_well: bool) -> click.Command:
    @check_command("SOME")
    def check(config: Path | None) -> bool:
        """Check doors."""
        assert config == Path("some.toml")
        return show_checks([("wall", lambda: "4 m"), *([] if is_well else [("door", _fails)])])

    return check


@pytest.mark.parametrize(
    ("is_well", "code", "lines"),
    [(True, 0, "ok    wall: 4 m\n"), (False, 1, "ok    wall: 4 m\nFAIL  door: no such door\n")],
)
def test_check__done__shows_each_and_tells_by_its_exit_code(
    is_well: bool, code: int, lines: str
) -> None:
    done = CliRunner().invoke(_ask(is_well=is_well), env={"SOME_CONFIG": "some.toml"})

    assert (done.exit_code, done.output) == (code, lines)


@pytest.mark.parametrize("program", [oracles, relay, maker])
def test_check_and_show_config__of_each_program__say_what_they_do(program: click.Group) -> None:
    """Both have the program's option, and the words that they share."""
    prefix = {oracles: "HASHRATE", relay: "RELAY", maker: "MAKER"}[program]
    checked = CliRunner().invoke(program, ["check", "--help"]).output
    shown = CliRunner().invoke(program, ["show-config", "--help"]).output

    assert "Check everything a " in checked
    assert "Exit code 0 if all is well, 1 if something is not." in checked
    assert "Show the settings as they are in effect, as JSON." in shown
    assert f"{prefix}_CONFIG" in checked and f"{prefix}_CONFIG" in shown
