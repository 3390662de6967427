# SPDX-License-Identifier: AGPL-3.0-only
"""The documents and the arithmetic of each product."""
