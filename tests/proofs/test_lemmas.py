# SPDX-License-Identifier: AGPL-3.0-only
"""The lemmas of docs/proofs.md, proven on the formulas of the contracts themselves.

Each lemma is a function of a mutation, which is a mistake put into the source: without one it must
be proven, and with each of its mistakes the same function must find a counterexample. A solver
that gives up fails either test.
"""

from collections.abc import Callable
from typing import Any

import pytest
import z3

from tests.proofs.formulas import (
    WORD,
    Machine,
    Mutation,
    Num,
    RefutedError,
    bounds,
    paths,
    term,
)

pytestmark = pytest.mark.unit

ANY = WORD - 1
DAY = 7
ACCOUNT = 5


def constant(module: str, name: str, mutation: Mutation | None = None) -> int:
    """A constant as the contracts have it."""
    value = Machine(mutation).constant(module, name)
    assert isinstance(value, int)
    return value


def equal(machine: Machine, found: Any, expected: Any) -> None:
    """Prove that two values, or two structs field by field, are the same."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            equal(machine, found[name], value)
        return
    machine.prove(term(found) == term(expected), f"{found} is {expected}")


def unknowns(machine: Machine, **limits: int) -> dict[str, Any]:
    """A struct of unknown fields, each at most its limit."""
    return {name: machine.unknown(name, limit) for name, limit in limits.items()}


def greatest_work(mutation: Mutation | None = None) -> int:
    """[TH·s, 18 dec] the supply's greatest work of a day."""
    supply = constant("metered_token", "MAX_SUPPLY_THS", mutation)
    return supply * constant("meter_word", "DAY_SECONDS", mutation)


def most_days(mutation: Mutation | None = None) -> int:
    """[days] of a series: an account has one word for each, and words are counted in a field."""
    return constant("hashrate_meter", "HISTORY_SIZE", mutation)


# 1. words


def meter_word_advance(mutation: Mutation | None) -> None:
    """Touching a word moves its time and its work, and nothing runs into the next field."""
    seconds = constant("meter_word", "DAY_SECONDS", mutation)
    shift = {
        name: constant("meter_word", name, mutation)
        for name in ("BALANCE_SHIFT", "_WORK_SHIFT", "INDEX_SHIFT")
    }
    most = constant("meter_word", "BALANCE_MASK", mutation)

    def run(machine: Machine) -> Any:
        time = machine.unknown("time", 2**32 - 1, 1)
        now = machine.unknown("now", ANY)
        balance = machine.unknown("balance", most)
        index = machine.unknown("index", most_days(mutation) - 2)
        work = machine.unknown("work", most * seconds)
        # what the lemma itself says of the word before
        machine.assume(work.term <= most * (time.term % seconds))
        machine.assume(now.term >= time.term)
        word = time
        for part, place in zip((balance, work, index), shift.values(), strict=True):
            word = machine.add(word, machine.multiply(part, 2**place))
        new = machine.call("meter_word", "_advance", word, now)
        return word, time, now, balance, work, index, new

    for machine, (word, time, now, balance, work, index, new) in paths(mutation, run):
        machine.prove_obligations()
        is_same_day = time.term / seconds == now.term / seconds
        grown = machine.product(balance, machine.subtract(now, time))
        begun = machine.product(balance, machine.remainder(now, seconds))
        found = machine.remainder(
            machine.divide(new, 2 ** shift["_WORK_SHIFT"]),
            constant("meter_word", "_WORK_MASK", mutation) + 1,
        )
        equal(machine, found, z3.If(is_same_day, work.term + grown.term, begun.term))
        machine.prove(found.term <= most * (now.term % seconds), "work within the day")
        time_field = constant("meter_word", "_TIME_MASK", mutation) + 1
        equal(machine, machine.remainder(new, time_field), now)
        equal(machine, machine.call("meter_word", "_balance", new), balance)
        place = z3.If(is_same_day, index.term, index.term + 1)
        equal(machine, machine.call("meter_word", "_index", new), place)
        old_work, new_work = (
            machine.call("meter_word", "_work_of_day", each) for each in (word, new)
        )
        machine.prove_obligations()
        # a touch without a change of balance changes no day's work
        machine.prove(z3.Implies(is_same_day, old_work.term == new_work.term), "same work")
        machine.prove(new_work.term <= most * seconds, "a day's work")


def meter_word_balance(mutation: Mutation | None) -> None:
    """Adding and taking a balance change nothing else of a word."""
    shift = constant("meter_word", "BALANCE_SHIFT", mutation)
    most = constant("meter_word", "BALANCE_MASK", mutation)
    for name, sign in (("_add", 1), ("_remove", -1)):

        def run(machine: Machine, name: str = name) -> Any:
            low = machine.unknown("low", 2**shift - 1)
            balance = machine.unknown("balance", most)
            high = machine.unknown("high", (WORD >> shift) // (most + 1) - 1)
            # more than twice a balance is refused by the sum itself
            amount = machine.unknown("amount", 2 * most)
            word = machine.add(low, machine.multiply(balance, 2**shift))
            word = machine.add(word, machine.multiply(high, (most + 1) * 2**shift))
            machine.outer["_touch"] = word
            machine.call("hashrate_meter", name, ACCOUNT, amount, 0)
            return low, balance, high, amount

        for machine, (low, balance, high, amount) in paths(mutation, run):
            machine.prove_obligations()
            new = machine.storage[f"_word_of[{ACCOUNT}]"]
            upper = machine.divide(new, 2**shift)
            equal(machine, machine.remainder(new, 2**shift), low)
            equal(machine, machine.remainder(upper, most + 1), balance.term + sign * amount.term)
            equal(machine, machine.divide(upper, most + 1), high)


def day_history_words(mutation: Mutation | None) -> None:
    """A day read is the day written, whatever was to be written, a recovery or not."""

    def run(machine: Machine) -> Any:
        record = unknowns(
            machine,
            hashprice_sum_wad=ANY,
            usd_sum_wad=ANY,
            difficulty_sum_wad=ANY,
            btc_usd_e8=ANY,
            final_at=ANY,
            last_height=constant("day_checks", "MAX_HEIGHT", mutation),
            revision=constant("day_history", "MAX_REVISION", mutation),
        )
        machine.call("day_history", "_end_with", DAY, record, is_recovery)
        return record, machine.call("day_history", "_read", DAY)

    for is_recovery in (False, True):
        for machine, (record, found) in paths(mutation, run):
            machine.prove_obligations()
            equal(machine, found, record)
            price, final_at = machine.call("day_history", "_price_and_finality", DAY)
            equal(machine, price, record["btc_usd_e8"])
            equal(machine, final_at, record["final_at"])
            equal(machine, machine.call("day_history", "_final_at", DAY), record["final_at"])
            equal(machine, machine.call("day_history", "_revision", DAY), record["revision"])
            recovery = machine.call("day_history", "_is_recovery", DAY)
            machine.prove(recovery == is_recovery, "recovery is read back")


def output_history_word(mutation: Mutation | None) -> None:
    """An output read is the output written; counts below 2**32."""

    def run(machine: Machine) -> Any:
        most = constant("output_history", "_COUNT_MASK", mutation)
        record = unknowns(
            machine,
            credited_sats=ANY,
            delivered_ths=ANY,
            final_at=ANY,
            revision=most,
            vetoes=most,
        )
        machine.call("output_history", "_write", ACCOUNT, DAY, record)
        return record, machine.call("output_history", "_read", ACCOUNT, DAY)

    for machine, (record, found) in paths(mutation, run):
        machine.prove_obligations()
        equal(machine, found, record)


def progress_word(mutation: Mutation | None) -> None:
    """The progress of a series read is the progress written, whatever was to be written."""

    def run(machine: Machine) -> Any:
        progress = unknowns(
            machine,
            next_day=ANY,
            end_day=ANY,
            silent_from=ANY,
            silenced_at=ANY,
            shortfalls=ANY,
            repaid_shortfalls=ANY,
        )
        progress["is_closed"] = z3.FreshBool("is_closed")
        word = machine.call("series_progress", "_pack", progress)
        return progress, machine.call("series_progress", "_unpack", word)

    for machine, (progress, found) in paths(mutation, run):
        # a product that leaves the word is a field that the code refuses
        machine.prove_obligations()
        equal(machine, found, progress)


def money_word(mutation: Mutation | None) -> None:
    """Escrow and allotted money read are those written."""

    def run(machine: Machine) -> Any:
        money = unknowns(machine, escrow=ANY, allotted=ANY)
        machine.call("settlement", "_write_money", money)
        return money, machine.call("settlement", "_read_money")

    for machine, (money, found) in paths(mutation, run):
        machine.prove_obligations()
        equal(machine, found, money)


def settled_day_word(mutation: Mutation | None) -> None:
    """Both indices around a day come back from its word, within 2**15 days."""
    rate_limit = 2**128 >> constant("day_reward", "_MAX_RATE_SHIFT", mutation)

    def run(machine: Machine) -> Any:
        before = machine.unknown("paid before", (most_days() - 1) * rate_limit)
        short = machine.unknown("short before", most_days() - 1)
        rate = machine.unknown("rate", rate_limit)
        work = machine.unknown("work", greatest_work(mutation), 1)
        paid, owed = (machine.unknown(name, work.high) for name in ("paid", "owed"))
        outer = {"_paid_after": before, "_short_after": short, "_rate": rate}
        machine.outer |= outer
        machine.call("reward_index", "_record", DAY, work, paid, owed)
        for name in outer:
            del machine.outer[name]
        return before, short, rate, paid, owed

    for machine, (before, short, rate, paid, owed) in paths(mutation, run):
        machine.prove_obligations()
        word = machine.storage[f"_day_words[{DAY}]"]
        found, after = machine.call("reward_index", "_around", DAY, False)
        equal(machine, found, before)
        equal(machine, after, before.term + z3.If(paid.term == 0, 0, rate.term))
        count = short.term + z3.If(owed.term == 0, 0, 1)
        equal(machine, machine.call("reward_index", "_short_after", word), count)


def claim_word(mutation: Mutation | None) -> None:
    """An account's claim state read is the one written."""

    def run(machine: Machine) -> Any:
        cursor = {"day": 2**32 - 1, "index": most_days() - 1}
        claim = {
            "fraction": machine.unknown("fraction", 2**128 - 1),
            "paid": unknowns(machine, **cursor),
            "arrears": unknowns(machine, **cursor),
            "level": 0,
            "has_instructions": z3.FreshBool("has_instructions"),
        }
        machine.call("reward_index", "_store", ACCOUNT, claim)
        return claim, machine.call("reward_index", "_claim_of", ACCOUNT, DAY)

    for machine, (claim, found) in paths(mutation, run):
        machine.prove_obligations()
        equal(machine, found, claim)


# 2. rounding


def rate_of_day(mutation: Mutation | None) -> None:
    """A day's rate fits its field, and gives all money of the day and less than one work more."""
    machine = Machine(mutation)
    work = machine.unknown("work", greatest_work(mutation), 1)
    amount = machine.unknown("amount", work.high)
    machine.assume(
        amount.term <= work.term / 2 ** constant("day_reward", "_MAX_RATE_SHIFT", mutation)
    )
    rate = machine.call("reward_index", "_rate", amount, work)
    limit = constant("reward_index", "_RATE_MASK", mutation)
    machine.cut(rate, work, limit // 2 + 2)
    machine.prove_obligations()
    machine.prove(rate.term <= limit // 2 + 1, "the rate is at most half its field")
    given = machine.product(rate, work).term
    money = amount.term * 2**128
    machine.prove(z3.And(money <= given, given < money + work.term), "money <= given")


def rate_grows(mutation: Mutation | None) -> None:
    """More money never makes a lower rate: what is repaid never falls, nor passes what is owed."""
    machine = Machine(mutation)
    work = machine.unknown("work", greatest_work(mutation), 1)
    repaid, owed = (machine.unknown(name, work.high >> 16) for name in ("repaid", "owed"))
    machine.assume(repaid.term <= owed.term)
    low = machine.call("reward_index", "_rate", repaid, work)
    high = machine.call("reward_index", "_rate", owed, work)
    machine.prove(low.term <= high.term, "a rate grows with its money")


def excess_of_all_days(mutation: Mutation | None) -> None:
    """By induction over days: all days together give less than one base unit too much."""
    machine = Machine(mutation)
    most = greatest_work(mutation)
    days = machine.unknown("days", most_days(mutation) - 1)
    excess = machine.unknown("excess", ANY)
    more = machine.unknown("more", most - 1)
    machine.assume(excess.term <= days.term * (most - 1))
    after = excess.term + more.term
    machine.prove(after <= (days.term + 1) * (most - 1), "step")
    machine.prove(after < constant("reward_index", "_PRECISION", mutation), "less than one")


def claim_loses_nothing(mutation: Mutation | None) -> None:
    """A claim pays and keeps what it walked and kept before, to the last fraction."""
    precision = constant("reward_index", "_PRECISION")

    def run(machine: Machine) -> Any:
        walked = machine.unknown("walked", 2**250)
        kept = machine.unknown("kept", precision - 1)
        cursor = {"day": DAY, "index": 0}
        claim = {"fraction": kept, "paid": cursor, "arrears": dict(cursor), "level": 0}
        machine.outer |= {"_START_DAY": 1, "_walk": (walked, cursor, True)}
        span = {"paid_low": 0, "paid_high": ANY}
        after, amount, _ = machine.call("reward_index", "_accrue", 0, ACCOUNT, claim, DAY + 1, span)
        return walked, kept, amount, after["fraction"]

    for machine, (walked, kept, amount, fraction) in paths(mutation, run):
        machine.prove_obligations()
        equal(machine, amount.term * precision + fraction.term, walked.term + kept.term)
        machine.prove(fraction.term < precision, "a fraction")


def floors_against_money(accounts: int, shortest: int) -> None:
    """Sum of floors <= money < sum + `shortest`, for so many accounts.

    Their claims and fractions come to the money indexed and less than one unit more, which is what
    the lemmas before say.
    """
    precision = constant("reward_index", "_PRECISION")
    machine = Machine()
    money = machine.unknown("money", 2**128)
    claims = [machine.unknown(f"claim {i}", 2**128) for i in range(accounts)]
    kept = [machine.unknown(f"kept {i}", precision - 1) for i in range(accounts)]
    total = sum(c.term * precision + k.term for c, k in zip(claims, kept, strict=True))
    machine.assume(money.term * precision <= total)
    machine.assume(total < (money.term + 1) * precision)
    floors = sum(claim.term for claim in claims)
    machine.prove(floors <= money.term, "no more than the money")
    machine.prove(money.term < floors + shortest, "hardly less than the money")


def clamp_telescopes(mutation: Mutation | None) -> None:
    """Claims at growing levels add up to one claim at the last; no step is negative."""
    machine = Machine(mutation)
    names = ("claimed", "first", "second", "before", "after")
    claimed, first, second, before, after = (machine.unknown(name, 2**128) for name in names)
    machine.assume(z3.And(claimed.term <= first.term, first.term <= second.term))
    machine.assume(before.term <= after.term)

    def growth(low: Num, high: Num) -> Any:
        ends = [machine.call("reward_index", "_clamp", end, low, high) for end in (before, after)]
        machine.prove(term(ends[1]) >= term(ends[0]), "no step is negative")
        return term(ends[1]) - term(ends[0])

    parts = growth(claimed, first) + growth(first, second)
    machine.prove(parts == growth(claimed, second), "parts add up")


def spans_partition(mutation: Mutation | None) -> None:
    """What grows below a cut and what grows above it is all that grows; neither is negative."""
    machine = Machine(mutation)
    cut, before, after = (machine.unknown(name, 2**128) for name in ("cut", "before", "after"))
    machine.assume(before.term <= after.term)

    def growth(low: Any, high: Any) -> Any:
        ends = [machine.call("reward_index", "_clamp", end, low, high) for end in (before, after)]
        machine.prove(term(ends[1]) >= term(ends[0]), "no part is negative")
        return term(ends[1]) - term(ends[0])

    both = growth(0, cut) + growth(cut, 2**256 - 1)
    machine.prove(both == after.term - before.term, "senior and junior are the whole")


def weighted_walk(mutation: Mutation | None) -> None:
    """Pays and keeps exactly the multiple of what was walked, and what was kept before."""
    precision = constant("reward_index", "_PRECISION")

    def run(machine: Machine) -> Any:
        carried = machine.unknown("carried", precision - 1)
        weight = machine.unknown("weight", 2**32 - 1, 1)
        walked = machine.unknown("walked", 2**128)
        fraction = machine.unknown("fraction", precision - 1)
        machine.outer["_claim_of"] = {"fraction": carried}
        machine.outer["accrue"] = ({"fraction": fraction}, walked, True)
        after, amount, _ = machine.call("pass_through", "_walk", 0, 0, 0, 0, weight, 0, 0)
        return carried, weight, walked, fraction, after["fraction"], amount

    for machine, (carried, weight, walked, fraction, kept, amount) in paths(mutation, run):
        machine.prove_obligations()
        exact = machine.multiply(weight, walked).term * precision
        exact += machine.multiply(weight, fraction).term + carried.term
        equal(machine, amount.term * precision + kept.term, exact)
        machine.prove(kept.term < precision, "a fraction")


def floors_of_tranches() -> None:
    """Two exact claims that come to the holding's pay, rounded down, no more than it is paid."""
    precision = constant("reward_index", "_PRECISION")
    machine = Machine()
    names = ("senior", "junior", "holding")
    paid = [machine.unknown(name, 2**128) for name in names]
    kept = [machine.unknown(f"{name} kept", precision - 1) for name in names]
    senior, junior, holding = (p.term * precision + k.term for p, k in zip(paid, kept, strict=True))
    machine.assume(senior + junior == holding)
    machine.prove(paid[0].term + paid[1].term <= paid[2].term, "no more than the holding's")
    machine.prove(paid[2].term <= paid[0].term + paid[1].term + 1, "hardly less")


def pass_claim_word(mutation: Mutation | None) -> None:
    """A shareholder's claim state read is the one written."""

    def run(machine: Machine) -> Any:
        cursor = {"day": 2**32 - 1, "index": most_days() - 1}
        claim = {
            "fraction": machine.unknown("fraction", 2**128 - 1),
            "paid": unknowns(machine, **cursor),
            "arrears": unknowns(machine, **cursor),
            "level": 0,
            "has_instructions": False,
        }
        machine.call("pass_through", "_store", DAY, ACCOUNT, claim, z3.FreshBool("is_over"))
        return claim, machine.call("pass_through", "_claim_of", DAY, ACCOUNT)

    for machine, (claim, found) in paths(mutation, run):
        machine.prove_obligations()
        equal(machine, found, claim)


# 3. sums


def walk_sum(mutation: Mutation | None) -> None:
    """By induction over words: a walk's sum stays below the greatest work times the index."""
    machine = Machine(mutation)
    seconds = constant("meter_word", "DAY_SECONDS", mutation)
    # of any meter: what a word can hold
    most = constant("meter_word", "BALANCE_MASK", mutation) * seconds
    top = constant("reward_index", "_PAID_MASK", mutation)
    value, following, start = (machine.unknown(name, top) for name in ("value", "next", "start"))
    total, work = machine.unknown("total", ANY), machine.unknown("work", most)
    machine.assume(z3.And(start.term <= value.term, value.term <= following.term))
    machine.assume(total.term <= most * (value.term - start.term))
    growth = Num(following.term - value.term, 0, top)
    after = total.term + machine.product(work, growth).term
    machine.prove(after <= most * (following.term - start.term), "step")
    # the paid walk, the arrears walk and a fraction
    limit = 2 * most * top + constant("reward_index", "_PRECISION", mutation)
    machine.prove(z3.IntVal(limit) < WORD, "both walks fit a word")


def paid_index(mutation: Mutation | None) -> None:
    """By induction over days: the index before a day fits its field, and so does the count."""
    machine = Machine(mutation)
    days = machine.unknown("days", most_days(mutation) - 2)
    paid = machine.unknown("paid", ANY)
    rate = machine.unknown("rate", 2**128 >> constant("day_reward", "_MAX_RATE_SHIFT", mutation))
    machine.assume(paid.term <= days.term * rate.high)
    after = paid.term + rate.term
    machine.prove(after <= (days.term + 1) * rate.high, "step")
    machine.prove(after <= constant("reward_index", "_PAID_MASK", mutation), "paid fits")
    short = constant("reward_index", "_SHORT_BEFORE_MASK", mutation)
    machine.prove(days.term + 1 <= short, "short days fit")


def oracle_sums(mutation: Mutation | None) -> None:
    """By induction over 2**16 days: sums of hashprice and difficulty fit their fields."""
    days_searched = 2 ** constant("day_history", "_SEARCH_STEPS", mutation)
    for greatest, mask in (
        ("MAX_HASHPRICE_WAD", "_HASHPRICE_SUM_MASK"),
        ("MAX_DIFFICULTY_WAD", "_DIFFICULTY_SUM_MASK"),
    ):
        machine = Machine(mutation)
        days = machine.unknown("days", days_searched - 1)
        total = machine.unknown("total", ANY)
        value = machine.unknown("value", constant("day_checks", greatest, mutation))
        machine.assume(total.term <= days.term * value.high)
        after = total.term + value.term
        machine.prove(after <= (days.term + 1) * value.high, "step")
        machine.prove(after <= constant("day_history", mask, mutation), f"{mask} holds the sum")


def usd_sum(mutation: Mutation | None) -> None:
    """By induction over 2**16 days: the USD sum fits, as no day exceeds its share of it."""
    days_searched = 2 ** constant("day_history", "_SEARCH_STEPS", mutation)
    greatest = constant("day_checks", "MAX_USD_WAD", mutation)
    machine = Machine(mutation)
    days = machine.unknown("days", days_searched - 1)
    total = machine.unknown("total", ANY)
    day = machine.unknown("usd_wad", greatest)
    machine.assume(total.term <= days.term * greatest)
    after = machine.argument(
        "HashpriceOracle", "usd_sum_wad", {"last": {"usd_sum_wad": total}, "usd_wad": day}
    )
    machine.prove(after.term <= (days.term + 1) * greatest, "step")
    machine.prove(after.term <= constant("day_history", "_USD_SUM_MASK", mutation), "usd fits")
    machine.prove_obligations()


# 4. the day's reward


def terms_and_facts(
    machine: Machine, least: int = 1
) -> tuple[dict[str, Any], dict[str, Any], Num, Num]:
    """Whatever terms and oracle admit, the supply's work and the token's base units.

    Price and hashprice are at the least 1, or 0 where silence without any final day stands in.
    """
    mutation = machine.mutation
    limits = bounds("series_terms", "_check", mutation)
    names = (
        "efficiency_mj_per_th",
        "power_price_usd_e6",
        "service_fee_wad",
        "pool_fee_bps",
        "guaranteed_uptime_bps",
    )
    terms = unknowns(machine, **{name: limits[name] for name in names})
    facts = unknowns(
        machine,
        credited_sats=constant("output_history", "_CREDITED_MASK", mutation),
        delivered_ths=constant("output_history", "_DELIVERED_MASK", mutation),
    )
    for name, most in (("hashprice_wad", "MAX_HASHPRICE_WAD"), ("btc_usd_e8", "MAX_PRICE_E8")):
        facts[name] = machine.unknown(name, constant("day_checks", most, mutation), least)
    held = machine.unknown("held", greatest_work(mutation), 1)
    decimals = bounds("RewardDistributor", "__init__", mutation)["decimals"]
    return terms, facts, held, machine.unknown("base", 10 ** (decimals - 8), 1)


def reported_reward(mutation: Mutation | None) -> None:
    """A reported day never reverts, and its reward fits a rate."""

    def run(machine: Machine) -> Any:
        terms, facts, held, base = terms_and_facts(machine)
        return held, machine.call("day_reward", "_reported", terms, facts, held, base)

    prove_reward(mutation, run)


def deemed_reward(mutation: Mutation | None) -> None:
    """A deemed day never reverts, and its reward fits a rate; silence may have no price at all."""

    def run(machine: Machine) -> Any:
        terms, facts, held, base = terms_and_facts(machine, least=0)
        return held, machine.call("day_reward", "_deemed", terms, facts, held, held, base)

    prove_reward(mutation, run)


def prove_reward(mutation: Mutation | None, run: Callable[[Machine], Any]) -> None:
    """Prove what holds of both kinds of days."""
    steps = 0
    for machine, (held, reward) in paths(mutation, run):
        steps += machine.prove_obligations()
        limit = held.term / 2 ** constant("day_reward", "_MAX_RATE_SHIFT")
        machine.prove(term(reward["net"]) <= limit, "the reward fits a rate")
    assert steps


def unprofitable_day(mutation: Mutation | None) -> None:
    """The judgement of a market never reverts."""

    def run(machine: Machine) -> Any:
        terms, facts, _, _ = terms_and_facts(machine)
        price = facts["btc_usd_e8"]
        return machine.call("day_reward", "_is_unprofitable", terms, facts["hashprice_wad"], price)

    for machine, _ in paths(mutation, run):
        assert machine.prove_obligations()


def judged_facts(mutation: Mutation | None) -> None:
    """No product by which the oracle judges a day leaves a word, those without a check neither."""

    def run(machine: Machine) -> Any:
        height = constant("day_checks", "MAX_HEIGHT", mutation)
        facts = unknowns(
            machine,
            subsidy_sats=constant("subsidy", "INITIAL_SUBSIDY_SATS", mutation) * (height + 1),
            fees_sats=constant("day_checks", "MAX_FEES_SATS", mutation),
            first_height=height,
            last_height=height,
        )
        for name in ("hashprice_wad", "difficulty_wad"):
            most = constant("day_checks", f"MAX_{name.upper()}", mutation)
            facts[name] = machine.unknown(name, most, 1)
        # a day without blocks is judged before
        blocks = machine.unknown("blocks", height + 1, 1)
        unit = machine.unknown(
            "unit", bounds("HashpriceOracle", "__init__", mutation)["unit_hashes"], 1
        )
        machine.call("day_checks", "_is_consistent", facts, blocks, unit)
        value, base = (machine.unknown(n, facts["difficulty_wad"].high) for n in "vb")
        machine.call("day_checks", "_is_within", value, base, 70, 140)
        machine.call("day_checks", "_is_within", value, base, 40, 250)
        machine.call("day_checks", "_is_within_a_twentieth", value, base)
        before, last = ({"last_height": machine.unknown(n, height)} for n in ("before", "last"))
        machine.call("day_checks", "_can_change", value, base, facts["last_height"], last, before)

    for machine, _ in paths(mutation, run):
        machine.prove_obligations()


LEMMAS: tuple[Callable[[Mutation | None], None], ...] = (
    meter_word_advance,
    meter_word_balance,
    day_history_words,
    output_history_word,
    progress_word,
    money_word,
    settled_day_word,
    claim_word,
    rate_of_day,
    rate_grows,
    excess_of_all_days,
    claim_loses_nothing,
    clamp_telescopes,
    spans_partition,
    weighted_walk,
    pass_claim_word,
    walk_sum,
    paid_index,
    oracle_sums,
    usd_sum,
    reported_reward,
    deemed_reward,
    unprofitable_day,
    judged_facts,
)


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.__name__)
def test_lemma__contracts_as_they_are__is_proven(lemma):
    lemma(None)


# each kind of mistake: a width, a place, a rounding, a bound, a check left out
MISTAKES: tuple[tuple[Callable[[Mutation | None], None], str, str, str], ...] = (
    (meter_word_advance, "meter_word", "_WORK_MASK: constant(uint256) = 2**113", "2**112"),
    (meter_word_advance, "meter_word", ", _now % DAY_SECONDS)", ", _now % DAY_SECONDS + 1)"),
    (meter_word_advance, "meter_word", "return _word + elapsed +", "return _word +"),
    (meter_word_balance, "hashrate_meter", "assert balance >= _amount_ths", "assert True"),
    (meter_word_balance, "hashrate_meter", "assert balance + _amount_ths <=", "assert 0 <="),
    (day_history_words, "day_history", "_PRICE_SHIFT: constant(uint256) = 136", "135"),
    (day_history_words, "day_history", "_HEIGHT_SHIFT: constant(uint256) = 224", "223"),
    (day_history_words, "day_history", "_RECOVERY_SHIFT: constant(uint256) = 255", "254"),
    (day_history_words, "day_history", "and _record.usd_sum_wad <=", "and 0 <="),
    (output_history_word, "output_history", "_FINAL_AT_SHIFT: constant(uint256) = 160", "159"),
    (progress_word, "series_progress", "| _progress.silenced_at)", ")"),
    (money_word, "settlement", "_money.escrow < 2**128 and", ""),
    (settled_day_word, "reward_index", "_RATE_MASK: constant(uint256) = 2**113", "2**112"),
    (settled_day_word, "day_reward", "_MAX_RATE_SHIFT: constant(uint256) = 16", "15"),
    (claim_word, "reward_index", "<< 160)", "<< 159)"),
    (rate_of_day, "reward_index", "_PRECISION + _work - 1)", "_PRECISION)"),
    (rate_of_day, "reward_index", "_PRECISION + _work - 1)", "_PRECISION + _work)"),
    (rate_of_day, "day_reward", "_MAX_RATE_SHIFT: constant(uint256) = 16", "14"),
    (rate_grows, "reward_index", "(_amount * _PRECISION", "(_amount % 2**64 * _PRECISION"),
    (excess_of_all_days, "hashrate_meter", "HISTORY_SIZE: constant(uint256) = 2**15", "2**18"),
    (claim_loses_nothing, "reward_index", "total % _PRECISION", "total % 2**127"),
    (clamp_telescopes, "reward_index", "min(max(_value, _floor), _ceiling)", "_value"),
    (clamp_telescopes, "reward_index", "max(_value, _floor)", "_value + _floor"),
    (spans_partition, "reward_index", "min(max(_value, _floor), _ceiling)", "_value"),
    (
        weighted_walk,
        "pass_through",
        "_weight * claim.fraction + carried",
        "_weight * claim.fraction",
    ),
    (weighted_walk, "pass_through", "low % _PRECISION", "low % 2**127"),
    (pass_claim_word, "pass_through", "<< 176)", "<< 175)"),
    (walk_sum, "reward_index", "_PAID_MASK: constant(uint256) = 2**127", "2**143"),
    (paid_index, "reward_index", "_PAID_MASK: constant(uint256) = 2**127", "2**126"),
    (paid_index, "reward_index", "_SHORT_BEFORE_MASK: constant(uint256) = 2**15", "2**14"),
    (oracle_sums, "day_checks", "MAX_HASHPRICE_WAD: constant(uint256) = 2**112", "2**113"),
    (oracle_sums, "day_history", "_DIFFICULTY_SUM_MASK: constant(uint256) = 2**136", "2**135"),
    (usd_sum, "day_history", "_USD_SUM_MASK: constant(uint256) = 2**120", "2**119"),
    (usd_sum, "day_checks", "MAX_USD_WAD: constant(uint256) = 2**104", "2**105"),
    (reported_reward, "day_checks", "MAX_HASHPRICE_WAD: constant(uint256) = 2**112", "2**220"),
    (reported_reward, "day_reward", "if delivered_work == 0:", "if False:"),
    (reported_reward, "day_reward", "if _gross > result.fee:", "if _gross != 0:"),
    (deemed_reward, "series_terms", "service_fee_wad < 2**100", "service_fee_wad < 2**250"),
    (deemed_reward, "day_reward", "_held_work >> _MAX_RATE_SHIFT", "_held_work"),
    (unprofitable_day, "day_reward", "if income <= service:", "if income == 0:"),
    (judged_facts, "day_checks", "unsafe_mul(_value, 100)", "unsafe_mul(_value, 2**137)"),
    (judged_facts, "day_checks", "MAX_FEES_SATS: constant(uint256) = 2**51", "2**81"),
)


@pytest.mark.parametrize(
    ("lemma", "module", "old", "new"), MISTAKES, ids=lambda value: getattr(value, "__name__", value)
)
def test_lemma__mistake_in_source__is_refuted(lemma, module, old, new):
    # of a constant only its value is another
    name, equals, _ = old.rpartition(" = ")
    mutation = Mutation(module, old, f"{name}{equals}{new}")

    with pytest.raises(RefutedError):
        lemma(mutation)


def test_floors__both_tranches__are_at_most_the_holdings():
    floors_of_tranches()


@pytest.mark.parametrize("accounts", [1, 2, 3, 8])
def test_floors__any_claims__fall_short_by_less_than_one_each(accounts):
    floors_against_money(accounts, shortest=accounts)


@pytest.mark.parametrize("accounts", [2, 3, 8])
def test_floors__without_the_fractions_kept__fall_short_by_more_than_one(accounts):
    with pytest.raises(RefutedError):
        floors_against_money(accounts, shortest=accounts - 1)


def test_product__any_naturals__is_monotone():
    a, b, most_a, most_b = z3.Ints("a b most_a most_b")
    solver = z3.Solver()
    solver.add(a >= 0, a <= most_a, b >= 0, b <= most_b, a * b > most_a * most_b)
    assert solver.check() == z3.unsat
