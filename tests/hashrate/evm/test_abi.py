# SPDX-License-Identifier: AGPL-3.0-only
"""The generated tables say what the build says; calls and answers are coded by them."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.abi import event_abi_to_log_topic, function_abi_to_4byte_selector

from hashrate.evm.abi import Event, Function
from hashrate.evm.contracts.forwards import ForwardsBook, ForwardsVault
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.contracts.series import HashrateToken, RewardDistributor
from hashrate.evm.errors import RpcUnavailableError
from testing.compiler import compiled
from tests.oracles.builders import DOMAIN

pytestmark = pytest.mark.unit

TABLES = {
    "oracle/HashpriceOracle": HashpriceOracle,
    "series/RewardDistributor": RewardDistributor,
    "series/HashrateToken": HashrateToken,
    "forwards/ForwardsVault": ForwardsVault,
    "forwards/ForwardsBook": ForwardsBook,
}
FACTS = (20_000, 1, 2, 3, 4, 5, 6)
SIGNATURES = [(7, 27, 8, 9)]


@pytest.mark.parametrize("contract", TABLES)
def test_tables__against_the_build__are_the_same(contract: str) -> None:
    """Every selector and topic is the build's; nothing of the build is missing."""
    table = vars(TABLES[contract]).values()
    abi = [each for each in compiled(contract).abi if each["type"] in ("function", "event")]
    selectors = {function_abi_to_4byte_selector(e) for e in abi if e["type"] == "function"}
    topics = {"0x" + event_abi_to_log_topic(e).hex() for e in abi if e["type"] == "event"}

    functions = [each for each in table if isinstance(each, Function)]
    events = [each for each in table if isinstance(each, Event)]

    assert {each.selector for each in functions} <= selectors
    assert {each.topic for each in events} == topics
    assert {each.name for each in (*functions, *events)} == {e["name"] for e in abi}


def test_encode__without_arguments__is_the_selector() -> None:
    """The selector of `threshold()` is known."""
    assert HashpriceOracle.threshold.encode() == "0x42cde4e8"


def test_overload__with_all_arguments__is_the_one() -> None:
    """A function with defaults is called with all of them."""
    assert RewardDistributor.settle.inputs == ("uint256",)


@pytest.mark.parametrize("data", [b"", b"\0" * 32, b"\0" * 191])
def test_decode__too_short__is_refused(data: bytes) -> None:
    """A contract that is something else does not get past."""
    with pytest.raises(RpcUnavailableError, match="day_record"):
        HashpriceOracle.day_record.decode(data)


def test_decode__struct__is_a_tuple() -> None:
    """A struct's members come in order; one plain value comes alone."""
    words = [*range(1, 8)]

    assert HashpriceOracle.day_record.decode(encode(["uint256"] * 7, words)) == tuple(words)
    assert HashpriceOracle.next_day.decode(encode(["uint256"], [5])) == 5


def test_arguments_of__own_call__are_what_was_encoded() -> None:
    """A call can be read back; another function's is none; a cut one is refused."""
    data = HashpriceOracle.report_day.encode(FACTS, SIGNATURES)

    arguments: Any = HashpriceOracle.report_day.arguments_of(data)
    assert (arguments[0], list(arguments[1])) == (FACTS, SIGNATURES)
    assert HashpriceOracle.report_output.arguments_of(data) is None
    assert HashpriceOracle.report_day.arguments_of("") is None
    for cut in (data[: 10 + 64 * 7], data[:-1]):
        with pytest.raises(RpcUnavailableError, match="report_day"):
            HashpriceOracle.report_day.arguments_of(cut)


def test_event_decode__data__is_by_name() -> None:
    """What is indexed is not in the data."""
    data = encode(["uint256"] * 9, [*range(1, 10)])

    fields = HashpriceOracle.DayReported.decode("0x" + data.hex())

    assert (fields["revision"], fields["final_at"]) == (1, 9)
    assert "day" not in fields
    with pytest.raises(RpcUnavailableError, match="DayReported"):
        HashpriceOracle.DayReported.decode("0x" + data.hex()[2:])


def test_domain_separator__other_chain__differs() -> None:
    """The separator depends on chain and contract."""
    other = type(DOMAIN)(1, DOMAIN.verifying_contract)

    assert DOMAIN.typed().separator() != other.typed().separator()
