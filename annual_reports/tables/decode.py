"""The one decoder of the statutory tables: blocks in, canonical cells out.

Grids are read by geometry, flattened text by its order; both end in the same slots and the same
sums. A table is looked for in the text only after the grids, and in grids taken apart only last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annual_reports.model import (
    Block,
    Cell,
    CellStatus,
    Finding,
    Grid,
    TextLine,
)
from annual_reports.tables.copies import merge_copies
from annual_reports.tables.decoded import DecodedTables
from annual_reports.tables.flat_active_disclosure import read_flat_active_disclosure
from annual_reports.tables.flat_requests import read_flat_requests
from annual_reports.tables.flat_review_litigation import read_flat_review_litigation
from annual_reports.tables.flat_text import TokenStream, token_stream
from annual_reports.tables.grid_active_disclosure import read_grid_active_disclosure
from annual_reports.tables.grid_requests import read_grid_requests
from annual_reports.tables.grid_review_litigation import read_grid_review_litigation
from annual_reports.tables.grid_rows import GridRows
from annual_reports.tables.indicator_tables import (
    IndicatorTables,
    none_found,
    read_indicator_tables,
)
from annual_reports.tables.marks import evidence_of
from annual_reports.tables.plain_grids import decode_grids
from annual_reports.tables.plain_lines import decode_lines
from annual_reports.tables.reader_notes import findings_of
from annual_reports.tables.side_by_side import halves
from annual_reports.tables.table_reading import TableReading
from schemas.fields import STATUTORY_TABLES, table_form
from schemas.indicators import STATISTICS

_SIZES = (
    "requests_rows",
    "requests_columns",
    "review_litigation_values",
    "active_disclosure_rows",
)


def decode_tables(blocks: Sequence[Block]) -> DecodedTables:
    """Decode tables two, three and four of a document from its blocks in reading order.

    A document of a layout read before is read by that layout, which gives the same.
    """
    decode = decode_grids if Grid in set(map(type, blocks)) else decode_lines
    return decode(blocks, decode_slowly) or decode_slowly(blocks)


def decode_slowly(blocks: Sequence[Block]) -> DecodedTables:
    """As `decode_tables`, by the readers alone, whatever was read before."""
    grids = [
        GridRows(half, index)
        for index, block in enumerate(blocks)
        if isinstance(block, Grid)
        for half in halves(block)
    ]
    lines = [(index, block) for index, block in enumerate(blocks) if isinstance(block, TextLine)]
    readings = _read_all(grids, token_stream(lines))
    missing = [table for table in STATUTORY_TABLES if table not in readings]
    if missing and grids:
        apart = _read_all([], token_stream(_taken_apart(blocks, readings)))
        readings.update({table: apart[table] for table in missing if table in apart})
    if _has_inflow(readings.get("requests")):
        return _decoded(readings, none_found())
    indicators = _indicators(blocks, grids, lines)
    if indicators.form is not None:
        readings = _without_misreadings(readings, indicators.form)
    return _decoded(readings, indicators)


def _has_inflow(requests: TableReading | None) -> bool:
    """Whether 本年新收 or 上年结转 was found, rows that no older table has."""
    return requests is not None and any(
        slot.status is not CellStatus.MISSING for row in requests.slots[:2] for slot in row
    )


def _indicators(
    blocks: Sequence[Block], grids: Sequence[GridRows], lines: Sequence[tuple[int, TextLine]]
) -> IndicatorTables:
    drawn = read_indicator_tables(lines, grids)
    if drawn.form is not None or not grids:
        return drawn
    apart = read_indicator_tables(_taken_apart(blocks, {}), ())
    return drawn if apart.form is None else apart


def _without_misreadings(
    readings: dict[str, TableReading], form: TableReading
) -> dict[str, TableReading]:
    """The tables that are none: rows of the form of 2014 look like rows of table three or four."""
    return {
        table: reading
        for table, reading in readings.items()
        if table != "requests" and not reading.blocks & form.blocks
    }


def _read_all(grids: Sequence[GridRows], stream: TokenStream) -> dict[str, TableReading]:
    found: dict[str, TableReading] = {}
    active = [*read_grid_active_disclosure(grids), *read_flat_active_disclosure(stream)]
    if active:
        found["active_disclosure"] = merge_copies(active)
    form = found["active_disclosure"].template if active else None
    requests = [*read_grid_requests(grids, form), *read_flat_requests(stream, form)]
    if requests:
        found["requests"] = merge_copies(requests)
    review = [*read_grid_review_litigation(grids), *read_flat_review_litigation(stream)]
    if review:
        form = form or (found["requests"].template if requests else None) or "t2021"
        found["review_litigation"] = replace(merge_copies(review), template=form)
    return found


def _taken_apart(
    blocks: Sequence[Block], readings: dict[str, TableReading]
) -> list[tuple[int, TextLine]]:
    """The document as lines, grids that hold no table found so far row by row, cells between tabs.

    Such lines have no number in the document; they count downwards from -1.
    """
    used = frozenset[int]().union(*(reading.blocks for reading in readings.values()))
    lines: list[tuple[int, TextLine]] = []
    for index, block in enumerate(blocks):
        if index in used:
            continue
        if isinstance(block, TextLine):
            lines.append((index, block))
            continue
        texts: list[list[str]] = [[] for _ in range(block.row_count)]
        for cell in block.cells:
            texts[cell.row].append(cell.text)
        for text in map("\t".join, texts):
            lines += [
                (index, TextLine(part, -1 - len(lines), block.page)) for part in text.split("\n")
            ]
    return lines


def _decoded(readings: dict[str, TableReading], indicators: IndicatorTables) -> DecodedTables:
    """`statistics` joins the templates only where it was found: newer forms have no such table."""
    cells: list[Cell] = []
    findings: list[Finding] = []
    structure = dict.fromkeys(_SIZES, 0)
    found = readings if indicators.form is None else {**readings, STATISTICS: indicators.form}
    ordinals = {
        table: ordinal
        for ordinal, table in enumerate(sorted(found, key=lambda table: found[table].place))
    }
    for table in (*STATUTORY_TABLES, STATISTICS):
        if table in found:
            cells += _cells(found[table], ordinals[table])
            findings += findings_of(found[table])
            structure.update(found[table].size)
    blocks = frozenset[int]().union(*(reading.blocks for reading in readings.values()))
    return DecodedTables(
        templates={
            **dict.fromkeys(STATUTORY_TABLES),
            **{table: reading.template for table, reading in found.items()},
        },
        cells=tuple(cells),
        findings=(*findings, *indicators.findings),
        table_blocks=blocks | indicators.blocks,
        ends_inside_table=any(reading.stops for reading in readings.values()),
        structure=structure,
        local_statistics=indicators.local,
    )


def _cells(reading: TableReading, ordinal: int) -> list[Cell]:
    form = table_form(reading.template, reading.table)
    return [
        Cell(
            field.table,
            field.row_key,
            field.column_key,
            slot.value,
            slot.status,
            slot.mark.raw if slot.mark is not None else None,
            evidence_of(slot, ordinal, row, column),
        )
        for row, (fields, slots) in enumerate(zip(form.rows, reading.slots, strict=True))
        for column, (field, slot) in enumerate(zip(fields, slots, strict=True))
    ]


__all__ = ["DecodedTables", "decode_slowly", "decode_tables"]
