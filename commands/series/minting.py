# SPDX-License-Identifier: AGPL-3.0-only
"""Mint hashrate: what it takes, shown before it is asked for."""

from collections.abc import Sequence
from typing import Any

from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.session import Series, Session
from hashrate.core.amounts import bitcoin_text, hashrate_text

_WAD = 10**18


def mint(session: Session, series: Series, receiver: str, amount: int) -> Act:
    """Prepare to mint hashrate [TH/s, 18 dec] for a receiver."""
    distributor, token = series.distributor, series.token
    terms, ledger = distributor.terms(), distributor.ledger()
    oracle = session.oracle
    supply = token.totalSupply()
    after = supply + amount
    attested = oracle.attested_ths(distributor, terms.attestation_days)
    needed = -(-terms.bond_per_ths * after // _WAD)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, token.Transfer)
        require_logged("minted", (receiver, amount), (log.receiver, log.value))
        return [f"Minted {hashrate_text(amount)} to {receiver}"]

    return Act(
        f"Mint {series.instance}",
        [
            ("receiver", receiver),
            ("amount", hashrate_text(amount)),
            ("supply", f"{hashrate_text(supply)} -> {hashrate_text(after)}"),
            ("attested", f"{hashrate_text(attested)}, {_enough(attested, after)}"),
            (
                "bond needed",
                f"{bitcoin_text(needed, series.decimals)}, {_enough(ledger.bond, needed)}",
            ),
            ("bond posted", bitcoin_text(ledger.bond, series.decimals)),
        ],
        lambda: session.chain.send(distributor.mint, receiver, amount),
        check,
    )


def _enough(have: int, need: int) -> str:
    return "enough" if have >= need else "too little: the contract will refuse"
