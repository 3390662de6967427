# SPDX-License-Identifier: AGPL-3.0-only
"""Every fault of the way to a source, for every source: what is raised, as docs/sources.md says."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hashrate.core.errors import HashrateError
from hashrate.core.types import REGTEST, BlockHeight
from hashrate.evm.errors import RpcUnavailableError
from hashrate.evm.rpc import EvmRpc
from hashrate.service.errors import SourceUnavailableError
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Credentials
from oracles.sources.antpool import AntPool
from oracles.sources.bitcoin_core import BitcoinCore
from oracles.sources.esplora import Esplora
from oracles.sources.mempool_space import MempoolSpace
from oracles.sources.ocean import Ocean
from oracles.sources.own_node import MeterFile
from oracles.sources.viabtc import ViaBtc
from testing.http_server import HttpServer, serving
from tests.oracles.sources.asking import DAY, ClientFactory
from tests.oracles.sources.exchange_server import CLIENTS
from tests.oracles.sources.faults import FAULTS
from tests.oracles.sources.pool_servers import POOL_DAY, POOLS

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
DOC = (ROOT / "docs/sources.md").read_text()

Question = Callable[[HttpClient, ClientFactory], Awaitable[Any]]
SOURCES: dict[str, Question] = {
    "core": lambda http, _: BitcoinCore(http, REGTEST).block_hash(BlockHeight(5)),
    "mempool": lambda http, _: MempoolSpace(http, REGTEST).mediantime(BlockHeight(5)),
    "esplora": lambda http, _: Esplora(http, REGTEST).mediantime(BlockHeight(5)),
    **{name: lambda http, c, n=name: CLIENTS[n](http, c).close(DAY) for name in CLIENTS},
    **{
        name: lambda http, c, n=name: POOLS[n].make(http, c, POOL_DAY).output(DAY) for name in POOLS
    },
    "antpool": lambda http, c: AntPool(http, c.clock, "fleet", "key:secret").output(DAY),
    "viabtc": lambda http, c: ViaBtc(http, c.clock).output(DAY),
    "ocean": lambda http, c: Ocean(http, c.clock, "bc1q", MeterFile(Path("none"))).output(DAY),
}


def ask(source: str, url: str, total_seconds: float = 60.0) -> None:
    """Ask a source once."""
    clients = ClientFactory(url)
    credentials = Credentials(others=("secret",))

    async def asking() -> None:
        async with clients.client(source, credentials, total_seconds=total_seconds) as http:
            await SOURCES[source](http, clients)

    asyncio.run(asking())


@pytest.mark.parametrize("fault", list(FAULTS))
@pytest.mark.parametrize("source", list(SOURCES))
def test_source__fault_of_its_server__is_what_the_document_says(
    source: str, fault: str, server: HttpServer
) -> None:
    """The error names the source, is of the documented kind, and nobody is asked too often."""
    found = FAULTS[fault]
    server.reply_to_all(lambda _: found.answer)

    with pytest.raises(HashrateError) as raised:
        ask(source, server.url, 0.5 if fault == "a body that drips" else 60.0)

    assert type(raised.value) is found.kind
    assert str(raised.value).startswith(f"{source}: ")
    assert len(server.asked) == found.requests


def _no_such_name(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize("source", list(SOURCES))
@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9", "http://no-such-host.invalid", "https://127.0.0.1:{port}"],
    ids=["nobody listens", "the name is gone", "TLS fails"],
)
def test_source__not_reached__is_unavailable(
    source: str, url: str, server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody there, no name, no certificate: it may pass."""
    port = server.url.rpartition(":")[2]
    if "no-such-host" in url:
        monkeypatch.setattr(socket, "getaddrinfo", _no_such_name)

    with pytest.raises(SourceUnavailableError, match=f"^{source}: "):
        ask(source, url.format(port=port))


@pytest.mark.parametrize("fault", list(FAULTS))
def test_evm_node__fault_of_its_server__is_unavailable(fault: str) -> None:
    """An EVM node's trouble passes, or another node is taken in the next cycle."""
    with serving() as server:
        server.reply_to_all(lambda _: FAULTS[fault].answer)
        rpc = EvmRpc(server.url, timeout_seconds=0.1 if fault == "a body that drips" else 60.0)
        try:
            with pytest.raises(RpcUnavailableError):
                rpc.chain_id()
        finally:
            rpc.close()


# ---------------------------------------------------------------- the document


def test_document__table_of_faults__is_what_is_tested() -> None:
    """The table is this file's list: add a fault here, and the document has to say it."""
    rows = [f"| {name} | `{f.kind.__name__}` | {f.follows} |" for name, f in FAULTS.items()]

    assert [row for row in rows if row not in DOC] == []


def test_document__tests_it_names__exist() -> None:
    """What the document promises about rows, heights and chains is a test with that name."""
    named = set(re.findall(r"`(test_\w+)`", DOC))
    written = "\n".join(path.read_text() for path in (ROOT / "tests/oracles").rglob("test_*.py"))

    assert len(named) > 20
    assert [name for name in sorted(named) if f"def {name}(" not in written] == []


def test_document__sources_it_lists__are_those_that_are_tested() -> None:
    """A source without its row is one whose unit, limit and day nobody can look up."""
    listed = set(re.findall(r"^\| `(\w+)` \|", DOC, re.MULTILINE))

    assert listed == {*SOURCES, "own_node", "table"}
