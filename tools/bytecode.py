# SPDX-License-Identifier: AGPL-3.0-only
"""Print what each contract compiles to, or whether an earlier revision compiled to the same.

`python -m tools.bytecode` lists them; `python -m tools.bytecode REVISION` compares by contract
name, wherever the files stood then, and exits with 1 if a byte differs. The compiler ends creation
code with a hash of the sources' text, imports included; that trailer is left out, nothing else.
Sizes are of what is deployed, immutables included.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from vyper.cli.vyper_compile import get_search_paths
from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.phases import CompilerData
from vyper.compiler.settings import OptimizationLevel, Settings, anchor_settings

from tools.vyper_source import ROOT

# [bytes] of deployed code, less than the 24,576 of EIP-170: room is kept for what comes later
LIMITS = {"HashpriceOracle": 21_300, "RewardDistributor": 20_700}

_TRAILER_LENGTH_BYTES = 2


def deployables(folder: Path) -> Iterator[Path]:
    """Yield the contracts to deploy below a folder, by name."""
    found = [path for path in folder.rglob("*.vy") if path.stem[0].isupper()]
    yield from sorted(found, key=lambda path: path.stem)


def compiled(path: Path) -> tuple[bytes, bytes, int]:
    """Compile one contract.

    Returns:
        The deployed code before its immutables, the creation code without the compiler's trailer,
        and what is deployed in all [bytes].
    """
    source = FileInput(
        contents=path.read_text(encoding="utf-8"), source_id=-1, path=path, resolved_path=path
    )
    settings = Settings(optimize=OptimizationLevel.GAS)
    data = CompilerData(source, FilesystemInputBundle(get_search_paths(None)), settings)
    with anchor_settings(data.settings):
        creation = data.bytecode
        trailer = int.from_bytes(creation[-_TRAILER_LENGTH_BYTES:], "big")
        runtime = data.bytecode_runtime
        immutables = data.global_ctx.immutable_section_bytes
        return runtime, creation[:-trailer], len(runtime) + immutables


def listing(folder: Path) -> dict[str, tuple[int, str]]:
    """Return each contract's deployed size [bytes] and the hash of all its code."""
    found = {}
    for path in deployables(folder):
        runtime, creation, size = compiled(path)
        found[path.stem] = (size, sha256(runtime + creation).hexdigest())
    return found


def listing_at(revision: str) -> dict[str, tuple[int, str]]:
    """Return the listing of the contracts as they were in a revision."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["git", "archive", revision, "contracts"]
        archive = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)  # noqa: S607
        return listing(Path(folder) / "contracts")


def main() -> int:
    """Print the listing, or compare it with the one of a revision."""
    now = listing(ROOT / "contracts")
    then = listing_at(sys.argv[1]) if sys.argv[1:] else now
    for name in sorted(now.keys() | then.keys()):
        size, digest = now.get(name, (0, "gone"))
        word = "" if not sys.argv[1:] else "same" if now.get(name) == then.get(name) else "DIFFERS"
        print(f"{name:24} {size:6} {digest[:16]} {word}".rstrip())
    print(f"bytecode: {len(now)} contracts, {sum(now.get(n) != then.get(n) for n in then)} differ")
    return 0 if now == then else 1


if __name__ == "__main__":
    sys.exit(main())
