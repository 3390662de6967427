# SPDX-License-Identifier: AGPL-3.0-only
"""Deploying with a header contract: the anchor is read again, and two sources must tell it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from commands.shell import headers
from commands.shell.contracts import HEADERS, ORACLE, system_steps
from commands.shell.errors import ParameterError
from commands.shell.headers import HeadersParameters, read_headers, require_agreed_anchor
from commands.shell.parameters import NetworkParameters, read_parameters
from commands.shell.plan import Ref
from hashrate.bitcoin.headers import hash_as_shown, point_at_anchor
from oracles.chain.headers import point_hash
from oracles.daemon.remote import Wire
from testing.daemon_parts import ManualClock
from tests.oracles.sources.header_chain import BITS, BLOCKS, WORK, Blocks, Told

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [{"kind": "core", "url": "http://127.0.0.1:1"}, {"kind": "esplora", "url": "https://e.x"}]


def parameters(**changes: Any) -> HeadersParameters:
    """Return the parameters of a chain's last block; `changes` are made to the anchor."""
    blocks = Blocks()
    anchor = {
        "block_hash": str(hash_as_shown(blocks.headers[-1].hash)),
        "height": BLOCKS - 1,
        "work": hex(WORK),
        "bits": BITS,
        "epoch_start": blocks.headers[0].time,
        "times": [int(header.time) for header in blocks.headers[-11:]],
        **changes,
    }
    return HeadersParameters.model_validate({"anchor": anchor, "sources": SOURCES})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    """What the sources are; to be filled by a test."""
    sources: list[Told] = []

    @contextmanager
    def opened(*_: object) -> Iterator[tuple[Wire, tuple[Told, ...]]]:
        wire = Wire(ManualClock(0))
        try:
            yield wire, tuple(sources)
        finally:
            wire.close()

    monkeypatch.setattr(headers, "open_sources", opened)
    return sources


def test_require_agreed_anchor__both_tell_it__is_accepted(told: list[Told]) -> None:
    told += [Told("node", Blocks(), WORK), Told("explorer", Blocks())]

    require_agreed_anchor(parameters())


def test_require_agreed_anchor__one_source_on_another_chain__is_refused(told: list[Told]) -> None:
    told += [Told("node", Blocks(), WORK), Told("explorer", Blocks("other", 5))]

    with pytest.raises(ParameterError, match="differ"):
        require_agreed_anchor(parameters())


def test_require_agreed_anchor__one_source_answers__is_refused(told: list[Told]) -> None:
    told += [Told("node", Blocks(), WORK)]

    with pytest.raises(ParameterError, match="1 of 2 sources"):
        require_agreed_anchor(parameters())


@pytest.mark.parametrize(
    "changes",
    [
        {"work": hex(WORK + 1)},
        {"epoch_start": 1},
        {"bits": BITS - 1},
        {"block_hash": "00" * 32},
        {"times": [1] * 11},
    ],
)
def test_require_agreed_anchor__they_tell_another__is_refused(
    told: list[Told], changes: dict[str, Any]
) -> None:
    told += [Told("node", Blocks(), WORK), Told("explorer", Blocks())]

    with pytest.raises(ParameterError, match="the sources tell"):
        require_agreed_anchor(parameters(**changes))


def test_system_steps__with_headers__come_first_and_are_named_by_the_oracle() -> None:
    local = read_parameters(ROOT / "parameters/local.toml", is_local=True)
    whole = NetworkParameters.model_validate({**dict(local), "headers": parameters()})

    steps = {step.name: step for step in system_steps(whole, lambda text: text, 1_700_000_000)}

    assert list(steps)[:2] == [HEADERS, ORACLE]
    config = steps[ORACLE].args["config"]
    assert config["bitcoin_headers"] == Ref(HEADERS)
    assert config["dispute_window_seconds"] == 14 * 86_400
    assert steps[HEADERS].args["network"]["pow_limit"] == 2**224 - 1


class Deployed:
    """A contract that knows one point, of mainnet's rules."""

    def __init__(self, known: bytes) -> None:
        self._known = known

    def is_known(self, point: bytes) -> bool:
        """Return whether it knows a point."""
        return point == self._known

    def POW_LIMIT(self) -> int:
        """Return the easiest target."""
        return 2**224 - 1

    def RETARGETS(self) -> bool:
        """Return whether targets change."""
        return True

    def HALVING_BLOCKS(self) -> int:
        """Return the halving interval."""
        return 210_000

    def UNIT_HASHES(self) -> int:
        """Return the unit."""
        return 10**12


def test_read_headers__another_anchor_deployed__does_not_read_back() -> None:
    given = parameters()
    sent = headers.headers_args(given)
    known = point_hash(point_at_anchor(given.anchor.anchor))

    assert read_headers(Deployed(known), sent) == sent
    assert read_headers(Deployed(bytes(32)), sent) != sent
