# SPDX-License-Identifier: AGPL-3.0-only
"""Modules deployed on their own, and numbers of every size for their functions."""

from typing import Any

from hypothesis import strategies as st

from tests.unit.chain import deployer


def internals(name: str, *arguments: Any) -> Any:
    """Deploy a module by itself and return its internal functions."""
    return deployer(name).deploy(*arguments).internal


def numbers(lowest: int, highest: int) -> st.SearchStrategy[int]:
    """Return integers of every width between two bounds, the bounds themselves often."""

    def of_width(bits: int) -> st.SearchStrategy[int]:
        low = max(lowest, 1 << bits >> 1)
        return st.integers(low, max(low, min(highest, (1 << bits) - 1)))

    widths = range(max(lowest, 1).bit_length(), highest.bit_length() + 1)
    edges = sorted({lowest, min(lowest + 1, highest), max(highest - 1, lowest), highest})
    if not widths:
        return st.sampled_from(edges)
    return st.sampled_from(edges) | st.sampled_from(widths).flatmap(of_width)
