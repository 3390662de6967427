# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of what peers serve."""

from hashrate.core.errors import HashrateError


class PeerReportError(HashrateError):
    """What a peer serves cannot be used; the message says why."""


class PeerBehindError(PeerReportError):
    """A peer signed for another revision or membership: it has not seen the newest block yet."""
