# SPDX-License-Identifier: AGPL-3.0-only
"""The daemon's memory: what it saw, signed and sent, in SQLite."""
