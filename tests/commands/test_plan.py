# SPDX-License-Identifier: AGPL-3.0-only
"""What has to be deployed, and why."""

import pytest

from commands.shell.plan import Action, Ref, Step, make_plan, named, normalised, resolve
from commands.shell.records import Compiler, Record

pytestmark = pytest.mark.unit

ORACLE = Step("Oracle", "Oracle", {"owner": "0xA", "config": {"first_day": 7, "spread": 100}})
BLUEPRINT = Step("Token.blueprint", "Token", {}, is_blueprint=True)
REGISTRY = Step("Registry", "Registry", {"oracle": Ref("Oracle"), "token": Ref("Token.blueprint")})
STEPS = [ORACLE, BLUEPRINT, REGISTRY]
HASHES = {"Oracle": "aa", "Token": "bb", "Registry": "cc"}


def record(step: Step, address: str, args: dict[str, object]) -> Record:
    return Record(
        name=step.name,
        contract=step.contract,
        kind="blueprint" if step.is_blueprint else "contract",
        address=address,
        chain_id=1,
        network="mainnet",
        tx_hash="0x1",
        block=1,
        timestamp=1,
        deployer="0xD",
        git_commit="c",
        git_dirty=False,
        compiler=Compiler(name="vyper", version="0.4.3", settings={}),
        source_hash=HASHES[step.contract],
        code_hash="0x00",
        args=args,
    )


def recorded() -> dict[str, Record]:
    config = {"first_day": "7", "spread": "100"}
    return {
        "Oracle": record(ORACLE, "0x1", {"owner": "0xA", "config": config}),
        "Token.blueprint": record(BLUEPRINT, "0x2", {}),
        "Registry": record(REGISTRY, "0x3", {"oracle": "0x1", "token": "0x2"}),
    }


LIVE = {"Oracle": True, "Token.blueprint": True, "Registry": True}


def test_make_plan__nothing_recorded__deploys_all() -> None:
    changes = make_plan(STEPS, {}, {}, HASHES)

    assert [change.action for change in changes] == [Action.DEPLOY] * 3
    assert all(change.reasons == () for change in changes)


def test_make_plan__everything_recorded__keeps_all() -> None:
    changes = make_plan(STEPS, recorded(), LIVE, HASHES)

    assert [change.action for change in changes] == [Action.KEEP] * 3


def test_make_plan__argument_changed__replaces_it_and_what_refers_to_it() -> None:
    step = Step("Oracle", "Oracle", {"owner": "0xA", "config": {"first_day": 8, "spread": 100}})

    changes = make_plan([step, BLUEPRINT, REGISTRY], recorded(), LIVE, HASHES)

    assert [c.action for c in changes] == [Action.REPLACE, Action.KEEP, Action.REPLACE]
    assert changes[0].reasons == ("config.first_day: 7 -> 8",)
    assert changes[2].reasons == ("oracle: 0x1 -> <Oracle>",)


def test_make_plan__source_changed__replaces_it() -> None:
    changes = make_plan(STEPS, recorded(), LIVE, {**HASHES, "Registry": "dd"})

    assert [c.action for c in changes] == [Action.KEEP, Action.KEEP, Action.REPLACE]
    assert changes[2].reasons == ("its source changed",)


def test_make_plan__gone_from_the_chain__deploys_it_again() -> None:
    changes = make_plan(STEPS, recorded(), {**LIVE, "Token.blueprint": False}, HASHES)

    assert [c.action for c in changes] == [Action.KEEP, Action.DEPLOY, Action.REPLACE]
    assert changes[1].reasons == ("0x2 is not on this chain any more",)


def test_resolve__references_and_structs__become_addresses_and_tuples() -> None:
    args = [Ref("Oracle"), {"first_day": 7, "list": [1, Ref("Oracle")]}, "text"]

    assert resolve(args, {"Oracle": "0x1"}) == ["0x1", (7, [1, "0x1"]), "text"]


def test_named__unknown_reference__stays_readable() -> None:
    assert named({"oracle": Ref("Oracle")}, {}) == {"oracle": "<Oracle>"}


def test_normalised__every_kind__has_one_form() -> None:
    value = {"n": 10**30, "b": b"\x01", "t": (1, True), "s": "x"}

    assert normalised(value) == {"n": "1" + "0" * 30, "b": "0x01", "t": ["1", True], "s": "x"}
