# SPDX-License-Identifier: AGPL-3.0-only
"""What a command imports only when it runs, because ape loads every script for every command."""

import sys
from importlib import import_module
from types import ModuleType

from commands.shell.provenance import ROOT


def imported_late(name: str) -> ModuleType:
    """Return a module of this project, from wherever the command runs.

    From this folder first: ape takes it off the path again once it has loaded the scripts, and an
    installed package has a folder `tests` of its own.
    """
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return import_module(name)
