# SPDX-License-Identifier: AGPL-3.0-only
"""The commands on ape's in-process chain."""

from pathlib import Path

import pytest

from tests.integration.command_flow import Answer, CommandFlow, ape_run, play

pytestmark = pytest.mark.integration

NETWORK = "ethereum:local:test"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the records and report files."""
    return tmp_path_factory.mktemp("in_process")


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, Answer]:
    """Every command's answer."""
    return play(NETWORK, folder)


class TestInProcess(CommandFlow):
    """From the first deployment to the first claim."""


def test_ape_run__help__lists_every_command() -> None:
    done = ape_run("--help")

    assert done.returncode == 0
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    deploying = {"deploy", "issue", "status", "faucet", "demo"}
    running = {"deposit", "bond", "mint", "report", "settle", "claim"}
    assert listed >= deploying | running


def test_deploy__by_ape_run_without_records__shows_the_plan(tmp_path: Path) -> None:
    done = ape_run("deploy", "--account", "TEST::0", "--dry-run", "--deployments", str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert "Dry run: nothing was sent, nothing was written." in done.stdout
    assert list(tmp_path.iterdir()) == []
