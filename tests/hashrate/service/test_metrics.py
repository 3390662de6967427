# SPDX-License-Identifier: AGPL-3.0-only
"""What every program shows to monitoring, whichever it is."""

import pytest

from hashrate.core.version import installed_version
from hashrate.service.metrics import ProgramMetrics, health_answer, operator_app
from maker.metrics import MakerMetrics
from oracles.observability.metrics import Metrics
from relay.metrics import RelayMetrics
from testing.asking import ask

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("metrics", "prefix"),
    [(Metrics, "hashrate"), (RelayMetrics, "hashrate_relay"), (MakerMetrics, "hashrate_maker")],
)
def test_metrics__of_each_program__begin_with_its_name(
    metrics: type[ProgramMetrics], prefix: str
) -> None:
    """Every name has the program's prefix, and the version is among them."""
    lines = metrics().text().decode().splitlines()

    assert f'{prefix}_build_info{{version="{installed_version()}"}} 1.0' in lines
    names = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert len(names) > 10
    assert all(name.startswith(f"{prefix}_") for name in names)


def test_operator_app__asked__tells_health_and_metrics() -> None:
    complaints: list[str] = []
    app = operator_app("/alive", health_answer(lambda: complaints), ProgramMetrics("some"))

    well = ask(app, "/alive")
    complaints.append("nothing happened for 5 s")
    late = ask(app, "/alive")
    told = ask(app, "/metrics")

    assert (well.status_code, well.json()) == (200, {"status": "ok", "reasons": []})
    assert (late.status_code, late.json()) == (503, {"status": "late", "reasons": complaints})
    assert told.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'some_build_info{version="' in told.text
