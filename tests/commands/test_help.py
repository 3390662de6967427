# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run --help` lists the commands and nothing else, each with a word on what it does."""

import click
import pytest
from ape_run._cli import cli

pytestmark = pytest.mark.unit

COMMANDS = [
    "bond",
    "claim",
    "demo",
    "deploy",
    "deposit",
    "devnet",
    "faucet",
    "forwards",
    "fund",
    "hedge",
    "issue",
    "mint",
    "offering",
    "report",
    "settle",
    "spot",
    "status",
    "tranches",
    "verify",
]


def test_help__of_ape_run__lists_only_commands() -> None:
    context = click.Context(cli)

    names = cli.list_commands(context)

    assert sorted(names) == COMMANDS
    for name in names:
        command = cli.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str().endswith(".")
        assert "default" not in command.get_short_help_str()
