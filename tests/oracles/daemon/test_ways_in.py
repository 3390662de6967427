# SPDX-License-Identifier: AGPL-3.0-only
"""How a reporter gets into its nodes: cookies and passwords that change, nodes that fail."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from hashrate.core.types import BlockHeight, DayIndex
from hashrate.service.errors import SettingsError
from hashrate.service.logging import Redactor
from oracles.chain.budget import LEAST_REPORTS, report_cost, reports_left
from oracles.daemon.runtime import open_nodes
from oracles.daemon.settings import Settings, load_settings
from oracles.daemon.wiring import NETWORKS, open_readers
from oracles.journal.models import Fate, TransactionRow, WorkKind
from testing.daemon_parts import SENDING, LocalReporter, ManualClock
from testing.daemon_process import toml
from testing.http_server import Answer, Asked, HttpServer, serving
from testing.oracle_world import OracleWorld
from tests.oracles.builders import DOMAIN
from tests.oracles.sources.asking import START
from tests.oracles.sources.chains import chain
from tests.oracles.sources.node_server import Node

pytestmark = pytest.mark.integration

BLOCKS = chain(60, START - 86_400)


class Guarded:
    """A node that lets in whoever has its present password."""

    def __init__(self, server: HttpServer) -> None:
        self.node = Node(BLOCKS)
        self.basic = ""
        self.refused = 0
        server.on_call("/", self.answer)

    def answer(self, asked: Asked) -> Answer:
        """Answer, or refuse."""
        if asked.headers.get("authorization") != self.basic:
            self.refused += 1
            return Answer(status=401)
        return self.node.answer(asked)


@pytest.fixture
def guarded() -> Iterator[tuple[Guarded, str]]:
    """A guarded node and where it is."""
    with serving() as server:
        yield Guarded(server), server.url


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file."""
    path.write_text(text)
    path.chmod(mode)


def settings(url: str, **bitcoin: object) -> Settings:
    """Return settings with one Bitcoin node."""
    return Settings(
        chain_id=1,
        oracle=DOMAIN.verifying_contract,
        rpc_url="http://127.0.0.1:9",
        network="regtest",
        min_sources=1,
        bitcoin=[{"kind": "core", "url": url, **bitcoin}],
    )


def basic(user: str, password: str) -> str:
    """Return what a client with these sends."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_cookie__node_restarted__is_read_again(
    guarded: tuple[Guarded, str], tmp_path: Path, mode: int
) -> None:
    """O9: a node writes another cookie at every start; a 401 says that it did."""
    node, url = guarded
    cookie = tmp_path / ".cookie"
    write(cookie, "__cookie__:first-secret", mode)
    node.basic = basic("__cookie__", "first-secret")
    redactor = Redactor()
    with open_readers(settings(url, cookie_file=cookie), redactor, ManualClock(0)) as readers:
        assert readers.facts.anchor(DayIndex(0), BlockHeight(5)) == BLOCKS[5].hash
        node.basic = basic("__cookie__", "second-secret")
        cookie.unlink()
        write(cookie, "__cookie__:second-secret", mode)

        assert readers.facts.anchor(DayIndex(0), BlockHeight(6)) == BLOCKS[6].hash

    assert node.refused == 1
    assert redactor.cleaned("first-secret second-secret") == "*** ***"


def test_password__changed__is_read_again(guarded: tuple[Guarded, str], tmp_path: Path) -> None:
    """O9: the password file was read once, at the start."""
    node, url = guarded
    password = tmp_path / "password"
    write(password, "old-password")
    node.basic = basic("oracle", "new-password")
    given = settings(url, user="oracle", password_file=password)
    with open_readers(given, Redactor(), ManualClock(0)) as readers:
        write(password, "new-password")

        assert readers.facts.anchor(DayIndex(0), BlockHeight(5)) == BLOCKS[5].hash


def test_password__wrong_and_unchanged__is_tried_once(
    guarded: tuple[Guarded, str], tmp_path: Path
) -> None:
    """A password that is simply wrong is not hammered at."""
    node, url = guarded
    password = tmp_path / "password"
    write(password, "wrong-password")
    given = settings(url, user="oracle", password_file=password)
    with (
        open_readers(given, Redactor(), ManualClock(0)) as readers,
        pytest.raises(Exception, match="status 401"),
    ):
        readers.facts.anchor(DayIndex(0), BlockHeight(5))

    assert node.refused == 1


def test_cookie__node_down__starts_all_the_same(
    guarded: tuple[Guarded, str], tmp_path: Path
) -> None:
    """O9: without its node the reporter starts; when the node is back it is let in."""
    node, url = guarded
    cookie = tmp_path / ".cookie"
    node.basic = basic("__cookie__", "late-secret")
    given = settings(url, cookie_file=cookie)
    with open_readers(given, Redactor(), ManualClock(0)) as readers:
        write(cookie, "__cookie__:late-secret")

        assert readers.facts.anchor(DayIndex(0), BlockHeight(5)) == BLOCKS[5].hash


def test_cookie__open_to_all__is_refused(guarded: tuple[Guarded, str], tmp_path: Path) -> None:
    cookie = tmp_path / ".cookie"
    write(cookie, "__cookie__:secret-text", 0o644)

    with (
        pytest.raises(Exception, match="open to others"),
        open_readers(settings(guarded[1], cookie_file=cookie), Redactor(), ManualClock(0)),
    ):
        pass


def test_settings__cookie_and_password__contradict(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="either cookie_file, or user and password_file"):
        settings("http://127.0.0.1:9", cookie_file=tmp_path / "c", user="x")


# ---------------------------------------------------------------- networks


def test_settings__signet__is_a_network_to_rehearse_on() -> None:
    """O15: the same subsidy and unit as mainnet, so the same terms of the contract."""
    signet, mainnet = NETWORKS["signet"], NETWORKS["mainnet"]

    assert (signet.halving_blocks, signet.unit_hashes) == (mainnet.halving_blocks, 10**12)
    assert signet.pow_limit < 2**256 // 2**16


@pytest.mark.parametrize("network", ["testnet4", "testnet3"])
def test_settings__testnet__is_refused_with_the_reason(tmp_path: Path, network: str) -> None:
    """O15: blocks of difficulty 1 after twenty minutes make a day's mean worthless."""
    path = tmp_path / "settings.toml"
    values = {
        "network": network,
        "chain_id": 1,
        "oracle": DOMAIN.verifying_contract,
        "rpc_url": "http://127.0.0.1:9",
        "days": "simulated:1",
    }
    path.write_text(toml(values))

    with pytest.raises(SettingsError, match="difficulty 1 after 20 minutes .*use signet"):
        load_settings(path)


# ---------------------------------------------------------------- EVM nodes


def test_open_nodes__fallbacks__are_asked_when_the_first_is_gone(
    world: OracleWorld, tmp_path: Path
) -> None:
    """O16: the second address holds a key and stands in a file."""
    write(tmp_path / "url", world.anvil.url)
    given = Settings(
        chain_id=world.domain.chain_id,
        oracle=world.domain.verifying_contract,
        rpc_url="http://127.0.0.1:9",
        rpc_fallback_urls=["http://127.0.0.1:10"],
        rpc_fallback_url_files=[tmp_path / "url"],
        days="simulated:1",
    )
    redactor = Redactor()
    with open_nodes(given, redactor) as nodes:
        states = nodes.choose(world.anvil.now())

        assert [state.is_chosen for state in states] == [False, False, True]
        assert nodes.chain_id() == world.domain.chain_id
    assert redactor.cleaned(world.anvil.url) == "***"


# ---------------------------------------------------------------- money


def test_reports_left__recent_gas_and_cap__are_the_one_rule(
    world: OracleWorld, tmp_path: Path
) -> None:
    """O10: `check`, alert and gauge ask for a week of reports at the fee cap."""
    reporter = LocalReporter(world, tmp_path, 0)
    cap = SENDING.fees.cap_wei
    assert report_cost(None, cap) == report_cost(reporter.journal, cap) == 312_500 * cap
    row = TransactionRow(
        kind=WorkKind.DAY, report_id=None, series="", day=1, sender="0x1", call_to="0x2",
        call_data="0x", nonce=0, tx_hash="0x3", raw="0x", max_fee="1", priority_fee="1",
        gas=1, fate=Fate.INTENDED, note="",
    )  # fmt: skip
    reporter.journal.add_transaction(row)
    reporter.journal.change([row], fate=Fate.CONFIRMED, gas_used=400_000)

    cost = report_cost(reporter.journal, cap)

    assert cost == 500_000 * cap
    assert reports_left(LEAST_REPORTS * cost - 1, reporter.journal, cap) == LEAST_REPORTS - 1
    world.anvil.give(reporter.transmitter.address, 9 * cost)
    reporter.daemon.run_once()
    assert "hashrate_transmitter_reports_left 9.0" in reporter.metrics.text().decode()
    reporter.close()
