# SPDX-License-Identifier: AGPL-3.0-only
"""What a long-lived process needs: settings, keys, logging, HTTP, a clock."""
