"""How the prose of a report states numbers and absences: patterns, topics, and the cells they claim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from schemas.fields import read_data_rows

_MACRO = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class ClaimPattern:
    """One wording that states a fact of the `narrative` table of `fields.csv`.

    `kind`: count | amount (both with groups `number` and `unit`), absence (a fact is True) or zero
    (a count is 0). `hints`: a sentence without any of these words is not searched. `forbids` is
    searched in the clause up to the end of the match, `forbids_before` in the sentence before it.
    `chapter`: the only chapter in which the wording counts, None for any.
    """

    metric: str
    kind: str
    topic: str | None
    chapter: int | None
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    forbids: re.Pattern[str] | None
    forbids_before: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class ClaimTopic:
    """What a sentence must be about, the subjects that take its place, and the chapter that implies it."""

    pattern: re.Pattern[str]
    competing: re.Pattern[str]
    chapter: int


@dataclass(frozen=True, slots=True)
class ClaimReading:
    """One reading of a claim: a sum of cells, by path, that should equal it under a rule."""

    rule_id: str
    paths: tuple[str, ...]


@cache
def claim_patterns() -> tuple[ClaimPattern, ...]:
    """All wordings, in order of trial."""
    return tuple(
        ClaimPattern(
            metric=row["metric"],
            kind=row["kind"],
            topic=row["topic"] or None,
            chapter=int(row["chapter"]) if row["chapter"] else None,
            hints=tuple(row["hint"].split("|")),
            pattern=re.compile(_expanded(row["pattern"])),
            forbids=_optional_pattern(row["forbids"]),
            forbids_before=_optional_pattern(row["forbids_before"]),
        )
        for row in read_data_rows("claim_patterns.csv")
    )


@cache
def claim_hints() -> tuple[str, ...]:
    """Every word that some wording asks for, once each."""
    return tuple(dict.fromkeys(hint for wording in claim_patterns() for hint in wording.hints))


@cache
def hinted_patterns(hints: frozenset[str], chapter: int | None) -> tuple[ClaimPattern, ...]:
    """The wordings to try on a sentence of a chapter that holds exactly these hints, in order."""
    return tuple(
        wording
        for wording in claim_patterns()
        if wording.chapter in (None, chapter) and not hints.isdisjoint(wording.hints)
    )


@cache
def claim_topics() -> Mapping[str, ClaimTopic]:
    """Topics by name."""
    return {
        row["name"]: ClaimTopic(
            pattern=re.compile(row["pattern"]),
            competing=re.compile(row["competing"]),
            chapter=int(row["chapter"]),
        )
        for row in read_data_rows("claim_topics.csv")
    }


@cache
def claim_readings(metric: str, template: str) -> tuple[ClaimReading, ...]:
    """The readings of a claim on a form; empty where no rule of the form compares it with cells."""
    forms = {row["rule_id"]: row["template"].split("|") for row in read_data_rows("rules.csv")}
    return tuple(
        ClaimReading(row["rule_id"], _summed_paths(row["reading"], template))
        for row in read_data_rows("claim_operands.csv")
        if row["metric"] == metric and template in forms[row["rule_id"]]
    )


@cache
def claim_words(kind: str) -> re.Pattern[str]:
    """Words that decide whether a sentence is read for claims, all patterns of a kind in one."""
    patterns = [row["pattern"] for row in read_data_rows("claim_words.csv") if row["kind"] == kind]
    return re.compile("|".join(patterns))


@cache
def rule_severity(rule_id: str) -> str:
    """hard | soft, as listed; KeyError for an unknown rule."""
    return {row["rule_id"]: row["severity"] for row in read_data_rows("rules.csv")}[rule_id]


@cache
def _macros() -> dict[str, str]:
    expanded: dict[str, str] = {}
    for row in read_data_rows("claim_macros.csv"):
        expanded[row["name"]] = _MACRO.sub(lambda found: expanded[found[1]], row["pattern"])
    return expanded


def _expanded(pattern: str) -> str:
    return _MACRO.sub(lambda found: _macros()[found[1]], pattern)


def _optional_pattern(pattern: str) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


def _summed_paths(reading: str, template: str) -> tuple[str, ...]:
    return tuple(
        path for part in reading.split(" + ") for path in _group_paths(part.strip(), template)
    )


def _group_paths(path: str, template: str) -> tuple[str, ...]:
    """`requests.@not_disclosed.total` is every row of that group on the form."""
    table, row, column = path.split(".")
    if not row.startswith("@"):
        return (path,)
    return tuple(
        f"{table}.{field['row_key']}.{column}"
        for field in read_data_rows("fields.csv")
        if (field["template"], field["table"], field["column_key"]) == (template, table, column)
        and field["row_group"] == row[1:]
    )
