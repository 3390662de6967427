# SPDX-License-Identifier: AGPL-3.0-only
"""What every command shares: chain, session, plan, confirmation, records."""
