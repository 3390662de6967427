# SPDX-License-Identifier: AGPL-3.0-only
"""Secrets from files: passwords, addresses with keys, and eth-account keystores."""

import json
import stat
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount

from hashrate.service.errors import KeystoreError

_MAX_BYTES = 16_384


def read_secret(path: Path, *, group_may_read: bool = False) -> str:
    """Read a secret's file; one line end is dropped.

    Raises:
        KeystoreError: it cannot be read, is empty, or others may read it.
    """
    text = _read_private(path, group_may_read=group_may_read)
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise KeystoreError(f"{path} is empty")
    return secret


def open_keystore(path: Path, password_file: Path) -> LocalAccount:
    """Open an eth-account keystore (Web3 Secret Storage, version 3).

    Raises:
        KeystoreError: it is not one, does not open, or others may read it.
    """
    try:
        keyfile = json.loads(_read_private(path))
        key = Account.decrypt(keyfile, read_secret(password_file))
    except KeystoreError:
        raise
    except (ValueError, KeyError, TypeError, NotImplementedError) as error:
        # What eth-keyfile says may show values: it is kept as the cause only.
        raise KeystoreError(f"{path} does not open with the password given") from error
    account = Account.from_key(key)
    if not isinstance(account, LocalAccount):
        raise KeystoreError(f"{path} is not a local account")
    return account


def _read_private(path: Path, *, group_may_read: bool = False) -> str:
    try:
        mode = path.stat().st_mode
        with path.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
        text = data.decode()
    except OSError as error:
        raise KeystoreError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise KeystoreError(f"{path} is not text") from None
    if len(data) > _MAX_BYTES:
        raise KeystoreError(f"{path} is too large for a secret")
    closed = stat.S_IRWXO | (stat.S_IRWXG & ~(stat.S_IRGRP if group_may_read else 0))
    if mode & closed:
        raise KeystoreError(f"{path} is open to others: chmod 600 it")
    return text
