# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run verify`: compare the code on the chain with what the records say."""

from rich.table import Table

from commands.shell.console import counted
from commands.shell.deployment import require_as_recorded
from commands.shell.errors import RecordError
from commands.shell.provenance import source_hashes
from commands.shell.session import Session


def verify_deployment(session: Session) -> None:
    """Check every recorded contract's code, and say which ones this tree would build again.

    Raises:
        RecordError: nothing is recorded.
        VerificationError: the chain has other code, or none.
    """
    records = session.book.read_all()
    if not records:
        raise RecordError(f"nothing is recorded in {session.book.folder}")
    require_as_recorded(session.chain, records.values())
    hashes = source_hashes(record.contract for record in records.values())
    table = Table(title=f"{session.chain.name} (chain {session.chain.chain_id})")
    for column in ("contract", "address", "code", "source"):
        table.add_column(column, overflow="fold")
    for record in records.values():
        is_same = record.source_hash == hashes[record.contract]
        source = "this tree" if is_same else f"commit {record.git_commit[:10]}"
        table.add_row(record.name, record.address, record.code_hash, source)
    session.console.print(table)
    session.console.print(f"{counted(len(records), 'contract')}: the code is the recorded.")
