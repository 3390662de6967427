# SPDX-License-Identifier: AGPL-3.0-only
"""The walls of the house hold, and an import that goes up is noticed."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.check_walls import problems
from tools.vyper_source import ROOT

pytestmark = pytest.mark.unit

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = SETTINGS["tool"]["importlinter"]["root_packages"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """All rooms of Python, to be broken."""
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, tmp_path / room, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter as `make lint` does."""
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-logo", "--no-cache"],
        cwd=folder,
        env={"PATH": "", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("hashrate/core/units.py", "import oracles.errors", "Programs stand on the library"),
        ("hashrate/core/units.py", "import hashrate.service.clock", "In the library"),
        ("relay/rules.py", "import oracles.commands.cli", "Programs stand on the library"),
        ("maker/cycle.py", "import relay.rules", "Programs stand on the library"),
        ("commands/shell/plan.py", "import commands.forwards.orders", "Commands of a product"),
        ("reference/units.py", "import hashrate.core.units", "The reference model"),
        ("oracles/journal/models.py", "import oracles.daemon.cycle", "In the reporter"),
    ],
)
def test_lint_imports__one_import_upward__is_broken(
    copy: Path, path: str, line: str, contract: str
) -> None:
    with (copy / path).open("a", encoding="utf-8") as stream:
        stream.write(f"\n{line}\n")

    done = lint_imports(copy)

    assert done.returncode != 0
    assert "BROKEN" in done.stdout
    assert contract in done.stdout.split("Broken contracts")[1]


def test_lint_imports__as_it_stands__is_kept(copy: Path) -> None:
    done = lint_imports(copy)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("path", "line", "why"),
    [
        ("oracle/day_checks.vy", "from ..series import settlement", "oracle may not know series"),
        ("mocks/MockHolder.vy", "from ..common import days", None),
        ("fund/Fund.vy", "from ..tranches import terms", "fund may not know tranches"),
        ("till/Till.vy", "", "contracts/till has no place in LAYERS of tools/check_walls.py"),
    ],
)
def test_problems__import_of_a_contract__goes_downward_only(
    tmp_path: Path, path: str, line: str, why: str | None
) -> None:
    source = tmp_path / "contracts" / path
    source.parent.mkdir(parents=True)
    source.write_text(f"{line}\n", encoding="utf-8")

    assert [problem.text for problem in problems(tmp_path)] == ([why] if why else [])
