# SPDX-License-Identifier: AGPL-3.0-only
"""The holder's page in a real browser, against a real node, contracts and a wallet that signs."""
