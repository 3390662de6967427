# SPDX-License-Identifier: AGPL-3.0-only
"""One file for each defect found: it fails on the contracts as they were before the fix."""

from tests.unit.fixtures import bitcoin, genesis, market

__all__ = ["bitcoin", "genesis", "market"]
