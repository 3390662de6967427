# SPDX-License-Identifier: AGPL-3.0-only
"""Whether what a written transaction does is still to be done, by the chain's own state."""

from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex
from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.rpc import EvmRpc
from oracles.chain.contracts import OracleContract, SeriesContract
from oracles.journal.journal import Journal
from oracles.journal.models import PROOF_KINDS, TransactionRow, WorkKind


class Needs:
    """Answers for one oracle."""

    def __init__(self, oracle: OracleContract, rpc: EvmRpc, journal: Journal) -> None:
        self._oracle = oracle
        self._rpc = rpc
        self._journal = journal

    def is_needed(self, row: TransactionRow) -> bool:
        """Return whether a transaction, mined now, would do its work.

        Raises:
            RpcUnavailableError: the node does not answer.
        """
        day = DayIndex(row.day)
        if row.kind == WorkKind.SETTLE:
            series = SeriesContract(self._rpc, to_checksum_address(row.series))
            return series.next_day() == day
        if row.kind in PROOF_KINDS:
            return self._is_accepted(row)
        if row.report_id is None:
            return False
        standing = self._journal.standing(row.report_id)
        if standing is None:
            return False
        if row.kind == WorkKind.OUTPUT:
            posted = self._oracle.posted_output(to_checksum_address(row.series), day)
            present = (posted.revision, self._oracle.membership_version())
            return posted.final_at == 0 and standing == present
        present = (self._oracle.revision_of(day), self._oracle.membership_version())
        return self._oracle.next_day() == day and standing == present

    def _is_accepted(self, row: TransactionRow) -> bool:
        """Return whether the contract would take a call now."""
        try:
            self._rpc.call(to_checksum_address(row.call_to), row.call_data)
        except RpcRefusedError:
            return False
        return True
