# SPDX-License-Identifier: AGPL-3.0-only
"""What must hold of vault and book at any moment: the invariants, read from the chain.

Numbered as in docs/forwards.md §8. Nothing here changes anything.
"""

from collections.abc import Collection

from reference.forward_settlement import is_due
from tests.stateful.checks import same
from tests.stateful.forwards_lockstep import ForwardsLockstep


def check_all(lockstep: ForwardsLockstep) -> None:
    """Check everything but what every single account has of coins (`check_coins`)."""
    check_positions(lockstep, list(lockstep.model.books.series))
    check_results(lockstep)
    check_money(lockstep)


def check_positions(lockstep: ForwardsLockstep, series: list[int]) -> None:
    """1: positions are the model's; LONG is SHORT and what is counted as open, until settled."""
    vault, model, people = lockstep.system.vault, lockstep.model, lockstep.system.everybody
    ids = [each + side for each in series for side in (0, 1)]
    pairs = [(who, position) for position in ids for who in people]
    balances = vault.read(
        "balanceOfBatch", [who for who, _ in pairs], [position for _, position in pairs]
    )
    same("positions", list(balances), [model.books.positions[pair] for pair in pairs])
    sums = [
        sum(balances[place : place + len(people)]) for place in range(0, len(pairs), len(people))
    ]
    for place, each in enumerate(series):
        is_settled = each in model.books.settled
        open_ = vault.read("open_interest", each)
        same(f"open interest of {each}", open_, 0 if is_settled else sums[2 * place])
        if not is_settled:
            same(f"SHORT of {each}", sums[2 * place + 1], sums[2 * place])


def check_results(lockstep: ForwardsLockstep, chosen: Collection[int] | None = None) -> None:
    """3: what a series pays is what the model made of it the moment it was due, for ever.

    The chain is asked for the `chosen` series, by default all.
    """
    chosen = lockstep.model.books.series if chosen is None else chosen
    model = lockstep.model
    for series, terms in model.books.series.items():
        if not is_due(terms, model.days_of(series), lockstep.now):
            continue
        result = model.settlement_of(series, lockstep.now)
        first = lockstep.results.setdefault(series, result)
        same(f"result of {series}", result, first)
        assert first.long_payout + first.short_payout == terms.pair_cost
        assert 0 <= first.long_payout <= terms.pair_cost
        if series in chosen:
            lockstep.compare_result(series, first)


def check_money(lockstep: ForwardsLockstep) -> None:
    """2: each coin inside is owed to somebody, to the unit, and nothing is inside but donations."""
    system, model = lockstep.system, lockstep.model
    for coin in system.coins.values():
        token = model.books.tokens[coin.address]
        held = coin.read("balanceOf", system.vault.address)
        owed = model.owed(coin.address, lockstep.now)
        same(f"inside in {coin.address}", held, owed + lockstep.donated[coin.address])
        same(f"held in {coin.address}", held, token.balances[system.vault.address])
    for series, terms in model.books.series.items():
        held = model.held(series, lockstep.now)
        same(f"held for {series}", model.books.put_in[series] - model.books.paid[series], held)
        if series not in model.books.settled:
            same(f"pairs of {series}", held, model.supply(series) * terms.pair_cost)


def check_coins(lockstep: ForwardsLockstep) -> None:
    """4: everybody has what the model says, and credits are the model's."""
    system, books = lockstep.system, lockstep.model.books
    for coin in system.coins.values():
        for who in system.everybody:
            same(
                f"{coin.address} of {who}",
                coin.read("balanceOf", who),
                books.tokens[coin.address].balances[who],
            )
            same(
                f"credit of {who}",
                lockstep.credit(coin.address, who),
                books.credits[coin.address, who],
            )
