# SPDX-License-Identifier: AGPL-3.0-only
"""What the ape commands do; the files in scripts/ only name them."""
