"""Extractions as rows: one row per document, with its cells, prose and findings nested in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate
from typing import Any

import polars as pl
import pyarrow as pa

from annual_reports.model import (
    Box,
    Cell,
    CellEvidence,
    CellStatus,
    Claim,
    DocumentInfo,
    Extraction,
    Finding,
    Number,
)
from annual_reports.reading.findings import document_finding

_NUMBER = pa.decimal128(28, 8)
_TEXT = pa.string()
_SMALLEST = Decimal("0.00000001")
_LARGEST = 10**16
"""Far above any count, and low enough that sums of a whole table still fit 28 digits."""

STRUCTURE_COUNTS = (
    "requests_rows",
    "requests_columns",
    "review_litigation_values",
    "active_disclosure_rows",
    "sections_found",
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A field of a nested row: its Arrow type and how it is taken from the value."""

    name: str
    arrow_type: pa.DataType
    take: Callable[[Any], Any]


def _text(name: str, take: Callable[[Any], Any]) -> _Part:
    return _Part(name, pa.string(), take)


def _integer(name: str, take: Callable[[Any], Any]) -> _Part:
    return _Part(name, pa.int64(), take)


def _number(name: str, take: Callable[[Any], Any]) -> _Part:
    return _Part(name, _NUMBER, take)


def _is_storable(value: Number) -> bool:
    if isinstance(value, int):
        return abs(value) < _LARGEST
    return abs(value) < _LARGEST and value == value.quantize(_SMALLEST)


def _storable(value: Number | None) -> Number | None:
    return value if value is not None and _is_storable(value) else None


def _claimed_number(claim: Claim) -> Number | None:
    return None if isinstance(claim.value, bool | str) else _storable(claim.value)


def _claimed_text(claim: Claim) -> str | None:
    if isinstance(claim.value, bool):
        return str(claim.value).lower()
    return str(claim.value) if _claimed_number(claim) is None else None


BOX_EDGES = ("box_left", "box_top", "box_right", "box_bottom")
"""Edges of a cell's box in points from the page's upper left corner; null where a medium has no pages."""


def _box_edge(name: str, edge: int) -> _Part:
    return _Part(
        name,
        pa.float64(),
        lambda cell: None if cell.evidence.box is None else cell.evidence.box[edge],
    )


_BOX_PARTS = tuple(_box_edge(name, edge) for edge, name in enumerate(BOX_EDGES))
_PLACE = ("table_index", "row", "column", "page", "line", "row_span", "column_span")
_CELL_PARTS = (
    _text("table", lambda cell: cell.table),
    _text("row_key", lambda cell: cell.row_key),
    _text("column_key", lambda cell: cell.column_key),
    _number("value", lambda cell: cell.value),
    _text("status", lambda cell: cell.status.value),
    _text("raw", lambda cell: cell.raw),
    _integer("table_index", lambda cell: cell.evidence.table_index),
    _integer("row", lambda cell: cell.evidence.row),
    _integer("column", lambda cell: cell.evidence.column),
    _integer("page", lambda cell: cell.evidence.page),
    _integer("line", lambda cell: cell.evidence.line),
    _integer("row_span", lambda cell: cell.evidence.row_span),
    _integer("column_span", lambda cell: cell.evidence.column_span),
    *_BOX_PARTS,
    _Part("rules", pa.list_(pa.string()), lambda cell: cell.evidence.rules),
    _Part("options", pa.list_(_NUMBER), lambda cell: cell.evidence.options),
)
_LOCAL_PARTS = (
    _text("label", lambda one: one.label),
    _text("printed_label", lambda one: one.printed_label),
    _text("column_head", lambda one: one.column),
    _number("value", lambda one: one.value),
    _text("unit", lambda one: one.unit),
    _text("status", lambda one: one.status.value),
    _text("raw", lambda one: one.raw),
    _text("canonical", lambda one: one.canonical),
    *(part for part in _CELL_PARTS if part.name in _PLACE),
)
_SECTION_PARTS = (
    _integer("number", lambda section: section.number),
    _text("title", lambda section: section.title),
    _text("text", lambda section: section.text),
)
_CLAIM_PARTS = (
    _text("metric", lambda claim: claim.metric),
    _number("value", _claimed_number),
    _text("value_text", _claimed_text),
    _text("unit", lambda claim: claim.unit),
    _text("text", lambda claim: claim.text),
    _integer("section", lambda claim: claim.section),
    _integer("start", lambda claim: claim.start),
    _integer("end", lambda claim: claim.end),
    _text("verdict", lambda claim: claim.verdict),
    _text("covers", lambda claim: claim.covers),
    _text("scope_words", lambda claim: claim.scope_words),
    _text("period", lambda claim: claim.period),
    _Part("approximate", pa.bool_(), lambda claim: claim.is_approximate),
    _number("least", lambda claim: _storable(claim.least)),
    _number("most", lambda claim: _storable(claim.most)),
    _text("base_words", lambda claim: claim.base_words),
)
_FINDING_PARTS = (
    _text("rule_id", lambda finding: finding.rule_id),
    _text("severity", lambda finding: finding.severity),
    _text("status", lambda finding: finding.status),
    _text("class", lambda finding: finding.finding_class.value),
    _text("scope", lambda finding: finding.scope),
    _number("left", lambda finding: _storable(finding.left)),
    _number("right", lambda finding: _storable(finding.right)),
    _number("difference", lambda finding: _storable(finding.difference)),
    _text("message", lambda finding: finding.message),
)
_EVIDENCE_PARTS = (
    _text("kind", lambda evidence: evidence.kind),
    _text("text", lambda evidence: evidence.text),
    _text("code", lambda evidence: evidence.code),
    _Part("weight", pa.float64(), lambda evidence: evidence.weight),
)
_YEAR_PARTS = (
    _integer("year", lambda candidate: candidate[0]),
    _text("source", lambda candidate: candidate[1]),
)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the frame: one value per document, or a list of nested values."""

    name: str
    take: Callable[[Extraction], Any]
    arrow_type: pa.DataType = _TEXT
    parts: tuple[_Part, ...] = ()


def _identity(name: str, arrow_type: pa.DataType = _TEXT, field: str = "") -> _Column:
    return _Column(name, lambda e: getattr(e.identity, field or name), arrow_type)


def _document(name: str) -> _Column:
    return _Column(name, lambda e: getattr(e.document, name))


_COLUMNS = (
    _Column("document_id", lambda e: document_id(e.document)),
    _Column("source_document_id", lambda e: source_document_id(e.document)),
    _document("part"),
    _Column("part_count", lambda e: e.document.part_count, pa.int64()),
    _document("name"),
    _document("sha256"),
    _document("media_type"),
    _document("charset"),
    _document("url"),
    _Column("title", lambda e: e.title),
    _Column("status", lambda e: e.status),
    _identity("publisher"),
    _identity("publisher_name"),
    _identity("publisher_id"),
    _identity("organ_type"),
    _identity("level"),
    _identity("scope"),
    _identity("scope_evidence"),
    _identity("partition_province", field="province"),
    _identity("province_code"),
    _identity("province_name"),
    _identity("prefecture_code"),
    _identity("prefecture_name"),
    _identity("county_code"),
    _identity("county_name"),
    _identity("town_code"),
    _identity("town_name"),
    *(
        _identity(f"{level}_{what}_in_year")
        for level in ("prefecture", "county", "town")
        for what in ("code", "name")
    ),
    _identity("report_year", pa.int64(), field="year"),
    _identity("publish_date"),
    _identity("is_correction", pa.bool_()),
    _identity("host_is_gov", pa.bool_()),
    _identity("confidence"),
    *(
        _Column(f"template_{table}", lambda e, table=table: e.templates.get(table))  # type: ignore[misc]
        for table in ("active_disclosure", "requests", "review_litigation", "statistics")
    ),
    *(
        _Column(f"structure_{count}", lambda e, count=count: e.structure.get(count), pa.int64())  # type: ignore[misc]
        for count in STRUCTURE_COUNTS
    ),
    _Column("year_candidates", lambda e: e.identity.year_candidates, parts=_YEAR_PARTS),
    _Column("identity_evidence", lambda e: e.identity.evidence, parts=_EVIDENCE_PARTS),
    _Column("cells", lambda e: e.cells, parts=_CELL_PARTS),
    _Column("local_statistics", lambda e: e.local_statistics, parts=_LOCAL_PARTS),
    _Column("sections", lambda e: e.sections, parts=_SECTION_PARTS),
    _Column("claims", lambda e: e.claims, parts=_CLAIM_PARTS),
    _Column("findings", lambda e: e.findings, parts=_FINDING_PARTS),
)


def document_id(document: DocumentInfo) -> str:
    """32 hex digits; the same bytes at two addresses are two documents, and so is each part of one."""
    source = source_document_id(document)
    if not document.part:
        return source
    return hashlib.sha256(f"{source}\n{document.part}".encode()).hexdigest()[:32]


def source_document_id(document: DocumentInfo) -> str:
    """The id of the document as received, whatever part of it this is."""
    address = document.url or document.name
    return hashlib.sha256(f"{document.sha256}\n{address}".encode()).hexdigest()[:32]


def extraction_frame(
    extractions: Sequence[Extraction], extractor_version: str | None = None
) -> pl.DataFrame:
    """One row per extraction, columns of EXTRACTION_SCHEMA, in the order given.

    A cell with more than 16 digits before or 8 after the point becomes unreadable, its text kept
    and a finding beside it; such a number in the prose is kept as text.
    """
    storable = [_with_storable_numbers(extraction) for extraction in extractions]
    arrays = {column.name: _array(column, storable) for column in _COLUMNS}
    arrays["extractor_version"] = pa.array(
        [extractor_version or _current_version()] * len(storable), pa.string()
    )
    frame = pl.from_arrow(pa.table({name: arrays[name] for name in EXTRACTION_SCHEMA.names()}))
    assert isinstance(frame, pl.DataFrame)
    return frame.cast(EXTRACTION_SCHEMA)


def _current_version() -> str:
    from annual_reports.extract import EXTRACTOR_VERSION

    return EXTRACTOR_VERSION


def _array(column: _Column, extractions: Sequence[Extraction]) -> pa.Array:
    values = [column.take(extraction) for extraction in extractions]
    if not column.parts:
        return pa.array(values, column.arrow_type)
    offsets = pa.array([0, *accumulate(len(items) for items in values)], pa.int32())
    return pa.ListArray.from_arrays(offsets, _structs(column.parts, values))


def _structs(parts: Sequence[_Part], values: Sequence[Sequence[Any]]) -> pa.StructArray:
    flat = [item for items in values for item in items]
    arrays = [pa.array([part.take(item) for item in flat], part.arrow_type) for part in parts]
    return pa.StructArray.from_arrays(arrays, [part.name for part in parts])


def _schema() -> pl.Schema:
    """The frame's types: strings, Int64, Boolean, Decimal(28, 8), and lists of structs of them."""
    empty = pl.from_arrow(pa.table({column.name: _array(column, []) for column in _COLUMNS}))
    assert isinstance(empty, pl.DataFrame)
    names = list(empty.columns)
    names.insert(names.index("status"), "extractor_version")
    types = {**empty.schema, "extractor_version": pl.String()}
    return pl.Schema({name: types[name] for name in names})


def _with_storable_numbers(extraction: Extraction) -> Extraction:
    extraction = _with_storable_local_numbers(extraction)
    outsized = [c for c in extraction.cells if c.value is not None and not _is_storable(c.value)]
    if not outsized:
        return extraction
    return replace(
        extraction,
        cells=tuple(
            cell._replace(value=None, status=CellStatus.UNREADABLE) if cell in outsized else cell
            for cell in extraction.cells
        ),
        findings=(*extraction.findings, *(_outsized(cell) for cell in outsized)),
        status="needs_review",
    )


def _with_storable_local_numbers(extraction: Extraction) -> Extraction:
    """Local cells outside the range keep their text; they decide nothing about the report."""
    if all(one.value is None or _is_storable(one.value) for one in extraction.local_statistics):
        return extraction
    return replace(
        extraction,
        local_statistics=tuple(
            one
            if one.value is None or _is_storable(one.value)
            else one._replace(value=None, status=CellStatus.UNREADABLE, canonical=None)
            for one in extraction.local_statistics
        ),
    )


def _outsized(cell: Cell) -> Finding:
    place = f"{cell.table}.{cell.row_key}.{cell.column_key}"
    doubt = document_finding("D25", scope=place, number=cell.raw or cell.value)
    return replace(doubt, status="fail")


EXTRACTION_SCHEMA = _schema()
"""One row per document. `partition_province` is the key CN-SX; `publish_date` an ISO date."""


def long_cells(extractions: pl.DataFrame) -> pl.DataFrame:
    """`document` and the fields of its cells, one row per cell, in document order."""
    return long_rows(extractions, "cells")


def long_rows(extractions: pl.DataFrame, column: str) -> pl.DataFrame:
    """`document`, the fields of a nested column and `order` (from 1), one row per item.

    `document` numbers the rows of `extractions`, which may hold one document in two partitions.
    """
    places = pl.int_ranges(1, pl.col(column).list.len() + 1)
    return (
        extractions.select("document", column, order=places)
        .explode(column, "order", empty_as_null=False)
        .unnest(column)
    )


def cells_of_document(row: pl.DataFrame) -> tuple[Cell, ...]:
    """The cells of a frame of one document, as values. The inverse of `extraction_frame`."""
    return tuple(_cell(item) for item in row.get_column("cells").explode().drop_nulls().to_list())


def _cell(item: dict[str, Any]) -> Cell:
    evidence = CellEvidence(
        table_index=item["table_index"],
        row=item["row"],
        column=item["column"],
        page=item["page"],
        line=item["line"],
        row_span=item["row_span"],
        column_span=item["column_span"],
        rules=tuple(item["rules"]),
        options=tuple(_shortest(option) for option in item["options"]),
        box=_box(item),
    )
    return Cell(
        table=item["table"],
        row_key=item["row_key"],
        column_key=item["column_key"],
        value=None if item["value"] is None else _shortest(item["value"]),
        status=CellStatus(item["status"]),
        raw=item["raw"],
        evidence=evidence,
    )


def _box(item: dict[str, Any]) -> Box | None:
    left, top, right, bottom = (item[edge] for edge in BOX_EDGES)
    return None if left is None else (left, top, right, bottom)


def _shortest(value: Decimal) -> Number:
    """12.00000000 as the integer 12, 96171.60000000 as 96171.6."""
    return int(value) if value == value.to_integral_value() else value.normalize()
