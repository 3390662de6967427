# SPDX-License-Identifier: AGPL-3.0-only
"""Commands for `ape run`; the code they share is in `commands`."""
