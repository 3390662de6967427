# SPDX-License-Identifier: AGPL-3.0-only
"""A node with an oracle of three reporters, and what a test asks of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from eth_utils import keccak

from hashrate.bitcoin.headers import Anchor
from hashrate.core.types import REGTEST, DayFacts, DayIndex, Sats, UsdE8
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.reports.quorum import assemble, assemble_output
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    OutputReport,
    sign_day_report,
    sign_output_report,
)
from oracles.chain.contracts import OracleContract, report_day_call, report_output_call
from testing.anvil import CHAIN_ID, TimedAnvil
from testing.evm_contract import EvmChain, transact
from testing.oracle import DISPUTE_WINDOW_SECONDS, OracleConfig, Quorum, deploy_oracle

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
REPORTERS = 3
THRESHOLD = 2


class OracleWorld:
    """A private chain whose time a test moves."""

    def __init__(self, config: OracleConfig, *options: str, anchor: Anchor | None = None) -> None:
        """Start the node before the first day and deploy the oracle.

        With an anchor in regtest, a header contract is deployed before it, and reviews its days.
        """
        start = config.first_day * DAY_SECONDS - DAY_SECONDS
        self.anvil = TimedAnvil(*options, timestamp=start)
        self.rpc = self.anvil.rpc
        self.chain = EvmChain(self.rpc)
        self.first_day = config.first_day
        self.issuer, self.guardian, self.holder = self.anvil.do("eth_accounts")[:3]
        self.signers = [key_of(f"reporter {i}") for i in range(REPORTERS)]
        self.payers = [key_of(f"transmitter {i}") for i in range(REPORTERS)]
        for payer in self.payers:
            self.anvil.give(payer.address)
        addresses = [signer.address for signer in self.signers]
        self.headers = None
        if anchor is not None:
            rules = (REGTEST.pow_limit, REGTEST.retargets, REGTEST.halving_blocks, 1)
            self.headers = self.chain.deploy(
                "headers/BitcoinHeaders", anchor.as_tuple(), rules, sender=self.issuer
            )
            config = replace(
                config,
                bitcoin_headers=self.headers.address,
                dispute_window_seconds=DISPUTE_WINDOW_SECONDS,
            )
        quorum = Quorum(self.issuer, self.guardian, addresses, THRESHOLD)
        self.oracle = deploy_oracle(self.chain, quorum, config, self.issuer)
        self.domain = OracleDomain(CHAIN_ID, self.oracle.address)

    def close(self) -> None:
        """Stop the node."""
        self.anvil.close()

    def finish_day(self, day: int, seconds: int = 2 * HOUR_SECONDS) -> None:
        """Move the chain's time to some while after the end of a day."""
        self.anvil.warp((day + 1) * DAY_SECONDS + seconds)

    def post(
        self, facts: DayFacts, price: UsdE8, signers: Sequence[LocalAccount] | None = None
    ) -> None:
        """Post a day as signed by all reporters or by some, at one price and as anyone."""
        revision, version = self.oracle.read("revision_of", facts.day), self.version
        report = DayReport(facts, revision, version)
        keys = signers or self.signers
        parts = [sign_day_report(key, self.domain, report, price) for key in keys]
        call = report_day_call(assemble(parts, THRESHOLD))
        transact(self.rpc, self.holder, self.oracle.address, call)

    def post_output(self, series: ChecksumAddress, day: int, credited: int, delivered: int) -> None:
        """Post the first report of a fleet's output, as signed by all reporters."""
        facts = series, DayIndex(day), Sats(credited), delivered
        report = OutputReport(*facts, 0, self.version)
        parts = [sign_output_report(key, self.domain, report) for key in self.signers]
        call = report_output_call(assemble_output(parts, THRESHOLD))
        transact(self.rpc, self.holder, self.oracle.address, call)

    @property
    def version(self) -> int:
        """Return the version of the membership that reports are signed for."""
        return int(self.oracle.read("membership_version"))

    def next_day(self) -> int:
        """Return the day the oracle wants next."""
        return int(self.oracle.read("next_day"))

    def postings(self) -> Counter[int]:
        """Count how often each day was posted."""
        logs = self.rpc.logs(self.oracle.address, [HashpriceOracle.DayReported.topic], 0)
        return Counter(int(log["topics"][1], 16) for log in logs)

    def day_facts(self, day: int) -> list[tuple[int, ...]]:
        """Return the facts of every posting of a day, in the contract's order."""
        contract = OracleContract(self.rpc, self.domain)
        return [event.facts.as_tuple() for event in contract.day_events(DayIndex(day))]

    def posted_exactly_once(self, first: int, last: int) -> bool:
        """Return whether exactly these days were posted, each once and in order."""
        logs = self.rpc.logs(self.oracle.address, [HashpriceOracle.DayReported.topic], 0)
        return [int(log["topics"][1], 16) for log in logs] == list(range(first, last + 1))


def key_of(role: str) -> LocalAccount:
    """Make an account whose key is public knowledge, the same for a role."""
    account = Account.from_key(keccak(text=f"test key of {role}"))
    assert isinstance(account, LocalAccount)
    return account
