# SPDX-License-Identifier: AGPL-3.0-only
"""Errors in one line, and the question before anything is sent."""

from types import SimpleNamespace

import click
import pytest
from ape.exceptions import ContractLogicError, ProviderError
from click.testing import CliRunner

from commands.shell import options
from commands.shell.console import counted, go_ahead, open_console
from commands.shell.errors import RecordError
from commands.shell.options import one_line_errors
from hashrate.core.errors import ReportFormatError

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
