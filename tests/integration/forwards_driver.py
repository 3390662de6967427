# SPDX-License-Identifier: AGPL-3.0-only
"""Trades forwards with the commands of scripts/, from the first listing to the last redemption.

    python -m tests.integration.forwards_driver NETWORK FOLDER

A miner sells May 2028, a buyer takes some of it and sells a part on to a third account; days pass;
everybody redeems. It writes what every command answered to FOLDER/answers.json.
"""

import json
import os
import sys
from dataclasses import asdict
from itertools import count
from pathlib import Path
from types import SimpleNamespace

from ape import accounts, networks

from commands.forwards.reader import ForwardsReader
from commands.series.posting import post
from commands.shell.session import Session
from hashrate.core.units import DAY_SECONDS
from simulation.demo.block_timer import IN_PROCESS_PROVIDER, InProcessBlockTimer
from testing.relay_process import RelayProcess
from tests.integration.driver import OPENING_SECONDS, Answer, Driver

MINER, BUYER, THIRD, KEEPER = "TEST::5", "TEST::6", "TEST::8", "TEST::19"
LISTING_DAY = 12  # from the first, 0: 2028-04-21
MONTH_BEGINS, MONTH_ENDS = 22, 53  # 2028-05-01, 2028-06-01
MIDDLE_FINAL = 15  # final days of May when positions are looked at in the window
LONG_WINDOW_DAYS = 3  # the last day of May may be unusual


class ForwardsDriver(Driver):
    """The commands, and days that are posted as they pass."""

    def __init__(self, network: str, folder: Path) -> None:
        super().__init__(network, folder)
        self._posted = count()
        self.orders = folder / "orders"
        self.orders.mkdir()

    def forwards(self, label: str, *args: str, by: str | None = None, said: str = "") -> Answer:
        """Run `forwards …`; with an account it agrees, unless something is said."""
        options = [] if by is None else ["--account", by]
        if by is not None and not said and "--dry-run" not in args:
            options.append("--yes")
        return self.run(label, "forwards", *args, *options, said=said)

    def live_until(self, day: int) -> None:
        """Post each day before `day` at six in the morning after it, and wait for finality."""
        session = Session(accounts.test_accounts[19], self._folder / "deployments")
        for number in self._posted:
            self.move_to(number + 1, 6)
            act = post(
                session,
                [Path(path) for path in self.day_files("day", self.observe(number))],
                replaces=False,
            )
            act.check(act.send())
            if number == day - 1:
                break
        self.move_to(day, 19)

    def path(self, name: str) -> str:
        """Name an order file."""
        return str(self.orders / name)


def prepare(driver: ForwardsDriver) -> None:
    """Deploy, and list too early; then twelve days, money and the listing."""
    driver.run("deploy", "deploy", "--account", "TEST::0", "--yes")
    driver.forwards("list young oracle", "list", "HPS-MAY28", by=KEEPER)
    driver.live_until(LISTING_DAY)
    for account, amount in ((MINER, "1btc"), (BUYER, "1btc"), (THIRD, "1btc")):
        driver.run(f"faucet {account}", "faucet", account, amount, "--account", KEEPER, "--yes")
    for account in (MINER, BUYER):
        driver.run("faucet dollars", "faucet", account, "9000usd", "--account", KEEPER, "--yes")
    driver.forwards("months", "months", "--product", "HPS", "--count", "3")
    driver.forwards("quote unlisted", "quote", "HPS-MAY28", "--price", "10500sat")
    driver.forwards("order unlisted", *_sell("1", "HPS-MAY28", "10500sat", driver), by=MINER)
    driver.forwards("list dry", "list", "HPS-MAY28", "--dry-run", by=KEEPER)
    driver.forwards("list declined", "list", "HPS-MAY28", by=KEEPER, said="n\n")
    driver.forwards("list", "list", "HPS-MAY28:JUN28", "HPU-K28", "DIF-K28", by=KEEPER)
    driver.forwards("list again", "list", "HPSK28", by=KEEPER)
    driver.forwards("list past", "list", "HPS-APR28", by=KEEPER)
    driver.forwards("list nonsense", "list", "HPX-MAY28", by=KEEPER)


def _sell(quantity: str, contract: str, price: str, driver: ForwardsDriver) -> list[str]:
    return ["order", "sell", quantity, contract, price, "--to", driver.path("refused.json")]


def trade(driver: ForwardsDriver) -> None:
    """Sign, quote, fill, close, cancel."""
    ask = driver.path("ask.json")
    sell = ("order", "sell", "60", "HPS-MAY28", "10500sat", "--minimum", "10", "--to", ask)
    driver.forwards("order below floor", *_sell("1", "HPS-MAY28", "4999sat", driver), by=MINER)
    driver.forwards("order other unit", *_sell("1", "HPS-MAY28", "$10.50", driver), by=MINER)
    driver.forwards("order dry", *sell, "--dry-run", by=MINER)
    driver.answers["files after dry run"] = Answer(0, str(len(list(driver.orders.iterdir()))))
    driver.forwards("order", *sell, by=MINER)
    driver.forwards("quote", "quote", "HPS-MAY28", "--orders", str(driver.orders))
    driver.forwards("fill dry", "fill", ask, "--dry-run", by=BUYER)
    driver.forwards("fill below minimum", "fill", ask, "--quantity", "9", by=BUYER)
    driver.forwards("fill own", "fill", ask, by=MINER)
    driver.forwards("fill poor", "fill", ask, by="TEST::9")
    driver.forwards("fill", "fill", ask, "--quantity", "20", by=BUYER)
    driver.forwards("fill damaged", "fill", _cheaper(driver, ask), by=BUYER)
    bid = ("order", "buy", "5", "HPS-MAY28", "10800sat", "--to", driver.path("bid.json"))
    driver.forwards("order third", *bid, "--taker", BUYER, by=THIRD)
    driver.forwards("fill not for you", "fill", driver.path("bid.json"), by=MINER)
    driver.forwards("fill closing", "fill", driver.path("bid.json"), by=BUYER)
    driver.forwards("fill again", "fill", driver.path("bid.json"), by=BUYER)
    driver.forwards("quote after", "quote", "HPS-MAY28", "--orders", str(driver.orders))
    driver.forwards("cancel foreign", "cancel", ask, by=BUYER)
    driver.forwards("cancel", "cancel", ask, by=MINER)
    driver.forwards("cancel again", "cancel", ask, by=MINER)
    driver.forwards("fill cancelled", "fill", ask, by=BUYER)
    strip = driver.path("strip.json")
    driver.forwards(
        "order strip", "order", "buy", "2", "HPS-MAY28:JUN28", "10000sat", "--to", strip, by=THIRD
    )
    driver.forwards("fill strip", "fill", strip, "--quantity", "1", by=MINER)
    driver.forwards("cancel all", "cancel", "--all", by=THIRD)
    together(driver)
    driver.forwards("fill strip cancelled", "fill", strip, by=MINER)
    dollars = driver.path("dollars.json")
    driver.forwards(
        "order dollars", "order", "sell", "3", "HPU-MAY28", "$12.34", "--to", dollars, by=MINER
    )
    driver.forwards("fill dollars", "fill", dollars, by=BUYER)
    sweep(driver)


def sweep(driver: ForwardsDriver) -> None:
    """Take several orders at once; pay by permits; meet a maker who has nothing."""
    one, signer, poor, taker = ("TEST::10", "TEST::11", "TEST::12", "TEST::13")
    for account in (one, signer, taker):
        driver.run(f"faucet {account}", "faucet", account, "1btc", "--account", KEEPER, "--yes")
    (driver.orders / "sweep").mkdir()
    folder = driver.path("sweep")

    def sell(label: str, by: str, quantity: str, price: str, *more: str) -> str:
        path = driver.path(f"sweep/{label}.json")
        wanted = ("order", "sell", quantity, "HPS-JUN28", price, *more, "--to", path)
        driver.forwards(f"ask {label}", *wanted, by=by)
        return path

    sell("first", one, "3", "9500sat")
    sell("second", one, "2", "9600sat")
    permitted = sell("permitted", signer, "2", "9700sat", "--permit")
    unpaid = sell("unpaid", poor, "1", "9400sat")
    buy = ("sweep", "buy", "6", "HPS-JUN28")
    source = ("--orders", folder)
    driver.forwards("sweep too cheap", *buy, "9399sat", *source, by=taker)
    driver.forwards("sweep dry", *buy, "9700sat", *source, "--dry-run", by=taker)
    driver.forwards("sweep", *buy, "9700sat", *source, by=taker)
    driver.forwards("fill unpaid", "fill", unpaid, by=taker)
    driver.forwards("fill permit", "fill", permitted, "--permit", by=taker)
    driver.forwards("mint permit", "mint", "HPS-JUN28", "1", "--permit", by=taker)


def together(driver: ForwardsDriver) -> None:
    """Sign a roll, a peg and two orders that meet; cancel by contract; disown the book."""
    roll, peg = driver.path("roll.json"), driver.path("peg.json")
    leg = ("--leg", "sell HPS-JUN28 9500sat")
    sell = ("order", "sell", "1", "HPS-MAY28", "10400sat")
    driver.forwards(
        "order spread", "order", "buy", "2", "HPS-MAY28", "10100sat", *leg, "--to", roll, by=MINER
    )
    driver.forwards("fill spread", "fill", roll, "--quantity", "1", by=BUYER)
    driver.forwards("order bad leg", *sell, "--leg", "sell it", "--to", roll, by=MINER)
    between = ("--between", "9000sat:11000sat")
    driver.forwards(
        "order peg",
        "order",
        "buy",
        "1",
        "HPS-JUN28",
        "index-50sat",
        *between,
        "--to",
        peg,
        by=MINER,
    )
    driver.forwards(
        "order peg loose", "order", "buy", "1", "HPS-JUN28", "index", "--to", peg, by=MINER
    )
    driver.forwards("fill peg", "fill", peg, by=BUYER)
    bid, ask = driver.path("meet-bid.json"), driver.path("meet-ask.json")
    only = ("--match-only", "--to")
    driver.forwards("order bid", "order", "buy", "1", "HPS-JUN28", "9600sat", *only, bid, by=MINER)
    driver.forwards(
        "order ask", "order", "sell", "1", "HPS-JUN28", "9500sat", "--net", *only, ask, by=THIRD
    )
    driver.forwards("fill match only", "fill", bid, by=BUYER)
    driver.forwards("match", "match", bid, ask, by=KEEPER)
    driver.forwards("cancel contract", "cancel", "--contract", "HPS-MAY28", by=MINER)
    driver.forwards("fill dead leg", "fill", roll, by=BUYER)
    driver.forwards("disown", "disown-book", by=KEEPER)
    driver.forwards("approve book", "approve-book", BUYER, "0.5btc", "--days", "2", by=KEEPER)


def _cheaper(driver: ForwardsDriver, ask: str) -> str:
    """Lower the price in an order file after it was signed; give the new file."""
    document = json.loads(Path(ask).read_text(encoding="utf-8"))
    document["order"]["legs"][0]["price_ticks"] = "9000"
    broken = driver.orders.parent / "damaged.json"
    broken.write_text(json.dumps(document), encoding="utf-8")
    return str(broken)


def by_relay(driver: ForwardsDriver) -> None:
    """Trade through a relay, in a process of its own, on a node that it can reach as well."""
    reader = ForwardsReader(Session(None, driver.orders.parent / "deployments"))
    world = SimpleNamespace(
        domain=reader.domain,
        indices=[reader.index],
        anvil=SimpleNamespace(url=os.environ["APE_FOUNDRY_HOST"]),
    )
    relay = RelayProcess(world, driver.orders.parent / "relay")
    url, path = relay.url, driver.path("relayed.json")
    sell = ("order", "sell", "4", "HPS-JUN28", "9999sat", "--to", path)
    driver.forwards("relay down", *sell, "--relay", url, by=MINER)
    relay.start()
    try:
        answer = driver.forwards("relay order", *sell, "--relay", url, by=MINER)
        name = answer.text.rpartition("Order ")[2].split()[0]
        driver.forwards("relay poor", *_bid_of_the_poor(driver), "--relay", url, by="TEST::9")
        driver.forwards("relay quote", "quote", "HPS-JUN28", "--orders", url)
        fill = ("fill", f"{url}/orders/{name}", "--quantity", "3")
        driver.forwards("relay fill", *fill, by=BUYER)
        driver.forwards("relay cancel", "cancel", f"{url}/orders/{name}", by=MINER)
        driver.forwards("relay unknown", "fill", f"{url}/orders/0x{'0' * 64}", by=BUYER)
        driver.forwards("relay gone", "fill", path, by=BUYER)
        hidden = ("order", "sell", "1", "HPS-JUN28", "9998sat", "--to", driver.path("hidden.json"))
        answer = driver.forwards("relay second", *hidden, "--relay", url, by=MINER)
        place = f"{url}/orders/{answer.text.rpartition('Order ')[2].split()[0]}"
        driver.forwards("hide foreign", "hide", place, "--relay", url, by=BUYER)
        driver.forwards("hide dry", "hide", place, "--relay", url, "--dry-run", by=MINER)
        driver.forwards("hide", "hide", place, "--relay", url, by=MINER)
        driver.forwards("hidden there", "fill", place, by=BUYER)
        driver.forwards("hidden and good", "fill", driver.path("hidden.json"), by=BUYER)
    finally:
        relay.stop()
        relay.close()


def _bid_of_the_poor(driver: ForwardsDriver) -> list[str]:
    return ["order", "buy", "1", "HPS-JUN28", "9000sat", "--to", driver.path("poor.json")]


def look(driver: ForwardsDriver, when: str) -> None:
    """Read everybody's positions."""
    for name, account in (("miner", MINER), ("buyer", BUYER), ("third", THIRD)):
        driver.forwards(f"positions {name} {when}", "positions", account, "--json")


def finish(driver: ForwardsDriver) -> None:
    """Let the month pass, look in the middle of it, settle and redeem."""
    driver.forwards("redeem early", "redeem", "HPS-MAY28", by=BUYER)
    driver.forwards("settle early", "settle", "HPS-MAY28", by=KEEPER)
    driver.live_until(MONTH_BEGINS + MIDDLE_FINAL)
    look(driver, "middle")
    driver.forwards(
        "positions priced", "positions", BUYER, "--price", "HPS-MAY28=9000sat", "--json"
    )
    driver.forwards("positions for people", "positions", BUYER)
    driver.forwards("quote middle", "quote", "HPS-MAY28")
    driver.forwards("order late", *_sell("1", "HPS-MAY28", "10500sat", driver), by=MINER)
    driver.live_until(MONTH_ENDS + LONG_WINDOW_DAYS)
    driver.forwards("settle dry", "settle", "HPS-MAY28", "--dry-run", by=KEEPER)
    driver.forwards("settle", "settle", "HPS-MAY28", by=KEEPER)
    driver.forwards("settle again", "settle", "HPS-MAY28", by=KEEPER)
    look(driver, "settled")
    for name, account in (("miner", MINER), ("buyer", BUYER), ("third", THIRD)):
        driver.forwards(f"redeem {name}", "redeem", "HPS-MAY28", by=account)
    driver.forwards("redeem dollars", "redeem", "HPU-MAY28", "--to", THIRD, by=BUYER)
    driver.forwards("redeem nothing", "redeem", "HPS-MAY28", by=BUYER)
    driver.forwards("merge nothing", "merge", "HPS-JUN28", "1", by=THIRD)
    driver.forwards("mint", "mint", "HPS-JUN28", "2", by=BUYER)
    driver.forwards("merge", "merge", "HPS-JUN28", "1", "--to", THIRD, by=BUYER)
    driver.forwards("withdraw nothing", "withdraw", by=BUYER)
    look(driver, "redeemed")


def main(network: str, folder: Path) -> None:
    """Play everything and write the answers."""
    driver = ForwardsDriver(network, folder)
    with networks.parse_network_choice(network) as provider:
        if provider.name == IN_PROCESS_PROVIDER:
            InProcessBlockTimer(driver.first * DAY_SECONDS + OPENING_SECONDS)
        prepare(driver)
        trade(driver)
        if provider.name != IN_PROCESS_PROVIDER:
            by_relay(driver)
        finish(driver)
    answers = {label: asdict(answer) for label, answer in driver.answers.items()}
    (folder / "answers.json").write_text(json.dumps(answers, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
