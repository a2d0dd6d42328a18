"""Rule instances as plain functions: the evaluator for one document.

`annual_reports.checking.partition` compiles the same instances to Polars expressions; a test holds
both to the same verdicts. This one imports no dataframe library.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.rules import (
    Arithmetic,
    Call,
    Comparison,
    Every,
    IsNone,
    IsNotTrue,
    Literal,
    Node,
    Not,
    Operand,
    RuleInstance,
    Some,
    Sum,
    operand_kind,
    operands_in,
)

Values = Sequence[Any]
Function = Callable[[Values], Any]

PASS = "pass"
FAIL = "fail"
NOT_ASSESSABLE = "not_assessable"

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""Signs of rules; they hold for numbers and dates as for columns of them."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one instance says of one report. `missing` is the first operand that is not known."""

    verdict: str
    left: int | Decimal | None = None
    right: int | Decimal | None = None
    missing: str = ""

    @property
    def difference(self) -> int | Decimal | None:
        """left - right, None where either is not a number."""
        return None if self.left is None or self.right is None else self.left - self.right


@dataclass(frozen=True, slots=True, eq=False)
class CompiledInstance:
    """A rule instance with its functions over a tuple of values in the order of `paths`."""

    instance: RuleInstance
    paths: tuple[str, ...]
    required_count: int
    select: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    condition: Function
    applies_when: Function | None
    unknown_is_zero_when: Function | None
    shown: tuple[tuple[Function, Function, Function], ...]

    def judge(self, known: Mapping[str, Any]) -> Judgement | None:
        """The judgement on a report whose values are `known` (every path is a key, None: unknown).

        None where the rule does not apply to the report.
        """
        return self.judge_values(self.select(known))

    def judge_values(self, values: tuple[Any, ...]) -> Judgement | None:
        """The same from the values alone, in the order of `paths`."""
        if self.applies_when and self.applies_when(values) is not True:
            return None
        required = values[: self.required_count]
        if None in required:
            if not (self.unknown_is_zero_when and self.unknown_is_zero_when(values)):
                return Judgement(NOT_ASSESSABLE, missing=self.paths[required.index(None)])
            zeros = tuple(0 if value is None else value for value in required)
            values = (*zeros, *values[len(required) :])
        return _PASSED if self.condition(values) else self._failure(values)

    def _failure(self, values: Values) -> Judgement:
        for holds, left, right in self.shown:
            if not holds(values):
                return Judgement(FAIL, left(values), right(values))
        return Judgement(FAIL)


_PASSED = Judgement(PASS)


def compile_instance(instance: RuleInstance) -> CompiledInstance:
    """The functions of an instance; build them once and keep them."""
    paths = instance_paths(instance)
    places = {path: place for place, path in enumerate(paths)}

    def optional(node: Node | None) -> Function | None:
        return None if node is None else _function(node, places)

    return CompiledInstance(
        instance=instance,
        paths=paths,
        required_count=len(instance.required),
        select=_selector(paths),
        condition=_function(instance.condition, places),
        applies_when=optional(instance.applies_when),
        unknown_is_zero_when=optional(instance.unknown_is_zero_when),
        shown=tuple(
            (_function(holds, places), _function(left, places), _function(right, places))
            for holds, left, right in instance.shown
        ),
    )


class AlikeInstances:
    """Instances of one rule that differ in nothing but their paths, judged together.

    Most cells of most reports are zero: what the instances read are few different values, and each
    of them needs to be judged only once.
    """

    def __init__(self, instances: Sequence[CompiledInstance]) -> None:
        self._first = instances[0]
        self._width = len(instances[0].paths)
        self._select = _selector(tuple(path for one in instances for path in one.paths))

    def all_pass(self, known: Mapping[str, Any]) -> bool:
        """Whether every instance holds for a report, or does not apply to it."""
        judge = self._first.judge_values
        values = self._select(known)
        if self._width == 1:
            different = [(value,) for value in set(values)]
        else:
            different = list(set(zip(*[iter(values)] * self._width, strict=True)))
        for one in different:
            judgement = judge(one)
            if judgement is not None and judgement is not _PASSED:
                return False
        return True


def instances_alike(instances: Sequence[CompiledInstance]) -> tuple[AlikeInstances, ...]:
    """The instances in groups whose expressions are the same but for the paths.

    Empty for so few instances that judging each of them is as quick.
    """
    if len(instances) < _FEWEST_ALIKE:
        return ()
    groups: dict[str, list[CompiledInstance]] = {}
    for compiled in instances:
        groups.setdefault(_shape(compiled), []).append(compiled)
    return tuple(AlikeInstances(group) for group in groups.values())


def _shape(compiled: CompiledInstance) -> str:
    """The expressions of an instance with the places of its paths instead of the paths."""
    instance = compiled.instance
    trees = (instance.condition, instance.applies_when, instance.unknown_is_zero_when)
    places = {path: str(place) for place, path in enumerate(compiled.paths)}
    shape = _PRINTED_PATH.sub(lambda found: places[found[1]], repr(trees))
    kinds = [operand_kind(path) for path in compiled.paths]
    return f"{compiled.required_count} {kinds} {shape}"


_FEWEST_ALIKE = 5
_PRINTED_PATH = re.compile(r"(?<=Operand\(path=)'([^']*)'")


def instance_paths(instance: RuleInstance) -> tuple[str, ...]:
    """Every path an instance reads, the required ones first."""
    trees = [tree for tree in (instance.applies_when, instance.unknown_is_zero_when) if tree]
    extra = (path for tree in trees for path in operands_in(tree))
    return tuple(dict.fromkeys((*instance.required, *instance.exempt, *extra)))


def _selector(paths: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(paths) == 1:
        (only,) = paths
        return lambda known: (known[only],)
    return operator.itemgetter(*paths)


def _function(node: Node, places: Mapping[str, int]) -> Function:
    """One closure per node. Where a side is unknown the result is None, hence not true."""
    match node:
        case Operand(path=path):
            return operator.itemgetter(places[path])
        case Literal(value=value):
            return lambda values: value
        case Sum(terms=terms):
            return _total(terms, places)
        case (
            Arithmetic(operator=sign, left=left, right=right)
            | Comparison(operator=sign, left=left, right=right)
        ):
            return _binary(OPERATORS[sign], _function(left, places), _function(right, places))
        case Call(function=name, arguments=arguments):
            return _call(_FUNCTIONS[name], [_function(inner, places) for inner in arguments])
        case _:
            return _condition(node, places)


def _condition(node: Node, places: Mapping[str, int]) -> Function:
    match node:
        case IsNone(operand=operand):
            place = places[operand.path]
            return lambda values: values[place] is None
        case IsNotTrue(operand=operand):
            place = places[operand.path]
            return lambda values: values[place] is not True
        case Every(conditions=conditions):
            every = tuple(_function(inner, places) for inner in conditions)
            return lambda values: all(condition(values) for condition in every)
        case Some(conditions=conditions):
            some = tuple(_function(inner, places) for inner in conditions)
            return lambda values: any(condition(values) for condition in some)
        case Not(condition=condition):
            negated = _function(condition, places)
            return lambda values: not negated(values)
        case _:
            raise TypeError(f"no node of a rule: {node}")


def _total(terms: Sequence[Node], places: Mapping[str, int]) -> Function:
    summed = [places[term.path] for term in terms if isinstance(term, Operand)]
    if len(summed) == len(terms) > 1:
        pick = operator.itemgetter(*summed)
        return lambda values: sum(pick(values))
    functions = [_function(term, places) for term in terms]
    return lambda values: sum(function(values) for function in functions)


def _binary(combine: Callable[[Any, Any], Any], left: Function, right: Function) -> Function:
    def combined(values: Values) -> Any:
        a, b = left(values), right(values)
        return None if a is None or b is None else combine(a, b)

    return combined


def _call(function: Callable[..., Any], arguments: Sequence[Function]) -> Function:
    if len(arguments) == 1:
        (only,) = arguments
        return lambda values: function(only(values))

    def called(values: Values) -> Any:
        return function(*(argument(values) for argument in arguments))

    return called


def is_nonnegative_integer(value: int | Decimal) -> bool:
    """Whether a value can be a number of things."""
    return value >= 0 and value == int(value)


def _year(day: date) -> int:
    return day.year


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "is_nonnegative_integer": is_nonnegative_integer,
    "year": _year,
    "date": date,
}
