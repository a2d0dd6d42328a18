"""The fields of one row of table two whose values stand in one text without separators.

No sum checks this table, so a field is read only where every way to cut the text gives it the same number.
Empty cells leave no trace in such a text, so any field may be one; and one value may be printed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from annual_reports.model import Number
from annual_reports.tables.printed_values import (
    Kind,
    Printed,
    read_amount,
    read_count,
    read_signed_count,
)
from schemas.fields import Field

_LONGEST = 32
_READERS: dict[str, Callable[[str], Printed]] = {
    "int": read_count,
    "signed_int": read_signed_count,
    "decimal": read_amount,
}


class Piece(NamedTuple):
    """A part of the text as one field's: None where the cut leaves the field empty."""

    text: str
    value: Number | None


class GluedField(NamedTuple):
    """The numbers a field has in the cuts of the text, and its own piece where all give it the one number."""

    options: tuple[Number, ...]
    piece: str | None


def glued_fields(fields: Sequence[Field], text: str) -> list[GluedField]:
    """One answer for each field; a text (normal form) that no cut gives a number for each has no options at all."""
    cuts = list(_cuts(fields, text)) if len(text) <= _LONGEST else []
    if not any(all(piece.value is not None for piece in cut) for cut in cuts):
        cuts = []
    cuts += _cuts_with_a_double(fields, text) if cuts else []
    return [_in_every_cut([cut[index] for cut in cuts]) for index in range(len(fields))]


def _in_every_cut(pieces: Sequence[Piece]) -> GluedField:
    values = {piece.value for piece in pieces}
    options = tuple(sorted(value for value in values if value is not None))
    agreed = len(values) == len(options) == 1
    return GluedField(options, pieces[0].text if agreed else None)


def _cuts_with_a_double(fields: Sequence[Field], text: str) -> Iterator[tuple[Piece, ...]]:
    """Cuts in which no field is empty and one is printed twice: 3535 may be 35 and 35."""
    for twice, field in enumerate(fields):
        for cut in _cuts((*fields[:twice], field, *fields[twice:]), text):
            if cut[twice] == cut[twice + 1] and all(piece.text for piece in cut):
                yield (*cut[:twice], *cut[twice + 1 :])


def _cuts(fields: Sequence[Field], text: str) -> Iterator[tuple[Piece, ...]]:
    if not fields:
        if not text:
            yield ()
        return
    for end in range(len(text) + 1):
        printed = _READERS[fields[0].dtype](text[:end])
        if _is_possible(fields[0], printed.kind, printed.value):
            piece = Piece(text[:end], printed.value)
            for rest in _cuts(fields[1:], text[end:]):
                yield (piece, *rest)


def _is_possible(field: Field, kind: Kind, value: Number | None) -> bool:
    if kind is Kind.BLANK:
        return True
    whole = field.dtype == "decimal" or isinstance(value, int)
    return kind is Kind.NUMBER and whole and (field.dtype == "signed_int" or (value or 0) >= 0)
