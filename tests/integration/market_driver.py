# SPDX-License-Identifier: AGPL-3.0-only
"""Sells hashrate with the commands of scripts/ and trades it, from first round to last fill.

    python -m tests.integration.market_driver NETWORK FOLDER

An issuer opens a round, two buyers buy, days are delivered, money is released; then one buyer sells
to the other. It writes what every command answered to FOLDER/answers.json.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from ape import networks

from hashrate.core.units import DAY_SECONDS
from simulation.demo.block_timer import IN_PROCESS_PROVIDER, InProcessBlockTimer
from tests.integration.driver import CREDITED_SATS, OPENING_SECONDS, Answer, Driver

ISSUER, BUYER, OTHER, KEEPER = "TEST::5", "TEST::7", "TEST::8", "TEST::19"


class MarketDriver(Driver):
    """The commands, with files of orders."""

    def __init__(self, network: str, folder: Path) -> None:
        super().__init__(network, folder)
        self.orders = folder / "orders"
        self.orders.mkdir()

    def by(self, account: str, label: str, command: str, *args: str) -> Answer:
        """Run a command as somebody who agrees."""
        options = ["--account", account, *([] if "--dry-run" in args else ["--yes"])]
        return self.run(label, command, *args, *options)

    def report(self, day: int) -> None:
        """Report a day and the fleet's output of it."""
        for label, files in (
            (f"day {day}", self.day_files(f"day{day}", self.observe(day))),
            (f"output {day}", self.output_files(f"output{day}", day, CREDITED_SATS)),
        ):
            self.by(KEEPER, label, "report", *files)

    def path(self, name: str) -> str:
        """Name an order file."""
        return str(self.orders / name)


def prepare(driver: MarketDriver) -> None:
    """A system, a series, money, and hashrate that the issuer holds."""
    driver.by("TEST::0", "deploy", "deploy")
    driver.by(ISSUER, "issue", "issue", "fjord")
    driver.move_to(1, 6)
    driver.report(0)
    for account in (ISSUER, BUYER, OTHER):
        driver.by(KEEPER, f"faucet {account}", "faucet", account, "1btc")
    driver.by(ISSUER, "fund", "fund", "fjord", "0.5btc")
    driver.by(ISSUER, "bond", "bond", "fjord", "2000000sat")
    driver.move_to(1, 19)
    driver.by(ISSUER, "mint", "mint", "fjord", ISSUER, "60phs")


def sell(driver: MarketDriver) -> None:
    """A falling price, two buyers, and what is refused."""
    terms = ("open", "fjord", "1phs", "7000sat", "--to-price", "5000sat", "--days", "3")
    driver.run("no round", "offering", "status")
    driver.by(BUYER, "open by another", "offering", *terms)
    driver.by(ISSUER, "open too dear", "offering", *terms[:3], "5000sat", "--to-price", "6000sat")
    driver.by(ISSUER, "open dry", "offering", *terms, "--hours", "24", "--dry-run")
    driver.by(ISSUER, "open", "offering", *terms, "--hours", "24")
    driver.by(BUYER, "buy dry", "offering", "buy", "1", "600ths", "--dry-run")
    driver.by(BUYER, "buy", "offering", "buy", "1", "600ths")
    driver.by(OTHER, "buy too dear", "offering", "buy", "1", "1ths", "--at-most", "1sat")
    driver.by(OTHER, "buy too much", "offering", "buy", "1", "1phs", "--at-least", "401ths")
    driver.by(OTHER, "buy no round", "offering", "buy", "2", "1ths")
    driver.by(OTHER, "buy 2", "offering", "buy", "1", "100ths", "--permit")
    driver.run("status", "offering", "status", "1", "--buyer", BUYER)
    driver.run("status json", "offering", "status", "--buyer", BUYER, "--json")
    driver.run("status csv", "offering", "status", "--csv")
    driver.by(KEEPER, "release early", "offering", "release", "1")
    driver.by(BUYER, "refund early", "offering", "refund", "1")
    driver.by(BUYER, "take back by another", "offering", "take-back", "1")
    driver.by(ISSUER, "take back", "offering", "take-back", "1")


def deliver(driver: MarketDriver) -> None:
    """Days 1 to 4 are reported; three days later all is final, settles and is released."""
    driver.move_to(5, 6)
    for day in (1, 2, 3, 4):
        driver.report(day)
    driver.move_to(9, 7)
    driver.by(KEEPER, "settle", "settle", "fjord", "--days", "8")
    driver.by(KEEPER, "release", "offering", "release", "1")
    driver.run("status delivered", "offering", "status", "1", "--json")


def trade(driver: MarketDriver) -> None:
    """One buyer sells to the other: filled, matched, swept, cancelled."""
    ask, bid, low, far = (driver.path(f"{name}.json") for name in ("ask", "bid", "low", "far"))
    sell = ("order", "sell", "300ths", "fjord")
    driver.by(BUYER, "ask dry", "spot", *sell, "6901sat", "--to", ask, "--dry-run")
    driver.by(BUYER, "ask", "spot", *sell, "6901sat", "--to", ask)
    driver.by(BUYER, "fill own", "spot", "fill", ask)
    driver.by(OTHER, "fill dry", "spot", "fill", ask, "--quantity", "100.5ths", "--dry-run")
    driver.by(OTHER, "fill", "spot", "fill", ask, "--quantity", "100.5ths", "--permit")
    buy = ("order", "buy", "50ths", "fjord", "6905sat", "--minimum", "10ths")
    driver.by(OTHER, "bid", "spot", *buy, "--to", bid, "--match-only")
    driver.by(BUYER, "fill match only", "spot", "fill", bid)
    driver.by(KEEPER, "match", "spot", "match", bid, ask)
    driver.by(KEEPER, "match same side", "spot", "match", ask, ask)
    driver.by(BUYER, "low", "spot", "order", "sell", "20ths", "fjord", "6800sat", "--to", low)
    driver.by(BUYER, "far", "spot", "order", "sell", "20ths", "fjord", "98.5%", "--to", far)
    driver.run("book", "spot", "book", str(driver.orders))
    driver.run("book json", "spot", "book", str(driver.orders), "--json")
    driver.run("book csv", "spot", "book", str(driver.orders), "--csv")
    driver.by(OTHER, "sweep", "spot", "sweep", "60ths", ask, low)
    driver.by(OTHER, "cancel another's", "spot", "cancel", ask)
    driver.by(BUYER, "cancel", "spot", "cancel", ask)
    driver.by(OTHER, "fill cancelled", "spot", "fill", ask)
    driver.by(BUYER, "cancel token", "spot", "cancel", "--token", "fjord")
    driver.by(BUYER, "cancel all", "spot", "cancel", "--all")
    driver.by(BUYER, "cancel nothing", "spot", "cancel")
    driver.run("trades", "spot", "trades", "fjord")
    driver.run("trades json", "spot", "trades", "--json")
    driver.run("trades csv", "spot", "trades", "fjord", "--csv")


def main(network: str, folder: Path) -> None:
    """Play everything and write the answers."""
    driver = MarketDriver(network, folder)
    with networks.parse_network_choice(network) as provider:
        if provider.name == IN_PROCESS_PROVIDER:
            InProcessBlockTimer(driver.first * DAY_SECONDS + OPENING_SECONDS)
        prepare(driver)
        sell(driver)
        deliver(driver)
        trade(driver)
    answers = {label: asdict(answer) for label, answer in driver.answers.items()}
    (folder / "answers.json").write_text(json.dumps(answers, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
