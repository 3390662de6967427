# SPDX-License-Identifier: AGPL-3.0-only
"""Pure functions: no input or output, no clock, no randomness."""
