# SPDX-License-Identifier: AGPL-3.0-only
"""Where a reporter reads: Bitcoin nodes and explorers, exchanges, pools."""
