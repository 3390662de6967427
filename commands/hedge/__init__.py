# SPDX-License-Identifier: AGPL-3.0-only
"""The hedge calculator: tables and picture."""
