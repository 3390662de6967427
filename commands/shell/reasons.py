# SPDX-License-Identifier: AGPL-3.0-only
"""What to do about a contract's refusal, as errors.toml says it."""

import re
import tomllib
from pathlib import Path

from commands.shell.provenance import ROOT

ERRORS_TABLE = ROOT / "errors.toml"
_REASON = re.compile(r"[a-z0-9_]+: \S.*")


def hint_for(reason: str, table: Path = ERRORS_TABLE) -> str | None:
    """Look a reason up in the table of reasons.

    Args:
        reason: as the contract gave it.
        table: TOML, as `tools.errors` writes it.

    Returns:
        What to do, or None where the table does not know the reason.
    """
    if not table.exists():
        return None
    sections = tomllib.loads(table.read_text(encoding="utf-8"))["section"]
    for refusal in (each for section in sections for each in section["refusal"]):
        if refusal["reason"] == reason:
            return str(refusal["remedy"]) or None
    return None


def explain(reason: str, table: Path = ERRORS_TABLE) -> str:
    """Write a refusal in one line, with what to do where the table knows it."""
    if not _REASON.fullmatch(reason):
        return f"the contract refuses: {reason}"
    hint = hint_for(reason, table)
    return f"the contract refuses: {reason}" + (f" ({hint})" if hint else "")
