# SPDX-License-Identifier: AGPL-3.0-only
"""Deployment records on disk."""

import json
from pathlib import Path

import pytest

from commands.shell.errors import RecordError
from commands.shell.records import Compiler, Record, RecordBook

pytestmark = pytest.mark.unit


def make_record(name: str = "Oracle", **changes: object) -> Record:
    record = Record(
        name=name,
        contract=name.partition(".")[0],
        kind="contract",
        address="0x1",
        chain_id=31337,
        network="local",
        tx_hash="0x2",
        block=3,
        timestamp=4,
        deployer="0x5",
        git_commit="6",
        git_dirty=True,
        compiler=Compiler(name="vyper", version="0.4.3", settings={"optimize": "gas"}),
        source_hash="7",
        code_hash="0x8",
        args={"owner": "0x8", "threshold": "2"},
    )
    return record.model_copy(update=changes)


@pytest.fixture
def book(tmp_path: Path) -> RecordBook:
    return RecordBook(tmp_path, 31337, "local")


def test_write__a_record__reads_back_equal(book: RecordBook, tmp_path: Path) -> None:
    (path,) = book.write([make_record()])

    assert path == tmp_path / "31337-local/Oracle.json"
    assert book.get("Oracle") == make_record()
    assert book.read_all() == {"Oracle": make_record()}


def test_get__not_recorded__says_what_to_do(book: RecordBook) -> None:
    with pytest.raises(RecordError, match="no Oracle is recorded in .*31337-local: deploy it"):
        book.get("Oracle")


def test_instances__several__gives_those_of_the_contract(book: RecordBook) -> None:
    book.write(
        [
            make_record("Series.fjord", kind="created"),
            make_record("Series.prairie", kind="created"),
            make_record("Series.blueprint", kind="blueprint"),
            make_record("Other.fjord"),
        ]
    )

    assert list(book.instances("Series")) == ["fjord", "prairie"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("chain_id", 1, "it is of chain 1, not 31337"),
        ("name", "Other", "it calls itself Other"),
        ("block", "many", "block: Input should be a valid integer"),
        ("surprise", 1, "surprise: Extra inputs are not permitted"),
        ("format", "hashrate-deployment/2", "format: Input should be 'hashrate-deployment/1'"),
    ],
)
def test_get__record_that_does_not_fit__raises(
    book: RecordBook, field: str, value: object, message: str
) -> None:
    (path,) = book.write([make_record()])
    document = json.loads(path.read_text(encoding="utf-8"))
    document[field] = value
    path.write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(RecordError, match=message):
        book.get("Oracle")


def test_get__not_json__raises(book: RecordBook) -> None:
    (path,) = book.write([make_record()])
    path.write_text("{", encoding="utf-8")

    with pytest.raises(RecordError, match=r"Oracle\.json: file: Invalid JSON"):
        book.get("Oracle")
