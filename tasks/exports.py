"""Published tables as CSV, Excel or Stata, written piece by piece from the lake's own files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat
import xlsxwriter

from annual_reports.lake.manifest import PublishedFile
from schemas.polars_schemas import polars_schema
from schemas.tables import Column, Table, table
from tasks.lake_paths import LakePaths
from tasks.lake_summary import read_manifest
from tasks.parquet_files import read_frame

_MOST_SHEET_ROWS = 1_048_575
_MOST_STATA_ROWS = 2_000_000
_LONGEST_EXCEL_TEXT = 32_767
_LONGEST_STATA_TEXT = 2045
_LONGEST_STATA_NAME = 32


class ExportRefused(Exception):
    """Raised when an export cannot be made whole; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to export. `province` and `year` are empty for all."""

    table: str
    province: str = ""
    year: int | None = None


def export(lake: LakePaths, chosen: Chosen, target: Path) -> int:
    """Write the rows in the format that the ending of `target` names; says how many.

    Raises ExportRefused for an unknown ending or table, and where the format cannot hold the rows.
    """
    write = _WRITERS.get(target.suffix)
    if write is None:
        raise ExportRefused(
            f"请用 .csv、.xlsx 或 .dta 结尾 end it in {' '.join(_WRITERS)}: {target}"
        )
    partial = target.with_name(f".{target.name}.part{target.suffix}")
    try:
        rows = write(partial, table(chosen.table), list(_files(lake, chosen)), lake)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return rows


def _files(lake: LakePaths, chosen: Chosen) -> Iterator[PublishedFile]:
    manifest = read_manifest(lake)
    files = [f for f in (manifest.files if manifest else ()) if f.table == chosen.table]
    if not files:
        raise ExportRefused(f"没有已发布的表 no published table {chosen.table}")
    for file in sorted(files):
        key = _key_of(file)
        if chosen.province in ("", key["province"]) and chosen.year in (None, int(key["year"])):
            yield file


def _key_of(file: PublishedFile) -> Mapping[str, str]:
    parts = dict(part.split("=") for part in file.path.split("/") if "=" in part)
    return {"province": parts.get("province", ""), "year": parts.get("year", "0")}


def _frames(lake: LakePaths, declared: Table, files: list[PublishedFile]) -> Iterator[pl.DataFrame]:
    """One partition at a time, with the keys of its folder as the last columns."""
    for file in files:
        rows = read_frame(lake.published / file.path, hive_partitioning=False)
        if declared.partitioned:
            key = _key_of(file)
            rows = rows.with_columns(
                province=pl.lit(key["province"]), year=pl.lit(int(key["year"]), pl.Int64)
            )
        yield rows


def _header(declared: Table) -> list[str]:
    return [*declared.column_names, *(("province", "year") if declared.partitioned else ())]


def _write_csv(path: Path, declared: Table, files: list[PublishedFile], lake: LakePaths) -> int:
    """UTF-8 with the mark by which Excel knows it; null is empty."""
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, lineterminator="\r\n").writerow(_header(declared))
        for rows in _frames(lake, declared, files):
            stream.write(rows.write_csv(include_header=False, line_terminator="\r\n"))
            written += rows.height
    return written


def _write_xlsx(path: Path, declared: Table, files: list[PublishedFile], lake: LakePaths) -> int:
    """One sheet of rows and one that says what the columns are; rows are never held together."""
    expected = sum(file.rows for file in files)
    if expected > _MOST_SHEET_ROWS:
        raise ExportRefused(
            f"{expected} 行超过 Excel 的上限 {_MOST_SHEET_ROWS}；请用 --province 或 --year 缩小，或用 CSV "
            f"rows are more than Excel holds: narrow it with --province or --year, or use CSV"
        )
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(declared.name)
        sheet.write_row(0, 0, _header(declared))
        written = 0
        for rows in _frames(lake, declared, files):
            for row in rows.iter_rows():
                written += 1
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(written, column, _excel_value(value))
        codebook = book.add_worksheet("编码本 codebook")
        for line, cells in enumerate(_codebook(declared)):
            codebook.write_row(line, 0, cells)
    return written


def _excel_value(value: Any) -> Any:
    match value:
        case str() if len(value) > _LONGEST_EXCEL_TEXT:
            raise ExportRefused(
                "有文字超过 Excel 单元格的上限；请用 CSV a text is too long for Excel: use CSV"
            )
        case Decimal():
            return float(value)
        case datetime():
            return value.replace(tzinfo=None).isoformat(sep=" ")
        case str() | bool() | int() | float():
            return value
        case _:
            return str(value)


def _codebook(declared: Table) -> Iterator[list[str]]:
    yield ["列 column", "中文", "English", "单位 unit", "定义 definition", "来源 source"]
    for c in declared.columns:
        yield [c.name, c.zh_label, c.en_label, c.unit, c.definition, c.source]


def _write_stata(path: Path, declared: Table, files: list[PublishedFile], lake: LakePaths) -> int:
    """Stata's format knows its size first, so the rows are held together; refused where they are many."""
    expected = sum(file.rows for file in files)
    if expected > _MOST_STATA_ROWS:
        raise ExportRefused(
            f"{expected} 行过多；请用 --province 或 --year 缩小 too many rows for Stata: narrow it"
        )
    frames = list(_frames(lake, declared, files))
    keys = {"province": pl.String(), "year": pl.Int64()} if declared.partitioned else {}
    schema = pl.Schema({**polars_schema(declared.name), **keys})
    rows = pl.concat([schema.to_frame(), *frames])
    kinds = {name: _stata_type(kind) for name, kind in rows.schema.items()}
    stata = rows.with_columns(
        expr for name, kind in kinds.items() if (expr := kind(name)) is not None
    )
    texts = [name for name, kind in stata.schema.items() if kind == pl.String]
    is_long = stata.select((pl.col(texts).str.len_bytes() > _LONGEST_STATA_TEXT).any())
    too_long = [column.name for column in is_long if column.any()]
    if too_long:
        raise ExportRefused(f"{too_long} 的文字过长；请用 CSV texts too long for Stata: use CSV")
    names = _stata_names(stata.columns)
    labels: dict[str, str | None] = {names[c.name]: _stata_label(c) for c in declared.columns}
    pyreadstat.write_dta(
        stata.rename(names), str(path), column_labels=labels, file_label=declared.name, version=15
    )
    return rows.height


def _stata_type(kind: pl.DataType) -> Callable[[str], pl.Expr | None]:
    if kind.is_decimal():
        return lambda name: pl.col(name).cast(pl.Float64)
    if kind == pl.Boolean:
        return lambda name: pl.col(name).cast(pl.Int32)
    if kind.is_temporal():
        return lambda name: pl.col(name).cast(pl.String)
    return lambda _: None


def _stata_names(columns: list[str]) -> dict[str, str]:
    """Names of at most 32 characters; where two become one they are numbered."""
    names: dict[str, str] = {}
    for column in columns:
        short, number = column[:_LONGEST_STATA_NAME], 2
        while short in names.values():
            ending = f"_{number}"
            short, number = column[: _LONGEST_STATA_NAME - len(ending)] + ending, number + 1
        names[column] = short
    return names


def _stata_label(column: Column) -> str:
    return f"{column.zh_label} {column.en_label}"[:80]


_WRITERS: Mapping[str, Callable[[Path, Table, list[PublishedFile], LakePaths], int]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".dta": _write_stata,
}
