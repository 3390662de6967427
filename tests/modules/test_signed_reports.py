# SPDX-License-Identifier: AGPL-3.0-only
"""`signed_reports`: digests are those that `hashrate.reports` signs, the median is the median."""

from statistics import median_low
from typing import Any

import pytest
from eth_account.messages import SignableMessage
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.types import BlockHeight, DayFacts, DayIndex, Sats, UsdE8, Wad
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    OutputReport,
    day_message,
    output_message,
)
from tests.modules.module import internals, numbers
from tests.unit.chain import actor, refused
from tests.unit.reporting import PRICE

pytestmark = pytest.mark.modules

ANY = numbers(0, 2**256 - 1)
SPREAD = 100
FACTS = st.builds(
    DayFacts,
    ANY.map(DayIndex),
    ANY.map(BlockHeight),
    ANY.map(BlockHeight),
    ANY.map(Sats),
    ANY.map(Sats),
    ANY.map(Wad),
    ANY.map(Wad),
)


@pytest.fixture(scope="module")
def module(genesis: None) -> Any:
    """The module's internal functions."""
    return internals("oracle/signed_reports")


def digest_of(message: SignableMessage) -> bytes:
    """Return what is signed."""
    return bytes(keccak(b"\x19" + message.version + message.header + message.body))


@given(facts=FACTS, price=ANY, revision=ANY, version=ANY, chain_id=numbers(1, 2**64))
def test_day_digest__any_report__is_what_reporters_sign(
    module: Any, facts: DayFacts, price: int, revision: int, version: int, chain_id: int
) -> None:
    domain = OracleDomain(chain_id, to_checksum_address(actor("an oracle")))
    message = day_message(domain, DayReport(facts, revision, version), UsdE8(price))

    facts_hash = module._facts_hash(facts.as_tuple())
    digest = module._day_digest(message.header, facts_hash, price, revision, version)

    assert digest == digest_of(message)


@given(day=ANY, credited=ANY, delivered=ANY, revision=ANY, version=ANY)
def test_output_digest__any_report__is_what_reporters_sign(
    module: Any, day: int, credited: int, delivered: int, revision: int, version: int
) -> None:
    series = to_checksum_address(actor("a series"))
    domain = OracleDomain(1, to_checksum_address(actor("an oracle")))
    report = OutputReport(series, DayIndex(day), Sats(credited), delivered, revision, version)
    message = output_message(domain, report)

    record = (credited, delivered, 0, revision, 0)
    digest = module._output_digest(message.header, series, day, record, version)

    assert digest == digest_of(message)


@given(offsets=st.lists(st.integers(0, PRICE // 100), min_size=1, max_size=31))
def test_median__prices_within_the_spread__is_the_floored_median(
    module: Any, offsets: list[int]
) -> None:
    prices = sorted(PRICE + offset for offset in offsets)
    low, high = median_low(prices), sorted(prices, reverse=True)[(len(prices) - 1) // 2]

    assert module._median(prices, SPREAD) == (low + high) // 2


@given(lowest=numbers(1, 2**56 - 1), off=st.integers(-1, 1), spread=st.integers(0, 1_000))
def test_median__next_to_the_spread__is_exact(
    module: Any, lowest: int, off: int, spread: int
) -> None:
    highest = min(max(lowest * (10_000 + spread) // 10_000 + off, lowest), 2**56 - 1)

    if (highest - lowest) * 10_000 <= spread * lowest:
        assert module._median([lowest, highest], spread) == (lowest + highest) // 2
    else:
        with refused("oracle: prices too far apart"):
            module._median([lowest, highest], spread)
