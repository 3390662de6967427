# SPDX-License-Identifier: AGPL-3.0-only
"""The process that reports every day: settings, wiring, and one cycle of work."""
