# SPDX-License-Identifier: AGPL-3.0-only
"""Check that `@custom:reverts` of each external function is what its code can revert with.

Its reasons are those of the `assert` and `raise` that it reaches through internal functions of its
own contract and of imported modules, snekmate's included. The tag holds, separated by commas,

    "scope: why"   one reason
    "scope: …"     all reasons of a scope: two or more of its own, or those of a contract it calls
    `function`     all reasons of another function of the file

and an internal function that has the tag is held to it as well.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vyper.ast import nodes

from tools.check_errors import reason_of, reasons
from tools.vyper_source import ROOT, Problem, VyperSource, report, vyper_sources

TAG = re.compile(r"@custom:reverts\s(.*?)(?=\n\s*@|\Z)", re.DOTALL)
ITEM = re.compile(r'"([^"]+)"|`(\w+)`')
CREATES = ("create_from_blueprint", "create_minimal_proxy_to", "create_copy_of", "raw_call")
WHOLE_SCOPE = "…"

# Asserts that no caller can reach: what would trip them is refused or bounded before.
LAST_GUARDS = {
    "history: value too wide": "after 2106, or 65,000 days at the widest values",
    "history: too many revisions": "the oracle refuses replacements before",
    "progress: field too wide": "days and times fit until after 2106",
    "math: mul_div division by zero": "divisors are constants, or prices that are not zero",
    "math: mul_div overflow": "the results are rewards, far below 2^256",
    "meter: balance too wide": "the supply is capped before",
    "meter: time too wide": "after 2106",
    "output: time too wide": "after 2106",
    "erc20: approve to the zero address": "the spender is the caller",
}

# Reasons of shared code that one function's arguments rule out.
RULED_OUT = {
    "contracts/oracle/HashpriceOracle.vy: veto_day": {
        "oracle: too many replacements": "vetoes are exempt from this limit",
    },
    "contracts/oracle/HashpriceOracle.vy: veto_output": {
        "output: credit too wide": "a removed output holds zero",
        "output: delivered too wide": "a removed output holds zero",
    },
    "contracts/series/RewardDistributor.vy: close": {
        "dist: amount too large": "the escrow becomes zero, the allotted money stays",
    },
    "contracts/series/settlement.vy: _close": {
        "dist: amount too large": "the escrow becomes zero, the allotted money stays",
    },
}


@cache
def _package_folders(package: str) -> tuple[Path, ...]:
    """Return where an installed package of Vyper modules lies; nowhere if it is not installed."""
    spec = find_spec(package)
    return tuple(Path(each) for each in (spec and spec.submodule_search_locations) or ())


def imported_modules(source: VyperSource) -> dict[str, VyperSource]:
    """Return the modules of a file by the name it knows them by; interfaces have no code."""
    found = {}
    for each in source.tree.get_children(nodes.ImportFrom):
        parts = each.module.split(".") if each.module else []
        if each.level:
            folders = [source.path.parents[each.level - 1]]
        else:
            folders = list(_package_folders(parts.pop(0)))
        for folder in folders:
            path = folder.joinpath(*parts, f"{each.name}.vy")
            if path.exists():
                found[each.alias or each.name] = VyperSource(source.root, path)
    return found


class Reach:
    """What functions reach; every file is parsed once."""

    def __init__(self, sources: Iterable[VyperSource]) -> None:
        """Take the scopes of all contracts, by which a called one may be named."""
        self._functions: dict[Path, dict[str, Any]] = {}
        self._modules: dict[Path, dict[str, VyperSource]] = {}
        self.scopes = {
            scope_of(reason) for source in sources for _, reason in reasons(source) if reason
        }

    def reasons(self, source: VyperSource, name: str) -> set[str]:
        """Return all reasons in the code of a function and of what it calls."""
        return {
            reason
            for function in self._reached(source, name)
            for statement in function.get_descendants((nodes.Assert, nodes.Raise))
            if (reason := reason_of(statement)) is not None
        }

    def calls_a_contract(self, source: VyperSource, name: str) -> bool:
        """Return whether a function calls or creates another contract, itself or through others."""
        return any(
            function.get_descendants((nodes.ExtCall, nodes.StaticCall))
            or any(
                isinstance(call.func, nodes.Name) and call.func.id in CREATES
                for call in function.get_descendants(nodes.Call)
            )
            for function in self._reached(source, name)
        )

    def _reached(self, source: VyperSource, name: str) -> list[Any]:
        """Return a function and all it calls inside the contract."""
        waiting, seen, found = [(source, name)], set(), []
        while waiting:
            here, wanted = waiting.pop()
            function = self._functions_of(here).get(wanted)
            # a name without a function is a type, or the getter of a public variable
            if function is not None and (here.path, wanted) not in seen:
                seen.add((here.path, wanted))
                found.append(function)
                waiting += self._called(here, function)
        return found

    def _functions_of(self, source: VyperSource) -> dict[str, Any]:
        if source.path not in self._functions:
            self._functions[source.path] = {each.name: each for each in source.functions()}
            self._modules[source.path] = imported_modules(source)
        return self._functions[source.path]

    def _called(self, source: VyperSource, function: Any) -> Iterator[tuple[VyperSource, str]]:
        for call in function.get_descendants(nodes.Call):
            target = call.func
            if not isinstance(target, nodes.Attribute) or not isinstance(target.value, nodes.Name):
                continue
            if isinstance(call.get_ancestor(), (nodes.ExtCall, nodes.StaticCall)):
                continue
            owner = target.value.id
            if owner == "self":
                yield source, target.attr
            elif owner in self._modules[source.path]:
                yield self._modules[source.path][owner], target.attr


def scope_of(reason: str) -> str:
    """Return the part of a reason before the colon."""
    return reason.partition(":")[0]


def tag_text(function: Any) -> str | None:
    """Return what `@custom:reverts` of a function holds, on one line; None without the tag."""
    match = TAG.search(function.get("doc_string.value") or "")
    return " ".join(match[1].split()) if match else None


def check_function(source: VyperSource, function: Any, reach: Reach) -> Iterator[Problem]:
    """Compare a function's documented reasons with those of its code."""
    name, line = function.name, function.lineno
    possible = reach.reasons(source, name)
    ruled_out = RULED_OUT.get(f"{source.name.as_posix()}: {name}", {}).keys()
    for reason in sorted(ruled_out - possible):
        yield source.problem(line, f'{name}: "{reason}" is ruled out by hand and not in the code')
    possible -= ruled_out
    text = tag_text(function) or ""
    if rest := ITEM.sub("", text).replace(",", "").strip():
        yield source.problem(line, f"{name}: @custom:reverts holds more than reasons: {rest}")
    covered: set[str] = set()
    for reason, other in ITEM.findall(text):
        if reason.endswith(WHOLE_SCOPE):
            stated = {each for each in possible if scope_of(each) == scope_of(reason)}
            is_foreign = scope_of(reason) in reach.scopes and reach.calls_a_contract(source, name)
            if len(stated) == 1 or not (stated or is_foreign):
                yield source.problem(line, f'{name}: "{reason}" stands for fewer than two reasons')
        else:
            stated = reach.reasons(source, other) if other else {reason}
        for each in sorted(stated - possible):
            yield source.problem(line, f'{name}: never reverts with "{each}"')
        covered |= stated
    for reason in sorted(possible - covered - LAST_GUARDS.keys()):
        yield source.problem(line, f'{name}: reverts with "{reason}", which is not documented')


def is_external(function: Any) -> bool:
    """Return whether others can call a function."""
    return any(getattr(each, "id", "") == "external" for each in function.decorator_list)


def check(root: Path) -> Iterator[Problem]:
    """All findings below `root`; mocks are for tests alone and need no such list."""
    sources = [each for each in vyper_sources(root) if not each.is_interface and not each.is_mock]
    reach = Reach(sources)
    for source in sources:
        for function in source.functions():
            if is_external(function) or tag_text(function) is not None:
                yield from check_function(source, function, reach)


if __name__ == "__main__":
    sys.exit(report("reverts", len(vyper_sources()), check(ROOT)))
