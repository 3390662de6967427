# SPDX-License-Identifier: AGPL-3.0-only
"""What an operator installs: the built package and its lock in an environment of its own."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from testing.daemon_process import DaemonProcess, toml
from testing.oracle_world import OracleWorld
from tests.conftest import ROOT

pytestmark = pytest.mark.integration

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = [
    name.removesuffix("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
]
STATED = re.compile(r"(\d+) packages in (\d+) MB")
NOT_A_REPORTERS = {
    "eth-ape",
    "hypothesis",
    "ipython",
    "matplotlib",
    "mypy",
    "numpy",
    "pandas",
    "playwright",
    "pytest",
    "ruff",
    "titanoboa",
    "vyper",
    "web3",
}
VERSION = PROJECT["project"]["version"]


def uv(*arguments: str | Path) -> str:
    """Run the installer that `make setup` uses."""
    program = Path(sys.executable).parent / "uv"
    command = [str(program), "--no-config", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment that holds a reporter."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    python = folder / "venv/bin/python"
    builder = ("--no-build-isolation", "--python", sys.executable)
    uv("build", "--wheel", *builder, "--out-dir", folder / "dist", source)
    (wheel,) = (folder / "dist").glob("*.whl")
    uv("venv", "--python", sys.executable, folder / "venv")
    lock = ROOT / "locks/oracles.lock"
    uv("pip", "sync", "--require-hashes", "--no-build", "--python", python, lock)
    uv("pip", "install", "--no-deps", "--python", python, wheel)
    return python


def run(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an installed program far away from any checkout."""
    command = [python, *arguments]
    return subprocess.run(
        command, cwd=python.parent, env={}, capture_output=True, text=True, check=False
    )


def test_check__installed_from_the_wheel__finds_all_well(
    installed: Path, world: OracleWorld, tmp_path: Path
) -> None:
    """The chain of the test is in 2028: only the clock is wrong."""
    daemon = DaemonProcess(world, tmp_path / "settings", 0, days="simulated:1")
    daemon.config.write_text(toml(daemon.settings))

    done = run(installed, "-m", "oracles", "check", "--config", str(daemon.config))

    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines if line.startswith("FAIL")] == ["FAIL clock"]
    assert "is a reporter" in done.stdout


def test_packages__of_a_reporter__are_as_the_runbook_states(installed: Path) -> None:
    """Neither a compiler nor a browser nor a test tool stands beside the keys."""
    stated = STATED.search((ROOT / "docs/runbook.md").read_text())
    listed = uv("pip", "list", "--format", "freeze", "--python", installed).split()
    names = {line.split("==")[0] for line in listed}
    (packages,) = installed.parent.parent.glob("lib/python3*/site-packages")
    files = (path for path in packages.rglob("*") if path.is_file() and path.suffix != ".pyc")

    assert stated is not None
    assert names & NOT_A_REPORTERS == set()
    assert len(names - {"hashrate"}) <= int(stated[1])
    assert sum(path.stat().st_size for path in files) <= int(stated[2]) * 10**6


@pytest.mark.parametrize(
    "metrics",
    [
        "from oracles.observability.metrics import Metrics as M; print(M().text().decode())",
        "from relay.metrics import RelayMetrics as M; print(M().text().decode())",
    ],
    ids=["reporter", "relay"],
)
def test_build_info__installed__is_the_version(installed: Path, metrics: str) -> None:
    done = run(installed, "-c", metrics)

    assert done.returncode == 0, done.stderr
    assert f'_build_info{{version="{VERSION}"}} 1.0' in done.stdout
