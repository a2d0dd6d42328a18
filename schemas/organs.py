"""What kinds of organs publish reports, what their names look like, and what evidence about them is worth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from schemas.divisions import fold, load_gazetteer, read_csv_rows

_FOLDER = "identity"


class OrganType(NamedTuple):
    """One line of `organ_types.csv`: an organ whose folded name matches `pattern` is of this type."""

    pattern: re.Pattern[str]
    organ_type: str
    is_township: bool


class RelativeLevel(NamedTuple):
    """What a word like 市 or 县 at the head of an organ's name says about its level.

    `head` matches the word where it is one: not in 市场监督管理局 or 乡村振兴局.
    """

    prefix: str
    head: re.Pattern[str]
    levels: frozenset[int]
    kinds: frozenset[str]


class SelfReference(NamedTuple):
    """What a text that says 我镇 or 我局 tells about its publisher."""

    words: str
    levels: frozenset[int]
    organ_type: str


class CentralOrgan(NamedTuple):
    """An organ under the State Council; `leads_local_organs`: its name also opens local organs' names."""

    name: str
    leads_local_organs: bool


class EvidenceKind(NamedTuple):
    """Weight of one kind of evidence; kinds of one group are not independent of each other."""

    kind: str
    weight: float
    group: str
    label: str


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(part) for part in text.split())


@cache
def organ_types() -> tuple[OrganType, ...]:
    """Types in the order they are tried; the first that matches decides."""
    return tuple(
        OrganType(
            re.compile(row["pattern"]), row["organ_type"], row["relative_level"] == "township"
        )
        for row in read_csv_rows("organ_types.csv", _FOLDER)
    )


@cache
def relative_levels() -> tuple[RelativeLevel, ...]:
    """Longest prefix first."""
    rows = read_csv_rows("relative_levels.csv", _FOLDER)
    levels = [
        RelativeLevel(
            row["prefix"],
            re.compile(row["prefix"] + (f"(?!{row['not_before']})" if row["not_before"] else "")),
            _numbers(row["levels"]),
            frozenset(row["kinds"].split()),
        )
        for row in rows
    ]
    return tuple(sorted(levels, key=lambda level: -len(level.prefix)))


@cache
def self_references() -> tuple[SelfReference, ...]:
    """Ways in which a text speaks of its own publisher."""
    return tuple(
        SelfReference(row["words"], _numbers(row["levels"]), row["organ_type"])
        for row in read_csv_rows("self_references.csv", _FOLDER)
    )


@cache
def central_organs() -> tuple[CentralOrgan, ...]:
    """Organs of the central government, longest name first."""
    organs = [
        CentralOrgan(fold(row["name"]), row["vertical_below"] == "yes")
        for row in read_csv_rows("central_organs.csv", _FOLDER)
    ]
    return tuple(sorted(organs, key=lambda organ: (-len(organ.name), organ.name)))


@cache
def evidence_kinds() -> Mapping[str, EvidenceKind]:
    """Kind → what it is worth."""
    return {
        row["kind"]: EvidenceKind(row["kind"], float(row["weight"]), row["group"], row["zh"])
        for row in read_csv_rows("evidence_weights.csv", _FOLDER)
    }


@cache
def year_sources() -> Mapping[str, str]:
    """Where a report's year was read → what that is called, Chinese and English."""
    return {
        row["source"]: f"{row['zh']} {row['en']}"
        for row in read_csv_rows("year_sources.csv", _FOLDER)
    }


@cache
def ordinary_words() -> frozenset[str]:
    """Short names of divisions that are ordinary words of organs' names as well."""
    return frozenset(
        fold(row["word"]) for row in read_csv_rows("words_that_are_names.csv", _FOLDER)
    )


@cache
def known_hosts() -> Mapping[str, int]:
    """Label before gov.cn → unit, for hosts of provinces and prefectures held to be certain."""
    holders = load_gazetteer().code_holders
    return {
        row["host"]: holders[row["code"]][0]
        for row in read_csv_rows("government_hosts.csv", _FOLDER)
    }


@cache
def department_full_names() -> Mapping[str, str]:
    """Everyday short name of a department → its full name, both folded."""
    return {
        fold(row["short"]): fold(row["full"])
        for row in read_csv_rows("department_aliases.csv", _FOLDER)
    }


@cache
def department_successors() -> Mapping[str, str]:
    """Former name of a department → the name it was given, both folded; splits and merges are not here."""
    return {
        fold(row["former"]): fold(row["successor"])
        for row in read_csv_rows("department_succession.csv", _FOLDER)
    }


@cache
def injected_words() -> re.Pattern[str]:
    """Words spliced into copies of government pages by gambling sites."""
    text = (files("schemas") / "data" / _FOLDER / "injected_words.txt").read_text(encoding="utf-8")
    words = [fold(line) for line in text.splitlines() if line and not line.startswith("#")]
    return re.compile("|".join(map(re.escape, words)))


class ScopeWording(NamedTuple):
    """A wording of consolidated reports; some count only where a government publishes."""

    pattern: re.Pattern[str]
    only_governments: bool


@cache
def scope_wordings() -> tuple[ScopeWording, ...]:
    """Wordings by which a report says that it was compiled from the reports of many organs."""
    return tuple(
        ScopeWording(re.compile(row["pattern"]), row["publishers"] == "government")
        for row in read_csv_rows("scope_wordings.csv", _FOLDER)
    )


class DocumentKind(NamedTuple):
    """Words in a title that make a page something else than a report."""

    kind: str
    pattern: re.Pattern[str]
    place: str
    reason: str


@cache
def document_kinds() -> tuple[DocumentKind, ...]:
    """Other documents. `place`: tail (after 信息公开), whole (a title without it) or text (the opening)."""
    return tuple(
        DocumentKind(
            row["kind"],
            re.compile(row["pattern"]),
            row["place"],
            f"{row['reason_zh']} / {row['reason_en']}",
        )
        for row in read_csv_rows("document_kinds.csv", _FOLDER)
    )
