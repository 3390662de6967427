# SPDX-License-Identifier: AGPL-3.0-only
"""Contract modules by themselves, against exact arithmetic."""

from tests.unit.fixtures import genesis

__all__ = ["genesis"]
