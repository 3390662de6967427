# SPDX-License-Identifier: AGPL-3.0-only
"""Settings and secrets: strict, from files, and never shown."""

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
import structlog
from eth_account import Account

from hashrate.service.errors import KeystoreError, SettingsError
from hashrate.service.keys import open_keystore, read_secret
from hashrate.service.logging import Redactor, configure_logging
from hashrate.service.urls import public_url
from oracles.daemon.settings import load_settings
from testing.daemon_process import toml

pytestmark = pytest.mark.unit

ORACLE = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
GOOD: dict[str, Any] = {
    "chain_id": 1,
    "oracle": ORACLE,
    "rpc_url": "http://127.0.0.1:8545",
    "days": "simulated:1",
}
SECRET = "hunter2-hunter2"


def load(folder: Path, **changes: Any) -> Any:
    """Write settings to a file and load them; None leaves one out."""
    path = folder / "settings.toml"
    path.write_text(toml({k: v for k, v in (GOOD | changes).items() if v is not None}))
    return load_settings(path)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"oracle": ORACLE.lower()}, "oracle"),
        ({"oracle": None}, "oracle"),
        ({"chain_id": "main"}, "chain_id"),
        ({"chain_id": 0}, "chain_id"),
        ({"colour": "red"}, "colour"),
        ({"rpc_url": None}, "rpc_url"),
        ({"rpc_url": f"http://user:{SECRET}@127.0.0.1"}, "rpc_url"),
        ({"rpc_url": f"https://node.example/?key={SECRET}"}, "rpc_url"),
        ({"rpc_url": "https://node.example/v3/0123456789abcdef0123456789abcdef"}, "rpc_url"),
        ({"days": None}, "bitcoin or days"),
        ({"reporter_keystore": "key.json"}, "reporter_password_file"),
        ({"peers": ["http://peer.example"] * 32}, "peers"),
        ({"prices": ["coinbase", "mtgox"]}, "prices"),
        ({"listen_port": 70_000}, "listen_port"),
        (
            {"reporter_keystore": "key.json", "reporter_password_file": "password"},
            "invented days",
        ),
        ({"max_fee_gwei": 0}, "max_fee_gwei"),
        (
            {"days": None, "bitcoin": [{"kind": "core", "url": "http://127.0.0.1:8332"}]},
            "min_sources 2",
        ),
        (
            {
                f"{role}_{what}": name
                for role in ("reporter", "transmitter")
                for what, name in (("keystore", "key.json"), ("password_file", "password"))
            }
            | {"chain_id": 31337},
            "keys of their own",
        ),
    ],
)
def test_load_settings__bad_value__names_the_setting(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    """The complaint is one line, names the setting and shows no value."""
    with pytest.raises(SettingsError, match=complaint) as caught:
        load(tmp_path, **changes)

    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_load_settings__environment__wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable overrides a line of the file."""
    monkeypatch.setenv("HASHRATE_CONFIRMATIONS", "9")

    assert load(tmp_path, confirmations=3).confirmations == 9


def test_load_settings__no_file__says_how_to_name_one() -> None:
    """Whoever forgot `--config` is told so."""
    with pytest.raises(SettingsError, match="no file was named with --config"):
        load_settings(None)


def test_load_settings__defaults__are_a_dry_run_on_loopback(tmp_path: Path) -> None:
    """Nothing is signed, sent or open to the world unless it is set."""
    settings = load(tmp_path)

    assert settings.reporter_keystore is None
    assert settings.transmitter_keystore is None
    assert {settings.listen_host, settings.operator_host} == {"127.0.0.1"}


def test_load_settings__relative_paths__count_from_the_file(tmp_path: Path) -> None:
    """A file and the paths in it move together."""
    settings = load(tmp_path, journal="data/journal.sqlite3")

    assert settings.journal == tmp_path / "data/journal.sqlite3"


def test_load__journal_by_url__is_refused_with_a_reason(tmp_path: Path) -> None:
    """A journal is on this machine's disk; the answer does not show the password."""
    with pytest.raises(SettingsError, match="setting journal: .*SQLite file on this ma") as refused:
        load(tmp_path, journal="postgresql://user:secret@host/name")

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["not toml", "\xff"])
def test_load_settings__no_toml__is_refused(tmp_path: Path, text: str) -> None:
    """A file of something else is told as such."""
    path = tmp_path / "settings.toml"
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(SettingsError, match="not TOML"):
        load_settings(path)


def test_public_url__secrets__are_dropped() -> None:
    """User, query and long parts of a path go; the rest stays."""
    url = f"https://user:{SECRET}@node.example:443/v3/0123456789abcdef0123456789?k={SECRET}#x"

    assert public_url(url) == "https://node.example:443/v3/***"


def keystore(folder: Path, mode: int = 0o600) -> tuple[Path, Path]:
    """Write a keystore and its password."""
    key, password = folder / "key.json", folder / "password"
    key.write_text(json.dumps(Account.encrypt(b"\1" * 32, SECRET, kdf="pbkdf2", iterations=2)))
    password.write_text(SECRET + "\n")
    for path in (key, password):
        path.chmod(mode)
    return key, password


def test_open_keystore__right_password__opens(tmp_path: Path) -> None:
    """The account is the key's."""
    account = open_keystore(*keystore(tmp_path))

    assert account.address == Account.from_key(b"\1" * 32).address


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_open_keystore__open_to_others__is_refused(tmp_path: Path, mode: int) -> None:
    """A key that others may read is no secret."""
    with pytest.raises(KeystoreError, match="open to others"):
        open_keystore(*keystore(tmp_path, mode))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"version": 3}', "x" * 20_000])
def test_open_keystore__malformed__is_refused(tmp_path: Path, text: str) -> None:
    """Whatever else the file holds: one line, without values."""
    key, password = keystore(tmp_path)
    key.write_text(text)

    with pytest.raises(KeystoreError, match=r"key\.json"):
        open_keystore(key, password)


def test_open_keystore__wrong_password__is_refused_without_showing_it(tmp_path: Path) -> None:
    """The message does not show what was tried."""
    key, password = keystore(tmp_path)
    password.write_text("wrong-" + SECRET)

    with pytest.raises(KeystoreError, match="does not open") as caught:
        open_keystore(key, password)

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_read_secret__empty_or_no_text__is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty secret is a mistake, not a secret."""
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(KeystoreError):
        read_secret(path)


def test_configure_logging__secret_in_an_event__is_blotted_out() -> None:
    """Even what should never be logged is not shown, in message, value or traceback."""
    redactor, stream = Redactor(), io.StringIO()
    redactor.learn([SECRET])
    configure_logging("INFO", redactor, stream)
    try:
        log = structlog.get_logger("test")
        log.info("event", url=f"http://user:{SECRET}@host")
        try:
            raise ValueError(SECRET)
        except ValueError:
            log.exception("crashed")
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers = []

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["event", "crashed"]
    assert SECRET not in stream.getvalue()
