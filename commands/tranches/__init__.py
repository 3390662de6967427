# SPDX-License-Identifier: AGPL-3.0-only
"""Strips and notes: what the commands do."""
