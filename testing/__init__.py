# SPDX-License-Identifier: AGPL-3.0-only
"""What tests stand on: nodes, compiled contracts, worlds."""
