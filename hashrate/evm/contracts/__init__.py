# SPDX-License-Identifier: AGPL-3.0-only
"""The contracts as Python calls them; the modules are written by `python -m tools.generate_abi`."""
