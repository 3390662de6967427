# SPDX-License-Identifier: AGPL-3.0-only
"""Forwards: codes, months, terms and what a position pays."""
