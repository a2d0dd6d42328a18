"""The waiting list as a table to fill in, and the filled table as answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from annual_reports.review.answers import Answer
from annual_reports.review.pages import place_label
from annual_reports.review.waiting import WaitingItem
from schemas.parameters import DecidedScope, Decision, key_of

TOLD = ("编号 number", "事项 kind", "机关 publisher", "年度 year", "文档 document", "网址 url",
        "位置 place", "印出 printed", "可能的值 options", "说明 note", "可答 answers")  # fmt: skip
ASKED = ("决定 decision", "数 value", "机关全称 publisher name", "区划代码 region code",
         "报告年度 report year", "口径 scope", "理由 reason", "决定人 decided by")  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t")


class BulkError(Exception):
    """Raised when a filled table cannot be taken; the message names the lines."""


def template_rows(items: Iterable[WaitingItem]) -> list[list[str]]:
    """A header and one row per item; the last columns are empty, to be filled in."""
    told = [
        [
            item.number,
            f"{item.kind.zh_label} {item.kind.en_label}",
            item.publisher,
            "" if item.year is None else str(item.year),
            item.document_name,
            item.url or "",
            place_label(item),
            item.raw or "",
            " ".join(item.options),
            item.message,
            " ".join(item.kind.decisions),
        ]
        for item in items
    ]
    rows = [[*(_harmless(text) for text in row), *[""] * len(ASKED)] for row in told]
    return [[*TOLD, *ASKED], *rows]


def _harmless(text: str) -> str:
    """Text that a spreadsheet would take for a formula, with an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def bulk_answers(rows: Sequence[Sequence[str]]) -> list[tuple[int, str, Answer]]:
    """(line, number, answer) of every row with a decision; the others are left waiting.

    Lines count from 1 with the header. Raises BulkError naming every line that cannot be taken.
    """
    if not rows or tuple(rows[0]) != (*TOLD, *ASKED):
        raise BulkError(
            "第 1 行不是模板的表头 line 1 is not the header of the template; "
            "write one with `gongkai review --csv FILE`"
        )
    answers, mistakes = [], []
    for line, row in enumerate(rows[1:], start=2):
        if not any(text.strip() for text in row[len(TOLD) :]):
            continue
        if len(row) != len(rows[0]):
            mistakes.append(f"第 {line} 行列数不对 line {line}: {len(row)} columns")
            continue
        decision, value, publisher, region, year, scope, reason, by = (
            text.strip() for text in row[len(TOLD) :]
        )
        word = _word(decision, Decision)
        scope_word = _word(scope or key_of(DecidedScope.UNCHANGED), DecidedScope)
        if word is None or scope_word is None:
            mistakes.append(
                f"第 {line} 行 line {line}: {decision or scope!r} 不是可答的词 is no answer"
            )
            continue
        answer = Answer(word, reason, by, value, publisher, region, year, scope_word)
        answers.append((line, row[0].strip(), answer))
    mistakes += _repeated(answers)
    if mistakes:
        raise BulkError("；".join(mistakes))
    return answers


def _word(text: str, choices: type[Decision] | type[DecidedScope]) -> str | None:
    """The key of a choice written as its key or in full; None for anything else."""
    keys = {
        spelling: key_of(choice)
        for choice in choices
        for spelling in (key_of(choice), choice.value)
    }
    return keys.get(text)


def _repeated(answers: Sequence[tuple[int, str, Answer]]) -> list[str]:
    counted = Counter(number for _, number, _ in answers)
    return [
        f"第 {line} 行 line {line}: {number} 出现多次 stands more than once"
        for line, number, _ in answers
        if counted[number] > 1
    ]
