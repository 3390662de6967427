# SPDX-License-Identifier: AGPL-3.0-only
"""Bitcoin's own arithmetic, pure: days, subsidy, difficulty, hashprice."""
