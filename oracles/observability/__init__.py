# SPDX-License-Identifier: AGPL-3.0-only
"""What an operator sees of a running daemon: logs, metrics, health."""
