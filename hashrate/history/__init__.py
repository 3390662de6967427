# SPDX-License-Identifier: AGPL-3.0-only
"""Where days come from. `open_source` reads a source's name as the command line writes it."""

from pathlib import Path

from hashrate.history.dataset import DatasetSource
from hashrate.history.errors import SourceSpecError
from hashrate.history.simulated import SimulatedSource
from hashrate.history.source import Source

__all__ = ["Source", "open_source"]


def open_source(spec: str) -> Source:
    """Open the source that a text such as `dataset:FOLDER` or `simulated:SEED` names.

    Raises:
        SourceSpecError: unknown kind of source, or an unusable option.
        MissingFileError: a dataset's folder or file is not there.
        MalformedDataError: a dataset's file is not what it should be.
    """
    scheme, colon, rest = spec.partition(":")
    if not colon or not rest:
        raise SourceSpecError(f"source {spec!r} is not dataset:FOLDER or simulated:SEED")
    if scheme == "dataset":
        return DatasetSource(Path(rest))
    if scheme == "simulated":
        return SimulatedSource.from_spec(rest)
    raise SourceSpecError(f"source {spec!r}: {scheme!r} is neither dataset nor simulated")
