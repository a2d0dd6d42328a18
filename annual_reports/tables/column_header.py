"""Whether the column labels above a block of table two are those of the form, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from annual_reports.tables.active_values import FieldHeader
from schemas.fields import Field
from schemas.labels import Label, labels, value_words

_SHORT = 200
_HEADER_LIKENESS = 60.0


def column_labels(fields: Sequence[Field]) -> list[Label]:
    """The column labels of some fields of one row."""
    columns = {
        label.key: label for label in labels("active_disclosure", "column", fields[0].template)
    }
    return [columns[field.column_key] for field in fields]


def mentions_columns(letters: str, fields: Sequence[Field]) -> bool:
    """Whether a text contains any spelling of a column label."""
    return any(s in letters for label in column_labels(fields) for s in label.spellings)


def header_of(fields: tuple[Field, ...], letters: str) -> FieldHeader:
    """The header a text (normal form) makes for these fields; `reason` says why it cannot be used."""
    return _short_header(fields, letters) if len(letters) < _SHORT else _header(fields, letters)


@lru_cache(maxsize=4096)
def _short_header(fields: tuple[Field, ...], letters: str) -> FieldHeader:
    """Headers repeat from document to document."""
    return _header(fields, letters)


def _header(fields: Sequence[Field], letters: str) -> FieldHeader:
    keys = tuple(field.column_key for field in fields)
    columns = column_labels(fields)
    found = [
        min(place for s in label.spellings if (place := letters.find(s)) >= 0)
        for label in columns
        if any(s in letters for s in label.spellings)
    ]
    if found != sorted(found):
        return FieldHeader(keys, None, reason="column_order")
    if len(found) < len(columns):
        expected = "".join(label.text for label in columns)
        if fuzz.ratio(expected, letters[: 3 * len(expected)]) < _HEADER_LIKENESS:
            return FieldHeader(keys, None, reason="no_header")
    repeats = tuple(max(1, *(letters.count(s) for s in label.spellings)) for label in columns)
    return FieldHeader(keys, _unit_in(letters), repeats=repeats)


def _unit_in(letters: str) -> str | None:
    """The amount unit a header prints; the longer word first, as 万元 contains 元."""
    return next((unit for unit in value_words().amount_units if unit in letters), None)
