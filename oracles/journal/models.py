# SPDX-License-Identifier: AGPL-3.0-only
"""The journal's tables. Rows are added and marked, never deleted.

Amounts are decimal text: SQLite's integers end at 64 bits, the contract's do not. A change of the
tables needs a step in `oracles/journal/store.py`.
"""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of all tables."""


class ReportKind(StrEnum):
    """What a report is about."""

    DAY = "day"
    OUTPUT = "output"


class WorkKind(StrEnum):
    """What a transaction does."""

    DAY = "day"
    OUTPUT = "output"
    SETTLE = "settle"
    CANCEL = "cancel"
    HEADERS = "headers"  # extends a chain of headers
    FEES = "fees"  # proves fees of a day
    REVIEW = "review"  # holds a day against its proof


PROOF_KINDS = (WorkKind.HEADERS, WorkKind.FEES, WorkKind.REVIEW)
"""Whatever a watcher spends gas on."""


class Fate(StrEnum):
    """Where a transaction is in its life; the last five are the end of it."""

    INTENDED = "intended"  # written down; perhaps handed over, perhaps not
    BROADCAST = "broadcast"  # a node took it
    MINED = "mined"  # in a block that may still go away
    CONFIRMED = "confirmed"  # did its work, deep enough
    REVERTED = "reverted"  # in a block, without effect
    REPLACED = "replaced"  # another attempt with its nonce was mined
    LOST = "lost"  # its nonce was used by something unknown to this journal
    ABANDONED = "abandoned"  # no longer needed, and no node has it


OPEN_FATES = (Fate.INTENDED, Fate.BROADCAST, Fate.MINED)


class ObservationRow(Base):
    """One thing one source said.

    Attributes:
        subject: what it is about, such as `facts`, `price` or `output/<series>`.
        day: the UTC day.
        source: name of the source.
        url: where it was asked, without secrets.
        body_sha256: hash of the raw answer, hexadecimal.
        value: what was read from it, JSON.
        observed_at: when [unix s].
    """

    __tablename__ = "observations"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    day: Mapped[int]
    source: Mapped[str]
    url: Mapped[str]
    body_sha256: Mapped[str]
    value: Mapped[str]
    observed_at: Mapped[int]

    __table_args__ = (Index("observations_by_day", "day", "subject"),)


class ReportRow(Base):
    """What this reporter holds to be true of a day or an output, at one revision.

    Attributes:
        kind: see `ReportKind`.
        series: the series of an output, empty for a day.
        day: the UTC day.
        revision: revision in the oracle.
        membership_version: version of the list of reporters.
        oracle: chain id and contract, `31337:0x…`.
        facts: the reported values, JSON.
        anchor: hash of the day's last Bitcoin block, or what stands in for it.
        created_at: when [unix s].
        superseded_at: when a later report took its place [unix s]; None while it holds.
    """

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    series: Mapped[str]
    day: Mapped[int]
    revision: Mapped[int]
    membership_version: Mapped[int]
    oracle: Mapped[str]
    facts: Mapped[str]
    anchor: Mapped[str]
    created_at: Mapped[int]
    superseded_at: Mapped[int | None]
    signatures: Mapped[list["SignatureRow"]] = relationship(back_populates="report")

    __table_args__ = (Index("reports_by_day", "day", "kind", "series"),)


class SignatureRow(Base):
    """One signature over a report: our own, or one gathered from a peer.

    Attributes:
        signer: checksummed address.
        btc_usd_e8: the signer's price, decimal text; empty for an output.
        v, r, s: the signature, r and s as decimal text.
        origin: `own`, or the peer it came from.
        received_at: when [unix s].
    """

    __tablename__ = "signatures"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"))
    signer: Mapped[str]
    btc_usd_e8: Mapped[str]
    v: Mapped[int]
    r: Mapped[str]
    s: Mapped[str]
    origin: Mapped[str]
    received_at: Mapped[int]
    report: Mapped[ReportRow] = relationship(back_populates="signatures")

    __table_args__ = (UniqueConstraint("report_id", "signer"),)


class TransactionRow(Base):
    """One signed transaction, written down before any node sees it.

    Attributes:
        kind: see `WorkKind`.
        report_id: the report it carries; None for the others.
        series: the series it is about, empty for a day.
        day: the day it is about.
        sender: the account that pays.
        call_to, call_data: contract and call, as text.
        nonce: its nonce; attempts at one work share it.
        tx_hash: its hash.
        raw: the signed bytes, hexadecimal.
        max_fee: bid [wei per gas], decimal text; priority_fee: likewise.
        gas: gas limit.
        fate: see `Fate`.
        block, block_hash: where it was mined.
        gas_used, gas_price: what it cost [gas, wei as decimal text].
        note: why it ended as it did.
        created_at, changed_at: when [unix s].
    """

    __tablename__ = "transactions"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    series: Mapped[str]
    day: Mapped[int]
    sender: Mapped[str]
    call_to: Mapped[str]
    call_data: Mapped[str]
    nonce: Mapped[int]
    tx_hash: Mapped[str] = mapped_column(unique=True)
    raw: Mapped[str]
    max_fee: Mapped[str]
    priority_fee: Mapped[str]
    gas: Mapped[int]
    fate: Mapped[str]
    block: Mapped[int | None]
    block_hash: Mapped[str | None]
    gas_used: Mapped[int | None]
    gas_price: Mapped[str | None]
    note: Mapped[str]
    created_at: Mapped[int]
    changed_at: Mapped[int]

    __table_args__ = (Index("transactions_by_fate", "fate"),)
