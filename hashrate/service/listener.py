# SPDX-License-Identifier: AGPL-3.0-only
"""Run an application in a thread of its own, bounded, until it is stopped."""

import threading
import time

import uvicorn
from starlette.applications import Starlette

from hashrate.core.errors import SettingsError

_START_SECONDS = 10.0
_MAX_CONNECTIONS = 64
_MAX_HEADER_BYTES = 8_192
_IDLE_SECONDS = 5


class Listener:
    """One server on one address."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        """Prepare it; port 0 takes a free one."""
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            http="h11",
            proxy_headers=False,
            server_header=False,
            limit_concurrency=_MAX_CONNECTIONS,
            timeout_keep_alive=_IDLE_SECONDS,
            h11_max_incomplete_event_size=_MAX_HEADER_BYTES,
            timeout_graceful_shutdown=_IDLE_SECONDS,
        )
        self._where = f"{host}:{port}"
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name=f"listen-{port}", daemon=True)

    def start(self) -> None:
        """Start serving, and return once it does.

        Raises:
            SettingsError: the address cannot be used.
        """
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise SettingsError(f"cannot listen on {self._where}")
            time.sleep(0.01)

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Finish open requests and stop."""
        self._server.should_exit = True
        self._thread.join(timeout=2 * _IDLE_SECONDS)

    def _run(self) -> None:
        # uvicorn ends the thread by SystemExit where it cannot bind; `start` sees it is gone.
        try:
            self._server.run()
        except SystemExit:
            return
