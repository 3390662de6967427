# SPDX-License-Identifier: AGPL-3.0-only
"""The verbs of `ape run forwards`. Underscore, because ape takes every other file for a command."""
