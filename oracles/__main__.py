# SPDX-License-Identifier: AGPL-3.0-only
"""Run the command line: `python -m oracles`."""

from oracles.commands.cli import main

if __name__ == "__main__":
    main(prog_name="python -m oracles")
