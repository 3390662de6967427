# SPDX-License-Identifier: AGPL-3.0-only
"""A node of its own for each file of tests that asks for one."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hashrate.core.units import DAY_SECONDS
from hashrate.history import open_source
from tests.integration.driver import OPENING_SECONDS, SOURCE

START_SECONDS = 20


@pytest.fixture(scope="module")
def node(anvil_path: Path) -> Iterator[str]:
    """A node on loopback whose clock begins with the simulated source."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    opening = open_source(SOURCE).first_day * DAY_SECONDS + OPENING_SECONDS
    command = [str(anvil_path), "--silent", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--hardfork", "cancun", "--accounts", "20", "--timestamp", str(opening)]
    with subprocess.Popen(command) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
