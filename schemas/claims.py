"""How the prose of a report states numbers and absences: patterns, topics, and the cells they claim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from schemas.fields import read_data_rows

_MACRO = re.compile(r"\{([a-z_]+)\}")
_SINGLE_CONTEXTS = ("organ_before", "lead_in")


@dataclass(frozen=True, slots=True)
class ClaimPattern:
    """One wording that states a fact of the `narrative` table of `fields.csv`.

    `kind`: count | amount (both with the groups of `numbers.stated_count`), absence (a fact is
    True) or zero (a count is 0). `hints`: a sentence without any of these words is not searched.
    `forbids` is searched in the clause up to the end of the match. In the sentence before the match
    `requires_before` must stand, and `part_after` makes it a claim about a part. `chapter`: the only
    chapter in which the wording counts, None for any.
    """

    metric: str
    kind: str
    topic: str | None
    chapter: int | None
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    forbids: re.Pattern[str] | None
    part_after: re.Pattern[str] | None
    requires_before: re.Pattern[str] | None

    @property
    def is_absence(self) -> bool:
        return self.kind in ("absence", "zero")


@dataclass(frozen=True, slots=True)
class ClaimTopic:
    """What a sentence must be about, the subjects that take its place, and the chapter that implies it."""

    pattern: re.Pattern[str]
    competing: re.Pattern[str]
    chapter: int | None


@dataclass(frozen=True, slots=True)
class ClaimReading:
    """One reading of a claim: a sum of cells, by path, that should equal it under a rule."""

    rule_id: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RatioBase:
    """One whole a share may be of: sums of cells or of numbers of the prose (`narrative.key`).

    `wording` names it in the text. Without `numerators` the number printed before the share is one.
    """

    wording: re.Pattern[str] | None
    numerators: tuple[tuple[str, ...], ...]
    denominators: tuple[tuple[str, ...], ...]


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
            part_after=_optional_pattern(row["part_after"]),
            requires_before=_optional_pattern(row["requires_before"]),
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
            chapter=int(row["chapter"]) if row["chapter"] else None,
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
def claim_rules(metric: str) -> tuple[str, ...]:
    """The rules that compare a claim with cells, on any form."""
    rows = read_data_rows("claim_operands.csv")
    return tuple(dict.fromkeys(row["rule_id"] for row in rows if row["metric"] == metric))


@cache
def rules_of_claims() -> frozenset[str]:
    """Every rule by which a claim is compared with cells."""
    return frozenset(row["rule_id"] for row in read_data_rows("claim_operands.csv"))


@cache
def claim_finding(rule_id: str) -> dict[str, str]:
    """Severity and wording of a contradiction that no rule of `rules.csv` states."""
    return {row["rule_id"]: row for row in read_data_rows("claim_findings.csv")}[rule_id]


@cache
def claim_words(kind: str) -> re.Pattern[str]:
    """Words that decide whether a sentence is read for claims, all patterns of a kind in one."""
    patterns = [row["pattern"] for row in read_data_rows("claim_words.csv") if row["kind"] == kind]
    return re.compile("|".join(patterns))


@cache
def mentions(subject: str) -> re.Pattern[str]:
    """Mentions of a time or a scope; `mention_kind` tells the kind of a match."""
    alternatives = [
        f"(?P<{row['kind']}_{place}>{row['pattern']})"
        for place, row in enumerate(read_data_rows("claim_contexts.csv"))
        if row["subject"] == subject and row["kind"] not in _SINGLE_CONTEXTS
    ]
    return re.compile("|".join(alternatives))


def mention_kind(found: re.Match[str]) -> str:
    """The kind of a mention found by `mentions`, as listed."""
    return (found.lastgroup or "").rpartition("_")[0]


@cache
def single_context(kind: str) -> re.Pattern[str]:
    """A pattern of `claim_contexts.csv` that stands alone: organ_before or lead_in."""
    (pattern,) = [
        row["pattern"] for row in read_data_rows("claim_contexts.csv") if row["kind"] == kind
    ]
    return re.compile(pattern)


@cache
def ratio_metric(counted: str, kind: str) -> str | None:
    """The narrative key of the share, growth or change of a counted key; None where it has none."""
    metrics = {
        (row["of"], row["kind"]): row["metric"] for row in read_data_rows("claim_ratios.csv")
    }
    return metrics.get((counted, kind))


@cache
def ratio_kind(metric: str) -> str | None:
    """share | growth | change for such a key, None for any other."""
    return {row["metric"]: row["kind"] for row in read_data_rows("claim_ratios.csv")}.get(metric)


@cache
def ratio_pattern(name: str) -> re.Pattern[str]:
    """What stands behind a count: share, growth, change_percent; or last year's count: previous."""
    return re.compile(_expanded(_macros()[name]))


@cache
def ratio_bases(metric: str) -> tuple[RatioBase, ...]:
    """What a share or rate may be a share of."""
    return tuple(
        RatioBase(
            wording=_optional_pattern(row["base"]),
            numerators=_alternatives(row["numerator"]),
            denominators=_alternatives(row["denominators"]),
        )
        for row in read_data_rows("claim_bases.csv")
        if metric in row["metrics"].split("|")
    )


def _alternatives(text: str) -> tuple[tuple[str, ...], ...]:
    """`a.b.c | a.b.c + d.e.f` as sums of paths."""
    return tuple(
        tuple(path.strip() for path in one.split("+")) for one in text.split("|") if one.strip()
    )


@cache
def exactness(group: str, word: str) -> str:
    """about | nearly | under | over | at_least, for a word before or after a number."""
    manners = {
        (row["group"], one): row["manner"]
        for row in read_data_rows("claim_exactness.csv")
        for one in row["words"].split("|")
    }
    return manners[group, word]


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
    return re.compile(_expanded(pattern)) if pattern else None


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
