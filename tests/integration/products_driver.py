# SPDX-License-Identifier: AGPL-3.0-only
"""Splits hashrate and puts it into a fund with the commands of scripts/, claims and redeems.

    python -m tests.integration.products_driver NETWORK FOLDER

It writes what every command answered to FOLDER/answers.json.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from ape import networks

from hashrate.core.units import DAY_SECONDS
from simulation.demo.block_timer import IN_PROCESS_PROVIDER, InProcessBlockTimer
from tests.integration.driver import OPENING_SECONDS
from tests.integration.market_driver import (
    BUYER,
    ISSUER,
    KEEPER,
    OTHER,
    MarketDriver,
    prepare,
)


def begin(driver: MarketDriver) -> None:
    """Day 1: a strip of three days, a note that its first day will meet, a fund of two series."""
    by, run = driver.by, driver.run
    run("no product", "tranches", "status", "1")
    by(KEEPER, "create dry", "tranches", "create", "fjord", "today+1", "today+4", "--dry-run")
    by(KEEPER, "create strip", "tranches", "create", "fjord", "today+1", "today+4")
    by(KEEPER, "create again", "tranches", "create", "fjord", "today+1", "today+4")
    terms = ("fjord", "today+1", "today+31", "--face", "20sat")
    by(KEEPER, "create note", "tranches", "create", *terms)
    by(ISSUER, "split too early", "tranches", "split", "1", "10phs")
    by(KEEPER, "create empty", "tranches", "create", "fjord", "today+2", "today+2")
    by(KEEPER, "create past", "tranches", "create", "fjord", "2028-01-01", "today+2")
    run("list", "tranches", "list")
    run("no fund", "fund", "status", "1")
    named = ("create-fund", "Nordic basket", "NORD")
    by(KEEPER, "fund malformed", "fund", *named, "fjord:2")
    by(KEEPER, "fund unknown", "fund", *named, "fjord=2", "nowhere=1")
    by(KEEPER, "fund weightless", "fund", *named, "fjord=0")
    by(KEEPER, "fund dry", "fund", *named, "fjord=2", "prairie=5", "--dry-run")
    by(KEEPER, "fund", "fund", *named, "fjord=2", "prairie=5")
    run("funds", "fund", "status")


def use(driver: MarketDriver) -> None:
    """Day 2: tokens are split and put into the fund; half a fund's shares go back at noon."""
    by, run = driver.by, driver.run
    driver.move_to(2, 0)
    by(ISSUER, "split dry", "tranches", "split", "1", "10phs", "--dry-run")
    by(ISSUER, "split strip", "tranches", "split", "1", "10phs", "--senior-to", BUYER)
    by(ISSUER, "split note", "tranches", "split", "2", "10phs", "--senior-to", BUYER)
    by(ISSUER, "split too much", "tranches", "split", "2", "100phs")
    by(BUYER, "merge without junior", "tranches", "merge", "1", "1phs")
    by(ISSUER, "shares malformed", "fund", "create", "1", "ten")
    by(ISSUER, "shares too many", "fund", "create", "1", "40000")
    by(ISSUER, "shares dry", "fund", "create", "1", "2000", "--dry-run")
    by(ISSUER, "shares", "fund", "create", "1", "2000", "--to", BUYER)
    by(ISSUER, "redeem shares of another", "fund", "redeem", "1", "1")
    driver.move_to(2, 12)
    by(BUYER, "redeem shares dry", "fund", "redeem", "1", "1000.5", "--dry-run")
    by(BUYER, "redeem shares", "fund", "redeem", "1", "1000.5", "--to", OTHER)
    run("status fund", "fund", "status", "1", "--holder", BUYER)


def collect(driver: MarketDriver) -> None:
    """Days 5 to 9: days are reported and settled, and everybody claims and redeems."""
    by, run = driver.by, driver.run
    driver.move_to(5, 6)
    for day in (1, 2, 3, 4):
        driver.report(day)
    driver.move_to(9, 7)
    by(BUYER, "claim nothing", "tranches", "claim", "1", "senior")
    by(KEEPER, "settle", "settle", "fjord", "--days", "8")
    by(BUYER, "claim nothing of fund", "fund", "claim", "1", "--only", "prairie")
    by(BUYER, "claim of a stranger", "fund", "claim", "1", "--only", "nowhere")
    by(KEEPER, "claim fund of one series", "fund", "claim", "1", "--for", BUYER)
    by(KEEPER, "settle prairie", "settle", "prairie", "--days", "8")
    run("status fund due", "fund", "status", "1", "--holder", BUYER)
    by(BUYER, "claim fund dry", "fund", "claim", "1", "--dry-run")
    by(BUYER, "claim fund", "fund", "claim", "1")
    by(BUYER, "claim fund again", "fund", "claim", "1")
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
        prepare(driver, "fjord", "prairie")
        begin(driver)
        use(driver)
        collect(driver)
    answers = {label: asdict(answer) for label, answer in driver.answers.items()}
    (folder / "answers.json").write_text(json.dumps(answers, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
