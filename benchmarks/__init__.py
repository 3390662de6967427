# SPDX-License-Identifier: AGPL-3.0-only
"""Gas of whole transactions, ours beside the peers."""
