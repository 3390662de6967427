# SPDX-License-Identifier: AGPL-3.0-only
"""Commit, compiler and source of what is deployed."""

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from commands.shell.errors import WorkTreeError
from commands.shell.provenance import (
    ROOT,
    WorkTree,
    compiler_of,
    read_work_tree,
    require_clean,
    source_hashes,
)
from commands.shell.records import Compiler

pytestmark = pytest.mark.unit


def git(folder: Path, *args: str) -> str:
    program = shutil.which("git")
    assert program is not None
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    command = [program, "-C", str(folder), *identity, *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "file").write_text("one", encoding="utf-8")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def test_read_work_tree__clean__gives_the_commit(repository: Path) -> None:
    assert read_work_tree(repository) == WorkTree(git(repository, "rev-parse", "HEAD"), False)


@pytest.mark.parametrize("name", ["file", "new"])
def test_read_work_tree__file_changed_or_new__is_dirty(repository: Path, name: str) -> None:
    (repository / name).write_text("two", encoding="utf-8")

    assert read_work_tree(repository).is_dirty


def test_read_work_tree__no_repository__raises(tmp_path: Path) -> None:
    with pytest.raises(WorkTreeError, match="git rev-parse: "):
        read_work_tree(tmp_path)


def test_require_clean__dirty_on_a_live_network__raises() -> None:
    with pytest.raises(WorkTreeError, match="uncommitted changes: commit them before going live"):
        require_clean(WorkTree("c", is_dirty=True), is_local=False)


@pytest.mark.parametrize(("is_dirty", "is_local"), [(False, False), (True, True), (False, True)])
def test_require_clean__clean_or_local__passes(is_dirty: bool, is_local: bool) -> None:
    require_clean(WorkTree("c", is_dirty), is_local=is_local)


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    return tmp_path


def test_source_hashes__imported_module_changed__changes_only_its_contracts(
    contracts: Path,
) -> None:
    names = ["MetricFeed", "HashrateToken"]
    before = source_hashes(names, contracts)

    module = contracts / "contracts/series/meter_word.vy"
    module.write_text(module.read_text("utf-8") + "\n# a remark\n", encoding="utf-8")
    after = source_hashes(names, contracts)

    assert after["MetricFeed"] == before["MetricFeed"]
    assert after["HashrateToken"] != before["HashrateToken"]
    assert all(len(bytes.fromhex(value)) == 32 for value in after.values())


def test_source_hashes__contract_that_does_not_compile__raises(contracts: Path) -> None:
    feed = contracts / "contracts/oracle/MetricFeed.vy"
    feed.write_text("from .modules import nothing_like_it\n", encoding="utf-8")

    with pytest.raises(WorkTreeError, match="cannot hash the sources: "):
        source_hashes(["MetricFeed"], contracts)


def test_source_hashes__no_such_contract__raises(contracts: Path) -> None:
    with pytest.raises(WorkTreeError, match="there is not one source of Nothing, but 0"):
        source_hashes(["Nothing"], contracts)


def test_compiler_of__manifest__keeps_settings_but_no_paths() -> None:
    settings = {"optimize": "gas", "evmVersion": "cancun", "search_paths": ["/somewhere"]}
    compilers = [
        SimpleNamespace(name="vyper", version="0.4.2", settings={}, contractTypes=["Old"]),
        SimpleNamespace(name="vyper", version="0.4.3", settings=settings, contractTypes=["New"]),
    ]

    found = compiler_of(SimpleNamespace(name="New"), compilers)

    kept = {"optimize": "gas", "evmVersion": "cancun"}
    assert found == Compiler(name="vyper", version="0.4.3", settings=kept)


def test_compiler_of__contract_the_manifest_does_not_know__raises() -> None:
    with pytest.raises(WorkTreeError, match="does not say what compiled New"):
        compiler_of(SimpleNamespace(name="New"), [])
