# SPDX-License-Identifier: AGPL-3.0-only
"""The verbs of `ape run forwards`, by who uses them."""
