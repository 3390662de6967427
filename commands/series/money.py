# SPDX-License-Identifier: AGPL-3.0-only
"""Deposit, bond, settle, claim: what money does in a series."""

from collections.abc import Callable, Sequence
from typing import Any

from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.console import counted
from commands.shell.errors import ScriptError
from commands.shell.session import Series, Session
from hashrate.core.amounts import bitcoin_text
from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day

MAX_SETTLED_DAYS = 64
# the flags of the distributor's `Wait`
WAIT_WORDS = {
    0: "ready to settle",
    1: "the series has ended",
    2: "the day is not over",
    4: "the day is not final in the oracle",
    8: "its output is not final in the oracle",
    16: "not enough money in escrow, and grace is not over",
}


def deposit(session: Session, series: Series, amount: int) -> Act:
    """Prepare to add to the escrow [base units]; arrears are repaid from it at once."""
    ledger = series.distributor.ledger()
    pool = ledger.escrow + amount
    # a call repays 64 short days at most; more than that is rare and shows in the result
    repaid = min(ledger.arrears, pool)
    event = series.distributor.EscrowFunded

    def check(receipt: Any) -> Sequence[str]:
        require_logged("deposited", amount, the_only_event(receipt, event).amount)
        logs = receipt.decode_logs(series.distributor.ArrearsRepaid)
        paid_back = [
            f"Repaid {bitcoin_text(log.amount, series.decimals)} of {_iso(log.day)}" for log in logs
        ]
        return [f"Deposited {bitcoin_text(amount, series.decimals)}", *paid_back]

    return Act(
        f"Deposit into the escrow of {series.instance}",
        [
            ("amount", bitcoin_text(amount, series.decimals)),
            ("escrow", _change(ledger.escrow, pool - repaid, series)),
            ("arrears", _change(ledger.arrears, ledger.arrears - repaid, series)),
        ],
        _with_allowance(session, series, amount, series.distributor.fund),
        check,
    )


def post_bond(session: Session, series: Series, amount: int) -> Act:
    """Prepare to add to the bond [base units], refilling what was drawn."""
    ledger = series.distributor.ledger()
    drawn = ledger.bond_drawn - min(ledger.bond_drawn, amount)
    event = series.distributor.BondPosted

    def check(receipt: Any) -> Sequence[str]:
        require_logged("bond", amount, the_only_event(receipt, event).amount)
        return [f"Bond raised by {bitcoin_text(amount, series.decimals)}"]

    return Act(
        f"Post bond for {series.instance}",
        [
            ("amount", bitcoin_text(amount, series.decimals)),
            ("bond", _change(ledger.bond, ledger.bond + amount, series)),
            ("drawn and not refilled", _change(ledger.bond_drawn, drawn, series)),
        ],
        _with_allowance(session, series, amount, series.distributor.post_bond),
        check,
    )


def settle(session: Session, series: Series, days: int) -> Act:
    """Prepare to settle the next days, up to a number of them.

    Raises:
        ScriptError: the next day cannot be settled now, and there is nothing to repay.
    """
    distributor = series.distributor
    progress, ledger, day = distributor.progress(), distributor.ledger(), distributor.preview_day()
    if day.wait != 0 and not (ledger.arrears and ledger.escrow):
        why = WAIT_WORDS[day.wait]
        raise ScriptError(f"{series.instance}: {_iso(progress.next_day)} cannot settle: {why}")

    def check(receipt: Any) -> Sequence[str]:
        return [_settled_line(log, series) for log in receipt.decode_logs(distributor.DaySettled)]

    return Act(
        f"Settle {series.instance}",
        [
            ("next day", f"{_iso(progress.next_day)}, {WAIT_WORDS[day.wait]}"),
            ("its reward", bitcoin_text(day.reward, series.decimals)),
            ("its fee", bitcoin_text(day.fee, series.decimals)),
            ("escrow", bitcoin_text(ledger.escrow, series.decimals)),
            ("bond", bitcoin_text(ledger.bond, series.decimals)),
            ("arrears", bitcoin_text(ledger.arrears, series.decimals)),
            ("at most", counted(days, "day")),
        ],
        lambda: session.chain.send(distributor.settle, days),
        check,
    )


def claim(session: Session, series: Series, holder: str) -> Act:
    """Prepare to pay a holder what it earned and has not received.

    Raises:
        ScriptError: there is nothing to claim.
    """
    distributor = series.distributor
    due, is_whole = distributor.preview_claim(holder)
    if due == 0 and is_whole:
        raise ScriptError(f"{series.instance}: {holder} has nothing to claim")

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, distributor.RewardClaimed)
        require_logged("claimed for", holder, log.account)
        paid = f"Paid {bitcoin_text(log.amount, series.decimals)} to {log.receiver}"
        _, is_done = distributor.preview_claim(holder)
        return [paid] if is_done else [paid, "There is more: claim again"]

    return Act(
        f"Claim from {series.instance}",
        [
            ("holder", holder),
            ("due", bitcoin_text(due, series.decimals)),
            ("claims needed", "one" if is_whole else "more than one: the history is long"),
        ],
        lambda: session.chain.send(distributor.claim, holder),
        check,
    )


def _with_allowance(
    session: Session, series: Series, amount: int, method: Any
) -> Callable[[], Any]:
    """Make sure there is enough to send; approve exactly as much where that is missing.

    Raises:
        ScriptError: the account holds less.
    """
    sender, token = session.chain.account, series.reward_token
    held = token.balanceOf(sender)
    if held < amount:
        have, need = (bitcoin_text(part, series.decimals) for part in (held, amount))
        raise ScriptError(f"{sender.address} holds {have} of the reward token, {need} are needed")

    def send() -> Any:
        if token.allowance(sender, series.distributor) < amount:
            session.chain.send(token.approve, series.distributor, amount)
        return session.chain.send(method, amount)

    return send


def _settled_line(log: Any, series: Series) -> str:
    reward, paid = (bitcoin_text(part, series.decimals) for part in (log.reward, log.paid))
    deemed = ", without an output report" if log.is_deemed else ""
    return f"Settled {_iso(log.day)}: reward {reward}, paid {paid}{deemed}"


def _change(old: int, new: int, series: Series) -> str:
    before, after = bitcoin_text(old, series.decimals), bitcoin_text(new, series.decimals)
    return before if old == new else f"{before} -> {after}"


def _iso(day: int) -> str:
    return iso_from_day(DayIndex(day))
