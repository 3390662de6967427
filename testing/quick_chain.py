# SPDX-License-Identifier: AGPL-3.0-only
"""The chain that histories run on: revm, or py-evm, slower by far, where there is no revm."""

try:
    from testing.revm import RevmChain as QuickChain
except ImportError:  # pyrevm has no wheel for Python 3.13
    from testing.py_evm import PyEvmChain as QuickChain

__all__ = ["QuickChain"]
