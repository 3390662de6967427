# SPDX-License-Identifier: AGPL-3.0-only
"""The command line of a reporter."""
