# SPDX-License-Identifier: AGPL-3.0-only
"""What is checked before a daemon is trusted with a key."""
