# SPDX-License-Identifier: AGPL-3.0-only
"""What makers of orders sign, and the file it travels in."""
