# SPDX-License-Identifier: AGPL-3.0-only
"""The spot market: prices as people write them, and what a part costs (docs/spot.md)."""
