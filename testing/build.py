# SPDX-License-Identifier: AGPL-3.0-only
"""Compiled contracts for tests that talk to a node themselves; compiled once per source change."""

import functools
import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_CACHE = ROOT / ".build" / "tests"
_FORMATS = "abi,bytecode,blueprint_bytecode"


@dataclass(frozen=True)
class Compiled:
    """One compiled contract."""

    abi: list[dict[str, Any]]
    bytecode: str
    blueprint: str


@functools.cache
def compiled(name: str) -> Compiled:
    """Compile `contracts/<name>.vy`, or a test's own source by its path from the root."""
    source = ROOT / (name if name.endswith(".vy") else f"contracts/{name}.vy")
    cached = _CACHE / f"{source.stem}-{_fingerprint()}.json"
    if cached.exists():
        text = cached.read_text()
    else:
        command = [str(Path(sys.executable).parent / "vyper"), "-f", _FORMATS, str(source)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        text = done.stdout
        _CACHE.mkdir(parents=True, exist_ok=True)
        cached.write_text(text)
    abi, bytecode, blueprint = text.strip().splitlines()
    return Compiled(json.loads(abi), bytecode, blueprint)


@functools.cache
def _fingerprint() -> str:
    digest = hashlib.sha256()
    folders = (ROOT / "contracts", ROOT / "testing/contracts")
    for path in sorted(p for folder in folders for p in folder.rglob("*.vy*") if p.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
