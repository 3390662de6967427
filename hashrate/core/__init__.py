# SPDX-License-Identifier: AGPL-3.0-only
"""Units, types, amounts and errors: what every other room speaks in."""
