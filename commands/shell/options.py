# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands have in common: options, confirmation, and errors in one line."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import click
from ape import networks
from ape.cli import ConnectedProviderCommand, account_option
from ape.exceptions import ApeException, ContractLogicError

from commands.shell.acts import Act, perform
from commands.shell.errors import RecordError
from commands.shell.reasons import explain
from commands.shell.session import Session
from hashrate.core.errors import HashrateError

P = ParamSpec("P")
R = TypeVar("R")
_IN_PROCESS_PROVIDER = "test"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends what a command prepares.

    Attributes:
        session: the chain and its records.
        account: ape account that signs and pays.
        is_dry: only show what would be sent.
        is_agreed: do not ask.
    """

    session: Session
    account: Any
    is_dry: bool
    is_agreed: bool

    def perform(self, act: Act) -> bool:
        """Show an act, ask, send it and check it; return whether it was sent."""
        return perform(self.session, act, is_dry=self.is_dry, is_agreed=self.is_agreed)


def sending_command(
    name: str | None = None, *, short_help: str
) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command of a function that sends; its first argument is a `Sender`.

    The command has the options of all that send: `--account`, `--deployments`, `--dry-run`, `--yes`
    and ape's `--network`; errors end it in one line. The function's own come first in its help.

    Args:
        name: of the command, if it is not the function's.
        short_help: its line in a list of commands.
    """

    def decorate(function: Callable[..., None]) -> click.Command:
        own = getattr(function, "__click_params__", [])

        @functools.wraps(function)
        def run(
            *, account: Any, deployments: Path | None, dry_run: bool, yes: bool, **asked: Any
        ) -> None:
            function(Sender(Session(account, deployments), account, dry_run, yes), **asked)

        command: Any = one_line_errors(run)
        command.__click_params__ = []  # click lists what is applied last first
        for option in (yes_option, dry_run_option, deployments_option, account_option()):
            command = option(command)
        command.__click_params__ += own
        make = cast(Any, click.command)  # ape's class has no types
        made: click.Command = make(name, cls=ConnectedProviderCommand, short_help=short_help)(
            command
        )
        return made

    return decorate


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


def permit_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--permit`."""
    return click.option(
        "--permit",
        "by_permit",
        is_flag=True,
        help="Sign a permit in place of an approval: one transaction fewer.",
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
