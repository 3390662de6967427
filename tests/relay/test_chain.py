# SPDX-License-Identifier: AGPL-3.0-only
"""A relay between a chain that changes its mind, goes away or is another one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eth_utils.abi import event_abi_to_log_topic, function_abi_to_4byte_selector

from relay.events import MoneyToken
from testing.compiler import compiled
from testing.daemon_process import PATIENCE_SECONDS, wait_for
from testing.forwards_world import ForwardsWorld
from testing.relay_process import RelayProcess

pytestmark = pytest.mark.integration


def test_reorganisation__a_fill_is_undone__lists_the_order_again(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """An order that was dropped for a fill comes back with the blocks of that fill gone."""
    maker = world.trader("maker")
    whole, part = world.order(maker), world.order(maker, salt=2)
    assert [relay.post(each).status_code for each in (whole, part)] == [201, 201]
    taker = world.trader("taker")
    world.fill(taker, whole, 10)
    world.fill(taker, part, 3)
    wait_for(lambda: relay.reason_gone(whole) == "nothing_left", PATIENCE_SECONDS, "one is filled")
    wait_for(lambda: relay.remaining(part) == 7, PATIENCE_SECONDS, "the other in part")

    world.anvil.do("anvil_reorg", 2, [])

    wait_for(lambda: relay.reason_gone(whole) is None, PATIENCE_SECONDS, "the filled one is back")
    wait_for(lambda: relay.remaining(part) == 10, PATIENCE_SECONDS, "the other one is whole")
    assert relay.remaining(whole) == 10


def test_reorganisation__the_money_never_came__hides_the_order(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """What was listed on blocks that are gone is checked on those that took their place."""
    maker = world.trader("maker", 0)
    world.token.send("mint", maker.address, 10**9, sender=world.deployer)
    signed = world.order(maker)
    assert relay.post(signed).status_code == 201

    world.anvil.do("anvil_reorg", 1, [])

    wait_for(lambda: relay.covered(signed) == 0, PATIENCE_SECONDS, "it is hidden")


def test_node__gone__is_said_and_survived(
    world: ForwardsWorld, start_relay: Callable[..., RelayProcess]
) -> None:
    """Without the node the book is served as of the last block, nothing new is listed, and
    `/health` says so; afterwards what happened meanwhile is seen."""
    relay = start_relay(stale_seconds=1)
    maker = world.trader("maker")
    signed, late = world.order(maker), world.order(maker, salt=2)
    assert relay.post(signed).status_code == 201

    world.anvil.pause()
    try:
        wait_for(lambda: relay.get("/health").status_code == 503, PATIENCE_SECONDS, "it is said")
        assert "the chain was not followed" in relay.get("/health").json()["reasons"][0]
        assert relay.reason_gone(signed) is None
        refused = relay.post(late)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    finally:
        world.anvil.resume()
    world.cancel(signed)

    wait_for(
        lambda: relay.reason_gone(signed) == "nothing_left", PATIENCE_SECONDS, "the cancel is seen"
    )
    wait_for(lambda: relay.get("/health").status_code == 200, PATIENCE_SECONDS, "all is well")
    assert relay.post(late).status_code == 201


@pytest.mark.parametrize(
    ("setting", "value", "complaint"),
    [
        ("chain_id", 1, "Error: the node is on chain 31337, not 1\n"),
        ("book", "0x" + "00" * 19 + "01", "does not check orders under our domain\n"),
        ("rpc_url", "http://127.0.0.1:9", "Error: evm node: eth_chainId: ConnectError\n"),
    ],
)
def test_run__wrong_node_or_book__does_not_start(
    world: ForwardsWorld, tmp_path: Path, setting: str, value: object, complaint: str
) -> None:
    """A relay that would list orders of nobody says why, in one line."""
    relay = RelayProcess(world, tmp_path, **{setting: value})

    run = relay.command("run", "--config", str(relay.config))
    check = relay.command("check", "--config", str(relay.config))

    assert (run.returncode, check.returncode) == (2, 1)
    assert run.stderr.splitlines(keepends=True)[-1].endswith(complaint)
    assert check.stdout.startswith("FAIL  book: ")
    relay.close()


def test_check__all_there__says_so(world: ForwardsWorld, tmp_path: Path) -> None:
    """Every line begins with ok."""
    relay = RelayProcess(world, tmp_path)

    done = relay.command("check", "--config", str(relay.config))

    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["ok"] * 4
    relay.close()


def test_logs__of_a_life__are_json_and_hold_what_happened(
    world: ForwardsWorld, relay: RelayProcess
) -> None:
    """Each line is an object; a listing and a drop name order, maker and reason."""
    signed = world.order(world.trader("maker"))
    name = relay.post(signed).json()["order"]["hash"]
    world.cancel(signed)

    def told() -> list[dict[str, Any]]:
        return [event for event in relay.events() if event.get("order") == name]

    wait_for(lambda: len(told()) > 1, PATIENCE_SECONDS, "it is dropped")
    events = told()
    assert [event["event"] for event in events] == ["listed", "dropped"]
    assert {event["maker"] for event in events} == {signed.order.maker}
    assert events[1]["reason"] == "nothing_left"


def test_functions__of_tokens__are_those_of_any_permit_token() -> None:
    """What is asked of money is what another token of the standards has, results included."""
    abi = {entry.get("name"): entry for entry in compiled("testing/contracts/PermitBitcoin.vy").abi}

    for function in (MoneyToken.balanceOf, MoneyToken.allowance, MoneyToken.permit):
        entry = abi[function.name]
        assert function_abi_to_4byte_selector(entry) == function.selector
        assert tuple(each["type"] for each in entry["outputs"]) == function.outputs


def test_events__of_tokens__are_those_of_any_token() -> None:
    """Every event of money that is watched exists, with the same fields."""
    abi = {entry.get("name"): entry for entry in compiled("mocks/MockBitcoin").abi}

    for watched in (MoneyToken.Transfer, MoneyToken.Approval):
        assert "0x" + event_abi_to_log_topic(abi[watched.name]).hex() == watched.topic
