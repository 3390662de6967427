# SPDX-License-Identifier: AGPL-3.0-only
"""Write a journal and a relay's database with the first release, as SQL text.

It runs in a checkout of that release (git worktree add <folder> 8346f00; cd <folder>):
`python -P <this file> <target folder>` with PYTHONPATH=. and its environment.
"""

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from oracles.journal.journal import Evidence, Journal
from oracles.journal.models import Fate, TransactionRow, WorkKind
from oracles.journal.store import open_store
from oracles.report import sign_day_report, sign_output_report
from oracles.types import UsdE8
from relay.order_file import order_to_json
from relay.orders import order_hash
from relay.store import RelayStore
from tests.oracles.builders import DOMAIN as ORACLE
from tests.oracles.builders import make_day_report, make_output_report, reporter
from tests.relay.builders import DOMAIN as ENGINE
from tests.relay.builders import make_signed
from tests.support.daemon_parts import ManualClock

NOW = 1_713_700_000
PRICE = UsdE8(6_500_000_000_000)


def write_journal(path: Path) -> None:
    """Write a day that was signed twice, gathered and sent, and an output."""
    store = open_store(path)
    journal = Journal(store, ManualClock(NOW))
    seen = Evidence("facts", "node", "http://127.0.0.1:8332", "ab" * 32, "[]")
    journal.add_report(sign_day_report(reporter(1), ORACLE, make_day_report(), PRICE), "old", [])
    day = sign_day_report(reporter(1), ORACLE, make_day_report(revision=1), PRICE)
    held = journal.add_report(day, "anchor", [seen])
    peer = sign_day_report(reporter(2), ORACLE, make_day_report(revision=1), UsdE8(PRICE + 1))
    journal.add_gathered(held.report_id, [("peer", peer)])
    output = sign_output_report(reporter(1), ORACLE, make_output_report())
    journal.add_report(output, "", [])
    transaction = TransactionRow(
        kind=WorkKind.DAY,
        report_id=held.report_id,
        series="",
        day=day.report.facts.day,
        sender="0xsender",
        call_to="0xoracle",
        call_data="0x",
        nonce=7,
        tx_hash="0x01",
        raw="0x02",
        max_fee=str(2**90),
        priority_fee="1",
        gas=21_000,
        fate=Fate.INTENDED,
        note="",
    )
    journal.mark([journal.add_transaction(transaction)], Fate.BROADCAST)
    journal.close()


def write_relay(path: Path) -> None:
    """Write two orders on the book and one that was taken off."""
    store = RelayStore(path, ENGINE)
    orders = [make_signed(salt=salt) for salt in (1, 2, 3)]
    names = ["0x" + order_hash(ENGINE, signed.order).hex() for signed in orders]
    store.add_all([(n, order_to_json(signed)) for n, signed in zip(names, orders, strict=True)])
    store.drop(names[1:2], "cancelled", 99)
    store.close()


def dump(path: Path, target: Path) -> None:
    """Write a database as SQL text."""
    with closing(sqlite3.connect(path)) as database:
        target.write_text("\n".join(database.iterdump()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("journal", write_journal), ("relay", write_relay)):
            path = Path(folder, name)
            write(path)
            dump(path, target / f"{name}-version-1.sql")
