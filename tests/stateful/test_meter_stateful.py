# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of the metered token alone, against areas under step functions."""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import rule

from reference import MeterModel, ModelRevert
from reference.invariants import check_supply, check_work
from reference.units import DAY_SECONDS, HOUR_SECONDS, day_of, day_start
from testing.chain import ZERO_ADDRESS
from testing.local_chain import LocalChain, LocalContract, Refused
from testing.quick_chain import QuickChain
from testing.system import named_address
from tests.stateful import strategies
from tests.stateful.checks import same
from tests.stateful.steps import CountedMachine

pytestmark = pytest.mark.stateful

FIRST_DAY = 20_000
DISTRIBUTOR = named_address("distributor")
SPENDER = named_address("spender")
ACCOUNTS = [named_address(role) for role in ("saver", "trader", "pool", "dust")]
MAX_SUPPLY = 2**94
AMOUNTS = [1, 10**18, 10**18 // 3, 7 * 10**20, MAX_SUPPLY // 2]


@cache
def deployed() -> tuple[LocalChain, LocalContract]:
    """Return a token on a chain of its own, whose distributor is an account."""
    chain = QuickChain(day_start(FIRST_DAY))
    token = chain.deploy("series/HashrateToken", "Test hashrate", "TH", sender=DISTRIBUTOR)
    for account in ACCOUNTS:
        token.send("approve", SPENDER, 2**256 - 1, sender=account)
    return chain, token


class Meter(CountedMachine):
    """Mints, burns and transfers at any second."""

    def __init__(self) -> None:
        """Begin with an empty token at midnight."""
        super().__init__()
        self.chain, self.token = deployed()
        self.undo = self.chain.undone()
        self.undo.__enter__()
        self.model = MeterModel(frozenset({ZERO_ADDRESS, self.token.address, DISTRIBUTOR}))

    def teardown(self) -> None:
        """1: every account and the supply, on every day that is not like the one before."""
        touched = {day for account in ACCOUNTS for day in self.model.touched_days(account)}
        around = {day + step for day in touched for step in (-1, 0, 1)}
        try:
            self.look(sorted(around | {day_of(self.chain.now)}))
        finally:
            self.undo.__exit__(None, None, None)

    def look(self, days: Iterable[int]) -> None:
        """Compare balances, supply and work."""
        balances = [self.token.read("balanceOf", account) for account in ACCOUNTS]
        same("balances", balances, [self.model.balance(account) for account in ACCOUNTS])
        same("supply", self.token.read("totalSupply"), self.model.supply)
        check_supply(balances, self.model.supply)
        for day in days:
            works = [self.token.read("ths_on", account, day) for account in ACCOUNTS]
            same(f"day {day}", works, [self.model.ths(account, day) for account in ACCOUNTS])
            total = self.token.read("total_ths_on", day)
            same(f"day {day}", total, self.model.supply_ths(day))
            check_work(day, works, total)

    def act(self, what: str, call: tuple[object, ...], sender: str) -> bool:
        """Do something on the chain; tell whether it was accepted."""
        note(f"{what} at {self.chain.now}: {call}")
        try:
            self.token.send(*call, sender=sender)
        except Refused as refused:
            assert refused.reason, f"{what} was refused without a reason"
            note(refused.reason)
            return False
        return True

    def agree(self, is_accepted: bool, name: str, *arguments: object) -> None:
        """Do the same in the model, with the same answer."""
        try:
            getattr(self.model, name)(*arguments, self.chain.now)
        except ModelRevert:
            assert not is_accepted, f"the chain accepts {name} {arguments}"
        else:
            assert is_accepted, f"the chain refuses {name} {arguments}"

    @rule(
        seconds=st.one_of(
            st.sampled_from([1, HOUR_SECONDS, DAY_SECONDS, 3 * DAY_SECONDS + 1]),
            st.integers(1, DAY_SECONDS),
        )
    )
    def time_passes(self, seconds: int) -> None:
        """Any number of seconds."""
        self.chain.now += seconds

    @rule(seconds=st.sampled_from([-1, 0, 1]), days=st.sampled_from([1, 1, 1, 40]))
    def midnight_comes(self, seconds: int, days: int) -> None:
        """To a midnight, a second before or after it."""
        self.chain.now = max(day_start(day_of(self.chain.now) + days) + seconds, self.chain.now)

    @rule(to=strategies.holders, amount=st.sampled_from(AMOUNTS))
    def minted(self, to: int, amount: int) -> None:
        """Up to the largest supply."""
        if self.model.supply + amount > MAX_SUPPLY:
            assert not self.act("mint", ("mint", ACCOUNTS[to], amount), DISTRIBUTOR)
            return
        is_accepted = self.act("mint", ("mint", ACCOUNTS[to], amount), DISTRIBUTOR)
        self.agree(is_accepted, "mint", ACCOUNTS[to], amount)

    @rule(
        sender=strategies.holders,
        to=strategies.holders,
        part=strategies.parts,
        is_direct=st.booleans(),
    )
    def moved(self, sender: int, to: int, part: Fraction, is_direct: bool) -> None:
        """By the holder or by a spender; to itself too; too much too."""
        payer, receiver = ACCOUNTS[sender], ACCOUNTS[to]
        amount = int(self.model.balance(payer) * part)
        if is_direct:
            is_accepted = self.act("transfer", ("transfer", receiver, amount), payer)
        else:
            call = ("transferFrom", payer, receiver, amount)
            is_accepted = self.act("transferFrom", call, SPENDER)
        self.agree(is_accepted, "transfer", payer, receiver, amount)

    @rule(sender=strategies.holders, to=st.sampled_from(["zero", "token", "distributor"]))
    def sent_astray(self, sender: int, to: str) -> None:
        """To where nobody could ever claim: refused."""
        receivers = {"zero": ZERO_ADDRESS, "token": self.token.address, "distributor": DISTRIBUTOR}
        call = ("transfer", receivers[to], 0)
        is_accepted = self.act("transfer", call, ACCOUNTS[sender])
        self.agree(is_accepted, "transfer", ACCOUNTS[sender], receivers[to], 0)

    @rule(account=strategies.holders, part=strategies.parts, is_direct=st.booleans())
    def burned(self, account: int, part: Fraction, is_direct: bool) -> None:
        """By the holder or by a spender."""
        holder = ACCOUNTS[account]
        amount = int(self.model.balance(holder) * part)
        call = ("burn", amount) if is_direct else ("burn_from", holder, amount)
        is_accepted = self.act("burn", call, holder if is_direct else SPENDER)
        self.agree(is_accepted, "burn", holder, amount)

    @rule(back=st.integers(0, 3))
    def looked_at(self, back: int) -> None:
        """One of the last days, and today as if nothing more happened."""
        today = day_of(self.chain.now)
        self.look([today - back])


TestMeter = Meter.TestCase
