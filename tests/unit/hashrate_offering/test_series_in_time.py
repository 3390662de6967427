# SPDX-License-Identifier: AGPL-3.0-only
"""`HashrateOffering.open_round`: days of delivery lie within those of the series."""

from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import refused
from tests.unit.sale import DELIVERY_DAYS, FIRST_DAY, Sale
from tests.unit.scene import START, System

pytestmark = pytest.mark.unit


def test_open_round__first_day_before_the_series__reverts(
    system: System, bitcoin: Any, moneys: dict[str, Any]
) -> None:
    """A series counts its days from its start: earlier ones would pass for delivered."""
    sale = Sale.list(system, bitcoin, moneys["8"])
    closes_at = (START - 1) * DAY_SECONDS

    with refused("offering: before the series"):
        sale.open_round(closes_at=closes_at - 1)
    # a second later it is only that nothing was minted
    with refused("meter: balance too low"):
        sale.open_round(closes_at=closes_at)


def test_open_round__series_ends_before_the_last_day__reverts(
    system: System, bitcoin: Any, moneys: dict[str, Any]
) -> None:
    sale = Sale.open(system, bitcoin, moneys["8"], end_day=FIRST_DAY + DELIVERY_DAYS)

    with refused("offering: series ends early", sale.state):
        sale.open_round(delivery_days=DELIVERY_DAYS + 1)
    assert sale.open_round() == 1
