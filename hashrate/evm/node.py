# SPDX-License-Identifier: AGPL-3.0-only
"""The EVM node that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hashrate.evm.rpc import EvmRpc
from hashrate.service.errors import SettingsError
from hashrate.service.keys import read_secret
from hashrate.service.logging import Redactor
from hashrate.service.settings import NodeSettings

_TIMEOUT_SECONDS = 10.0


def node_url(settings: NodeSettings, redactor: Redactor) -> str:
    """Return the EVM node's address, and keep it out of the logs if it holds a key.

    Raises:
        KeystoreError: the file with it cannot be read.
    """
    if settings.rpc_url is not None:
        return settings.rpc_url
    if settings.rpc_url_file is None:
        raise SettingsError("setting rpc_url: missing")
    return secret_url(settings.rpc_url_file, redactor)


def secret_url(path: Path, redactor: Redactor) -> str:
    """Read an address that holds a key.

    Raises:
        KeystoreError: the file cannot be read.
    """
    url = read_secret(path)
    redactor.learn([url])
    return url


@contextmanager
def open_rpc(
    settings: NodeSettings, redactor: Redactor, timeout_seconds: float = _TIMEOUT_SECONDS
) -> Iterator[EvmRpc]:
    """Connect to the EVM node.

    Raises:
        KeystoreError: the file with its address cannot be read.
    """
    rpc = EvmRpc(node_url(settings, redactor), timeout_seconds=timeout_seconds)
    try:
        yield rpc
    finally:
        rpc.close()
