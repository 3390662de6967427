# SPDX-License-Identifier: AGPL-3.0-only
"""Compile contracts once: a contract whose sources did not change is not compiled again.

Tests may point it at a changed copy of `contracts/`; only what the change reaches is compiled.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from vyper.cli.vyper_compile import get_search_paths
from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.output import build_abi_output
from vyper.compiler.phases import CompilerData
from vyper.compiler.settings import OptimizationLevel, Settings, anchor_settings

CONTRACTS = Path(__file__).resolve().parents[1] / "contracts"
RELATIVE_IMPORT = re.compile(r"^from (\.+)(\w*) import (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Artifact:
    """A compiled contract: its creation code and its ABI."""

    name: str
    initcode: bytes
    abi: list[dict[str, Any]]


class Compiler:
    """Compiles the contracts below one folder."""

    def __init__(self, folder: Path = CONTRACTS, *, is_optimized: bool = True) -> None:
        """Take contracts from `folder`, laid out like `contracts/`; unoptimized is quicker."""
        self.folder = folder
        self.is_optimized = is_optimized

    def compile(self, name: str) -> Artifact:
        """Return the contract `name`, a path below the folder without its suffix."""
        path = self.folder / f"{name}.vy"
        digest = sha256()
        for source in sorted(_sources_of(path)):
            digest.update(str(source.relative_to(self.folder)).encode() + source.read_bytes())
        key = (name, digest.hexdigest(), self.is_optimized)
        if key not in _ARTIFACTS:
            _ARTIFACTS[key] = _compile(path, self.is_optimized)
        return _ARTIFACTS[key]


_ARTIFACTS: dict[tuple[str, str, bool], Artifact] = {}


def _sources_of(path: Path) -> set[Path]:
    """Return a source file and all it imports from its own folder tree."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        source = waiting.pop()
        if source not in found:
            found.add(source)
            waiting.extend(_imports_of(source))
    return found


def _imports_of(source: Path) -> Iterator[Path]:
    for dots, package, name in RELATIVE_IMPORT.findall(source.read_text(encoding="utf-8")):
        folder = source.parent
        for _ in dots[1:]:
            folder = folder.parent
        stem = folder / package / name
        yield next(
            candidate
            for candidate in (stem.with_suffix(".vy"), stem.with_suffix(".vyi"))
            if candidate.exists()
        )


@cache
def _search_paths() -> tuple[Path, ...]:
    return tuple(get_search_paths(None))


def _compile(path: Path, is_optimized: bool) -> Artifact:
    text = path.read_text(encoding="utf-8")
    source = FileInput(contents=text, source_id=-1, path=path, resolved_path=path)
    settings = Settings(optimize=OptimizationLevel.GAS if is_optimized else OptimizationLevel.NONE)
    data = CompilerData(source, FilesystemInputBundle(list(_search_paths())), settings)
    with anchor_settings(data.settings):
        return Artifact(path.stem, data.bytecode, build_abi_output(data))
