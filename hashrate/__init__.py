# SPDX-License-Identifier: AGPL-3.0-only
"""Bitcoin hashrate as an on-chain commodity: the library that every program here stands on."""
