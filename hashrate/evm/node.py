# SPDX-License-Identifier: AGPL-3.0-only
"""The EVM node that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager

from hashrate.evm.rpc import EvmRpc
from hashrate.service.errors import SettingsError
from hashrate.service.keys import read_secret
from hashrate.service.logging import Redactor
from hashrate.service.settings import NodeSettings

_TIMEOUT_SECONDS = 10.0


@contextmanager
def open_rpc(
    settings: NodeSettings, redactor: Redactor, timeout_seconds: float = _TIMEOUT_SECONDS
) -> Iterator[EvmRpc]:
    """Connect to the EVM node, and keep its address out of the logs if it holds a key.

    Raises:
        KeystoreError: the file with its address cannot be read.
    """
    url = settings.rpc_url
    if url is None:
        if settings.rpc_url_file is None:
            raise SettingsError("setting rpc_url: missing")
        url = read_secret(settings.rpc_url_file)
        redactor.learn([url])
    rpc = EvmRpc(url, timeout_seconds=timeout_seconds)
    try:
        yield rpc
    finally:
        rpc.close()
