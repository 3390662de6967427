# SPDX-License-Identifier: AGPL-3.0-only
"""Create products, split and merge tokens, claim, redeem, buy at the auction."""

from collections.abc import Callable, Sequence
from typing import Any

from eth_utils.address import to_checksum_address

from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.errors import ScriptError
from commands.shell.session import Series
from commands.shell.tokens import with_allowance
from commands.tranches.reader import Product, TranchesReader, iso, state_of
from hashrate.core.amounts import bitcoin_text, hashrate_text
from hashrate.core.units import DAY_SECONDS
from hashrate.products.tranches.maths import bought, part_of
from hashrate.products.tranches.terms import (
    AUCTION_DAYS,
    TrancheTerms,
    require_sense,
    symbols,
)


def create(reader: TranchesReader, series: Series, terms: TrancheTerms) -> Act:
    """Prepare to create a product.

    Raises:
        TrancheTermsError: the contract would refuse the terms.
    """
    factory, chain = reader.factory, reader.session.chain
    require_sense(terms, reader.clock_of(series))

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, factory.TranchesCreated)
        require_logged("series", terms.distributor, to_checksum_address(log.distributor))
        made = reader.product(int(factory.product_count()))
        return [f"Product {made.number} is {made.name}, at {log.product}"]

    rows = [
        ("term", f"{iso(terms.start_day)} to {iso(terms.maturity_day - 1)}"),
        ("kind", "strip" if terms.is_strip else "note"),
        ("SENIOR, JUNIOR", ", ".join(symbols(series.token.symbol(), terms, series.decimals))),
    ]
    if not terms.is_strip:
        rows += [
            ("face of a TH/s", bitcoin_text(terms.face, series.decimals)),
            ("grace", f"{terms.grace_days} days, then an auction of {AUCTION_DAYS}"),
        ]
    return Act(
        f"Create tranches of {series.instance}",
        rows,
        lambda: chain.send(factory.create, terms.as_tuple()),
        check,
    )


def split(reader: TranchesReader, product: Product, amount: int, senior: str, junior: str) -> Act:
    """Prepare to split tokens [TH/s, 18 dec].

    Raises:
        ScriptError: the account holds less.
    """
    contract, chain = product.contract, reader.session.chain
    prepare = with_allowance(reader.session, product.token, str(contract.address), amount)

    def send() -> Any:
        prepare()
        return chain.send(contract.split, amount, senior, junior)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, contract.Split)
        require_logged("amount", amount, log.amount_ths)
        return [f"Split {hashrate_text(amount)}"]

    rows = [
        ("amount", hashrate_text(amount)),
        ("SENIOR goes to", senior),
        ("JUNIOR goes to", junior),
    ]
    return Act(f"Split into {product.name}", rows, send, check)


def merge(reader: TranchesReader, product: Product, amount: int) -> Act:
    """Prepare to merge SENIOR and JUNIOR [TH/s, 18 dec].

    Raises:
        ScriptError: the account holds less of one of them.
    """
    account = reader.session.chain.account
    for token in (product.senior, product.junior):
        held = int(token.balanceOf(account))
        if held < amount:
            raise ScriptError(f"{account.address} holds {hashrate_text(held)} of {token.symbol()}")
    contract = product.contract

    def check(receipt: Any) -> Sequence[str]:
        require_logged("amount", amount, the_only_event(receipt, contract.Merged).amount_ths)
        return [f"Merged {hashrate_text(amount)}"]

    send = _sender(reader, contract.merge, amount)
    return Act(f"Merge {product.name}", [("amount", hashrate_text(amount))], send, check)


def claim(reader: TranchesReader, product: Product, tranche: str, holder: str) -> Act:
    """Prepare to pay a holder what its SENIOR or JUNIOR has earned.

    Raises:
        ScriptError: there is nothing to claim.
    """
    contract, token = product.contract, product.tranche(tranche)
    due, is_whole = contract.preview_claim(token, holder)
    if due == 0 and is_whole:
        raise ScriptError(f"{token.symbol()}: {holder} has nothing to claim")

    def check(receipt: Any) -> Sequence[str]:
        logs = receipt.decode_logs(contract.RewardClaimed)
        paid = [log for log in logs if log.contract_address == contract.address]
        require_logged("claims", 1, len(paid))
        require_logged("claimed for", holder, paid[0].account)
        return [f"Paid {product.money.text(int(paid[0].amount))} to {paid[0].receiver}"]

    rows = [("holder", holder), ("due", product.money.text(int(due)))]
    send = _sender(reader, contract.claim, token, holder)
    return Act(f"Claim of {token.symbol()}", rows, send, check)


def redeem(reader: TranchesReader, product: Product, tranche: str, amount: int) -> Act:
    """Prepare to redeem JUNIOR for tokens, or SENIOR of an unmet note for its part of the pool.

    Raises:
        ScriptError: the account holds less, or too little to pay the shortfall.
    """
    contract, session = product.contract, reader.session
    token = product.tranche(tranche)
    held = int(token.balanceOf(session.chain.account))
    if held < amount:
        who = session.chain.account.address
        raise ScriptError(f"{who} holds {hashrate_text(held)} of {token.symbol()}")
    if tranche == "senior":
        return _redeem_senior(reader, product, amount)
    cost = int(contract.cost_of(amount))
    prepare = with_allowance(session, product.money, str(contract.address), cost)

    def send() -> Any:
        if cost:
            prepare()
        return session.chain.send(contract.redeem_junior, amount, cost)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, contract.JuniorRedeemed)
        require_logged("amount", amount, log.amount_ths)
        return [f"Redeemed {hashrate_text(amount)} for {product.money.text(int(log.cost))}"]

    rows = [("amount", hashrate_text(amount)), ("costs", product.money.text(cost))]
    return Act(f"Redeem {token.symbol()}", rows, send, check)


def _redeem_senior(reader: TranchesReader, product: Product, amount: int) -> Act:
    contract = product.contract

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, contract.SeniorRedeemed)
        require_logged("amount", amount, log.amount_ths)
        cash, tokens = product.money.text(int(log.cash)), product.token.text(int(log.tokens_ths))
        return [f"Redeemed {hashrate_text(amount)} for {cash} and {tokens}"]

    pool, supply = contract.pool(), int(product.senior.totalSupply())
    cash, tokens = (part_of(int(each), amount, supply) for each in (pool.cash, pool.tokens))
    rows = [
        ("amount", hashrate_text(amount)),
        ("pool", f"{product.money.text(pool.cash)}, {product.token.text(pool.tokens)}"),
        ("its part now", f"{product.money.text(cash)}, {product.token.text(tokens)}"),
        ("before this", "`ape run tranches auction NUMBER --collect` adds what it has earned"),
    ]
    send = _sender(reader, contract.redeem_senior, amount)
    return Act(f"Redeem {product.name}", rows, send, check)


def note(reader: TranchesReader, product: Product) -> Act:
    """Prepare to note the outcome, which starts the clock of the auction."""
    contract = product.contract

    def check(receipt: Any) -> Sequence[str]:
        return [f"Noted: {state_of(contract.outcome()).name.lower()}"]

    return Act(
        f"Note the outcome of {product.name}",
        [("outcome", state_of(contract.outcome()).name.lower())],
        _sender(reader, contract.find_cut),
        check,
    )


def collect(reader: TranchesReader, product: Product) -> Act:
    """Prepare to add to the pool what the forfeited tokens have earned."""
    contract = product.contract

    def check(receipt: Any) -> Sequence[str]:
        amount = int(the_only_event(receipt, contract.PoolCollected).amount)
        return [f"Collected {product.money.text(amount)}"]

    send = _sender(reader, contract.collect_pool)
    return Act(f"Collect the pool of {product.name}", reader.state_rows(product), send, check)


def buy(reader: TranchesReader, product: Product, holder: str, amount: int, least: int) -> Act:
    """Prepare to buy a holder's JUNIOR [TH/s, 18 dec] at the auction.

    Raises:
        ScriptError: there is no auction now, or the account holds too little to pay.
    """
    contract, session = product.contract, reader.session
    cost = int(contract.cost_of(amount))
    if cost == 0:
        raise ScriptError(f"{product.name}: there is no auction")
    prepare = with_allowance(session, product.money, str(contract.address), cost)

    def send() -> Any:
        prepare()
        return session.chain.send(contract.buy_junior, holder, amount, least)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, contract.JuniorBought)
        require_logged("cost", cost, log.cost)
        return [f"Bought {hashrate_text(int(log.bought_ths))} for {product.money.text(cost)}"]

    first_day, _ = contract.auction_days()
    elapsed = max(0, session.chain.now - int(first_day) * DAY_SECONDS)
    rows = [
        ("holder", holder),
        ("its JUNIOR", hashrate_text(amount)),
        ("costs", product.money.text(cost)),
        ("gives now", hashrate_text(min(amount, bought(amount, elapsed)))),
        ("at least", hashrate_text(least)),
    ]
    return Act(f"Buy JUNIOR of {product.name}", rows, send, check)


def _sender(reader: TranchesReader, method: Any, *arguments: Any) -> Callable[[], Any]:
    return lambda: reader.session.chain.send(method, *arguments)
