# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle with its reporters: true facts, signatures over anything, reports."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from eth_account.signers.local import LocalAccount

from hashrate.core.types import BlockHeight, DayFacts, DayIndex, Sats, UsdE8, Wad
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    OutputReport,
    PricedSignature,
    Signature,
    sign_day_report,
    sign_output_report,
)
from reference import day_rules
from reference.units import DAY_SECONDS, HOUR_SECONDS
from testing.oracle import (
    LONG_WINDOW_SECONDS,
    MEMBERSHIP_DELAY_SECONDS,
    RECOVERY_WINDOW_SECONDS,
    SHORT_WINDOW_SECONDS,
    OracleConfig,
    Quorum,
    deploy_oracle,
)
from testing.titanoboa import BoaChain
from tests.unit.chain import DEPLOYER, account, actor, go_to

FIRST_DAY = 20_000
FIRST_HEIGHT = 2016 * 430 + 10
BLOCKS = 144
FEES = 10**7
DIFFICULTY = 10**14 * 10**18
PRICE = 100_000 * 10**8
SHORT, LONG = SHORT_WINDOW_SECONDS, LONG_WINDOW_SECONDS
RECOVERY = RECOVERY_WINDOW_SECONDS
DELAY = MEMBERSHIP_DELAY_SECONDS
CONFIG = asdict(OracleConfig(FIRST_DAY, FIRST_HEIGHT))
NETWORK = day_rules.Network(FIRST_DAY, FIRST_HEIGHT)


@lru_cache(maxsize=20_000)
def _signed_day(
    signer: LocalAccount, domain: OracleDomain, report: DayReport, price: UsdE8
) -> PricedSignature:
    return sign_day_report(signer, domain, report, price).signatures[0]


@lru_cache(maxsize=20_000)
def _signed_output(signer: LocalAccount, domain: OracleDomain, report: OutputReport) -> Signature:
    return sign_output_report(signer, domain, report).signatures[0]


def reporters(count: int) -> list[LocalAccount]:
    """Return that many reporters, ascending by address."""
    signers = [account(f"reporter {index}") for index in range(count)]
    return sorted(signers, key=lambda signer: int(signer.address, 16))


def expected_hashprice(facts: DayFacts, network: day_rules.Network = NETWORK) -> Wad:
    """Return the hashprice that the day's other facts make [sat per TH/s per day, 1e18]."""
    plain = day_rules.DayFacts(*facts.as_tuple())
    return Wad(day_rules.expected_hashprice_wad(plain, network))


def true_facts(
    day: int,
    first_height: int,
    blocks: int = BLOCKS,
    fees_sats: int = FEES,
    difficulty_wad: int = DIFFICULTY,
    network: day_rules.Network = NETWORK,
) -> DayFacts:
    """Return the consistent facts of a day with blocks."""
    last = first_height + blocks - 1
    facts = DayFacts(
        DayIndex(day),
        BlockHeight(first_height),
        BlockHeight(last),
        Sats(day_rules.subsidy_of(first_height, last, network.halving_blocks)),
        Sats(fees_sats),
        Wad(1),
        Wad(difficulty_wad),
    )
    return replace(facts, hashprice_wad=expected_hashprice(facts, network))


def posting_time(day: int) -> int:
    """Return an hour after a day's end [unix s]."""
    return (day + 1) * DAY_SECONDS + HOUR_SECONDS


def open_oracle(quorum: Quorum, **changes: Any) -> Any:
    """Deploy an oracle; `changes` are made to its usual configuration."""
    config = OracleConfig(**{**CONFIG, **changes})
    return deploy_oracle(BoaChain(), quorum, config, DEPLOYER).inside


@dataclass
class Reporting:
    """An oracle and the keys of its reporters, ascending by address."""

    oracle: Any
    signers: list[LocalAccount]
    threshold: int
    network: day_rules.Network = NETWORK

    @classmethod
    def open(cls, members: int = 3, threshold: int = 2, **changes: Any) -> "Reporting":
        """Deploy an oracle; `changes` are made to its usual configuration."""
        signers = reporters(members)
        config = {**CONFIG, **changes}
        network = day_rules.Network(
            *(
                config[name]
                for name in ("first_day", "first_height", "halving_blocks", "unit_hashes")
            )
        )
        addresses = [signer.address for signer in signers]
        quorum = Quorum(actor("owner"), actor("guardian"), addresses, threshold)
        return cls(open_oracle(quorum, **changes), signers, threshold, network)

    @property
    def domain(self) -> OracleDomain:
        """Return the domain reports are signed for."""
        return OracleDomain(1, self.oracle.address)

    def next_facts(self, **changes: int) -> DayFacts:
        """Return true facts of the next day; `blocks`, `fees_sats`, `difficulty_wad` may differ."""
        day = self.oracle.next_day()
        last = self.oracle.day_record(day - 1)
        if "difficulty_wad" not in changes and day > self.oracle.FIRST_DAY():
            before = self.oracle.day_record(day - 2)
            changes["difficulty_wad"] = last.difficulty_sum_wad - before.difficulty_sum_wad
        return true_facts(day, last.last_height + 1, network=self.network, **changes)

    def sign(
        self,
        facts: DayFacts,
        prices: Sequence[int] | None = None,
        signers: Sequence[LocalAccount] | None = None,
        revision: int | None = None,
        version: int | None = None,
        domain: OracleDomain | None = None,
    ) -> list[PricedSignature]:
        """Return one signature for each price, of the first reporters if none are named."""
        chosen = self.signers[: self.threshold] if signers is None else signers
        prices = [PRICE] * len(chosen) if prices is None else prices
        report = DayReport(
            facts,
            self.oracle.revision_of(facts.day) if revision is None else revision,
            self.oracle.membership_version() if version is None else version,
        )
        return [
            _signed_day(signer, domain or self.domain, report, UsdE8(price))
            for signer, price in zip(chosen, prices, strict=True)
        ]

    def send(self, facts: DayFacts, signatures: Sequence[PricedSignature]) -> None:
        """Post a day with signatures, as they are."""
        self.oracle.report_day(facts.as_tuple(), [each.as_tuple() for each in signatures])

    def post(self, facts: DayFacts | None = None, price: int = PRICE, **changes: int) -> DayFacts:
        """Post a day, by default the next true one, an hour after its end or now if later."""
        facts = facts or self.next_facts(**changes)
        go_to(max(posting_time(facts.day), self.oracle.env.timestamp))
        signed = self.sign(facts, [price] * self.threshold)
        self.send(facts, signed)
        return facts

    def replace(self, facts: DayFacts, price: int = PRICE) -> None:
        """Replace a pending day by the next revision."""
        revision = self.oracle.revision_of(facts.day) + 1
        signed = self.sign(facts, [price] * self.threshold, revision=revision)
        self.oracle.replace_day(facts.as_tuple(), [each.as_tuple() for each in signed])

    def sign_output(
        self,
        series: str,
        day: int,
        credited: int,
        delivered: int,
        signers: Sequence[LocalAccount] | None = None,
        revision: int | None = None,
        version: int | None = None,
        domain: OracleDomain | None = None,
    ) -> list[Signature]:
        """Return signatures over an output, of the first reporters if none are named."""
        record = self.oracle.output_record(series, day)
        report = OutputReport(
            series,
            DayIndex(day),
            Sats(credited),
            delivered,
            record.revision if revision is None else revision,
            self.oracle.membership_version() if version is None else version,
        )
        chosen = self.signers[: self.threshold] if signers is None else signers
        return [_signed_output(signer, domain or self.domain, report) for signer in chosen]

    def post_output(self, series: str, day: int, credited: int, delivered: int) -> None:
        """Post an output now."""
        signed = self.sign_output(series, day, credited, delivered)
        tuples = [each.as_tuple() for each in signed]
        self.oracle.report_output(series, day, credited, delivered, tuples)

    def replace_output(self, series: str, day: int, credited: int, delivered: int) -> None:
        """Replace a pending output by the next revision."""
        revision = self.oracle.output_record(series, day).revision + 1
        signed = self.sign_output(series, day, credited, delivered, revision=revision)
        tuples = [each.as_tuple() for each in signed]
        self.oracle.replace_output(series, day, credited, delivered, tuples)

    def state(self) -> tuple[object, ...]:
        """Return what a refused report must leave as it was."""
        oracle = self.oracle
        tip = oracle.next_day()
        tail = [
            (oracle.day_record(day), oracle.revision_of(day), oracle.vetoes_of(day))
            for day in range(max(tip - 3, FIRST_DAY), tip + 1)
        ]
        return (tip, tail, oracle.membership_version(), oracle.threshold(), oracle.reporters())
