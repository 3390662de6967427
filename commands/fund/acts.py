# SPDX-License-Identifier: AGPL-3.0-only
"""Create funds, create and redeem shares, claim."""

from collections.abc import Mapping, Sequence
from typing import Any

from eth_utils.address import to_checksum_address

from commands.fund.reader import Fund, FundReader, basket_rows, shares_text
from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.errors import ScriptError
from commands.shell.tokens import with_allowance
from hashrate.products.fund.basket import Basket, needed


def create_fund(reader: FundReader, name: str, symbol: str, weights: Mapping[str, int]) -> Act:
    """Prepare to create a fund over recorded series.

    Args:
        reader: of the factory.
        name, symbol: of the share.
        weights: by the series' name [whole TH/s].

    Raises:
        BasketError: the contract would refuse it.
    """
    factory, session = reader.factory, reader.session
    series = {key: session.series(key).distributor.address for key in weights}
    basket = Basket(
        name, symbol, {to_checksum_address(series[key]): weights[key] for key in weights}
    )
    arguments = basket.as_arguments()

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, factory.FundCreated)
        made = reader.fund(int(factory.fund_count()))
        require_logged("fund", str(made.contract.address), to_checksum_address(log.fund))
        found = [(str(part.distributor.address), part.weight) for part in made.parts]
        require_logged("basket", list(zip(*arguments[:2], strict=True)), found)
        return [f"Fund {made.number} is {made.symbol}, at {log.fund}"]

    rows = [("name", name), ("symbol", symbol)]
    rows += [(f"of {key}", f"{weight} TH/s a share") for key, weight in weights.items()]
    return Act(
        "Create a fund", rows, lambda: session.chain.send(factory.create_fund, *arguments), check
    )


def create(reader: FundReader, fund: Fund, shares: int, receiver: str) -> Act:
    """Prepare to bring the basket for shares [18 dec].

    Raises:
        ScriptError: the account holds less of a series.
    """
    contract, session = fund.contract, reader.session
    approvals = [
        with_allowance(session, part.token, str(contract.address), needed(part.weight, shares))
        for part in fund.parts
    ]

    def send() -> Any:
        for approve in approvals:
            approve()
        return session.chain.send(contract.create, shares, receiver)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, contract.FundShareCreated)
        require_logged("shares", shares, log.amount)
        return [f"Created {shares_text(shares)} of {fund.symbol} for {log.receiver}"]

    rows = [("shares", shares_text(shares)), ("go to", receiver), *basket_rows(fund, shares)]
    return Act(f"Create shares of {fund.symbol}", rows, send, check)


def redeem(reader: FundReader, fund: Fund, shares: int, receiver: str) -> Act:
    """Prepare to turn shares [18 dec] back into the basket.

    Raises:
        ScriptError: the account holds less.
    """
    contract, chain = fund.contract, reader.session.chain
    held = int(contract.balanceOf(chain.account))
    if held < shares:
        raise ScriptError(f"{chain.account.address} holds {shares_text(held)} of {fund.symbol}")

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, contract.FundShareRedeemed)
        require_logged("shares", shares, log.amount)
        return [f"Redeemed {shares_text(shares)} of {fund.symbol}, the basket to {log.receiver}"]

    rows = [
        ("shares", shares_text(shares)),
        ("basket goes to", receiver),
        *basket_rows(fund, shares),
    ]
    return Act(
        f"Redeem shares of {fund.symbol}",
        rows,
        lambda: chain.send(contract.redeem, shares, receiver),
        check,
    )


def claim(reader: FundReader, fund: Fund, holder: str, only: Sequence[str]) -> Act:
    """Prepare to pay a holder what its shares have earned, each series in its own coin.

    Args:
        reader: of the factory.
        fund: whose shares.
        holder: who is paid.
        only: names of series; all of the basket if none is given.

    Raises:
        ScriptError: there is nothing to claim, or no such series in the basket.
    """
    contract, chain = fund.contract, reader.session.chain
    named = {part.name: part for part in fund.parts}
    unknown = [name for name in only if name not in named]
    if unknown:
        raise ScriptError(f"{fund.symbol} has no {unknown[0]}; it is {fund.basket_text}")
    parts = [named[name] for name in only] or list(fund.parts)
    due = [contract.preview_claim(holder, part.place) for part in parts]
    if not any(int(amount) or not is_whole for amount, is_whole in due):
        raise ScriptError(f"{fund.symbol}: {holder} has nothing to claim")

    def check(receipt: Any) -> Sequence[str]:
        by_series = {str(part.distributor.address): part for part in parts}
        logs = receipt.decode_logs(contract.FundRewardClaimed)
        lines = []
        for log in (each for each in logs if each.contract_address == contract.address):
            require_logged("claimed for", holder, to_checksum_address(log.account))
            part = by_series[to_checksum_address(log.distributor)]
            lines.append(
                f"Paid {part.money.text(int(log.amount))} of {part.name} to {log.receiver}"
            )
        return lines or ["Paid nothing yet: there is more, claim again"]

    rows = [("holder", holder)]
    rows += [
        (f"due of {part.name}", part.money.text(int(amount)))
        for part, (amount, _) in zip(parts, due, strict=True)
    ]
    places = [part.place for part in parts] if only else []
    return Act(
        f"Claim of {fund.symbol}", rows, lambda: chain.send(contract.claim, holder, places), check
    )
