# SPDX-License-Identifier: AGPL-3.0-only
"""Strips and notes: terms, names, what is owed, and what a face would have meant."""
