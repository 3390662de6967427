# SPDX-License-Identifier: AGPL-3.0-only
"""Splits hashrate with the commands of scripts/, claims and redeems it.

python -m tests.integration.tranches_driver NETWORK FOLDER
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from ape import networks

from hashrate.core.units import DAY_SECONDS
from simulation.demo.block_timer import IN_PROCESS_PROVIDER, InProcessBlockTimer
from tests.integration.driver import OPENING_SECONDS
from tests.integration.market_driver import BUYER, ISSUER, KEEPER, MarketDriver, prepare


def play(driver: MarketDriver) -> None:
    """A strip of three days and a note that its first day meets."""
    by, run = driver.by, driver.run
    run("no product", "tranches", "status", "1")
    by(KEEPER, "create dry", "tranches", "create", "fjord", "today+1", "today+4", "--dry-run")
    by(KEEPER, "create strip", "tranches", "create", "fjord", "today+1", "today+4")
    by(KEEPER, "create again", "tranches", "create", "fjord", "today+1", "today+4")
    terms = ("fjord", "today+1", "today+31", "--face", "20sat")
    by(KEEPER, "create note", "tranches", "create", *terms)
    by(ISSUER, "split too early", "tranches", "split", "1", "10phs")
    run("list", "tranches", "list")
    driver.move_to(2, 0)
    by(ISSUER, "split dry", "tranches", "split", "1", "10phs", "--dry-run")
    by(ISSUER, "split strip", "tranches", "split", "1", "10phs", "--senior-to", BUYER)
    by(ISSUER, "split note", "tranches", "split", "2", "10phs", "--senior-to", BUYER)
    by(ISSUER, "split too much", "tranches", "split", "2", "100phs")
    by(BUYER, "merge without junior", "tranches", "merge", "1", "1phs")
    driver.move_to(5, 6)
    for day in (1, 2, 3, 4):
        driver.report(day)
    driver.move_to(9, 7)
    by(BUYER, "claim nothing", "tranches", "claim", "1", "senior")
    by(KEEPER, "settle", "settle", "fjord", "--days", "8")
    run("status strip", "tranches", "status", "1", "--holder", BUYER)
    run("status note", "tranches", "status", "2", "--holder", BUYER)
    by(BUYER, "claim strip", "tranches", "claim", "1", "senior")
    by(KEEPER, "claim note", "tranches", "claim", "2", "senior", "--for", BUYER)
    by(KEEPER, "note", "tranches", "auction", "2")
    by(KEEPER, "no auction", "tranches", "auction", "2", "1phs", "--holder", ISSUER)
    by(ISSUER, "redeem strip", "tranches", "redeem", "1", "junior", "10phs")
    by(ISSUER, "redeem note", "tranches", "redeem", "2", "junior", "10phs")
    by(BUYER, "redeem nothing", "tranches", "redeem", "2", "senior", "1phs")


def main(network: str, folder: Path) -> None:
    """Play everything and write the answers."""
    driver = MarketDriver(network, folder)
    with networks.parse_network_choice(network) as provider:
        if provider.name == IN_PROCESS_PROVIDER:
            InProcessBlockTimer(driver.first * DAY_SECONDS + OPENING_SECONDS)
        prepare(driver)
        play(driver)
    answers = {label: asdict(answer) for label, answer in driver.answers.items()}
    (folder / "answers.json").write_text(json.dumps(answers, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
