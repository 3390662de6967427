# SPDX-License-Identifier: AGPL-3.0-only
"""An EVM chain, asked and told over JSON-RPC."""
