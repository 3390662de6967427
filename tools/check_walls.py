# SPDX-License-Identifier: AGPL-3.0-only
"""Check that contracts import downward only, and that no product knows another.

What Python's rooms may import is in pyproject.toml, for import-linter.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.vyper_source import ROOT, Problem, VyperSource, report, vyper_sources

# from the ground up; rooms of one line do not know each other
LAYERS = (
    ("common",),
    ("headers",),
    ("oracle",),
    ("series", "exchange"),
    ("forwards", "fund", "market", "tranches"),
    ("mocks",),
)
_LEVELS = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
_IMPORT = re.compile(r"^from \.\.(\w+)(?:\.\w+)* import", re.MULTILINE)


def problems_of(source: VyperSource) -> Iterator[Problem]:
    """Find the imports of one file that go up or aside."""
    room = source.path.parent.name
    if room not in _LEVELS:
        yield source.problem(1, f"contracts/{room} has no place in LAYERS of tools/check_walls.py")
        return
    for match in _IMPORT.finditer(source.text):
        line = source.text.count("\n", 0, match.start()) + 1
        other = match[1]
        if _LEVELS.get(other, len(LAYERS)) >= _LEVELS[room]:
            yield source.problem(line, f"{room} may not know {other}")


def problems(root: Path) -> Iterator[Problem]:
    """Find what breaks the walls between the rooms of `contracts/`."""
    for source in vyper_sources(root):
        yield from problems_of(source)


def main() -> int:
    """Print the findings; the exit status is 1 if there is one."""
    return report("walls of contracts", len(vyper_sources()), problems(ROOT))


if __name__ == "__main__":
    sys.exit(main())
