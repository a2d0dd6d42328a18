"""What the labels, placeholders and units of the national forms look like in print."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from schemas.fields import read_data_rows


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """One label of a form, the same object wherever it is asked for, so that it can key a cache.

    `spellings` are substrings any of which identifies it, in normalised text without spaces.
    A `generic` label (其他, 总计) is also printed elsewhere in the table and counts only by order.
    `numbering` is the item number printed before it.
    """

    table: str
    kind: str
    key: str
    templates: frozenset[str]
    numbering: str
    text: str
    spellings: tuple[str, ...]
    generic: bool


@dataclass(frozen=True, slots=True)
class ValueWords:
    """How blanks, signs and units are written in value cells. Amount factors lead to 万元."""

    placeholders: frozenset[str]
    zero_numerals: frozenset[str]
    zero_letters: frozenset[str]
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    count_units: tuple[str, ...]
    amount_units: dict[str, Decimal]
    date_units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReaderFinding:
    """A doubt the reader can state, in Chinese with the English beside it."""

    rule_id: str
    reason: str
    severity: str
    finding_class: str
    message_zh: str
    message_en: str


@cache
def labels(table: str, kind: str, template: str | None = None) -> tuple[Label, ...]:
    """The labels of one kind (row, column, header, group) in the order of the form."""
    return tuple(
        label
        for label in _all_labels()
        if label.table == table
        and label.kind == kind
        and (template is None or template in label.templates)
    )


@cache
def _all_labels() -> tuple[Label, ...]:
    return tuple(
        Label(
            table=row["table"],
            kind=row["kind"],
            key=row["key"],
            templates=frozenset(row["templates"].split("|")),
            numbering=row["numbering"],
            text=row["label"],
            spellings=tuple(row["spellings"].split("|")),
            generic=row["generic"] == "yes",
        )
        for row in read_data_rows("labels.csv")
    )


@cache
def value_words() -> ValueWords:
    """Placeholders, signs and units, longest first where they are tried in turn."""
    words: dict[str, list[str]] = {}
    factors: dict[str, Decimal] = {}
    for row in read_data_rows("value_words.csv"):
        words.setdefault(row["kind"], []).append(row["word"])
        if row["factor"]:
            factors[row["word"]] = Decimal(row["factor"])
    longest_first = {
        kind: tuple(sorted(found, key=len, reverse=True)) for kind, found in words.items()
    }
    return ValueWords(
        placeholders=frozenset(words["placeholder"]),
        zero_numerals=frozenset(words["zero_numeral"]),
        zero_letters=frozenset(words["zero_letter"]),
        plus=longest_first["plus"],
        minus=longest_first["minus"],
        count_units=longest_first["count_unit"],
        amount_units={unit: factors[unit] for unit in longest_first["amount_unit"]},
        date_units=longest_first["date_unit"],
    )


@cache
def character_forms() -> dict[int, str]:
    """Characters NFKC does not bring to the form the labels use: dashes, radicals, zero widths."""
    return {
        int(row["code_point"], 16): row["replacement"]
        for row in read_data_rows("character_forms.csv")
    }


_KANGXI_RADICALS = range(0x2F00, 0x2FD6)
_RADICALS_SUPPLEMENT = range(0x2E80, 0x2EF4)


@cache
def radical_forms() -> dict[int, str]:
    """Code points of radicals and the ideographs that are printed: ⼀ is 一, ⻚ is 页.

    A browser that prints a page as PDF writes them for ideographs of the same glyph.
    """
    kangxi = {code: unicodedata.normalize("NFKC", chr(code)) for code in _KANGXI_RADICALS}
    forms = character_forms()
    return kangxi | {code: forms[code] for code in _RADICALS_SUPPLEMENT if code in forms}


@cache
def reader_findings() -> dict[tuple[str, str], ReaderFinding]:
    """The reader's findings by (rule_id, reason)."""
    return {
        (row["rule_id"], row["reason"]): ReaderFinding(
            rule_id=row["rule_id"],
            reason=row["reason"],
            severity=row["severity"],
            finding_class=row["class"],
            message_zh=row["message_zh"],
            message_en=row["message_en"],
        )
        for row in read_data_rows("reader_findings.csv")
    }


def any_of(words: tuple[str, ...]) -> str:
    """A regular expression for one of these words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
