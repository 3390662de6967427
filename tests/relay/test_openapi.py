# SPDX-License-Identifier: AGPL-3.0-only
"""The description of the interface is what the server does: asked for everything it says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from relay.openapi import description
from tests.relay.attacks.attackers import MANY, OPEN, order_of, post
from tests.relay.doubles import Office, office

pytestmark = pytest.mark.unit

FILE = Path(__file__).resolve().parent.parent.parent / "docs/relay-openapi.json"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A relay with some orders."""
    with office(tmp_path_factory.mktemp("described"), OPEN, MANY) as opened:
        opened.look()
        for salt in range(3):
            assert post(opened, order_of("maker", salt=salt)).status_code == 201
        _OPEN.append(opened)
        yield opened


def test_file__in_the_manual__is_what_is_served() -> None:
    """`python -m relay openapi > docs/relay-openapi.json` after a change."""
    assert FILE.read_bytes() == description()


def test_paths__of_the_server__are_all_described(here: Office) -> None:
    """Nothing is served that is not said, and nothing said that is not served."""
    described = json.loads(description())["paths"]
    said = {(path, method.upper()) for path, each in described.items() for method in each}
    served = {
        (route.path, method)
        for route in here.app.routes
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
    }

    assert said == served


_OPEN: list[Office] = []


@schemathesis.serializer("application/x-ndjson")
def _lines(_context: Any, value: Any) -> bytes:
    """Send text as it is."""
    return str(value).encode("utf-8", "surrogatepass")


async def _app(scope: Any, receive: Any, send: Any) -> None:
    """Hand on to the relay of this module: the schema wants an application before there is one."""
    await _OPEN[-1].app(scope, receive, send)


schema = schemathesis.openapi.from_dict(json.loads(description()))
schema.app = _app


@schema.exclude(path="/stream").exclude(path="/health").parametrize()
@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
def test_interface__asked_by_its_description__answers_by_it(
    here: Office, case: schemathesis.Case
) -> None:
    """Every answer has a status and a form that are described; nothing that is said is refused."""
    # which parameters go together, and which orders make sense, no schema says
    case.call_and_validate(base_url="http://relay", excluded_checks=[positive_data_acceptance])
