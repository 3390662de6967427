# SPDX-License-Identifier: AGPL-3.0-only
"""Errors in one line, and the question before anything is sent."""

from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from ape.exceptions import ContractLogicError, ProviderError
from click.testing import CliRunner

from commands.shell import options
from commands.shell.console import counted, go_ahead, open_console
from commands.shell.errors import RecordError
from commands.shell.options import Sender, one_line_errors, sending_command
from hashrate.reports.errors import ReportFormatError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ReportFormatError("day.json: kind: missing"), "Error: day.json: kind: missing"),
        (ContractLogicError("series: unheard"), "Error: the contract refuses: series: unheard"),
        (ProviderError("no node\nand a long story"), "Error: no node"),
    ],
)
def test_one_line_errors__error_on_purpose__ends_with_one_line(error: Exception, line: str) -> None:
    @click.command()
    @one_line_errors
    def command() -> None:
        raise error

    result = CliRunner().invoke(command)

    assert result.exit_code == 1
    assert result.output == f"{line}\n"


@pytest.mark.parametrize(
    ("provider", "line"),
    [
        (None, "Error: no oracle"),
        (SimpleNamespace(name="foundry"), "Error: no oracle"),
        (
            SimpleNamespace(name="test"),
            "Error: no oracle (this chain lives as long as the command: name another with "
            "--network)",
        ),
    ],
)
def test_one_line_errors__nothing_recorded__says_if_the_chain_is_in_process(
    monkeypatch: pytest.MonkeyPatch, provider: object, line: str
) -> None:
    monkeypatch.setattr(options, "networks", SimpleNamespace(active_provider=provider))

    @click.command()
    @one_line_errors
    def command() -> None:
        raise RecordError("no oracle")

    assert CliRunner().invoke(command).output == f"{line}\n"


def test_one_line_errors__defect__is_not_hidden() -> None:
    @click.command()
    @one_line_errors
    def command() -> None:
        raise KeyError("a defect")

    result = CliRunner().invoke(command)

    assert isinstance(result.exception, KeyError)


def test_sending_command__options__are_its_own_then_those_of_all() -> None:
    """Whatever sends has the same options, under the name it is given."""

    @sending_command("pour", short_help="Pour.")
    @click.argument("glass")
    @click.option("--much", is_flag=True)
    def command(sender: Sender, glass: str, much: bool) -> None:
        """Pour into GLASS."""

    names = [parameter.name for parameter in command.params]

    assert (command.name, command.short_help, command.help) == ("pour", "Pour.", "Pour into GLASS.")
    shared = ["account", "deployments", "dry_run", "yes"]
    assert [name for name in names if name not in ("network", "ecosystem", "provider")] == [
        "glass",
        "much",
        *shared,
    ]


@pytest.mark.parametrize(
    ("flags", "is_dry", "is_agreed"),
    [([], False, False), (["--dry-run"], True, False), (["--yes"], False, True)],
)
def test_sending_command__called__gets_a_sender(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: list[str], is_dry: bool, is_agreed: bool
) -> None:
    """The account and the folder open the session; an error ends in one line."""
    monkeypatch.setattr(options, "Session", lambda account, folder: (account, folder))
    monkeypatch.setattr(options, "account_option", lambda: click.option("--account"))
    monkeypatch.setattr(options, "ConnectedProviderCommand", click.Command)
    seen = []

    @sending_command(short_help="Pour.")
    @click.argument("glass")
    def command(sender: Sender, glass: str) -> None:
        seen.append((sender, glass))
        raise ReportFormatError("spilt")

    words = ["tall", "--account", "maker", "--deployments", str(tmp_path), *flags]
    result = CliRunner().invoke(command, words)

    assert seen == [(Sender(("maker", tmp_path), "maker", is_dry, is_agreed), "tall")]
    assert (result.exit_code, result.output) == (1, "Error: spilt\n")


def _ask(answer: str, *, is_dry: bool = False, is_agreed: bool = False) -> str:
    @click.command()
    def command() -> None:
        click.echo(f"sent: {go_ahead(open_console(), is_dry=is_dry, is_agreed=is_agreed)}")

    return CliRunner().invoke(command, input=answer).output


@pytest.mark.parametrize("answer", ["", "n\n", "\n"])
def test_go_ahead__not_agreed__aborts(answer: str) -> None:
    assert "sent" not in _ask(answer)


def test_go_ahead__agreed__continues() -> None:
    assert "sent: True" in _ask("y\n")
    assert "sent: True" in _ask("", is_agreed=True)


def test_go_ahead__dry_run__wins_over_yes() -> None:
    assert "sent: False" in _ask("", is_dry=True, is_agreed=True)


def test_counted__one_and_many__agree_with_the_noun() -> None:
    assert (counted(1, "day"), counted(2, "day")) == ("1 day", "2 days")
