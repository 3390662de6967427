# SPDX-License-Identifier: AGPL-3.0-only
"""Changed copies of the contracts: a few words replaced in a temporary folder."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from testing.compiler import CONTRACTS, Compiler


@dataclass(frozen=True)
class Patch:
    """One replacement in one file below `contracts/`; how white space breaks does not matter."""

    path: str
    old: str
    new: str

    def apply(self, folder: Path) -> None:
        """Replace in place; the old words must be there exactly once."""
        target = folder / self.path
        text = target.read_text(encoding="utf-8")
        pattern = r"\s+".join(re.escape(word) for word in self.old.split())
        found = re.findall(pattern, text)
        assert len(found) == 1, f"{self.path}: {len(found)} times {self.old!r}, not once"
        target.write_text(re.sub(pattern, lambda _: self.new, text), encoding="utf-8")


@contextmanager
def patched(patches: Sequence[Patch], *, is_optimized: bool = True) -> Iterator[Compiler]:
    """Return a compiler of a patched copy of the contracts; it can only be used inside."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "contracts"
        shutil.copytree(CONTRACTS, copy)
        for patch in patches:
            patch.apply(copy)
        yield Compiler(copy, is_optimized=is_optimized)
