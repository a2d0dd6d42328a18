"""Values of table two, whatever the source: counts, signed changes, amounts in 万元."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from annual_reports.model import CellStatus, Number
from annual_reports.tables.glued_fields import GluedField, glued_fields
from annual_reports.tables.marks import Mark, Slot, inferred, slot_of, unreadable
from annual_reports.tables.printed_values import (
    Kind,
    Printed,
    read_amount,
    read_count,
    read_signed_count,
    shortest,
)
from annual_reports.tables.table_reading import Note
from schemas.fields import Field, TableForm
from schemas.labels import value_words

_MOST_OPTIONS = 7
_FORM_UNIT = {"t2021": "万元"}
_STRUCTURE_RULE = {"t2021": "S04", "t2019": "S05"}


class FieldHeader(NamedTuple):
    """The column labels over a block. `unit` is printed in them; `reason`: why they cannot be used.

    `repeats`: how often each label is printed, where a converter copies spanned cells.
    """

    keys: tuple[str, ...]
    unit: str | None
    reason: str = ""
    repeats: tuple[int, ...] = ()


def settle_row(fields: Sequence[Field], header: FieldHeader, marks: Sequence[Mark]) -> list[Slot]:
    """Slots for the marks of one row: one each, or all unreadable."""
    if any(mark.attached or mark.kind is Kind.GLUED for mark in marks):
        return _settle_glued(fields, header, marks)
    if len(marks) != len(fields):
        reason = "short_row" if len(marks) < len(fields) else "long_row"
        return [unreadable(reason, marks[0] if marks else None)] * len(fields)
    return [value_slot(field, header, mark) for field, mark in zip(fields, marks, strict=True)]


def value_slot(field: Field, header: FieldHeader, mark: Mark) -> Slot:
    """The slot of a mark whose field is certain."""
    if mark.kind in (Kind.MERGED, Kind.SEVERAL):
        return slot_of(mark)
    printed = _read(field, mark.text)
    if printed.value and not printed.unit_stated and _unit_differs(field, header):
        return unreadable("unit_differs", mark, _both_amounts(header, printed))
    return slot_of(mark._replace(printed=_in_10k_yuan(field, header, printed)))


def _unit_differs(field: Field, header: FieldHeader) -> bool:
    """Whether the header prints another unit than the form does: then either may be the mistake."""
    form_unit = _FORM_UNIT.get(field.template)
    return (
        field.dtype == "decimal"
        and None not in (form_unit, header.unit)
        and _factor(header.unit) != _factor(form_unit)
    )


def _factor(unit: str | None) -> Decimal:
    return value_words().amount_units[unit] if unit else Decimal(1)


def _both_amounts(header: FieldHeader, printed: Printed) -> tuple[Number, ...]:
    """The number in the header's unit and in the form's, both as 万元."""
    amount = Decimal(printed.value or 0)
    return tuple(sorted((shortest(amount * _factor(header.unit)), shortest(amount))))


def _read(field: Field, text: str) -> Printed:
    if field.dtype == "signed_int":
        return read_signed_count(text)
    if field.dtype != "decimal":
        return read_count(text)
    return read_amount(text)


def _in_10k_yuan(field: Field, header: FieldHeader, printed: Printed) -> Printed:
    """An amount without a unit of its own in the header's."""
    if field.dtype != "decimal" or printed.kind is not Kind.NUMBER or printed.unit_stated:
        return printed
    amount = Decimal(printed.value or 0) * _factor(header.unit)
    return printed._replace(value=shortest(amount), unit_stated=bool(header.unit))


def _settle_glued(
    fields: Sequence[Field], header: FieldHeader, marks: Sequence[Mark]
) -> list[Slot]:
    """What every way to cut the text gives; several texts apart from each other are not cut."""
    if len(marks) != 1:
        return [unreadable("glued", marks[0])] * len(fields)
    rule = _STRUCTURE_RULE[fields[0].template]
    return [
        _glued_slot(field, header, marks[0], found, rule)
        for field, found in zip(fields, glued_fields(fields, marks[0].text), strict=True)
    ]


def _glued_slot(
    field: Field, header: FieldHeader, mark: Mark, found: GluedField, rule: str
) -> Slot:
    if found.piece is None:
        options = found.options if len(found.options) <= _MOST_OPTIONS else ()
        return unreadable("glued", mark, options)
    slot = value_slot(field, header, mark._replace(text=found.piece))
    return slot if slot.value is None else inferred(slot.value, slot.mark, (rule,))


def unit_notes(form: TableForm, slots: Sequence[Sequence[Slot]]) -> list[Note]:
    """U01 for amounts above zero whose unit neither the cell nor the header states."""
    rows = []
    for fields, row in zip(form.rows, slots, strict=True):
        for field, slot in zip(fields, row, strict=True):
            numbered = slot.status is CellStatus.PRINTED and slot.mark is not None and slot.value
            if (
                field.dtype == "decimal"
                and numbered
                and slot.mark
                and not slot.mark.printed.unit_stated
            ):
                rows.append(field.row_key)
    return [Note("U01", "unit_not_stated", tuple(rows), len(rows))] if rows else []
