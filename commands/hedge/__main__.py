# SPDX-License-Identifier: AGPL-3.0-only
"""`python -m commands.hedge`: the hedge without ape."""

from commands.hedge.cli import cli

cli(prog_name="python -m commands.hedge")
