# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run hedge`: what a miner sells forward, and what that changes."""

from commands.hedge.cli import cli

__all__ = ["cli"]
