# SPDX-License-Identifier: AGPL-3.0-only
"""The EVM side: reading the contracts, and sending each transaction exactly once."""
