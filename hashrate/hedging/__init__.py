# SPDX-License-Identifier: AGPL-3.0-only
"""A miner's hedge: fleet, sales, outcomes."""
