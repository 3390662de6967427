# SPDX-License-Identifier: AGPL-3.0-only
"""`ForwardsEngine.create_series`, while tools still use the engine that vault and book replace."""

import pytest

from tests.unit.chain import ZERO, deployer, refused
from tests.unit.reporting import SHORT, Reporting
from tests.unit.pit import DAYS, OPENING, plain_token

pytestmark = pytest.mark.unit


def test_create_series__what_no_oracle_has__reverts(genesis: None) -> None:
    reporting, token = Reporting.open(1, 1, long_window_seconds=SHORT), plain_token()
    with refused("series: no oracle"):
        deployer("forwards/ForwardsEngine").deploy(ZERO, [token.address])
    later = Reporting.open(1, 1, first_day=OPENING + 100)
    for oracle, metric, reason in (
        (later.oracle, 1, "series: before the oracle"),
        (reporting.oracle, 3, "terms: not one metric"),
        (reporting.oracle, 1, "series: oracle too young"),
    ):
        engine = deployer("forwards/ForwardsEngine").deploy(oracle.address, [token.address])
        terms = (metric, OPENING + 2, OPENING + 2 + DAYS, 1, 2, 1, token.address)
        with refused(reason):
            engine.create_series(terms)
