# SPDX-License-Identifier: AGPL-3.0-only
"""Comparing what was sent with what the chain has."""

from types import SimpleNamespace
from typing import Any

import pytest

from commands.deploy import system as deploy_system
from commands.series import issue as issue_series
from commands.shell.acts import require_logged
from commands.shell.deployment import Origin, require_equal, require_fresh_build
from commands.shell.errors import VerificationError, WorkTreeError
from commands.shell.parameters import read_parameters
from commands.shell.provenance import ROOT, WorkTree

pytestmark = pytest.mark.unit

WANTED = {"owner": "0xA", "config": {"first_day": 7, "id": b"\x01"}, "reporters": ["0xB", "0xC"]}


def test_require_equal__same_values_in_other_types__passes() -> None:
    found = {"owner": "0xA", "config": {"first_day": 7, "id": b"\x01"}, "reporters": ("0xB", "0xC")}

    require_equal("Oracle", WANTED, found)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({**WANTED, "owner": "0xB"}, "Oracle.owner: sent 0xA, the chain has 0xB"),
        (
            {**WANTED, "config": {"first_day": 8, "id": b"\x01"}},
            "Oracle.config.first_day: sent 7, the chain has 8",
        ),
        (
            {**WANTED, "config": {"first_day": 7, "id": b"\x02"}},
            "Oracle.config.id: sent 0x01, the chain has 0x02",
        ),
        ({**WANTED, "reporters": ["0xC", "0xB"]}, "Oracle.reporters: sent "),
        ({"owner": "0xA"}, "Oracle: sent "),
    ],
)
def test_require_equal__one_value_differs__names_it(found: object, message: str) -> None:
    with pytest.raises(VerificationError, match=message):
        require_equal("Oracle", WANTED, found)


def test_require_logged__other_amount__raises() -> None:
    with pytest.raises(VerificationError, match="funded: sent 5, the chain logged 4"):
        require_logged("funded", 5, 4)


def test_require_fresh_build__source_newer_than_build__raises() -> None:
    origin = Origin(WorkTree("c", is_dirty=False), {"MetricFeed": "00" * 32})

    with pytest.raises(WorkTreeError, match="the build of MetricFeed is stale: run `ape compile"):
        require_fresh_build(origin)


@pytest.mark.parametrize("command", ["deploy", "issue"])
def test_deploy_and_issue__dirty_tree_on_a_live_network__refuse_before_anything(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    session: Any = SimpleNamespace(chain=SimpleNamespace(is_local=False))  # no book, no console
    parameters = read_parameters(ROOT / "parameters/local.toml", is_local=True)
    module = {"deploy": deploy_system, "issue": issue_series}[command]
    monkeypatch.setattr(module, "read_work_tree", lambda: WorkTree("c", is_dirty=True))

    with pytest.raises(WorkTreeError, match="commit them before going live"):
        if command == "deploy":
            deploy_system.deploy_system(session, parameters, is_dry=False, is_agreed=True)
        else:
            issue_series.issue(session, parameters, "fjord", is_dry=False, is_agreed=True)
