# SPDX-License-Identifier: AGPL-3.0-only
"""`make devnet`: it lives, shows the page, and leaves nothing behind however it ends."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from eth_account import Account

from commands.shell.provenance import ROOT
from hashrate.evm.rpc import EvmRpc
from hashrate.service.listener import Listener
from simulation.devnet.multicall import ADDRESS as MULTICALL3
from simulation.devnet.page import DIST, deployment_document, make_app
from simulation.devnet.trading import MAKERS
from testing.evm_contract import EvmChain
from testing.ports import HeldPort
from tests.conftest import tool_missing

START_SECONDS = 300
STOP_SECONDS = 300
ANSWER_SECONDS = 60  # so long a busy machine may keep a server from answering
PAST_DAYS = 9
WAD = 10**18
_CLOSES_AT = 6  # place in the offering's Round
VISITOR_KEY = "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"


def fetch(url: str) -> httpx.Response:
    """Ask a server of this machine."""
    return httpx.get(url, trust_env=False, timeout=ANSWER_SECONDS)


class Devnet:
    """A running `ape run devnet`, as `make devnet` starts it."""

    def __init__(self, log: Path, *options: str) -> None:
        """Start it on free ports, with its output in a file."""
        self._held = [HeldPort() for _ in range(3)]
        self.ports = tuple(each.number for each in self._held)
        self.url, self.rpc_url, self.relay_url = (f"http://127.0.0.1:{p}" for p in self.ports)
        self._log = log
        command = [str(Path(sys.executable).parent / "ape"), "run", "devnet"]
        for name, port in zip(("--port", "--rpc-port", "--relay-port"), self.ports, strict=True):
            command += [name, str(port)]
        command += options
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=dict(os.environ)
            )

    @property
    def said(self) -> str:
        """Return all it printed so far."""
        return self._log.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        """Wait until it has said something."""
        deadline = time.monotonic() + START_SECONDS
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)

    def ask(self, method: str, *params: Any) -> Any:
        """Call the node."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = httpx.post(self.rpc_url, json=body, trust_env=False, timeout=ANSWER_SECONDS)
        return answer.json()["result"]

    def end(self, how: signal.Signals) -> int:
        """Send a signal and give the exit code."""
        self.process.send_signal(how)
        return self.process.wait(STOP_SECONDS)

    def is_free(self) -> bool:
        """Return whether its ports can be opened again."""
        for port in self.ports:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    return False
        return True


@pytest.fixture
def devnet(tmp_path: Path, anvil_path: Path) -> Iterator[Devnet]:
    """A local network that has some days behind it and goes on."""
    if not (DIST / "index.html").is_file():
        tool_missing("the built page (make web)")
    devnet = Devnet(tmp_path / "log", "--past-days", str(PAST_DAYS), "--seconds", "4")
    try:
        yield devnet
    finally:
        devnet.process.kill()
        devnet.process.wait()


@pytest.mark.e2e
def test_devnet__started__prints_what_one_needs_and_lets_days_pass(devnet: Devnet) -> None:
    devnet.wait_for("The local network is ready")

    urls = (devnet.url, devnet.rpc_url, devnet.relay_url)
    for words in (*urls, VISITOR_KEY, "31337", "invented by a simulation"):
        assert words in devnet.said
    document = fetch(f"{devnet.url}/deployment.json").json()
    assert document["rpc_url"] == devnet.rpc_url
    assert document["is_simulated"] is True
    for name in ("oracle", "registry"):
        assert len(devnet.ask("eth_getCode", document[name], "latest")) > 1_000
    # many views in one request, at the address where public networks have it
    number = {"to": MULTICALL3, "data": "0x42cbb15c"}  # getBlockNumber()
    assert int(devnet.ask("eth_call", number, "latest"), 16) > PAST_DAYS
    before = int(devnet.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    devnet.wait_for(f"day {PAST_DAYS + 3}")
    after = int(devnet.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    assert after - before > 86_400
    assert "refused" not in devnet.said
    assert "failed" not in devnet.said
    assert _holdings(devnet, document["registry"]) == [60_000 * WAD, 10_000 * WAD]


@pytest.mark.e2e
def test_devnet__markets__two_makers_quote_and_a_round_is_open(devnet: Devnet) -> None:
    """All that the page shows is named in its deployment, is there, and is alive."""
    devnet.wait_for("The local network is ready")
    document = fetch(f"{devnet.url}/deployment.json").json()
    forwards = document["forwards"]
    places = [document[name] for name in ("offering", "tranches", "funds")]
    market = document["spot"]["market"]
    for address in (*places, forwards["vault"], forwards["book"], market):
        assert len(devnet.ask("eth_getCode", address, "latest")) > 1_000
    assert forwards["relay"] == devnet.relay_url

    _wait(lambda: _quoted(devnet) == (len(MAKERS), {True, False}), "both makers quote both sides")

    rpc = EvmRpc(devnet.rpc_url, ANSWER_SECONDS)
    offering = EvmChain(rpc).at("market/HashrateOffering", document["offering"])
    last = offering.read("round_count")
    closes_at = offering.read("round_of", last)[_CLOSES_AT]
    rpc.close()
    now = int(devnet.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    assert last == 1
    assert now < closes_at
    _wait(lambda: _asked(devnet, "/trades")["trades"], "somebody takes what is quoted")


def _asked(devnet: Devnet, path: str) -> Any:
    """Ask the relay."""
    return fetch(devnet.relay_url + path).json()


def _quoted(devnet: Devnet) -> tuple[int, set[bool]]:
    """Count who quotes, and say on which sides, of all markets of the relay."""
    makers, sides = set(), set()
    for market in _asked(devnet, "/markets")["markets"]:
        for side in ("buy", "sell"):
            listed = _asked(devnet, f"/orders?market={market['market']}&side={side}")["orders"]
            makers |= {each["signed_order"]["order"]["maker"] for each in listed}
            sides |= {side == "buy"} if listed else set()
    return len(makers), sides


def _wait(condition: Callable[[], Any], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def _holdings(devnet: Devnet, registry: str) -> list[int]:
    """Read what the visitor holds of each series [TH/s, 18 dec]; something of each is claimable."""
    rpc = EvmRpc(devnet.rpc_url, ANSWER_SECONDS)
    chain = EvmChain(rpc)
    visitor = Account.from_key(VISITOR_KEY).address
    listed = chain.at("series/SeriesRegistry", registry)
    held = []
    for place in range(listed.read("series_count")):
        address = listed.read("series_at", place)
        distributor = chain.at("series/RewardDistributor", address)
        assert distributor.read("preview_claim", visitor)[0] > 0
        token = chain.at("series/HashrateToken", distributor.read("TOKEN"))
        held.append(token.read("balanceOf", visitor))
    rpc.close()
    return held


@pytest.mark.e2e
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_devnet__asked_to_end__leaves_nothing(devnet: Devnet, how: signal.Signals) -> None:
    devnet.wait_for("The local network is ready")
    children = _children(devnet.process.pid)
    assert children

    code = devnet.end(how)

    assert code == 0
    assert devnet.said.rstrip().endswith(
        "Stopped: node, relay, makers and page have ended, nothing is left."
    )
    assert devnet.is_free()
    assert not any(_is_alive(pid) for pid in children)


@pytest.mark.e2e
def test_devnet__killed__takes_its_node_along(devnet: Devnet) -> None:
    devnet.wait_for("deploying the contracts")
    children = _children(devnet.process.pid)
    assert children

    devnet.end(signal.SIGKILL)

    deadline = time.monotonic() + STOP_SECONDS
    while any(_is_alive(pid) for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.integration
@pytest.mark.parametrize("option", ["--port", "--rpc-port", "--relay-port"])
def test_devnet__port_is_taken__says_which_and_what_to_do(
    tmp_path: Path, anvil_path: Path, option: str
) -> None:
    if not (DIST / "index.html").is_file():
        tool_missing("the built page (make web)")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        devnet = Devnet(tmp_path / "log", option, str(port))
        code = devnet.process.wait(START_SECONDS)

    assert code == 1
    last = devnet.said.rstrip().splitlines()[-1]
    assert re.fullmatch(rf"Error: port {port}: .+; choose another one with {option}", last)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The URL of a served folder with a secret beside it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>page</title>")
    (folder / "assets/app.js").write_text("export {};")
    (folder / "assets/app.css").write_text("p{}")
    (folder / "deployment.json").write_text('{"oracle":"of somebody else"}')
    (tmp_path / "secret").write_text("secret")
    document = deployment_document("http://127.0.0.1:1", "0x1", "0x2", is_simulated=False)
    listener = Listener(make_app(folder, document), "127.0.0.1", 0)
    listener.start()
    yield f"http://127.0.0.1:{listener.port}"
    listener.stop()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/assets/app.js", "text/javascript"),
        ("/assets/app.css", "text/css"),
        ("/deployment.json", "application/json"),
    ],
)
def test_page__asked_for_a_file__gives_its_type(served: str, path: str, kind: str) -> None:
    answer = fetch(served + path)

    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.integration
def test_page__deployment__is_the_one_that_runs(served: str) -> None:
    document = fetch(f"{served}/deployment.json").json()

    assert document == json.loads(
        json.dumps(deployment_document("http://127.0.0.1:1", "0x1", "0x2", is_simulated=False))
    )


@pytest.mark.integration
@pytest.mark.parametrize(
    "path", ["/../secret", "/%2e%2e/secret", "/assets/..%2f..%2fsecret", "//etc/passwd", "/assets"]
)
def test_page__asked_for_anything_else__gives_nothing(served: str, path: str) -> None:
    host, port = served.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), ANSWER_SECONDS) as connection:
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))

    assert b"secret" not in answer
    assert b"root:" not in answer
    assert answer.split(b" ", 2)[1] == b"404"


def _children(pid: int) -> list[int]:
    """List the processes that a process started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [int(part) for part in text.split()]


def _is_alive(pid: int) -> bool:
    """Return whether a process runs; a dead one that nobody waits for does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
