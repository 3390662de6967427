# SPDX-License-Identifier: AGPL-3.0-only
"""The signatures the daemon calls by are those of the build."""

from typing import Any

import pytest

from hashrate.core.errors import RpcUnavailableError
from hashrate.evm.codec import (
    DAY_REPORTED_EVENT,
    DAY_REPORTED_FIELDS,
    ORACLE_FUNCTIONS,
    SERIES_FUNCTIONS,
    decode_result,
    encode_call,
    signature,
)
from testing.compiler import compiled
from tests.oracles.builders import DOMAIN

pytestmark = pytest.mark.unit


def canonical(entry: dict[str, Any]) -> str:
    """Write an ABI type out."""
    if not entry["type"].startswith("tuple"):
        return str(entry["type"])
    members = ",".join(canonical(each) for each in entry["components"])
    return f"({members})" + entry["type"].removeprefix("tuple")


def flat(outputs: list[dict[str, Any]]) -> tuple[str, ...]:
    """Write outputs out; one struct of plain numbers is encoded as its members are."""
    if len(outputs) == 1 and outputs[0]["type"] == "tuple":
        outputs = outputs[0]["components"]
    return tuple(canonical(each) for each in outputs)


@pytest.mark.parametrize(
    ("contract", "name"),
    [("oracle/HashpriceOracle", name) for name in ORACLE_FUNCTIONS]
    + [("series/RewardDistributor", name) for name in SERIES_FUNCTIONS],
)
def test_functions__against_the_build__are_the_same(contract: str, name: str) -> None:
    """Name, inputs and outputs are what the compiled contract has."""
    entries = [each for each in compiled(contract).abi if each.get("name") == name]
    inputs, outputs = (ORACLE_FUNCTIONS | SERIES_FUNCTIONS)[name]

    matching = [e for e in entries if tuple(canonical(i) for i in e["inputs"]) == inputs]

    assert len(matching) == 1, signature(name)
    if name not in ("report_day", "report_output", "settle"):
        assert flat(matching[0]["outputs"]) == outputs


def test_event__against_the_build__is_the_same() -> None:
    """The event of a posted day has these fields in this order."""
    (entry,) = [e for e in compiled("oracle/HashpriceOracle").abi if e.get("name") == "DayReported"]
    types = ",".join(each["type"] for each in entry["inputs"])

    assert f"DayReported({types})" == DAY_REPORTED_EVENT
    names = tuple(each["name"] for each in entry["inputs"] if not each["indexed"])
    assert names == DAY_REPORTED_FIELDS


def test_encode_call__without_arguments__is_the_selector() -> None:
    """The selector of `threshold()` is known."""
    assert encode_call("threshold") == "0x42cde4e8"


def test_decode_result__too_short__is_refused() -> None:
    """A contract that is something else does not get past."""
    with pytest.raises(RpcUnavailableError, match="day_record"):
        decode_result("day_record", b"\0" * 32)


def test_domain_separator__other_chain__differs() -> None:
    """The separator depends on chain and contract."""
    other = type(DOMAIN)(1, DOMAIN.verifying_contract)

    assert DOMAIN.typed().separator() != other.typed().separator()
