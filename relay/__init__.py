# SPDX-License-Identifier: AGPL-3.0-only
"""The order relay: stores and serves signed orders of the forwards book.

The book trusts nothing of it: an order is as good from any other relay, a file or a letter.
"""
