# SPDX-License-Identifier: AGPL-3.0-only
"""The commands on a local node, and on the same node taken for a live network."""

from pathlib import Path

import pytest

from commands.shell.provenance import ROOT
from tests.integration.command_flow import Answer, CommandFlow, ape_run, play

pytestmark = pytest.mark.integration

NETWORK = "ethereum:local:foundry"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the records and report files."""
    return tmp_path_factory.mktemp("anvil")


@pytest.fixture(scope="module")
def answers(folder: Path, node: str) -> dict[str, Answer]:
    """Every command's answer."""
    return play(NETWORK, folder, APE_FOUNDRY_HOST=node)


class TestAnvil(CommandFlow):
    """From the first deployment to the first claim."""


def test_deploy__live_network_with_local_parameters__refuses(node: str, tmp_path: Path) -> None:
    done = ape_run(
        *("deploy", "--network", node, "--account", "TEST::0", "--yes"),
        *("--parameters", str(ROOT / "parameters/local.toml")),
        *("--deployments", str(tmp_path)),
    )

    assert done.returncode == 1
    assert "reward_token.mock_decimals: only on local networks" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_status__by_ape_run_on_another_chain__says_what_is_missing(
    answers: dict[str, Answer], folder: Path, node: str
) -> None:
    assert answers["deploy"].code == 0

    done = ape_run("status", "--network", node, "--deployments", str(folder / "deployments"))

    assert done.returncode == 1
    assert "no HashpriceOracle is recorded in" in done.stderr
