# SPDX-License-Identifier: AGPL-3.0-only
"""A fleet that mines for itself: what coinbases paid, and the hashrate measured or derived."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from hashrate.bitcoin.subsidy import subsidy_at
from hashrate.core.errors import MissingFileError
from hashrate.core.types import REGTEST, BlockHeight, DayIndex, MiningOutput
from hashrate.history.errors import MalformedDataError, SourceSpecError
from hashrate.service.errors import SourceShapeError
from oracles.sources.bitcoin_core import BitcoinCore
from oracles.sources.errors import BlockPrunedError, DayNotClosedError, DayNotOverError
from oracles.sources.own_node import HashrateMeter, MeterFile, OwnNode
from testing.http_server import HttpServer
from tests.oracles.sources.asking import DAY, START, ClientFactory, ask
from tests.oracles.sources.chains import MINER, POOL, Mined, chain, heights_of, mined
from tests.oracles.sources.node_server import Node

pytestmark = pytest.mark.integration

OTHERS = bytes.fromhex("51")


def mined_by(scripts: dict[int, bytes]) -> list[Mined]:
    """Mine four days around the day; the blocks named go to a script, the others to others."""
    template = chain(96, START - 86_400)
    blocks: list[Mined] = []
    for m in template:
        script = scripts.get(m.block.height, OTHERS)
        blocks.append(mined(blocks, m.block.time, m.block.fees_sats, script=script))
    return blocks


FIRST, LAST = heights_of(chain(96, START - 86_400), DAY)
OWN = {FIRST - 1: MINER, FIRST: MINER, FIRST + 3: POOL, LAST: MINER, LAST + 1: MINER}
BLOCKS = mined_by(OWN)


@pytest.fixture(params=[False, True], ids=["core", "bcoin"])
def node(request: pytest.FixtureRequest, server: HttpServer) -> Node:
    """A node of each manner."""
    node = Node(BLOCKS, like_bcoin=request.param)
    server.reply_to_all(node.answer)
    return node


def output(
    clients: ClientFactory,
    addresses: Iterable[str] = ("miner",),
    day: int = DAY,
    meter: HashrateMeter | None = None,
    confirmations: int = 6,
) -> MiningOutput:
    return ask(
        clients.client("node"),
        lambda http: OwnNode(
            "fleet", BitcoinCore(http, REGTEST), addresses, confirmations, meter
        ).output(DayIndex(day)),
    )


def paid(*heights: int) -> int:
    return sum(subsidy_at(BlockHeight(h), REGTEST) + BLOCKS[h].block.fees_sats for h in heights)


def write(folder: Path, *rows: str) -> MeterFile:
    path = folder / "meter.csv"
    path.write_text("\n".join(["date,delivered_ths,note", *rows]) + "\n", encoding="utf-8")
    return MeterFile(path)


def test_output__own_blocks_of_the_day__are_credited_whole(
    node: Node, clients: ClientFactory
) -> None:
    found = output(clients)

    assert (found.day, found.source) == (DAY, "fleet")
    assert found.credited_sats == paid(FIRST, LAST)


def test_output__several_addresses__are_added(node: Node, clients: ClientFactory) -> None:
    assert output(clients, ("miner", "pool")).credited_sats == paid(FIRST, FIRST + 3, LAST)


def test_output__no_meter__derives_hashrate_from_the_work_found(
    node: Node, clients: ClientFactory
) -> None:
    found = output(clients)

    # Two blocks at target 0x7fffff << 232, in H/s: regtest's unit of hashrate.
    hashes = 2 * (0xFFFF << 208) * 2**32
    assert found.delivered_ths_wad == hashes * 10**18 // ((0x7FFFFF << 232) * 86_400)


def test_output__coinbase_shared_with_others__counts_the_own_part(
    node: Node, clients: ClientFactory
) -> None:
    share = (1_000, POOL)
    own = mined(BLOCKS[:LAST], BLOCKS[LAST].block.time, 0, claimed=4_000, shared=share)
    blocks = [*BLOCKS[:LAST], own]
    for m in BLOCKS[LAST + 1 :]:
        blocks.append(mined(blocks, m.block.time, 0, script=OTHERS))
    node.blocks = blocks

    found = output(clients, ("pool",))

    # Block FIRST + 3 whole and a quarter of block LAST.
    hashes = 5 * (0xFFFF << 208) * 2**32
    assert found.credited_sats == paid(FIRST + 3) + 1_000
    assert found.delivered_ths_wad == hashes * 10**18 // (4 * (0x7FFFFF << 232) * 86_400)


def test_output__day_without_own_block__is_nothing(node: Node, clients: ClientFactory) -> None:
    node.blocks = mined_by({})

    found = output(clients)

    assert (found.credited_sats, found.delivered_ths_wad) == (0, 0)


def test_output__meter__tells_the_hashrate(
    node: Node, clients: ClientFactory, tmp_path: Path
) -> None:
    meter = write(tmp_path, "2024-04-19,1,", "2024-04-20,1234.5,windy", "2024-04-21,2,")

    found = output(clients, meter=meter)

    assert found.delivered_ths_wad == 1_234_500_000_000_000_000_000
    assert found.credited_sats == paid(FIRST, LAST)


def test_output__meter_behind__is_not_closed(
    node: Node, clients: ClientFactory, tmp_path: Path
) -> None:
    meter = write(tmp_path, "2024-04-19,1,")

    with pytest.raises(DayNotClosedError, match="meter.csv: 2024-04-20 is not there yet"):
        output(clients, meter=meter)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("2024-04-20,1,", "2024-04-20,2,"), "meter.csv: 2024-04-20 is there twice"),
        (("2024-04-20,-1,",), "meter.csv row 2 column delivered_ths"),
        (("20 April,1,",), "meter.csv row 2 column date"),
    ],
)
def test_output__meter_malformed__says_where(
    rows: tuple[str, ...], said: str, node: Node, clients: ClientFactory, tmp_path: Path
) -> None:
    meter = write(tmp_path, *rows)

    with pytest.raises(MalformedDataError, match=said):
        output(clients, meter=meter)


def test_output__no_meter_file__says_so(node: Node, clients: ClientFactory, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"nothing\.csv"):
        output(clients, meter=MeterFile(tmp_path / "nothing.csv"))


def test_output__tip_within_the_day__is_not_over(node: Node, clients: ClientFactory) -> None:
    node.blocks = BLOCKS[: LAST + 1]

    with pytest.raises(DayNotOverError):
        output(clients)


def test_output__few_confirmations__is_not_closed(node: Node, clients: ClientFactory) -> None:
    node.blocks = BLOCKS[: LAST + 5]

    with pytest.raises(DayNotClosedError, match=f"fleet: block {LAST} has too few confirmations"):
        output(clients)
    assert output(clients, confirmations=5).credited_sats == paid(FIRST, LAST)


def test_output__pruned_node__says_so(node: Node, clients: ClientFactory) -> None:
    node.pruned_below = LAST

    with pytest.raises(BlockPrunedError):
        output(clients)


def test_output__no_address__is_named(node: Node, clients: ClientFactory) -> None:
    with pytest.raises(SourceShapeError, match="node: validateaddress: nonsense is no address"):
        output(clients, ("miner", "nonsense"))


def test_own_node__no_addresses__is_refused(node: Node, clients: ClientFactory) -> None:
    with pytest.raises(SourceSpecError, match="fleet: there is no address to look for"):
        output(clients, ())
