# SPDX-License-Identifier: AGPL-3.0-only
"""What an account holds, what it is worth at the mark, and what its trades have brought.

Exact integers. The value of LONG is its settlement if every day to come brought the same price: the
days that are final in the oracle, then the newest trade's price (or a given one) for each other
day. A trade's profit is its quantity times what LONG is worth above the buyer's collateral, the
opposite for the seller, whether it opened a position or closed one. Pairs minted or merged bring
nothing; positions that came or went by a transfer have no price and are valued, not counted as
profit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.forwards.reader import ForwardsReader, Listing, Trade, state_text
from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.permits import spending
from commands.shell.tokens import Token
from hashrate.products.forwards.errors import PositionError
from hashrate.products.forwards.maths import Payouts, pair_cost, payouts, trade_profit

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Position:
    """An account's part in a series; money in base units of its token.

    Attributes:
        listing: the series.
        token: that it settles in.
        longs, shorts: held [contracts].
        traded: bought less sold [contracts].
        state: where the series is in its life.
        mark: of one LONG and one SHORT; None where nothing was traded and nothing is known.
        mark_from: in words, where the mark comes from.
        value: of what is held.
        profit: of the trades at the mark.
    """

    listing: Listing
    token: Token
    longs: int
    shorts: int
    traded: int
    state: str
    mark: Payouts | None
    mark_from: str
    value: int | None
    profit: int | None


def read_positions(
    reader: ForwardsReader, account: ChecksumAddress, prices: dict[int, int]
) -> list[Position]:
    """Read every series that an account holds or has traded.

    Args:
        reader: vault and book.
        account: whose.
        prices: by series, in place of the newest trade's for the days to come [tick].
    """
    trades = [*reader.trades(buyer=account), *reader.trades(seller=account)]
    traded = {trade.series for trade in trades}
    found = []
    for listing, longs, shorts in _balances(reader, account):
        if longs or shorts or listing.series in traded:
            mine = [trade for trade in trades if trade.series == listing.series]
            price = prices.get(listing.series)
            found.append(_position(reader, account, listing, (longs, shorts), mine, price))
    return sorted(found, key=lambda each: (each.listing.terms.first_day, each.listing.name))


def _balances(reader: ForwardsReader, account: ChecksumAddress) -> list[tuple[Listing, int, int]]:
    """Read what an account holds of every series, LONG and SHORT."""
    listings = [reader.listing_of(terms) for terms in reader.created.values()]
    found = []
    for begin in range(0, len(listings), _BATCH // 2):
        part = listings[begin : begin + _BATCH // 2]
        ids = [side for each in part for side in (each.series, each.series + 1)]
        held = [int(balance) for balance in reader.vault.balanceOfBatch([account] * len(ids), ids)]
        found += list(zip(part, held[::2], held[1::2], strict=True))
    return found


def _position(
    reader: ForwardsReader,
    account: ChecksumAddress,
    listing: Listing,
    held: tuple[int, int],
    trades: Sequence[Trade],
    price_ticks: int | None,
) -> Position:
    longs, shorts = held
    progress = reader.progress(listing)
    mark, mark_from = reader.value(listing, progress, price_ticks)
    value = profit = None
    if mark is not None:
        value = longs * mark.long + shorts * mark.short
        profit = profit_of(account, listing, trades, mark)
    return Position(
        listing=listing,
        token=reader.token(listing.terms.token),
        longs=longs,
        shorts=shorts,
        traded=sum(_signed(account, trade) for trade in trades),
        state=state_text(listing, progress, reader.session.chain.now),
        mark=mark,
        mark_from=mark_from,
        value=value,
        profit=profit,
    )


def profit_of(
    account: ChecksumAddress, listing: Listing, trades: Sequence[Trade], mark: Payouts
) -> int:
    """Sum what an account's trades in a series have brought at a mark [base units]."""
    return sum(
        trade_profit(listing.terms, trade.price_ticks, _signed(account, trade), mark)
        for trade in trades
    )


def _signed(account: ChecksumAddress, trade: Trade) -> int:
    """Return a trade's quantity, negative where the account sold."""
    return trade.quantity if trade.buyer == account else -trade.quantity


def show_positions(console: Console, account: str, positions: Sequence[Position]) -> None:
    """Print positions, and the sums for each token."""
    table = Table(title=Text(f"Forwards of {account}"), title_justify="left")
    table.add_column("contract", no_wrap=True)
    for name in ("LONG", "SHORT", "mark", "value", "profit"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("mark from", overflow="fold")
    sums: dict[str, tuple[Token, int, int]] = {}
    for each in positions:
        texts, note = ["?", "?", "?"], f"{each.mark_from}: give --price"
        if each.mark is not None and each.value is not None and each.profit is not None:
            token = each.token
            price = mean_text(each.listing, each.mark)
            texts, note = [price, token.text(each.value), token.text(each.profit)], each.mark_from
            _, value, profit = sums.get(token.address, (token, 0, 0))
            sums[token.address] = (token, value + each.value, profit + each.profit)
        if each.traded != each.longs - each.shorts and each.longs + each.shorts:
            moved = each.longs - each.shorts - each.traded
            note += f"; {moved:+} by transfer"
        table.add_row(each.listing.name, f"{each.longs}", f"{each.shorts}", *texts, note)
    for token, value, profit in sums.values():
        cells = (f"all in {token.symbol}", "", "", "", token.text(value), token.text(profit), "")
        table.add_row(*cells, style="bold")
    console.print(table)


def mean_text(listing: Listing, mark: Payouts) -> str:
    """Write what LONG is worth as a price, the floor added again, without its unit."""
    terms = listing.terms
    thousandths = 1000 * mark.long // (terms.days * terms.tick_value) + 1000 * terms.floor_ticks
    unit = terms.product.unit.decimals + 3
    whole, rest = divmod(thousandths, 10**unit)
    return f"{whole}.{rest:0{unit}d}"


def as_record(position: Position) -> dict[str, Any]:
    """Turn a position into JSON values; integers as text, since many a reader would round them."""
    mark = position.mark
    amounts = {
        "longs": position.longs,
        "shorts": position.shorts,
        "long_value": None if mark is None else mark.long,
        "short_value": None if mark is None else mark.short,
        "value": position.value,
        "profit": position.profit,
    }
    return {
        "contract": position.listing.name,
        "series": str(position.listing.series),
        "token": position.token.address,
        "state": position.state,
        "mark_from": position.mark_from,
        **{name: None if amount is None else str(amount) for name, amount in amounts.items()},
    }


def settle(reader: ForwardsReader, listing: Listing) -> Act:
    """Prepare to settle a series; anybody may, once it is due.

    Raises:
        PositionError: it is settled already.
    """
    vault, progress = reader.vault, reader.progress(listing)
    if progress.is_settled:
        raise PositionError(f"{listing.name} is settled already")
    token = reader.token(listing.terms.token)
    rows = [
        ("days final", f"{progress.final_days} of {listing.terms.days}"),
        *_payout_rows(listing, token, progress.outcome),
    ]

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, vault.SeriesSettled)
        missing = int(log.missing_days)
        if missing == 0:
            exact = payouts(listing.terms, progress.sum_wad)
            require_logged("LONG", exact.long, int(log.long_payout))
        said = f", {missing} silent days at the mean of the seven before" if missing else ""
        return [f"{listing.name} settled: LONG {token.text(int(log.long_payout))}{said}"]

    return Act(
        f"Settle {listing.name}",
        rows,
        lambda: reader.session.chain.send(vault.settle, listing.series),
        check,
    )


def redeem(reader: ForwardsReader, listing: Listing, recipient: ChecksumAddress) -> Act:
    """Prepare to turn all LONG and SHORT of the sending account into money.

    Raises:
        PositionError: it holds none, or the series is not due.
    """
    vault, chain = reader.vault, reader.session.chain
    account = to_checksum_address(chain.account.address)
    longs, shorts = (
        int(vault.balanceOf(account, side)) for side in (listing.series, listing.series + 1)
    )
    if longs + shorts == 0:
        raise PositionError(f"{account} holds nothing of {listing.name}")
    progress = reader.progress(listing)
    if progress.outcome is None:
        state = state_text(listing, progress, chain.now)
        raise PositionError(f"{listing.name} is not due: {state}")
    pays, token = progress.outcome, reader.token(listing.terms.token)
    amount = longs * pays.long + shorts * pays.short

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, vault.Redeemed)
        require_logged("redeemed", amount, int(log.amount))
        lines = [f"Redeemed {token.text(amount)} to {recipient}"]
        if receipt.decode_logs(vault.Credited):
            lines.append("The token refused the transfer: it waits, see ape run forwards withdraw")
        return lines

    return Act(
        f"Redeem {listing.name}",
        [
            ("LONG", str(longs)),
            ("SHORT", str(shorts)),
            *_payout_rows(listing, token, pays),
            ("amount", token.text(amount)),
            ("recipient", recipient),
        ],
        lambda: chain.send(vault.redeem, listing.series, recipient),
        check,
    )


def mint(
    reader: ForwardsReader,
    listing: Listing,
    quantity: int,
    recipients: tuple[ChecksumAddress, ChecksumAddress],
    *,
    by_permit: bool = False,
) -> Act:
    """Prepare to pay for LONG and SHORT in full.

    Args:
        reader: the vault, with the account that pays.
        listing: the series.
        quantity: [contracts].
        recipients: who gets LONG, who gets SHORT.
        by_permit: pay by a permit in place of an approval.

    Raises:
        ScriptError: the account holds less than they cost.
    """
    vault, chain = reader.vault, reader.session.chain
    token = reader.token(listing.terms.token)
    amount = quantity * pair_cost(listing.terms)
    paying = spending(
        reader.session, token, (reader.address, "the vault"), amount, by_permit=by_permit
    )

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, vault.PairsMinted)
        require_logged("minted", quantity, int(log.quantity))
        return [f"Minted {quantity} LONG and {quantity} SHORT for {token.text(amount)}"]

    def send() -> Any:
        asked = (listing.series, quantity, *recipients)
        for permit in paying.permits():
            return chain.send(vault.mint_pair_with_permit, permit.as_tuple(), *asked)
        return chain.send(vault.mint_pair, *asked)

    return Act(
        f"Mint pairs of {listing.name}",
        [
            ("pairs", str(quantity)),
            ("you pay", token.text(amount)),
            ("LONG to", recipients[0]),
            ("SHORT to", recipients[1]),
            *paying.rows,
        ],
        send,
        check,
    )


def merge(
    reader: ForwardsReader, listing: Listing, quantity: int, recipient: ChecksumAddress
) -> Act:
    """Prepare to give LONG and SHORT back for what they cost together.

    Raises:
        PositionError: the sending account holds fewer of either.
    """
    vault, chain = reader.vault, reader.session.chain
    held = min(
        int(vault.balanceOf(chain.account, side)) for side in (listing.series, listing.series + 1)
    )
    if held < quantity:
        raise PositionError(f"{chain.account.address} holds {held} pairs of {listing.name}")
    token = reader.token(listing.terms.token)
    amount = quantity * pair_cost(listing.terms)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, vault.PairsMerged)
        require_logged("merged", quantity, int(log.quantity))
        return [f"Merged for {token.text(amount)} to {recipient}"]

    return Act(
        f"Merge pairs of {listing.name}",
        [("pairs", f"{held} -> {held - quantity}"), ("amount", token.text(amount))],
        lambda: chain.send(vault.merge_pair, listing.series, quantity, recipient),
        check,
    )


def withdraw(reader: ForwardsReader, token: Token, recipient: ChecksumAddress) -> Act:
    """Prepare to fetch what could not be delivered to the sending account."""
    vault, chain = reader.vault, reader.session.chain
    waiting = int(vault.credit_of(token.address, chain.account))

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, vault.Withdrawn)
        require_logged("withdrawn", waiting, int(log.amount))
        return [f"Withdrawn {token.text(waiting)} to {recipient}"]

    return Act(
        f"Withdraw {token.symbol}",
        [("waiting", token.text(waiting)), ("recipient", recipient)],
        lambda: chain.send(vault.withdraw, token.address, recipient),
        check,
    )


def _payout_rows(listing: Listing, token: Token, pays: Payouts | None) -> list[tuple[str, str]]:
    if pays is None:
        return [("pays", "not known yet")]
    return [
        ("daily mean", mean_text(listing, pays)),
        ("LONG pays", token.text(pays.long)),
        ("SHORT pays", token.text(pays.short)),
    ]
