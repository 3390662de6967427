# SPDX-License-Identifier: AGPL-3.0-only
"""A chain that lives: `make devnet` lets days pass on a local node and serves the holder's page."""
