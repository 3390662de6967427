# SPDX-License-Identifier: AGPL-3.0-only
"""A fund: baskets of series and what a share stands for and earns."""
