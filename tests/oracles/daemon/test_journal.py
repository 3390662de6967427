# SPDX-License-Identifier: AGPL-3.0-only
"""The journal keeps what it is given, refuses what it cannot keep, and belongs to one process."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from hashrate.core.types import DayIndex, UsdE8
from hashrate.reports.report import SignedDayReport, sign_day_report, sign_output_report
from hashrate.service.database import Database
from oracles.journal.errors import JournalError
from oracles.journal.history import History
from oracles.journal.journal import Evidence, Journal, Subject
from oracles.journal.models import Fate, ReportKind, TransactionRow, WorkKind
from oracles.journal.store import open_store
from testing.daemon_parts import ManualClock
from tests.oracles.builders import (
    DOMAIN,
    SERIES,
    make_day_report,
    make_output_report,
    reporter,
)

pytestmark = pytest.mark.unit

DAY = DayIndex(19_833)
DAY_SUBJECT = Subject(ReportKind.DAY, DAY)
NOW = 1_713_700_000
SEEN = Evidence("facts", "node", "http://127.0.0.1:8332", "ab" * 32, "[]")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """A new journal's file."""
    opened = open_store(tmp_path / "journal.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def journal(store: Database) -> Journal:
    """A new journal."""
    return Journal(store, ManualClock(NOW))


def signed(number: int, price: int = 6_500_000_000_000, **changes: int) -> SignedDayReport:
    """Make a reporter's signed day report."""
    return sign_day_report(reporter(number), DOMAIN, make_day_report(**changes), UsdE8(price))


def transaction(nonce: int = 0, tx_hash: str = "0x01") -> TransactionRow:
    """Make a transaction that is about to be sent."""
    return TransactionRow(
        kind=WorkKind.DAY,
        report_id=None,
        series="",
        day=DAY,
        sender="0xsender",
        call_to="0xoracle",
        call_data="0x",
        nonce=nonce,
        tx_hash=tx_hash,
        raw="0x02",
        max_fee=str(2**90),
        priority_fee="1",
        gas=21_000,
        fate=Fate.INTENDED,
        note="",
    )


def test_add_report__day_and_output__are_read_back_whole(journal: Journal) -> None:
    """What was signed comes back to the last digit, by its subject."""
    day = signed(1)
    output = sign_output_report(reporter(1), DOMAIN, make_output_report())

    journal.add_report(day, "anchor", [SEEN])
    journal.add_report(output, "", [])

    held = journal.held_report(DAY_SUBJECT)
    assert held is not None
    assert (held.signed, held.anchor, held.created_at) == (day, "anchor", NOW)
    other = journal.held_report(Subject(ReportKind.OUTPUT, DAY, SERIES))
    assert other is not None
    assert other.signed == output


def test_add_report__second_of_a_day__takes_the_place_of_the_first(journal: Journal) -> None:
    """Only one report of a day holds; the first is kept, marked."""
    first = journal.add_report(signed(1), "old", [])

    second = journal.add_report(signed(1, revision=1), "new", [])

    held = journal.held_report(DAY_SUBJECT)
    assert held is not None
    assert held.report_id == second.report_id
    assert journal.standing(first.report_id) is None
    assert journal.standing(second.report_id) == (1, 1)


def test_add_gathered__same_peer_twice__keeps_its_newest_price(journal: Journal) -> None:
    """A peer that corrects its price is heard; nobody counts twice, nobody replaces ours."""
    held = journal.add_report(signed(1), "", [])
    journal.add_gathered(held.report_id, [("peer", signed(2))])

    journal.add_gathered(held.report_id, [("peer", signed(2, 7_000)), ("peer", signed(1, 5))])

    parts = journal.quorum_parts(held.report_id)
    prices = {
        signature.signer: signature.btc_usd_e8
        for part in parts
        if isinstance(part, SignedDayReport)
        for signature in part.signatures
    }
    assert prices == {reporter(1).address: 6_500_000_000_000, reporter(2).address: 7_000}


def test_add_transaction__made_again__reopens_its_row(journal: Journal) -> None:
    """The same bytes are one transaction, however often they are made."""
    row = journal.add_transaction(transaction())
    journal.mark([row], Fate.ABANDONED)

    again = journal.add_transaction(transaction())

    assert again.id == row.id
    assert [each.id for each in journal.open_transactions("0xsender")] == [row.id]
    assert int(again.max_fee) == 2**90


def test_open_store__already_in_use__is_refused(store: Database, tmp_path: Path) -> None:
    """Two writers never share a journal; readers may."""
    with pytest.raises(JournalError, match="in use"):
        open_store(tmp_path / "journal.sqlite3")

    open_store(tmp_path / "journal.sqlite3", writes=False).close()


def test_open_store__not_a_database__is_refused(tmp_path: Path) -> None:
    """A file of something else is not overwritten."""
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"something else entirely" * 100)

    with pytest.raises(JournalError, match="not a database"):
        open_store(path)

    assert path.read_bytes().startswith(b"something else")


def test_open_store__missing_for_reading__is_refused(tmp_path: Path) -> None:
    """A reader does not make a journal."""
    with pytest.raises(JournalError, match="does not exist"):
        open_store(tmp_path / "none.sqlite3", writes=False)


def test_open_store__file__is_private_and_durable(store: Database, tmp_path: Path) -> None:
    """Others may not read it, and a commit is on disk."""
    assert (tmp_path / "journal.sqlite3").stat().st_mode & 0o077 == 0
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_add_report__disk_full__raises_and_keeps_what_was_there(
    store: Database, journal: Journal
) -> None:
    """A full disk stops the work; what was written before is whole."""
    journal.add_report(signed(1), "anchor", [])
    pages = fill(store)

    with pytest.raises(JournalError, match="full"):
        journal.add_report(signed(1, revision=1), "x" * 200_000, [])

    held = journal.held_report(DAY_SUBJECT)
    assert held is not None
    assert held.signed.report.revision == 0
    assert pages > 0


def test_of_day__signed_and_sent__tells_its_way(store: Database, journal: Journal) -> None:
    """The history of a day says when it was observed, who signed and what was sent."""
    held = journal.add_report(signed(1), "", [SEEN])
    journal.add_gathered(held.report_id, [("peer", signed(2))])
    row = journal.add_transaction(transaction())
    journal.mark([row], Fate.CONFIRMED)

    past = History(store).of_day(DAY)

    assert past.observed_at == past.sent_at == NOW
    assert past.signers == tuple(sorted(reporter(number).address for number in (1, 2)))
    assert past.fate == Fate.CONFIRMED


def fill(store: Database) -> int:
    """Let the file grow no further; gives its pages."""
    with store.engine.connect() as connection:
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    store.engine.dispose()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(store.engine, "connect", limit)
    return pages
