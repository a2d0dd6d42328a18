"""The sentences of findings: one pattern per rule instance, filled in by either evaluator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from schemas.rules import RuleInstance, Sum, operand_label, operands_in, table_label, walk

UNKNOWN = "—"
_LONG_SUM = 8
_MANY_OPERANDS = 12


@dataclass(frozen=True, slots=True)
class MessagePattern:
    """`text` with one `{}` per argument; an argument is left, right, difference or a path."""

    text: str
    arguments: tuple[str, ...]


@cache
def failure_pattern(instance: RuleInstance) -> MessagePattern:
    """Chinese first: what should hold, both sides, the numbers used; then English."""
    rule = instance.rule
    zh = f"{rule.zh_label}，{place_label(instance)}不符"
    en = f"{rule.en_label}: fails at {instance.scope}"
    arguments: list[str] = []
    sides = ["left", "right", "difference"] if instance.shown else []
    if sides:
        zh += "：左边 {}，右边 {}，相差 {}"
        arguments += sides
    listed = _listed_operands(instance)
    if listed:
        zh += "；" + "，".join(f"{_escaped(operand_label(path))} {{}}" for path in listed)
        arguments += listed
    if sides:
        en += " (left {}, right {}, difference {})"
        arguments += sides
    return MessagePattern(f"{zh}。{en}.", tuple(arguments))


@cache
def blank_as_zero_pattern(instance: RuleInstance) -> MessagePattern:
    """A relation that cannot be judged as printed and fails if blank cells count as zero."""
    pattern = failure_pattern(instance)
    return MessagePattern(
        f"有空白格，如作零计：{pattern.text} (with blanks as zero)", pattern.arguments
    )


def gap_pattern(instance: RuleInstance, places: int) -> MessagePattern:
    """Why a rule could not be judged. `gaps`: places that lack a value; `label`, `path`: the first."""
    rule = instance.rule
    text = (
        f"无法判断（{rule.zh_label}）：{places} 处中有 {{}} 处缺少数值，首先缺“{{}}”。"
        f"not assessable ({rule.en_label}): "
        f"{{}} of {places} places lack a value, first {{}}."
    )
    return MessagePattern(text, ("gaps", "label", "gaps", "path"))


def proposal_text(place: str, value: int | Decimal) -> str:
    """What a finding says of the one cell that would make row and column fit."""
    label, number = operand_label(place), number_text(value)
    return (
        f" 建议核对：只有“{label}”所在的行与列不符，该格如为 {number} 则都成立（未采用）。"
        f"Check {place}: with {number} its row and its column both fit (not applied)."
    )


def place_label(instance: RuleInstance) -> str:
    """`表三（自然人）` for a column, `表三（一、本年新收…）` for a row; the table or report otherwise."""
    table = table_label(instance.scope.split(".", 1)[0])
    if instance.rule.scope not in ("column", "row", "cell"):
        return table
    own = next(path for path in instance.required if not path.startswith("prev."))
    row, column = operand_label(own).rstrip("]").rsplit("[", 1)
    detail = {"column": column, "row": row, "cell": f"{row}·{column}"}[instance.rule.scope]
    return f"{table}（{_escaped(detail)}）"


def number_text(value: int | Decimal | date | bool | str | None) -> str:
    """A value as people write it: 12, 96171.6, 2025-01-31, true."""
    match value:
        case None:
            return UNKNOWN
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            return str(value)


def _listed_operands(instance: RuleInstance) -> list[str]:
    """The operands worth naming: not the leaves of a long sum, and not a whole table."""
    hidden = {
        path
        for node in walk(instance.condition)
        if isinstance(node, Sum) and len(node.terms) > _LONG_SUM
        for path in operands_in(node)
    }
    listed = [path for path in (*instance.required, *instance.exempt) if path not in hidden]
    return listed if len(listed) <= _MANY_OPERANDS else []


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
