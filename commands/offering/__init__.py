# SPDX-License-Identifier: AGPL-3.0-only
"""Commands of primary sales."""
