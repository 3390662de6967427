# SPDX-License-Identifier: AGPL-3.0-only
"""Tests; a package of its own, so that an installed `tests` is never imported instead."""
