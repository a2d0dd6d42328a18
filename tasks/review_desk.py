"""The waiting list of a lake, and the cells beside what is in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from annual_reports.identity.decided import BROKEN_DECISION
from annual_reports.lake.manifest import PartitionKey, partition_path
from annual_reports.review.answers import AnswerError
from annual_reports.review.pages import CellsByReport
from annual_reports.review.waiting import (
    COLUMNS_OF_REPORTS,
    ReviewTables,
    WaitingItem,
    cell_item,
    find_item,
    findings_to_look_at,
    reports_unresolved,
    waiting_items,
)
from schemas.polars_schemas import polars_schema
from schemas.review import review_kinds
from schemas.tables import SCHEMA_VERSION, vocabulary_labels
from tasks.decision_files import read_decision_book
from tasks.extractions import read_quarantined
from tasks.lake_paths import LakePaths
from tasks.lake_summary import PARTITION_KEYS, read_manifest, scan_published
from tasks.parquet_files import read_frame, scan_frame

_CELL_COLUMNS = ["value", "status", "raw"]


def waiting_in(lake: LakePaths) -> tuple[WaitingItem, ...]:
    """Everything of the lake that waits for a person, the heaviest first.

    Raises AnswerError for a lake that an older release published: its tables lack what is asked here.
    """
    manifest = read_manifest(lake)
    if manifest is not None and manifest.schema_version != SCHEMA_VERSION:
        raise AnswerError(
            "数据湖由旧版发布，请先运行 publish published by an older release: run publish"
        )
    published = scan_published(lake, "reports")
    unread = published.filter(pl.col("cells_unreadable") > 0)
    cells = _rows(lake, "cells", unread, pl.col("status") == "unreadable")
    findings = scan_published(lake, "findings").filter(findings_to_look_at()).collect()
    no_longer = scan_published(lake, "corrections").filter(pl.col("state") != "applied")
    corrections = no_longer.collect()
    asked = pl.concat(rows.get_column("report_id") for rows in (cells, findings, corrections))
    in_doubt = pl.col("report_id").is_in(asked.unique().implode()) | reports_unresolved()
    return waiting_items(
        ReviewTables(
            reports=published.filter(in_doubt).select(COLUMNS_OF_REPORTS).collect(),
            cells=cells,
            findings=findings,
            corrections=corrections,
            quarantined=read_quarantined(lake),
        )
    )


def broken_decisions(lake: LakePaths) -> list[str]:
    """What a run says of every decision that no longer holds: the record, its file, what to do."""
    manifest = read_manifest(lake)
    paths = (
        [f.path for f in manifest.files if f.table == "corrections" and f.rows] if manifest else []
    )
    return [*_broken_cells(lake, paths), *_broken_identities(lake)]


def idle_cell_decisions(lake: LakePaths) -> list[str]:
    """Decisions about cells of documents of which this lake holds no report: another lake's, or mistyped."""
    decided = read_decision_book()
    if not decided.cells:
        return []
    known = set(scan_published(lake, "corrections").select("record_id").collect().to_series())
    return [
        f"决定没有对应的文档 a decision touches no document: {decided.file_of[one.id]} {one.id} "
        f"({one.guard.sha256} {one.cell})"
        for one in decided.cells
        if one.id not in known
    ]


def _broken_cells(lake: LakePaths, paths: list[str]) -> list[str]:
    if not paths:
        return []
    rows = read_frame([lake.published / path for path in paths], hive_partitioning=False)
    broken = rows.filter(pl.col("state") != "applied").sort("report_id", "record_id")
    labels = vocabulary_labels("correction_states")
    return [
        f"人工决定已不成立 a decision no longer holds: {row['file']} {row['record_id']} "
        f"({row['report_id']} {row['table']}.{row['row_key']}.{row['column_key']}): "
        f"{labels[row['state']]} {row['state']}；请重新决定或撤回（gongkai review list）"
        f" decide again or withdraw it"
        for row in broken.iter_rows(named=True)
    ]


def _broken_identities(lake: LakePaths) -> list[str]:
    """Decisions about identities that the reader did not carry out, since it read something else."""
    expecting = [one for one in read_decision_book().identity if one.expect is not None]
    if not expecting:
        return []
    broken = scan_published(lake, "findings").filter(rule_id=BROKEN_DECISION, status="fail")
    told = [
        f"{row['report_id']}: {row['message']}"
        for row in broken.sort("report_id", "place").collect().iter_rows(named=True)
    ]
    waits = read_quarantined(lake).filter(reason="year_unresolved").get_column("sha256").to_list()
    told += [
        f"{one.guard.sha256}: 人工决定 {one.id} 的年度未采用，文档年度不明；请重新决定或撤回 the year decided is not "
        f"carried out and the document has none: decide again or withdraw"
        for one in expecting
        if one.year is not None and one.guard.sha256 in waits
    ]
    return told


def cells_beside(lake: LakePaths, items: Iterable[WaitingItem]) -> CellsByReport:
    """The published cells of the reports of these items, by report and path."""
    asked = {item.report_id for item in items if item.cell}
    reports = scan_published(lake, "reports").filter(pl.col("report_id").is_in(list(asked)))
    rows = _rows(lake, "cells", reports, pl.col("report_id").is_in(list(asked)))
    found: dict[str, dict[str, Mapping[str, Any]]] = {report: {} for report in asked}
    for row in rows.iter_rows(named=True):
        path = f"{row['table']}.{row['row_key']}.{row['column_key']}"
        found[row["report_id"]][path] = {name: row[name] for name in _CELL_COLUMNS}
    return found


def asked_item(lake: LakePaths, items: Iterable[WaitingItem], number: str) -> WaitingItem:
    """The item of a number, or of a cell written report_id/table.row_key.column_key.

    Raises AnswerError where nothing of that name is there.
    """
    if "/" in number:
        return _item_of_cell(lake, *number.split("/", 1))
    item = find_item(items, number)
    if item is None:
        raise AnswerError(
            f"待核清单中没有 {number}（可能已处理，或文档已变）no such item waits: "
            f"list again with `gongkai review list` or by a run of review"
        )
    return item


def _item_of_cell(lake: LakePaths, report_id: str, path: str) -> WaitingItem:
    reports = scan_published(lake, "reports").filter(report_id=report_id).collect()
    table, row_key, column_key = path.split(".")
    is_asked = (
        (pl.col("report_id") == report_id)
        & (pl.col("table") == table)
        & (pl.col("row_key") == row_key)
        & (pl.col("column_key") == column_key)
    )
    cells = _rows(lake, "cells", reports.lazy(), is_asked)
    if reports.is_empty() or cells.is_empty():
        raise AnswerError(f"没有这一格 no such cell: {report_id}/{path}")
    cell = cells.row(0, named=True)
    if cell["status"] == "corrected":
        was = _rows(lake, "corrections", reports.lazy(), pl.col("record_id") == cell["correction"])
        for name in _CELL_COLUMNS:
            cell[name] = was.get_column(f"found_{name}")[0]
    return cell_item(review_kinds()["unreadable_cell"], reports.row(0, named=True), cell)


def _rows(lake: LakePaths, table: str, of: pl.LazyFrame, wanted: pl.Expr) -> pl.DataFrame:
    """The wanted rows of the partitions of some reports, with the keys of their partition."""
    places = of.select("province", "year").unique().collect()
    keys = [PartitionKey(*key) for key in places.iter_rows()]
    frames = [
        scan_frame(lake.published / partition_path(table, key), hive_partitioning=False)
        .filter(wanted)
        .with_columns(province=pl.lit(key.province), year=pl.lit(key.year, pl.Int64))
        for key in sorted(keys)
    ]
    if not frames:
        return pl.Schema({**polars_schema(table), **PARTITION_KEYS}).to_frame()
    return pl.concat(pl.collect_all(frames))
