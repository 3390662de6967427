# SPDX-License-Identifier: AGPL-3.0-only
"""What reporters sign, exchange and bring to a quorum."""
