# SPDX-License-Identifier: AGPL-3.0-only
"""A node with an oracle of three reporters, and what a test asks of it."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils import keccak

from hashrate.core.types import DayIndex
from hashrate.evm.codec import DAY_REPORTED_TOPIC
from hashrate.reports.report import OracleDomain
from oracles.chain.contracts import OracleContract
from testing.anvil import CHAIN_ID, Anvil
from testing.build import compiled
from testing.evm_contract import deploy

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
SHORT_WINDOW_SECONDS = 12 * HOUR_SECONDS
LONG_WINDOW_SECONDS = 72 * HOUR_SECONDS


@dataclass(frozen=True)
class OracleConfig:
    """What an oracle is deployed with."""

    first_day: int
    first_height: int
    halving_blocks: int = 210_000
    unit_hashes: int = 10**12
    reporters: int = 3
    threshold: int = 2


class OracleWorld:
    """A private chain whose time a test moves."""

    def __init__(self, anvil_program: Path, terms: OracleConfig, *options: str) -> None:
        """Start the node before the first day and deploy the oracle."""
        start = terms.first_day * DAY_SECONDS - DAY_SECONDS
        self.anvil = Anvil(anvil_program, *options, timestamp=start)
        self.rpc = self.anvil.rpc
        self.terms = terms
        self.issuer, self.guardian, self.holder = self.anvil.do("eth_accounts")[:3]
        self.signers = [key_of(f"reporter {i}") for i in range(terms.reporters)]
        self.payers = [key_of(f"transmitter {i}") for i in range(terms.reporters)]
        for payer in self.payers:
            self.anvil.give(payer.address)
        config = (
            terms.first_day,
            terms.first_height,
            terms.halving_blocks,
            terms.unit_hashes,
            100,
            SHORT_WINDOW_SECONDS,
            LONG_WINDOW_SECONDS,
            7 * DAY_SECONDS,
        )
        addresses = [signer.address for signer in self.signers]
        self.oracle = deploy(
            self.rpc,
            compiled("oracle/HashpriceOracle"),
            self.issuer,
            self.issuer,
            self.guardian,
            addresses,
            terms.threshold,
            config,
        )
        self.domain = OracleDomain(CHAIN_ID, self.oracle.address)

    def close(self) -> None:
        """Stop the node."""
        self.anvil.close()

    def finish_day(self, day: int, seconds: int = 2 * HOUR_SECONDS) -> None:
        """Move the chain's time to some while after the end of a day."""
        self.anvil.warp((day + 1) * DAY_SECONDS + seconds)

    def next_day(self) -> int:
        """Return the day the oracle wants next."""
        return int(self.oracle.call("next_day"))

    def postings(self) -> Counter[int]:
        """Count how often each day was posted."""
        logs = self.rpc.logs(self.oracle.address, [DAY_REPORTED_TOPIC], 0)
        return Counter(int(log["topics"][1], 16) for log in logs)

    def day_facts(self, day: int) -> list[tuple[int, ...]]:
        """Return the facts of every posting of a day, in the contract's order."""
        contract = OracleContract(self.rpc, self.domain)
        return [event.facts.as_tuple() for event in contract.day_events(DayIndex(day))]

    def posted_exactly_once(self, first: int, last: int) -> bool:
        """Return whether exactly these days were posted, each once and in order."""
        logs = self.rpc.logs(self.oracle.address, [DAY_REPORTED_TOPIC], 0)
        return [int(log["topics"][1], 16) for log in logs] == list(range(first, last + 1))


def key_of(role: str) -> LocalAccount:
    """Make an account whose key is public knowledge, the same for a role."""
    account = Account.from_key(keccak(text=f"test key of {role}"))
    assert isinstance(account, LocalAccount)
    return account
