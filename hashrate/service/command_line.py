# SPDX-License-Identifier: AGPL-3.0-only
"""What the command lines of every service have in common."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

import click

from hashrate.core.errors import HashrateError

EXIT_FAILED = 1
EXIT_BAD_INPUT = 2

Command = TypeVar("Command", bound=Callable[..., Any])


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


def fail(line: str, code: int = EXIT_BAD_INPUT) -> NoReturn:
    """Print what is wrong and exit."""
    click.echo(f"Error: {line}", err=True)
    sys.exit(code)
