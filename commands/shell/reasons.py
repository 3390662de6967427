# SPDX-License-Identifier: AGPL-3.0-only
"""What to do about a contract's refusal, as docs/errors.md says it."""

import re
from pathlib import Path

from commands.shell.provenance import ROOT

ERRORS_PAGE = ROOT / "docs/errors.md"
_REASON = re.compile(r"[a-z0-9_]+: \S.*")
_CODE = re.compile(r"`([^`]+)`")


def hint_for(reason: str, page: Path = ERRORS_PAGE) -> str | None:
    """Look a reason up in the tables of the errors page.

    A row names its reason in backticks in its first cell; its last cell says what to do.

    Args:
        reason: as the contract gave it.
        page: Markdown with the tables.

    Returns:
        What to do, or None where the page does not know the reason.
    """
    if not page.exists():
        return None
    for line in page.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if reason in _CODE.findall(cells[0]) and len(cells) > 1:
            return cells[-1] or None
    return None


def explain(reason: str, page: Path = ERRORS_PAGE) -> str:
    """Write a refusal in one line, with what to do where the errors page knows it."""
    if not _REASON.fullmatch(reason):
        return f"the contract refuses: {reason}"
    hint = hint_for(reason, page)
    return f"the contract refuses: {reason}" + (f" ({hint})" if hint else "")
