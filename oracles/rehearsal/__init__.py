# SPDX-License-Identifier: AGPL-3.0-only
"""Past days once more, through whole reporters and a local chain, in a time of their own."""
