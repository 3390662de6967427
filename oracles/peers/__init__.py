# SPDX-License-Identifier: AGPL-3.0-only
"""Signed reports between reporters, over HTTP."""
