# SPDX-License-Identifier: AGPL-3.0-only
"""What the command lines of every service have in common."""

import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar, cast

import click

from hashrate.core.errors import HashrateError

EXIT_FAILED = 1
EXIT_BAD_INPUT = 2

_CHECK_EXIT_CODES = "Exit code 0 if all is well, 1 if something is not."
_SHOW_CONFIG = "Show the settings as they are in effect, as JSON. Secrets are not among them."

Check = tuple[str, Callable[[], str]]
"""What is checked, and how: it returns what it found, or raises a HashrateError."""

Command = TypeVar("Command", bound=Callable[..., Any])


class JsonModel(Protocol):
    """Settings, without the time that importing pydantic takes."""

    def model_dump_json(self, *, indent: int | None) -> str:
        """Return them as JSON."""


def config_option(prefix: str) -> Callable[[Command], Command]:
    """Take `--config`, or `PREFIX_CONFIG` from the environment."""
    return click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar=f"{prefix}_CONFIG",
        show_envvar=True,
        help=f"TOML file with settings; {prefix}_* variables win over it.",
    )


def one_line_errors(command: Command) -> Command:
    """Show our own errors in a line, and end."""

    @functools.wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except HashrateError as error:
            fail(str(error))

    return cast(Command, wrapped)


def check_command(prefix: str) -> Callable[[Callable[[Path | None], bool]], click.Command]:
    """Make `check` of a function that prints what it finds and tells whether all is well."""

    def decorate(function: Callable[[Path | None], bool]) -> click.Command:
        @click.command("check", help=f"{inspect.getdoc(function)}\n\n{_CHECK_EXIT_CODES}")
        @config_option(prefix)
        @one_line_errors
        def check(config: Path | None) -> None:
            sys.exit(0 if function(config) else EXIT_FAILED)

        return check

    return decorate


def show_config_command(
    prefix: str,
) -> Callable[[Callable[[Path | None], JsonModel]], click.Command]:
    """Make `show-config` of a function that reads the settings."""

    def decorate(function: Callable[[Path | None], JsonModel]) -> click.Command:
        @click.command("show-config", help=_SHOW_CONFIG)
        @config_option(prefix)
        @one_line_errors
        def show_config(config: Path | None) -> None:
            click.echo(function(config).model_dump_json(indent=2))

        return show_config

    return decorate


def show_checks(checks: Iterable[Check]) -> bool:
    """Print a line for each check; tell whether all is well."""
    is_well = True
    for name, check in checks:
        try:
            click.echo(f"ok    {name}: {check()}")
        except HashrateError as error:
            is_well = False
            click.echo(f"FAIL  {name}: {error}")
    return is_well


def fail(line: str, code: int = EXIT_BAD_INPUT) -> NoReturn:
    """Print what is wrong and exit."""
    click.echo(f"Error: {line}", err=True)
    sys.exit(code)
