# SPDX-License-Identifier: AGPL-3.0-only
"""What a contract was made from: commit, compiler, settings, source."""

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands.shell.errors import WorkTreeError
from commands.shell.records import Compiler

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The git tree: its commit, and whether tracked or new files differ from it."""

    commit: str
    is_dirty: bool


def read_work_tree(root: Path = ROOT) -> WorkTree:
    """Ask git about the tree.

    Raises:
        WorkTreeError: there is no git, no repository or no commit.
    """
    commit = _git(root, "rev-parse", "HEAD").strip()
    return WorkTree(commit, bool(_git(root, "status", "--porcelain").strip()))


def require_clean(tree: WorkTree, *, is_local: bool) -> None:
    """Refuse a dirty tree on a live network: nobody could build the same bytecode again.

    Raises:
        WorkTreeError: it is dirty.
    """
    if tree.is_dirty and not is_local:
        raise WorkTreeError("the git tree has uncommitted changes: commit them before going live")


def source_hashes(contracts: Iterable[str], root: Path = ROOT) -> dict[str, str]:
    """Compute each contract's integrity hash, over its source and everything it imports.

    Raises:
        WorkTreeError: a contract does not compile.
    """
    names = sorted(set(contracts))
    files = [str(_source(root, name).relative_to(root)) for name in names]
    vyper = Path(sys.executable).parent / "vyper"
    command = [str(vyper), "-f", "integrity", *files]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip() or "vyper failed").splitlines()[-1]
        raise WorkTreeError(f"cannot hash the sources: {reason}")
    return dict(zip(names, done.stdout.split(), strict=True))


def compiler_of(contract_type: Any, compilers: Iterable[Any]) -> Compiler:
    """Find what compiled a contract in ape's manifest; settings without this machine's paths."""
    for compiler in compilers:
        if contract_type.name in (compiler.contractTypes or ()):
            settings = compiler.settings or {}
            kept = {name: settings[name] for name in ("optimize", "evmVersion") if name in settings}
            return Compiler(name=compiler.name, version=compiler.version, settings=kept)
    raise WorkTreeError(f"the build does not say what compiled {contract_type.name}")


def _source(root: Path, contract: str) -> Path:
    found = sorted((root / "contracts").rglob(f"{contract}.vy"))
    if len(found) != 1:
        raise WorkTreeError(f"there is not one source of {contract}, but {len(found)}")
    return found[0]


def _git(root: Path, *args: str) -> str:
    command = ["git", "-C", str(root), *args]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise WorkTreeError("git is not installed") from error
    if done.returncode != 0:
        raise WorkTreeError(f"git {args[0]}: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout
