# SPDX-License-Identifier: AGPL-3.0-only
"""The oracle and its reference model side by side: every act is made on both and must agree."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from eth_account.signers.local import LocalAccount

from reference import (
    Cause,
    DayFacts,
    Membership,
    ModelRevert,
    OracleModel,
    OutputFacts,
    Roles,
    SignedPrice,
)
from reference.day_rules import expected_hashprice_wad, subsidy_of
from reference.units import day_of, day_start
from testing.local_chain import Refused
from testing.system import OracleSystem, Setup

BLOCKS = 144
DIFFICULTY_WAD = 10**14 * 10**18
PRICE_E8 = 100_000 * 10**8


class Disagreement(AssertionError):
    """The chain and the model do not do the same."""


def agree(
    note: Callable[[str], object],
    what: str,
    on_chain: Callable[[], Any],
    in_model: Callable[[], Any],
    wordless: frozenset[Cause] = frozenset(),
) -> tuple[bool, Any, Any]:
    """Do the same on both sides; return whether it was accepted, and both results."""
    value = expected = reason = cause = None
    try:
        value = on_chain()
    except Refused as refused:
        reason = refused.reason
    try:
        expected = in_model()
    except ModelRevert as revert:
        cause = revert.cause
    note(f"{what}: {value if reason is None else reason!r}")
    if (reason is None) != (cause is None):
        raise Disagreement(f"{what}: the chain says {reason!r}, the model {cause}")
    if reason == "" and cause not in wordless:
        raise Disagreement(f"{what}: refused without a reason")
    return reason is None, value, expected


class OracleLockstep:
    """Acts on an oracle and on its model; `note` hears of each.

    `wordless` are the causes others' contracts may have: the chain gives no reason then.
    """

    wordless: frozenset[Cause] = frozenset()

    def __init__(self, system: OracleSystem, setup: Setup, note: Callable[[str], object]) -> None:
        """Start from a system as deployed."""
        self.system = system
        self.chain = system.chain
        self.note = note
        # a series the model knows by another name
        self.model_names: dict[str, str] = {}
        addresses = [account.address for account in system.reporters]
        self.oracle_model = OracleModel(
            setup.network,
            Membership(addresses, setup.threshold),
            Roles(system.owner, system.guardian),
            dispute_window=setup.dispute_window,
        )

    # Time

    @property
    def now(self) -> int:
        """The clock both sides go by [unix s]."""
        return self.chain.now

    @property
    def today(self) -> int:
        """The present day."""
        return day_of(self.now)

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.chain.now += seconds
        self.note(f"wait {seconds} s: day {self.today} + {self.now - day_start(self.today)} s")

    def wait_until(self, time: int) -> None:
        """Let time pass until `time` [unix s], if that is still to come."""
        if time > self.now:
            self.wait(time - self.now)

    # Agreement

    def agree(
        self, what: str, on_chain: Callable[[], Any], in_model: Callable[[], Any]
    ) -> tuple[bool, Any, Any]:
        """Do the same on both sides; return whether it was accepted, and both results."""
        return agree(self.note, what, on_chain, in_model, self.wordless)

    # Days

    def next_facts(
        self,
        fees_sats: int = 10**7,
        percent: int = 100,
        blocks: int = BLOCKS,
        day: int | None = None,
        lower: int = 0,
    ) -> DayFacts:
        """Return facts that fit after the day before; `percent` of the consistent hashprice.

        They begin `lower` blocks below where the day before ended.
        """
        model = self.oracle_model
        day = model.next_day if day is None else day
        before = model.posted(day - 1)
        first = before.priced.facts.last_height + 1 if before else model.network.first_height
        first -= lower
        last = first + blocks - 1
        difficulty = before.priced.facts.difficulty_wad if before else DIFFICULTY_WAD
        subsidy = subsidy_of(first, last, model.network.halving_blocks)
        facts = DayFacts(day, first, last, subsidy, fees_sats, 1, difficulty)
        if blocks:
            hashprice = expected_hashprice_wad(facts, model.network) * percent // 100
            return replace(facts, hashprice_wad=hashprice)
        hashprice = before.priced.facts.hashprice_wad if before else 1
        return replace(facts, fees_sats=0, hashprice_wad=hashprice)

    def report_day(
        self, facts: DayFacts, prices: list[int], signers: list[LocalAccount] | None = None
    ) -> bool:
        """Post a day, signed by the first members at these prices [USD per BTC, 1e8]."""
        return self._post_day("report_day", facts, prices, 0, signers)

    def replace_day(self, facts: DayFacts, prices: list[int]) -> bool:
        """Replace a pending day."""
        return self._post_day("replace_day", facts, prices, 1)

    def _post_day(
        self,
        call: str,
        facts: DayFacts,
        prices: list[int],
        raised: int,
        signers: list[LocalAccount] | None = None,
    ) -> bool:
        model = self.oracle_model
        accounts = (signers or self.members)[: len(prices)]
        prices = prices[: len(accounts)]
        revision, version = model.revision[facts.day] + raised, model.membership.version
        act = model.replace_day if raised else model.post_day
        signed = [
            SignedPrice(account.address, price)
            for account, price in zip(accounts, prices, strict=True)
        ]
        accepted, _, _ = self.agree(
            f"{call} {facts.day} {facts.hashprice_wad}, {prices}",
            lambda: self.system.send_day(
                call, facts, list(zip(accounts, prices, strict=True)), revision, version
            ),
            lambda: act(facts, signed, revision, version, self.now),
        )
        if accepted:
            self._compare_posted(facts.day)
        return accepted

    def _compare_posted(self, day: int) -> None:
        """Compare price and finality of a day just posted."""
        posted = self.oracle_model.posted(day)
        record = self.system.oracle.read("day_record", day)
        if posted is None or record[3:5] != (posted.priced.btc_usd_e8, posted.final_at):
            raise Disagreement(f"day {day}: {record} on the chain, {posted} in the model")

    @property
    def members(self) -> list[LocalAccount]:
        """Reporters that are members now, ascending by address."""
        return [
            account
            for account in self.system.reporters
            if self.oracle_model.membership.is_reporter(account.address)
        ]

    def veto_day(self, day: int, caller: str | None = None) -> bool:
        """Veto a day, by default as the guardian."""
        caller = caller or self.system.guardian
        accepted, _, _ = self.agree(
            f"veto_day {day}",
            lambda: self.system.oracle.send("veto_day", day, sender=caller),
            lambda: self.oracle_model.veto_day(caller, day, self.now),
        )
        return accepted

    # Outputs

    def report_output(self, output: OutputFacts) -> bool:
        """Post an output of a series, named by its distributor on both sides."""
        return self._post_output("report_output", output, 0)

    def replace_output(self, output: OutputFacts) -> bool:
        """Replace a pending output."""
        return self._post_output("replace_output", output, 1)

    def _post_output(self, call: str, output: OutputFacts, raised: int) -> bool:
        model = self.oracle_model
        accounts = self.members[: model.membership.threshold]
        key = (self._model_name(output.series), output.day)
        revision = model.output_revision[key] + raised
        version = model.membership.version
        act = model.replace_output if raised else model.post_output
        signers = [account.address for account in accounts]
        known = replace(output, series=self._model_name(output.series))
        accepted, _, _ = self.agree(
            f"{call} {output.day}: {output.credited_sats} sat, {output.delivered_ths} TH/s",
            lambda: self.system.send_output(call, output, accounts, revision, version),
            lambda: act(known, signers, revision, version, self.now),
        )
        return accepted

    def _model_name(self, series: str) -> str:
        return self.model_names.get(series, series)

    def veto_output(self, series: str, day: int, caller: str | None = None) -> bool:
        """Veto an output, by default as the guardian."""
        caller = caller or self.system.guardian
        accepted, _, _ = self.agree(
            f"veto_output {day}",
            lambda: self.system.oracle.send("veto_output", series, day, sender=caller),
            lambda: self.oracle_model.veto_output(caller, self._model_name(series), day, self.now),
        )
        return accepted
