# SPDX-License-Identifier: AGPL-3.0-only
"""The pure functions of the contracts as integer formulas, for a solver.

The source is read as the compiler parses it and run over unknowns. So a formula, a width and a
bound are what the contracts say, not what somebody copied from them. Words are unbounded integers
here; that they fit 256 bits is what an *obligation* says, one for every step that would revert or
lose bits otherwise.
"""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import z3
from vyper.ast import nodes, parse_to_ast

from tools.vyper_source import ROOT, vyper_sources

WORD = 2**256
# a solver that needs longer has given up, which is a failure
TIMEOUT_MS = 10_000


class UnprovenError(AssertionError):
    """The solver gave up."""


class RefutedError(AssertionError):
    """The solver found a counterexample."""


@dataclass
class Num:
    """An unknown natural number with what is known of it without solving."""

    term: Any
    low: int
    high: int
    # it is a multiple of 2**zeros
    zeros: int = 0
    # the fields of a word: (place of its lowest bit, the field), none reaching into the next
    fields: tuple[tuple[int, "Num"], ...] = ()


@dataclass(frozen=True)
class Mutation:
    """A mistake to be noticed: text of a source and what stands there instead."""

    module: str
    old: str
    new: str


@dataclass(frozen=True)
class Obligation:
    """What must hold at a step of the code, and how much is known there."""

    name: str
    claim: Any
    facts: int
    exact: int
    forks: int


@lru_cache(maxsize=1)
def _sources() -> dict[str, Any]:
    """Every source of the contracts by the name of its module, and its tree."""
    sources = [s for s in vyper_sources(ROOT) if not s.is_interface and not s.is_mock]
    return {source.path.stem: source for source in sources}


@cache
def _mutant(mutation: Mutation) -> Any:
    """The tree of the source with the mistake."""
    text = _sources()[mutation.module].text
    assert mutation.old in text, f"{mutation.module} has no {mutation.old!r} any more"
    return parse_to_ast(text.replace(mutation.old, mutation.new))


def _tree(module: str, mutation: Mutation | None) -> Any:
    """The tree of a module."""
    if mutation is not None and mutation.module == module:
        return _mutant(mutation)
    return _sources()[module].tree


def term(value: Any) -> Any:
    """The solver's term for a value."""
    return value.term if isinstance(value, Num) else value


def _low(value: Any) -> int:
    return value.low if isinstance(value, Num) else value


def _high(value: Any) -> int:
    return value.high if isinstance(value, Num) else value


def _zeros(value: Any) -> int:
    if isinstance(value, Num):
        return value.zeros
    return (value & -value).bit_length() - 1 if value else 256


def _fields(value: Any) -> list[tuple[int, Num]]:
    if isinstance(value, Num):
        return list(value.fields or [(0, value)])
    place = _zeros(value)
    return (
        [(place, Num(z3.IntVal(value >> place), value >> place, value >> place))] if value else []
    )


@dataclass
class _Return(Exception):
    value: Any


COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Eq": operator.eq,
    "NotEq": operator.ne,
}


@dataclass
class Machine:
    """One path through functions of the contracts.

    Attributes:
        mutation: a mistake put into the sources, if any.
        script: which way to go at the first forks.
        outer: immutables and `block.timestamp`, by name.
    """

    mutation: Mutation | None = None
    script: list[bool] = field(default_factory=list)
    outer: dict[str, Any] = field(default_factory=dict)
    storage: dict[str, Any] = field(default_factory=dict)
    # linear facts, and besides them the products and quotients themselves
    facts: list[Any] = field(default_factory=list)
    exact: list[Any] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    taken: list[bool] = field(default_factory=list)
    inputs: list[Num] = field(default_factory=list)
    # by the identities of both factors; they are kept, so that no identity is used again
    _products: dict[Any, Any] = field(default_factory=dict)
    # by the identity of a comparison: what it bounds, and by what
    _limits: dict[int, Any] = field(default_factory=dict)

    # unknowns

    def unknown(self, name: str, high: int, low: int = 0) -> Num:
        """An unknown input in [low, high]."""
        number = self._fresh(name, low, high)
        self.inputs.append(number)
        return number

    def _fresh(self, name: str, low: int, high: int, zeros: int = 0) -> Num:
        number = Num(z3.FreshInt(name), low, high, zeros)
        self.facts += [number.term >= low, number.term <= high]
        return number

    def assume(self, condition: Any) -> None:
        """Take a condition as given from here on."""
        self.facts.append(condition)

    def owe(self, name: str, condition: Any) -> None:
        """Note what must hold here for the code not to revert or lose bits."""
        if condition is not True:
            known = len(self.facts), len(self.exact), len(self.taken)
            self.obligations.append(Obligation(name, condition, *known))

    # proofs

    def prove(self, claim: Any, name: str = "claim", upto: tuple[int, int] | None = None) -> None:
        """Prove a claim from what is known on this path, or up to a point of it.

        Raises:
            RefutedError: with the inputs of a counterexample.
            UnprovenError: the solver gave up.
        """
        facts = self.facts[: upto[0]] if upto else self.facts
        exact = self.exact[: upto[1]] if upto else self.exact
        # the linear facts first: they are mostly enough
        answer, model = self._ask([*facts, z3.Not(claim)])
        if answer == z3.unsat:
            return
        if exact:
            # where all inputs are at their greatest, a product that is too great shows at once
            corner = [number.term == number.high for number in self.inputs]
            answer, model = self._ask([*facts, *exact, *corner, z3.Not(claim)])
            if answer != z3.sat:
                answer, model = self._ask([*facts, *exact, z3.Not(claim)])
        if answer == z3.sat:
            values = {str(i.term): model.eval(i.term, True) for i in self.inputs}
            raise RefutedError(f"{name}: {values}")
        if answer != z3.unsat:
            raise UnprovenError(name)

    @staticmethod
    def _ask(assertions: list[Any]) -> tuple[Any, Any]:
        solver = z3.Solver()
        solver.set("timeout", TIMEOUT_MS)
        solver.add(*assertions)
        answer = solver.check()
        return answer, solver.model() if answer == z3.sat else None

    def prove_obligations(self) -> int:
        """Prove that no step on this path reverts or loses bits; return how many there were.

        Steps before the last fork of the script are those of the path that found the fork.
        """
        owed = [step for step in self.obligations if step.forks >= len(self.script)]
        for step in owed:
            self.prove(step.claim, step.name, (step.facts, step.exact))
        return len(owed)

    # arithmetic

    def _fits(self, number: Num, name: str) -> Num:
        self.owe(f"{name} fits", number.term < WORD)
        return number

    def add(self, a: Any, b: Any) -> Any:
        """`a + b`, checked."""
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        word = self._word(a, b, operator.add)
        if word is None:
            zeros = min(_zeros(a), _zeros(b))
            word = Num(term(a) + term(b), _low(a) + _low(b), _high(a) + _high(b), zeros)
        return self._fits(word, "+")

    def subtract(self, a: Any, b: Any) -> Any:
        """`a - b`, checked."""
        if isinstance(a, int) and isinstance(b, int):
            return a - b
        self.owe("- not below zero", term(a) >= term(b))
        if isinstance(a, Num) and a.fields:
            word = self._word(a, b, operator.sub)
            if word is not None:
                return word
        return Num(term(a) - term(b), max(0, _low(a) - _high(b)), max(0, _high(a) - _low(b)))

    def multiply(self, a: Any, b: Any) -> Any:
        """`a * b`, checked. Monotone, which is proven once for all: see `test_product`."""
        if isinstance(a, int) and isinstance(b, int):
            return a * b
        return self._fits(self.product(a, b), "*")

    def product(self, a: Any, b: Any) -> Any:
        """`a * b` in integers without an end."""
        low, high, zeros = _low(a) * _low(b), _high(a) * _high(b), _zeros(a) + _zeros(b)
        if isinstance(a, int) or isinstance(b, int):
            factor, number = (a, b) if isinstance(a, int) else (b, a)
            fields: tuple[tuple[int, Num], ...] = ()
            if factor == 2 ** _zeros(factor):
                fields = tuple((place + _zeros(factor), part) for place, part in _fields(number))
            return Num(term(a) * term(b), low, high, zeros, fields)
        key = tuple(sorted((a.term.get_id(), b.term.get_id())))
        if key not in self._products:
            result = self._fresh("product", low, high, zeros)
            self._products[key] = (result, a.term, b.term)
            self.exact.append(result.term == a.term * b.term)
            # monotone in each factor
            self.facts += [result.term <= a.term * b.high, result.term <= b.term * a.high]
            self.facts += [result.term >= a.term * b.low, result.term >= b.term * a.low]
        return self._products[key][0]

    def cut(self, a: Num, b: Num, least: int) -> None:
        """Remind the solver that `a * b >= least * b` where `a >= least`."""
        product = self.product(a, b)
        self.facts.append(z3.Implies(a.term >= least, product.term >= least * b.term))

    def divide(self, a: Any, b: Any) -> Any:
        """`a // b`, checked."""
        if isinstance(a, int) and isinstance(b, int):
            return a // b
        self.owe("divisor not zero", term(b) != 0)
        if isinstance(b, int):
            fields = self._split(a, b, False)
            return fields or Num(term(a) / b, _low(a) // b, _high(a) // b)
        result = self._fresh("quotient", _low(a) // _high(b), _high(a) // max(1, _low(b)))
        back = self.product(result, b)
        self.facts += [back.term <= term(a), term(a) < back.term + term(b)]
        return result

    def remainder(self, a: Any, b: int) -> Any:
        """`a % b` for a known `b`."""
        if isinstance(a, int):
            return a % b
        return self._split(a, b, True) or Num(term(a) % b, 0, min(b - 1, _high(a)))

    # words: where a field does not reach into the next, reading one is no matter for the solver

    def _word(self, a: Any, b: Any, operate: Callable[[Any, Any], Any]) -> Num | None:
        """Fields of `a` and `b` together, if none is proven to reach into the next."""
        places = dict(_fields(a))
        for place, part in _fields(b):
            if place not in places:
                if operate is operator.sub:
                    return None
                places[place] = part
                continue
            old = places[place]
            if operate is operator.sub:
                if not self._holds(old.term >= part.term):
                    return None
                places[place] = Num(old.term - part.term, 0, old.high)
            else:
                places[place] = Num(old.term + part.term, old.low + part.low, old.high + part.high)
        return self._join(sorted(places.items(), key=operator.itemgetter(0)))

    def _join(self, fields: list[tuple[int, Num]]) -> Num | None:
        for i, (place, part) in enumerate(fields[:-1]):
            room = 2 ** (fields[i + 1][0] - place)
            if part.high >= room:
                if not self._holds(part.term < room):
                    return None
                fields[i] = place, Num(part.term, part.low, room - 1, part.zeros)
        return Num(
            z3.Sum([part.term * 2**place for place, part in fields]),
            sum(part.low << place for place, part in fields),
            sum(part.high << place for place, part in fields),
            fields[0][0] + fields[0][1].zeros,
            tuple(fields),
        )

    def _split(self, a: Any, b: int, is_low: bool) -> Any:
        """Fields above or below a power of two; None where one lies across it."""
        if not isinstance(a, Num) or not a.fields or b & (b - 1):
            return None
        cut = b.bit_length() - 1
        low = [(p, part) for p, part in a.fields if p + part.high.bit_length() <= cut]
        high = [(p - cut, part) for p, part in a.fields if p >= cut]
        if len(low) + len(high) != len(a.fields):
            return None
        chosen = low if is_low else high
        if len(chosen) == 1 and chosen[0][0] == 0:
            return chosen[0][1]
        return self._join(chosen) if chosen else Num(z3.IntVal(0), 0, 0)

    def _holds(self, claim: Any) -> bool:
        return bool(self._ask([*self.facts, z3.Not(claim)])[0] == z3.unsat)

    def either(self, a: Any, b: Any) -> Any:
        """`a | b`: the sum where no bit is in both, else at least each and at most the sum."""
        if isinstance(a, int) and isinstance(b, int):
            return a | b
        if not {place for place, _ in _fields(a)} & {place for place, _ in _fields(b)}:
            word = self._word(a, b, operator.add)
            if word is not None:
                return word
        low, high = max(_low(a), _low(b)), _high(a) + _high(b)
        result = self._fresh("either", low, high, min(_zeros(a), _zeros(b)))
        apart = z3.Or(term(a) < 2 ** _zeros(b), term(b) < 2 ** _zeros(a))
        total = term(a) + term(b)
        self.facts += [
            result.term >= term(a),
            result.term >= term(b),
            result.term <= total,
            z3.Implies(apart, result.term == total),
        ]
        return result

    def _both(self, a: Any, mask: Any) -> Any:
        if isinstance(a, int) and isinstance(mask, int):
            return a & mask
        assert isinstance(mask, int) and mask & (mask + 1) == 0, "a mask is 2**n - 1"
        return self.remainder(a, mask + 1)

    def _extreme(self, a: Any, b: Any, is_greatest: bool) -> Any:
        pick = max if is_greatest else min
        if isinstance(a, int) and isinstance(b, int):
            return pick(a, b)
        is_first = term(a) >= term(b) if is_greatest else term(a) <= term(b)
        return Num(
            z3.If(is_first, term(a), term(b)),
            pick(_low(a), _low(b)),
            pick(_high(a), _high(b)),
            min(_zeros(a), _zeros(b)),
        )

    def _operate(self, name: str, a: Any, b: Any) -> Any:
        operations: dict[str, Callable[[Any, Any], Any]] = {
            "Add": self.add,
            "Sub": self.subtract,
            "Mult": self.multiply,
            "FloorDiv": self.divide,
            "Mod": self.remainder,
            "Pow": operator.pow,
            "RShift": lambda number, places: self.divide(number, 2**places),
            "LShift": lambda number, places: self.multiply(number, 2**places),
            "BitOr": self.either,
            "BitAnd": self._both,
        }
        return operations[name](a, b)

    # statements and expressions

    def _fork(self, condition: Any) -> bool:
        if isinstance(condition, bool):
            return condition
        place = len(self.taken)
        way = self.script[place] if place < len(self.script) else True
        self.taken.append(way)
        self.facts.append(condition if way else z3.Not(condition))
        return way

    def call(self, module: str, function: str, *arguments: Any) -> Any:
        """Run a function of a module."""
        for definition in _tree(module, self.mutation).get_children(nodes.FunctionDef):
            if definition.name == function:
                names = [argument.arg for argument in definition.args.args]
                assert len(names) == len(arguments), f"{function} takes {names}"
                scope = dict(zip(names, arguments, strict=True))
                try:
                    self._run(module, definition.body, scope)
                except _Return as result:
                    return result.value
                return None
        raise LookupError(f"{module}.{function}")

    def constant(self, module: str, name: str) -> Any:
        """A constant of a module."""
        for variable in _tree(module, self.mutation).get_children(nodes.VariableDecl):
            if variable.target.id == name and variable.value is not None:
                return self._value(module, variable.value, {})
        return self.outer[name]

    def evaluate(self, module: str, node: Any) -> Any:
        """A constant expression of a module."""
        return self._value(module, node, {})

    def argument(self, module: str, keyword: str, scope: dict[str, Any]) -> Any:
        """What a module passes under a keyword, the first time it does, in a scope."""
        for part in _tree(module, self.mutation).get_descendants(nodes.keyword):
            if part.arg == keyword and isinstance(part.value, nodes.BinOp):
                return self._value(module, part.value, scope)
        raise LookupError(keyword)

    def _run(self, module: str, body: list[Any], scope: dict[str, Any]) -> None:
        for node in body:
            match type(node).__name__:
                case "AnnAssign" | "Assign":
                    self._assign(module, node.target, self._value(module, node.value, scope), scope)
                case "AugAssign":
                    old = self._value(module, node.target, scope)
                    value = self._value(module, node.value, scope)
                    value = self._operate(type(node.op).__name__, old, value)
                    self._assign(module, node.target, value, scope)
                case "If":
                    condition = self._value(module, node.test, scope)
                    way = node.body if self._fork(condition) else node.orelse
                    self._run(module, way, scope)
                case "Assert":
                    self._grant(self._value(module, node.test, scope))
                case "Return":
                    raise _Return(self._value(module, node.value, scope))
                case "Log" | "Pass" | "DocStr":
                    pass
                case name:
                    raise NotImplementedError(name)

    def _grant(self, condition: Any) -> None:
        """What an `assert` of the code lets through."""
        if isinstance(condition, bool):
            return
        self.facts.append(condition)
        for part in condition.children() if z3.is_and(condition) else [condition]:
            _, number, most = self._limits.get(part.get_id(), (None, None, 0))
            if number is not None:
                number.high = min(number.high, most)

    def _assign(self, module: str, target: Any, value: Any, scope: dict[str, Any]) -> None:
        match type(target).__name__:
            case "Name":
                # a struct is copied, not shared
                scope[target.id] = dict(value) if isinstance(value, dict) else value
            case "Tuple":
                for part, item in zip(target.elements, value, strict=True):
                    self._assign(module, part, item, scope)
            case "Attribute" if getattr(target.value, "id", "") != "self":
                self._value(module, target.value, scope)[target.attr] = value
            case _ if isinstance(value, list):
                for index, item in enumerate(value):
                    self.storage[f"{self._slot(module, target, scope)}[{index}]"] = item
            case _:
                self.storage[self._slot(module, target, scope)] = value

    def _slot(self, module: str, node: Any, scope: dict[str, Any]) -> str:
        if isinstance(node, nodes.Subscript):
            key = term(self._value(module, node.slice, scope))
            key = z3.simplify(key) if isinstance(key, z3.ExprRef) else key
            return f"{self._slot(module, node.value, scope)}[{key}]"
        return str(node.attr)

    def _value(  # noqa: C901, PLR0911, PLR0912 - one case for each kind of node
        self, module: str, node: Any, scope: dict[str, Any]
    ) -> Any:
        def value(part: Any) -> Any:
            return self._value(module, part, scope)

        match type(node).__name__:
            case "Int" | "NameConstant":
                return node.value
            case "Name":
                return scope[node.id] if node.id in scope else self.constant(module, node.id)
            case "Tuple":
                return tuple(map(value, node.elements))
            case "BinOp":
                return self._operate(type(node.op).__name__, value(node.left), value(node.right))
            case "Compare":
                return self._compare(type(node.op).__name__, value(node.left), value(node.right))
            case "BoolOp":
                parts = [value(part) for part in node.values]
                is_and = type(node.op).__name__ == "And"
                if all(isinstance(part, bool) for part in parts):
                    return all(parts) if is_and else any(parts)
                return z3.And(parts) if is_and else z3.Or(parts)
            case "UnaryOp":
                operand = value(node.operand)
                return not operand if isinstance(operand, bool) else z3.Not(operand)
            case "IfExp":
                return value(node.body if self._fork(value(node.test)) else node.orelse)
            case "List":
                return list(map(value, node.elements))
            case "Subscript" if getattr(node.value, "id", "") in scope:
                return value(node.value)[value(node.slice)]
            case "Subscript":
                return self._stored(self._slot(module, node, scope))
            case "Attribute":
                return self._attribute(module, node, scope)
            case "Call":
                return self._call(module, node, scope)
            case "StaticCall":
                return value(node.value)
        raise NotImplementedError(type(node).__name__)

    def _stored(self, slot: str) -> Any:
        """What is stored at a slot, or in an array of two words that begins there."""
        words = [self.storage.get(f"{slot}[{index}]") for index in range(2)]
        return self.storage.get(slot, 0) if None in words else words

    def _compare(self, name: str, a: Any, b: Any) -> Any:
        result = COMPARE[name](term(a), term(b))
        if name in {"Lt", "LtE"} and isinstance(a, Num) and isinstance(b, int):
            self._limits[result.get_id()] = (result, a, b - (name == "Lt"))
        return result

    def _attribute(self, module: str, node: Any, scope: dict[str, Any]) -> Any:
        owner = getattr(node.value, "id", "")
        if owner == "self":
            return self.storage.get(node.attr, 0)
        if owner == "block":
            return self.outer["block.timestamp"]
        if owner in _sources() and owner not in scope:
            return self.constant(owner, node.attr)
        return self._value(module, node.value, scope)[node.attr]

    def _call(  # noqa: PLR0911 - one case for each builtin
        self, module: str, node: Any, scope: dict[str, Any]
    ) -> Any:
        if node.keywords:
            return {part.arg: self._value(module, part.value, scope) for part in node.keywords}
        name = getattr(node.func, "id", "") or node.func.attr
        owner = getattr(getattr(node.func, "value", None), "id", "")
        if name == "empty":
            return 0
        if name == "max_value":
            return WORD - 1
        if name == "convert":
            flag = self._value(module, node.args[0], scope)
            if isinstance(flag, bool):
                return int(flag)
            return Num(z3.If(flag, z3.IntVal(1), z3.IntVal(0)), 0, 1)
        arguments = [self._value(module, part, scope) for part in node.args]
        match name:
            case "min" | "max":
                return self._extreme(*arguments, name == "max")
            case "unsafe_mul":
                # the code says that it fits: then it owes as much as a checked product
                return self.multiply(*arguments)
        if name in self.outer:
            return self.outer[name]
        return self.call(module if owner == "self" else owner, name, *arguments)


def paths(
    mutation: Mutation | None, run: Callable[[Machine], Any]
) -> Iterator[tuple[Machine, Any]]:
    """Every way through a function of the contracts.

    Args:
        mutation: a mistake put into the sources, if any.
        run: gives the inputs and calls the function on the machine it gets.

    Yields:
        the machine after the path, and what `run` returned on it.
    """
    scripts: list[list[bool]] = [[]]
    while scripts:
        script = scripts.pop()
        machine = Machine(mutation, script)
        result = run(machine)
        yield machine, result
        for place in range(len(script), len(machine.taken)):
            scripts.append([*machine.taken[:place], not machine.taken[place]])


def bounds(module: str, function: str, mutation: Mutation | None = None) -> dict[str, int]:
    """Greatest values that a function's asserts let through, by the name of the field.

    Args:
        module: module of the contracts.
        function: a function that asserts `field <= bound` or `field < bound`, field or variable.
        mutation: a mistake put into the sources, if any.
    """
    machine = Machine(mutation)
    found = {}
    for definition in _tree(module, mutation).get_children(nodes.FunctionDef):
        if definition.name != function:
            continue
        for check in definition.get_descendants(nodes.Assert):
            # an `assert` of several holds each of them
            tests = check.test.values if isinstance(check.test, nodes.BoolOp) else [check.test]
            for test in tests:
                kind = type(test.op).__name__ if isinstance(test, nodes.Compare) else ""
                if kind in {"Lt", "LtE"} and isinstance(
                    test.right, nodes.Int | nodes.BinOp | nodes.Name
                ):
                    name = getattr(test.left, "attr", None) or getattr(test.left, "id", None)
                    try:
                        limit = machine.evaluate(module, test.right)
                    except KeyError:  # not a constant
                        continue
                    found[name] = limit - (kind == "Lt")
    return found
