# SPDX-License-Identifier: AGPL-3.0-only
"""Which release runs."""

from importlib.metadata import PackageNotFoundError, version

NOT_INSTALLED = "source"


def installed_version() -> str:
    """Return the version of the installed package; `source` if the program runs from a checkout."""
    try:
        return version("hashrate")
    except PackageNotFoundError:
        return NOT_INSTALLED
