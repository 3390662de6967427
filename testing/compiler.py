# SPDX-License-Identifier: AGPL-3.0-only
"""Compile contracts once: a contract whose sources did not change is not compiled again.

What is compiled is kept below `.build/tests`, for other workers and runs. Tests may point the
compiler at a changed copy of `contracts/`; only what the change reaches is compiled.
"""

import gc
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from boa.util.eip5202 import generate_blueprint_bytecode
from vyper.cli.vyper_compile import get_search_paths
from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.output import build_abi_output
from vyper.compiler.phases import CompilerData
from vyper.compiler.settings import OptimizationLevel, Settings, anchor_settings

from testing.chain import Abi

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "contracts"
CACHE = ROOT / ".build/tests"
RELATIVE_IMPORT = re.compile(r"^from (\.+)(\w*) import (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Artifact:
    """A compiled contract: its creation code and its ABI."""

    initcode: bytes
    abi: Abi

    @property
    def blueprint(self) -> bytes:
        """Return what deploys the creation code as an ERC-5202 blueprint."""
        return bytes(generate_blueprint_bytecode(self.initcode))


class Compiler:
    """Compiles the contracts below one folder."""

    def __init__(self, folder: Path = CONTRACTS, *, is_optimized: bool = True) -> None:
        """Take contracts from `folder`, laid out like `contracts/`; unoptimized is quicker."""
        self.folder = folder
        self.is_optimized = is_optimized

    def compile(self, name: str) -> Artifact:
        """Return a contract by its path below the folder, or with `.vy` by that from the root."""
        path = self.path_of(name)
        key = self.key_of(path)
        if key not in _ARTIFACTS:
            _ARTIFACTS[key] = _kept(key) or _keep(key, _compile(path, self.is_optimized))
        return _ARTIFACTS[key]

    def path_of(self, name: str) -> Path:
        """Return a contract's file: by its path below the folder, or from the root with `.vy`."""
        return ROOT / name if name.endswith(".vy") else self.folder / f"{name}.vy"

    def key_of(self, path: Path) -> str:
        """Return what a contract's code depends on, hashed: sources, compiler, library, setting."""
        digest = sha256(f"{version('vyper')} {version('snekmate')} {self.is_optimized}".encode())
        for source in sorted(_sources_of(path)):
            place = os.path.relpath(source, self.folder)
            digest.update(place.encode() + source.read_bytes())
        return f"{path.stem}-{digest.hexdigest()[:32]}"


_ARTIFACTS: dict[str, Artifact] = {}


def compiled(name: str) -> Artifact:
    """Return a contract as it is: see `Compiler.compile`."""
    return Compiler().compile(name)


def _kept(key: str) -> Artifact | None:
    """Read what this or another process compiled."""
    try:
        text = (CACHE / f"{key}.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    found = json.loads(text)
    return Artifact(bytes.fromhex(found["initcode"]), found["abi"])


def _keep(key: str, artifact: Artifact) -> Artifact:
    """Write it whole or not at all: other workers read while this one writes."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=CACHE, delete=False, encoding="utf-8") as file:
        json.dump({"initcode": artifact.initcode.hex(), "abi": artifact.abi}, file)
    Path(file.name).replace(CACHE / f"{key}.json")
    return artifact


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


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector of garbage still: what a compiler makes lives until it is done."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_no_collection()
def _compile(path: Path, is_optimized: bool) -> Artifact:
    text = path.read_text(encoding="utf-8")
    source = FileInput(contents=text, source_id=-1, path=path, resolved_path=path)
    settings = Settings(optimize=OptimizationLevel.GAS if is_optimized else OptimizationLevel.NONE)
    data = CompilerData(source, FilesystemInputBundle(list(_search_paths())), settings)
    with anchor_settings(data.settings):
        return Artifact(data.bytecode, build_abi_output(data))
