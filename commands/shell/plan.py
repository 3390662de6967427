# SPDX-License-Identifier: AGPL-3.0-only
"""What should be on a chain, step by step, and how it differs from what is recorded there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from commands.shell.records import Record


@dataclass(frozen=True, slots=True)
class Ref:
    """The address that an earlier step's contract has, or will have."""

    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One contract to deploy.

    Attributes:
        name: of the record, `<Contract>` or `<Contract>.<instance>`.
        contract: of the project.
        args: constructor arguments by name, in order; a `Ref` stands for an address.
        is_blueprint: whether it is declared as an ERC-5202 blueprint instead of deployed.
    """

    name: str
    contract: str
    args: Mapping[str, Any]
    is_blueprint: bool = False


class Action(Enum):
    """What is to be done about a step."""

    KEEP = "keep"
    DEPLOY = "deploy"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Change:
    """A step, what to do about it, and why, one reason a line."""

    step: Step
    action: Action
    reasons: tuple[str, ...] = ()


def normalised(value: Any) -> Any:
    """Bring an argument into the form it has in a record: integers as text, lists, plain names."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Mapping):
        return {name: normalised(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [normalised(part) for part in value]
    return value


def resolve(value: Any, addresses: Mapping[str, str]) -> Any:
    """Put addresses in the place of references; a struct given by name becomes a tuple."""
    if isinstance(value, Ref):
        return addresses[value.name]
    if isinstance(value, Mapping):
        return tuple(resolve(part, addresses) for part in value.values())
    if isinstance(value, (list, tuple)):
        return [resolve(part, addresses) for part in value]
    return value


def named(value: Any, addresses: Mapping[str, str]) -> Any:
    """Put addresses in the place of references and keep names; unknown ones stay readable."""
    if isinstance(value, Ref):
        return addresses.get(value.name, f"<{value.name}>")
    if isinstance(value, Mapping):
        return {name: named(part, addresses) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [named(part, addresses) for part in value]
    return value


def make_plan(
    steps: Sequence[Step],
    recorded: Mapping[str, Record],
    live: Mapping[str, bool],
    source_hashes: Mapping[str, str],
) -> list[Change]:
    """Compare steps with the records of a chain.

    Args:
        steps: in the order of deployment.
        recorded: the chain's records by name.
        live: for each recorded name, whether the chain has code at its address.
        source_hashes: of each contract as it stands in this tree.

    Returns:
        One change for each step, in the same order.
    """
    addresses: dict[str, str] = {}
    changes: list[Change] = []
    for step in steps:
        record = recorded.get(step.name)
        if record is None:
            changes.append(Change(step, Action.DEPLOY))
            continue
        if not live.get(step.name, False):
            why = f"{record.address} is not on this chain any more"
            changes.append(Change(step, Action.DEPLOY, (why,)))
            continue
        reasons = _differences(step, record, addresses)
        if record.source_hash != source_hashes[step.contract]:
            reasons.append("its source changed")
        if reasons:
            changes.append(Change(step, Action.REPLACE, tuple(reasons)))
        else:
            addresses[step.name] = record.address
            changes.append(Change(step, Action.KEEP))
    return changes


def _differences(step: Step, record: Record, addresses: Mapping[str, str]) -> list[str]:
    wanted = normalised(named(step.args, addresses))
    return list(_compare("", record.args, wanted))


def _compare(path: str, old: Any, new: Any) -> list[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        found: list[str] = []
        for name in [*new, *(name for name in old if name not in new)]:
            deeper = f"{path}.{name}" if path else name
            found += _compare(deeper, old.get(name), new.get(name))
        return found
    return [] if old == new else [f"{path}: {_shown(old)} -> {_shown(new)}"]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_shown(part) for part in value) + "]"
    return "nothing" if value is None else str(value)
