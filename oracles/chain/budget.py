# SPDX-License-Identifier: AGPL-3.0-only
"""One rule for the money of the account that pays for gas: a week of reports at the fee cap."""

from oracles.journal.journal import Journal

LEAST_REPORTS = 7
"""Fewer than these left is too little, for `check` as for the alert."""
_USUAL_GAS = 250_000  # before anything was sent
_ROOM_NUMERATOR, _ROOM_DENOMINATOR = 5, 4  # as much as a transaction is allowed beyond its estimate


def report_cost(journal: Journal | None, cap_wei: int) -> int:
    """Find what a report costs at most: recent gas, with room, at the fee cap [wei]."""
    gas = (journal.recent_report_gas() if journal else None) or _USUAL_GAS
    return gas * _ROOM_NUMERATOR // _ROOM_DENOMINATOR * cap_wei


def reports_left(balance: int, journal: Journal | None, cap_wei: int) -> int:
    """Count the reports that a balance [wei] pays for."""
    return balance // report_cost(journal, cap_wei)
