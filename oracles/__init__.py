# SPDX-License-Identifier: AGPL-3.0-only
"""Compute a day of Bitcoin hashprice exactly and sign it for the HashpriceOracle."""
