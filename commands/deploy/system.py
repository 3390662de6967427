# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run deploy`: plan, show, ask, deploy, read back, record."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from commands.shell.chain import address_of
from commands.shell.console import counted, go_ahead
from commands.shell.contracts import HEADERS, system_steps
from commands.shell.deployment import Origin, execute, make_record, plan_for, require_fresh_build
from commands.shell.headers import require_agreed_anchor
from commands.shell.parameters import NetworkParameters
from commands.shell.plan import Action, Change, named, normalised
from commands.shell.provenance import read_work_tree, require_clean, source_hashes
from commands.shell.session import Session

_STYLES = {Action.KEEP: "dim", Action.DEPLOY: "green", Action.REPLACE: "yellow"}


def deploy_system(
    session: Session, parameters: NetworkParameters, *, is_dry: bool, is_agreed: bool
) -> list[Path]:
    """Deploy whatever of the system is missing or different.

    Args:
        session: with the account that deploys.
        parameters: of the network.
        is_dry: only show the plan.
        is_agreed: do not ask.

    Returns:
        The records written, one for each contract deployed.

    Raises:
        ParameterError: sources of Bitcoin headers do not tell the anchor that is to be deployed.
        WorkTreeError: the build is stale, or the tree is dirty and the network is live.
        VerificationError: a contract does not read back; what was deployed before it is recorded.
    """
    chain = session.chain
    tree = read_work_tree()
    require_clean(tree, is_local=chain.is_local)
    steps = system_steps(parameters, address_of, chain.now)
    origin = Origin(tree, source_hashes(step.contract for step in steps))
    require_fresh_build(origin)
    changes = plan_for(chain, session.book, steps, origin.source_hashes)
    recorded = session.book.read_all()
    kept = [change.step.name for change in changes if change.action is Action.KEEP]
    known = {name: recorded[name].address for name in kept}
    show_plan(session, changes, known)
    for warning in parameters.oracle.warnings:
        session.console.print(f"[yellow]Warning:[/] {warning}")
    if len(kept) == len(changes):
        session.console.print("Everything is there already.")
        return []
    if parameters.headers is not None and HEADERS not in known:
        require_agreed_anchor(parameters.headers)
        session.console.print("The sources agree on the anchor.")
    if not go_ahead(session.console, is_dry=is_dry, is_agreed=is_agreed):
        return []
    written = []
    for step, sent, addresses in execute(chain, changes, known):
        record = make_record(chain, step, sent, addresses, origin)
        written += session.book.write([record])
        session.console.print(f"  {step.name} at {sent.address}, read back and recorded")
    session.console.print(f"{counted(len(written), 'contract')} recorded in {session.book.folder}")
    return written


def show_plan(session: Session, changes: Sequence[Change], known: dict[str, str]) -> None:
    """Print what is to be done about each contract, and every argument of the new ones."""
    chain = session.chain
    table = Table(title=f"{chain.name} (chain {chain.chain_id}), from {_sender(chain.account)}")
    table.add_column("contract", no_wrap=True)
    table.add_column("action", no_wrap=True)
    table.add_column("with", overflow="fold")
    for change in changes:
        step, style = change.step, _STYLES[change.action]
        lines = list(change.reasons)
        if change.action is Action.KEEP:
            lines.append(known[step.name])
        elif step.is_blueprint:
            lines.append("ERC-5202 blueprint")
        if change.action is not Action.KEEP:
            lines += _lines(normalised(named(step.args, known)))
        table.add_row(step.name, Text(change.action.value, style), Text("\n".join(lines)))
    session.console.print(table)


def _sender(account: Any) -> str:
    return str(account.address)


def _lines(arguments: Any, path: str = "") -> list[str]:
    """Write arguments one a line, those of a struct with its name."""
    found: list[str] = []
    for name, value in arguments.items():
        where = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            found += _lines(value, where)
        elif isinstance(value, list):
            found += [f"{where}: {part}" for part in value]
        else:
            found.append(f"{where}: {value}")
    return found
