# SPDX-License-Identifier: AGPL-3.0-only
"""How many steps the state machines have taken, which the run says at its end."""

from collections import Counter

from hypothesis.stateful import RuleBasedStateMachine, invariant

STEPS: Counter[str] = Counter()


class CountedMachine(RuleBasedStateMachine):
    """A state machine whose steps count, also those of examples that are tried again to shrink."""

    def __init__(self) -> None:
        """Count from the second look: the first is before any step."""
        super().__init__()
        self.has_begun = False

    @invariant()
    def this_step_counts(self) -> None:
        """Invariants are looked at once at the beginning, and after every step."""
        STEPS[type(self).__name__] += self.has_begun
        self.has_begun = True


def summary(steps: Counter[str]) -> str:
    """Return the number of steps in all, and of each machine."""
    machines = ", ".join(f"{name} {count:,}" for name, count in sorted(steps.items()))
    return f"state machines: {steps.total():,} steps ({machines})"
