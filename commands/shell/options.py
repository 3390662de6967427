# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands have in common: options, confirmation, and errors in one line."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from ape import networks
from ape.exceptions import ApeException, ContractLogicError

from commands.shell.errors import RecordError
from commands.shell.reasons import explain
from hashrate.core.errors import HashrateError

P = ParamSpec("P")
R = TypeVar("R")
_IN_PROCESS_PROVIDER = "test"


def one_line_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command end with one line and exit code 1 where it fails on purpose."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except RecordError as error:
            raise click.ClickException(f"{error}{_hint()}") from error
        except HashrateError as error:
            raise click.ClickException(str(error)) from error
        except ContractLogicError as error:
            raise click.ClickException(explain(str(error.revert_message))) from error
        except ApeException as error:
            raise click.ClickException(str(error).partition("\n")[0]) from error

    return wrapped


def _hint() -> str:
    """Explain why nothing is recorded without a network: each command has its own chain."""
    provider = networks.active_provider
    if provider is None or provider.name != _IN_PROCESS_PROVIDER:
        return ""
    return " (this chain lives as long as the command: name another with --network)"


def parameters_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--parameters FILE`."""
    return click.option(
        "--parameters",
        "parameters_file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Parameter file; parameters/<network>.toml if not given.",
    )(command)


def deployments_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--deployments FOLDER`."""
    return click.option(
        "--deployments",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the deployment records; deployments/ if not given.",
    )(command)


def yes_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--yes`."""
    return click.option("--yes", is_flag=True, help="Do not ask; go ahead.")(command)


def dry_run_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--dry-run`."""
    return click.option(
        "--dry-run", is_flag=True, help="Only show what would be done; send and write nothing."
    )(command)
