"""What is exported is what is published: to CSV, Excel and Stata, all of it or one province and year."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import polars as pl
import pyreadstat
import pytest

from tasks.exports import Chosen, ExportRefused, export
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tests.tasks.test_publish import REPORTS, take_in


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    lake = LakePaths(tmp_path_factory.mktemp("lake"))
    for name in REPORTS:
        take_in(lake, name)
    publish_lake(lake)
    return lake


def published(lake: LakePaths, table: str) -> pl.DataFrame:
    return pl.read_parquet(f"{lake.published}/{table}/**/*.parquet", hive_partitioning=True)


def test_csv_opens_in_excel_and_keeps_every_value(lake: LakePaths, tmp_path: Path) -> None:
    target = tmp_path / "requests.csv"
    rows = published(lake, "requests")
    assert export(lake, Chosen("requests"), target) == rows.height
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert sum(int(line["new_received"] or 0) for line in lines) == rows["new_received"].sum()
    assert {line["publisher"] for line in lines} == set(rows["publisher"])
    assert {line["province"] for line in lines} == set(rows["province"])


def test_excel_has_the_rows_and_a_codebook(lake: LakePaths, tmp_path: Path) -> None:
    target = tmp_path / "active.xlsx"
    rows = published(lake, "active_disclosure")
    assert export(lake, Chosen("active_disclosure"), target) == rows.height
    book = openpyxl.load_workbook(target, read_only=True)
    sheet, codebook = book.worksheets
    lines = list(sheet.iter_rows(values_only=True))
    place = lines[0].index("penalty_decisions")
    assert sum(line[place] or 0 for line in lines[1:]) == rows["penalty_decisions"].sum()
    described = {line[0] for line in codebook.iter_rows(values_only=True)}
    assert set(rows.columns) - described == {"province", "year"}


def test_stata_has_the_rows_and_labels(lake: LakePaths, tmp_path: Path) -> None:
    target = tmp_path / "review.dta"
    rows = published(lake, "review_litigation")
    assert export(lake, Chosen("review_litigation"), target) == rows.height
    frame, told = pyreadstat.read_dta(target)
    assert sorted(frame["total"].dropna()) == sorted(rows["total"].drop_nulls())
    assert told.column_names_to_labels["publisher"].startswith("公开机关")


def test_one_province_and_year(lake: LakePaths, tmp_path: Path) -> None:
    rows = published(lake, "requests")
    province, year = rows.select("province", "year").row(0)
    wanted = rows.filter(pl.col("province") == province, pl.col("year") == year)
    chosen = Chosen("requests", province, year)
    assert export(lake, chosen, tmp_path / "one.csv") == wanted.height < rows.height
    assert export(lake, Chosen("regions"), tmp_path / "regions.csv") > 1000


def test_what_cannot_be_written_whole_is_refused(lake: LakePaths, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="csv"):
        export(lake, Chosen("requests"), tmp_path / "requests.pdf")
    with pytest.raises(ExportRefused, match="no published table"):
        export(lake, Chosen("runs"), tmp_path / "runs.csv")
    assert list(tmp_path.iterdir()) == []
