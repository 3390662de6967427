# SPDX-License-Identifier: AGPL-3.0-only
"""`python -m maker`."""

from maker.cli import main

main(prog_name="python -m maker")
