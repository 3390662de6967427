# SPDX-License-Identifier: AGPL-3.0-only
"""The whole system on one machine: a demo that checks itself, and a network to try."""
