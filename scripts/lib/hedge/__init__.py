# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run hedge`: what a miner sells forward, what that locks, and what it changes."""
