# SPDX-License-Identifier: AGPL-3.0-only
"""Commands of a series: issue, bond, fund, mint, report, settle, claim, status."""
