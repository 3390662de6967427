# SPDX-License-Identifier: AGPL-3.0-only
"""Times as people read them."""

import pytest

from hashrate.core.utc import utc_text

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01 00:00:00 UTC"),
        (253_402_300_799, "9999-12-31 23:59:59 UTC"),
        (253_402_300_800, "after the year 9999"),
        (2**256 - 1, "after the year 9999"),
    ],
)
def test_utc_text__any_time__can_be_read(seconds: int, text: str) -> None:
    assert utc_text(seconds) == text
