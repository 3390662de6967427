# SPDX-License-Identifier: AGPL-3.0-only
"""A history seen day by day and holder by holder, for the tables and the chart."""

from dataclasses import dataclass

from hashrate.core.types import DayFacts, DayIndex
from hashrate.core.units import DAY_SECONDS
from simulation.demo import events

_ROUND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class DayRow:
    """One settled day of one series; money in base units of the reward token.

    Attributes:
        day: the UTC day.
        hashprice_wad: [sat per TH/s per day, 1e18].
        delivered_ths: by the fleet, as reported [TH/s, 18 dec].
        held_work: by all holders [TH/s, 18 dec, times s].
        fee: operating fee.
        reward: net reward.
        from_escrow, from_bond: of it, paid when the day was settled.
        repaid: of it, paid later.
    """

    day: DayIndex
    hashprice_wad: int
    delivered_ths: int
    held_work: int
    fee: int
    reward: int
    from_escrow: int
    from_bond: int
    repaid: int

    @property
    def owed(self) -> int:
        """Return what is not paid yet."""
        return self.reward - self.from_escrow - self.from_bond - self.repaid

    @property
    def held_ths(self) -> int:
        """Return the mean hashrate held over the day [TH/s, 18 dec]."""
        return self.held_work // DAY_SECONDS


def posted_facts(history: events.History) -> dict[DayIndex, DayFacts]:
    """Return each day's facts as they became final: the last report counts."""
    posted = (entry for entry in history.entries if isinstance(entry, events.DayPosted))
    return {entry.facts.day: entry.facts for entry in posted}


def day_rows(history: events.History, series: str) -> list[DayRow]:
    """Return a series' settled days in order."""
    facts = posted_facts(history)
    delivered: dict[int, int] = {}
    repaid: dict[int, int] = {}
    settled: list[events.DaySettled] = []
    for entry in history.entries:
        match entry:
            case events.OutputPosted(series=key) if key == series:
                delivered[entry.day] = entry.delivered_ths
            case events.Settled(series=key) if key == series:
                settled += entry.days
            case events.Funded(series=key) if key == series:
                for day, amount in entry.repaid.items():
                    repaid[day] = repaid.get(day, 0) + amount
            case _:
                pass
    return [
        DayRow(
            day=DayIndex(day.day),
            hashprice_wad=facts[DayIndex(day.day)].hashprice_wad,
            delivered_ths=delivered[day.day],
            held_work=day.held_work,
            fee=day.fee,
            reward=day.reward,
            from_escrow=day.paid - day.from_bond,
            from_bond=day.from_bond,
            repaid=repaid.get(day.day, 0),
        )
        for day in settled
    ]


def received(history: events.History, account: str) -> list[tuple[int, int]]:
    """Return what an account had received after each round of claims.

    Returns:
        Time [unix s] and total so far [base units]; claims within a minute are one round.
    """
    rounds: list[tuple[int, int]] = []
    total = 0
    for entry in history.entries:
        if isinstance(entry, events.Claimed) and entry.receiver == account:
            total += entry.amount
            if rounds and entry.at - rounds[-1][0] < _ROUND_SECONDS:
                rounds.pop()
            rounds.append((entry.at, total))
    return rounds


def repayment_days(history: events.History, series: str) -> list[DayIndex]:
    """Return the days on which arrears of a series were repaid."""
    return [
        DayIndex(entry.at // DAY_SECONDS)
        for entry in history.entries
        if isinstance(entry, events.Funded) and entry.series == series and entry.repaid
    ]


def vetoed_days(history: events.History) -> list[DayIndex]:
    """Return the days whose first report was vetoed."""
    vetoes = (entry for entry in history.entries if isinstance(entry, events.DayVetoed))
    return [DayIndex(entry.day) for entry in vetoes]
