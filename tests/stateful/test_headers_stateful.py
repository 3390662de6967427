# SPDX-License-Identifier: AGPL-3.0-only
"""Random chains and forks of easy headers."""

from contextlib import ExitStack
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from reference.day_rules import RETARGET_BLOCKS
from reference.headers import UNCOUNTED, ChainBlock, point_of
from testing.compiler import Compiler
from testing.local_chain import Refused
from testing.mining import mine
from tests.stateful.headers_history import CROWDED, RULES, HeadersHistory, whole_history
from tests.stateful.steps import CountedMachine

pytestmark = pytest.mark.stateful

# mostly steady blocks; sometimes a pause over days, sometimes times that go back
gaps = st.lists(
    st.sampled_from([600] * 6 + [3_600] * 6 + [1, 7_000, -500, -5_000, 90_000]),
    min_size=1,
    max_size=30,
)
paid = st.sampled_from([0, 1, 5_000, 10**9, -1, -(10**9)])
picks = st.integers(0, 10**6)


@cache
def deployed() -> tuple[HeadersHistory, ChainBlock]:
    """Return a contract thirty blocks before a retarget, deployed once, and the end of a chain.

    That chain is four blocks before the second retarget of a day: more blocks than a rule mines.
    """
    history = HeadersHistory.begin()
    return history, history.crowd()


class Headers(CountedMachine):
    """Miners of several chains, and whoever proves what they made."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = ExitStack()
        shared, self.crowded = deployed()
        lockstep = shared.lockstep
        self.undo.enter_context(lockstep.chain.undone())
        model = replace(lockstep.model, proofs={}, fees={})
        model.root, model.known = lockstep.model.root, dict(lockstep.model.known)
        lockstep = replace(lockstep, model=model)
        self.history = HeadersHistory(lockstep, [model.root], dict(shared.coinbases))

    @rule(pick=picks, gaps=gaps, paid=paid)
    def extend_any_chain(self, pick: int, gaps: list[int], paid: int) -> None:
        """Go on from one of the chains known."""
        tip = self.history.tips[pick % len(self.history.tips)]
        note(f"from {tip.height}: {gaps}")
        self.history.send(tip, self.history.run(tip, gaps, paid))

    @rule(gaps=gaps, paid=paid)
    def extend_the_newest_chain(self, gaps: list[int], paid: int) -> None:
        """Go on from the chain extended last."""
        tip = self.history.tips[-1]
        self.history.send(tip, self.history.run(tip, gaps, paid))

    @precondition(lambda self: self.crowded not in self.history.tips)
    @rule(luck=st.integers(0, 3), count=st.integers(5, 9), gaps=gaps)
    def retarget_twice_in_a_day(self, luck: int, count: int, gaps: list[int]) -> None:
        """Now and then take the crowded day past its third target, and go on from there."""
        if luck:
            return  # its weight outdoes all lighter chains ever after
        self.history.tips.append(self.crowded)
        tip = self.history.send(self.crowded, self.history.run(self.crowded, [1] * count))
        assert (tip.day, point_of(tip)[8]) == (CROWDED, UNCOUNTED)
        self.history.send(tip, self.history.run(tip, gaps))
        proof = self.history.lockstep.model.proofs.get(CROWDED)
        assert proof is None or len(proof.day.blocks) < RETARGET_BLOCKS

    @rule(pick=picks, flaw=st.sampled_from(["median", "future", "work", "changed"]))
    def send_a_false_header(self, pick: int, flaw: str) -> None:
        """Send a header that consensus refuses."""
        tip = self.history.tips[pick % len(self.history.tips)]
        now = self.history.lockstep.chain.now
        time = {"median": tip.mediantime, "future": now + 7_201}.get(flaw, tip.time + 1)
        header = mine(tip, time, RULES, is_valid=flaw != "work")
        if flaw == "changed":
            header = header[:40] + bytes([header[40] ^ 1]) + header[41:]
        try:
            self.history.lockstep.extend(tip, [header])
        except Refused as refused:
            note(refused.reason)
        else:
            # a changed header may meet the target by chance
            assert flaw == "changed"

    @precondition(lambda self: self.history.lockstep.model.proofs)
    @rule(pick=picks, count=st.integers(1, 24))
    def prove_fees(self, pick: int, count: int) -> None:
        """Prove the fees of a proven day's next blocks."""
        model = self.history.lockstep.model
        missing = [
            day
            for day, proof in sorted(model.proofs.items())
            if len(model.fees_of(day)) < len(proof.day.blocks)
        ]
        if missing:
            self.history.fees(missing[pick % len(missing)], count)

    @invariant()
    def proven_days_are_the_models(self) -> None:
        """Compare what is proven, and the invariants."""
        self.history.look()

    def teardown(self) -> None:
        """Take the chain back to the anchor."""
        self.undo.close()


TestHeaders = Headers.TestCase


def test_whole_history__the_contract_as_it_is__gets_through() -> None:
    whole_history(Compiler())
