# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands are made of: importable, typed and tested without a chain where possible."""
