# SPDX-License-Identifier: AGPL-3.0-only
"""The node client against a real node: bcoin in regtest, fed with header times that wander."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from hashrate.bitcoin.days import median_time_past
from hashrate.bitcoin.subsidy import subsidy_at
from hashrate.core.types import MAINNET, REGTEST, BlockHeight, HeightRange, Network, UnixSeconds
from hashrate.core.units import day_from_time
from hashrate.service.errors import SourceRefusedError
from hashrate.service.http_parts import Credentials
from oracles.sources.bitcoin_core import BitcoinCore
from oracles.sources.day_range import day_range
from oracles.sources.errors import UnknownBlockError, WrongNetworkError
from oracles.sources.own_node import OwnNode
from testing.bcoin import API_KEY, PROGRAM, Bcoin
from tests.conftest import tool_missing
from tests.oracles.sources.asking import DAY, START, ClientFactory

pytestmark = pytest.mark.integration

T = TypeVar("T")
# A block every twenty minutes over two days, the halving at 150 among them; one in seven is dated
# before its parent.
COUNT = 170
TIMES = [START - 86_400 - 7_200 + 1_200 * i - (1_500 if i % 7 == 3 else 0) for i in range(COUNT)]


@pytest.fixture(scope="module")
def bcoin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bcoin]:
    """A node with a chain of blocks, two of them with a transaction that pays a fee."""
    if not PROGRAM.exists() or shutil.which("node") is None:
        tool_missing("bcoin (make setup-node)")
    node = Bcoin(tmp_path_factory.mktemp("bcoin"))
    try:
        address = node.new_address()
        node.mine(TIMES[:120], address)
        for time in TIMES[120:122]:
            node.pay()
            node.mine([time], address)
        node.mine(TIMES[122:], address)
        yield node
    finally:
        node.close()


@pytest.fixture(scope="module")
def times(bcoin: Bcoin) -> list[UnixSeconds]:
    """Header times from height 1 on, one by one: a slow node dates a block a second late."""
    hashes = [bcoin.call("getblockhash", height) for height in range(1, COUNT + 1)]
    return [UnixSeconds(bcoin.call("getblockheader", each)["time"]) for each in hashes]


def with_node(
    bcoin: Bcoin,
    question: Callable[[BitcoinCore], Awaitable[T]],
    network: Network = REGTEST,
    password: str = API_KEY,
) -> T:
    clients = ClientFactory(bcoin.url)
    credentials = Credentials(user="any", password=password)

    async def asking() -> T:
        async with clients.client(
            "bcoin", credentials, timeout_seconds=60, total_seconds=60
        ) as http:
            return await question(BitcoinCore(http, network))

    return asyncio.run(asking())


def test_blocks__real_node__have_its_times_and_their_medians(
    bcoin: Bcoin, times: list[UnixSeconds]
) -> None:
    found = with_node(bcoin, lambda source: source.blocks(BlockHeight(11), BlockHeight(COUNT)))

    assert [s.block.time for s in found] == times[10:]
    expected = [median_time_past(times[: i + 1]) for i in range(10, COUNT)]
    assert [s.block.mediantime for s in found] == expected


def test_blocks__real_node__fees_are_those_of_the_transactions(bcoin: Bcoin) -> None:
    found = with_node(bcoin, lambda source: source.blocks(BlockHeight(1), BlockHeight(COUNT)))

    fees = {s.block.height: s.block.fees_sats for s in found if s.block.fees_sats}
    assert set(fees) == {121, 122}
    assert all(0 < sats < 1_000_000 for sats in fees.values())


def test_blocks__real_miner_claims_less_than_allowed__fees_are_what_it_claimed(
    bcoin: Bcoin, times: list[UnixSeconds]
) -> None:
    subsidy, time = subsidy_at(BlockHeight(COUNT + 1), REGTEST), max(times)
    fee = bcoin.pay()
    try:
        bcoin.mine_claiming(time + 600, subsidy + fee - 700)
        bcoin.mine_claiming(time + 1_200, subsidy - 5)
        bounds = BlockHeight(COUNT + 1), BlockHeight(COUNT + 2)
        found = with_node(bcoin, lambda source: source.blocks(*bounds))
    finally:
        bcoin.drop_from(COUNT + 1)

    assert fee > 700
    assert [s.block.fees_sats for s in found] == [fee - 700, 0]


def test_day_range__real_node__equals_looking_at_every_block(
    bcoin: Bcoin, times: list[UnixSeconds]
) -> None:
    async def whole_day(source: BitcoinCore) -> HeightRange:
        return await day_range(source, DAY, await source.tip())

    medians = [median_time_past(times[: i + 1]) for i in range(COUNT)]
    heights = [i + 1 for i, time in enumerate(medians) if day_from_time(time) == DAY]
    assert with_node(bcoin, whole_day) == HeightRange(
        BlockHeight(heights[0]), BlockHeight(heights[-1])
    )


def test_output__real_node__credits_the_coinbases_of_the_day(bcoin: Bcoin) -> None:
    header = bcoin.call("getblockhash", 100)
    address = bcoin.call("getblock", header, True, True)["tx"][0]["vout"][0]["scriptPubKey"][
        "addresses"
    ][0]

    output = with_node(bcoin, lambda source: OwnNode("fleet", source, [address]).output(DAY))

    found = with_node(bcoin, lambda source: source.blocks(BlockHeight(1), BlockHeight(COUNT)))
    expected = sum(
        subsidy_at(s.block.height, REGTEST) + s.block.fees_sats
        for s in found
        if day_from_time(s.block.mediantime) == DAY
    )
    assert output.credited_sats == expected
    assert output.delivered_ths_wad > 0


def test_block_hash__real_node__above_the_tip_is_unknown(bcoin: Bcoin) -> None:
    with pytest.raises(UnknownBlockError, match="bcoin: "):
        with_node(bcoin, lambda source: source.block_hash(BlockHeight(COUNT + 1)))


def test_tip__real_node__refuses_a_wrong_password(bcoin: Bcoin) -> None:
    with pytest.raises(SourceRefusedError, match="bcoin: status 401") as refused:
        with_node(bcoin, lambda source: source.tip(), password="wrong-password-77")

    assert "wrong-password-77" not in str(refused.value)


def test_tip__real_node__is_not_on_mainnet(bcoin: Bcoin) -> None:
    with pytest.raises(WrongNetworkError, match="bcoin: is on 'regtest', not 'main'"):
        with_node(bcoin, lambda source: source.tip(), MAINNET)
