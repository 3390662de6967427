# SPDX-License-Identifier: AGPL-3.0-only
"""A primary sale of hashrate: terms, prices, what is due and refunded (docs/offering.md)."""
