# SPDX-License-Identifier: AGPL-3.0-only
"""The market maker: quotes both sides of listed months around the index (`python -m maker`)."""
