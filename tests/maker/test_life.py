# SPDX-License-Identifier: AGPL-3.0-only
"""A maker with a real node, book and relay: it quotes, trades, falls silent, and stops."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hashrate.orders.order import SignedOrder
from maker.cycle import Maker
from maker.errors import MakerStoppedError
from testing.daemon_process import PATIENCE_SECONDS, toml, wait_for
from testing.http_server import json_answer, serving
from testing.maker_world import MakerWorld
from testing.oracle_world import DAY_SECONDS
from testing.program import ROOT
from testing.relay_process import RelayProcess

pytestmark = pytest.mark.integration

Make = Callable[..., Maker]


def side(maker: Maker, series: int, *, is_buy: bool) -> SignedOrder:
    """Return the one open order of a side."""
    (found,) = [
        each
        for each in maker.orders
        if each.order.legs[0].series == series and each.order.legs[0].is_buy == is_buy
    ]
    return found


def test_look__fresh_index__both_sides_of_every_month_are_listed(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """Pegged, around the index, for six hours at most; a second look changes nothing."""
    maker = make(world.trader("maker"))

    report = maker.look()

    assert (report.quiet, report.signed, len(report.offers)) == ("", 4, 4)
    for series in world.quoted:
        book = relay.get(f"/book/{series}").json()
        (bid,), (ask,) = book["buy"], book["sell"]
        assert (bid["quantity"], ask["quantity"]) == ("10", "10")
        # difficulty is expected to grow by the most there is: hashprice is offered below today's
        assert 15_000 < int(bid["price"]) < int(ask["price"]) < 20_500
        width = int(ask["price"]) - int(bid["price"])
        assert width * 10_000 >= 2 * 400 * int(bid["price"])
        order = side(maker, series, is_buy=True).order
        assert order.peg is not None
        assert order.deadline - world.anvil.now() <= 6 * 3_600
    assert maker.look().signed == 0


def test_look__without_a_key__signs_nothing(
    world: MakerWorld, relay: RelayProcess, make: Make, tmp_path: Path
) -> None:
    """A dry run says what it would offer."""
    report = make(None).look()

    assert len(report.offers) == 4
    assert report.signed == 0
    assert relay.get("/markets").json()["markets"] == []
    assert not (tmp_path / "maker/maker.json").exists()


def test_look__after_a_fill__leans_and_keeps_its_limits(world: MakerWorld, make: Make) -> None:
    """Who bought bids lower; what is open counts against the limit."""
    account = world.trader("maker")
    maker, first = make(account, size=10, month_limit=12), world.quoted[0]
    maker.look()
    bid = side(maker, first, is_buy=True)

    world.fill(world.trader("taker"), bid, 10)
    report = maker.look()

    assert world.vault.read("balanceOf", account.address, first) == 10
    again = side(maker, first, is_buy=True)
    assert again.order.quantity == 2
    assert again.order.peg is not None and bid.order.peg is not None
    assert again.order.peg.offset_ticks < bid.order.peg.offset_ticks
    # bought below what it expects
    assert report.profit["sats"] > 0


def test_look__after_a_restart__knows_what_it_signed(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """Nothing is signed twice, and a relay that forgot is told again."""
    account = world.trader("maker")
    one = make(account)
    one.look()
    relay.kill()
    (relay.config.parent / "relay.sqlite3").unlink()
    relay.start()
    assert relay.get("/markets").json()["markets"] == []

    other = make(account)
    report = other.look()

    assert report.signed == 0
    assert set(other.orders) == set(one.orders)
    assert len(relay.get("/markets").json()["markets"]) == 2


def test_look__money_for_one_side__signs_what_it_covers(world: MakerWorld, make: Make) -> None:
    """The nearest month comes first; an order that could not be paid is never signed."""
    maker = make(world.trader("maker", 10 * 30 * 16_000))

    report = maker.look()

    assert report.signed == 1
    assert side(maker, world.quoted[0], is_buy=True).order.max_collateral <= 10 * 30 * 16_000


def test_look__old_index__cancels_all_and_is_silent(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """No quote stands on an index of three days ago."""
    account = world.trader("maker")
    maker = make(account)
    maker.look()
    world.anvil.warp(world.anvil.now() + 3_600)
    assert maker.look().quiet == ""
    epoch = world.book.read("epoch_of", account.address)

    world.anvil.warp((world.oracle_world.next_day() + 2) * DAY_SECONDS + 1)
    report = maker.look()

    assert report.quiet == "the newest final day is 3 days old"
    assert maker.orders == ()
    # what was open has run out by itself: no gas for nothing
    assert world.book.read("epoch_of", account.address) == epoch


def test_look__retarget_near__cancels_what_is_open(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """The next retarget is 981 blocks after the newest day's last, and so some 890 ahead."""
    account = world.trader("maker")
    make(account).look()
    epoch = world.book.read("epoch_of", account.address)

    report = make(account, quiet_blocks=950).look()

    assert re.fullmatch(r"the retarget at \d+ is near", report.quiet)
    assert world.book.read("epoch_of", account.address) == epoch + 1
    wait_for(
        lambda: relay.get("/markets").json()["markets"] == [],
        PATIENCE_SECONDS,
        "the relay drops them",
    )


def test_look__little_gas__quotes_nothing(world: MakerWorld, make: Make) -> None:
    """The gas for two cancellations is there, or there are no quotes."""
    account = world.trader("maker")
    maker = make(account)
    world.anvil.give(account.address, 10**15)

    report = maker.look()

    assert report.quiet == "the account lacks gas for its cancellations"
    assert maker.orders == ()


def test_look__stale_order__is_cancelled(world: MakerWorld, make: Make) -> None:
    """An order that another policy would never sign goes, and its place is taken."""
    account, first = world.trader("maker"), world.quoted[0]
    generous = make(account, half_width_bps=100, skew_bps=0)
    generous.look()
    old = side(generous, first, is_buy=True)

    maker = make(account)
    maker.look()

    assert old not in maker.orders
    assert maker.look().signed + len(maker.orders) >= 4
    with pytest.raises(Exception, match="order: nothing left"):
        world.fill(world.trader("taker"), old, 1)


def test_look__dollar_month__follows_the_live_price_for_minutes(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """No peg: a fixed price, signed anew once its three minutes are over."""
    with serving() as server:
        server.on("/products/BTC-USD/ticker", json_answer({"price": "130000"}))
        server.on("/api/v2/ticker/btcusd/", json_answer({"last": "130000"}))
        names = ("coinbase", "bitstamp")
        urls = dict.fromkeys(names, server.url)
        account = world.trader("maker")
        maker = make(account, contracts=[hex(world.in_dollars)], prices=names, price_urls=urls)
        sats = make(account, "sats", contracts=[hex(world.quoted[0])]).look().offers

        report = maker.look()

        assert report.signed == 2
        bid = side(maker, world.in_dollars, is_buy=True)
        assert bid.order.peg is None
        assert bid.order.deadline - world.anvil.now() <= 180
        # the satoshi bid at $130,000, in cents: the same expectation, once more rounded down
        expected = sats[0].quote.price_ticks * 130_000 * 100 // 10**8
        assert abs(bid.order.legs[0].price_ticks - expected) <= 1
        assert maker.look().signed == 0
        world.anvil.warp(bid.order.deadline + 1)
        assert maker.look().signed == 2
        assert bid not in maker.orders

        server.on("/api/v2/ticker/btcusd/", json_answer({"last": "150000"}))
        world.anvil.warp(world.anvil.now() + 200)
        assert maker.look().signed == 0  # the exchanges do not agree


def lose(world: MakerWorld) -> None:
    """Let the maker's account buy far above what the maker expects, as a stolen key might."""
    account = world.trader("maker")
    dear = world.order(account, series=world.quoted[:1], price_ticks=39_000, quantity=5)
    world.fill(world.trader("taker"), dear, 5)


def test_look__loss_limit__cancels_all_and_stops_for_good(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """Five contracts of thirty days bought some twenty thousand satoshi too dear."""
    account = world.trader("maker")
    maker = make(account, loss_sats=2_000_000)
    maker.look()
    assert len(maker.orders) == 4
    epoch = world.book.read("epoch_of", account.address)

    lose(world)
    with pytest.raises(MakerStoppedError, match=r"lost \d+ sat of 2000000"):
        maker.look()

    assert maker.orders == ()
    assert world.book.read("epoch_of", account.address) == epoch + 1
    wait_for(
        lambda: relay.get("/markets").json()["markets"] == [],
        PATIENCE_SECONDS,
        "the relay drops them",
    )
    with pytest.raises(MakerStoppedError):  # and whoever starts it again learns why not
        make(account, loss_sats=10**9).look()


def test_run__loss_limit__ends_with_exit_code_one(
    world: MakerWorld, relay: RelayProcess, tmp_path: Path
) -> None:
    """The process quotes, is hit, cancels, and ends; `check` says why."""
    account = world.trader("maker")
    settings = world.maker_settings(tmp_path / "run", relay.url, account, loss_sats=2_000_000)
    settings["operator_port"] = 0
    config = tmp_path / "run/maker.toml"
    config.write_text(toml(settings))
    command = [sys.executable, "-m", "maker"]
    log = (tmp_path / "run/log").open("ab")
    process = subprocess.Popen(
        [*command, "run", "--config", str(config)], cwd=ROOT, stdout=log, stderr=log
    )
    try:
        wait_for(
            lambda: len(relay.get("/markets").json()["markets"]) == 2, PATIENCE_SECONDS, "it quotes"
        )
        lose(world)
        assert process.wait(PATIENCE_SECONDS) == 1
    finally:
        process.kill()
        process.wait()
        log.close()
    wait_for(
        lambda: relay.get("/markets").json()["markets"] == [],
        PATIENCE_SECONDS,
        "the relay drops them",
    )
    events = [json.loads(line)["event"] for line in (tmp_path / "run/log").read_text().splitlines()]
    assert events.index("stopped") < events.index("cancelled")
    done = subprocess.run(
        [*command, "check", "--config", str(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "FAIL  state: stopped: lost" in done.stdout
    assert done.stdout.count("FAIL") == 1
