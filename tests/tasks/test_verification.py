"""Whatever happens to a file of the lake, `verify` names the file and says what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from schemas.fields import read_data_rows
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tasks.verification import verify_lake
from tests.conftest import ROOT
from tests.tasks.test_publish import take_in


@pytest.fixture(scope="module")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    lake = LakePaths(tmp_path_factory.mktemp("lake"))
    for name in ("word_table_gb18030.html", "publishers_own_sums_wrong.html"):
        take_in(lake, name)
    publish_lake(lake)
    return lake


@pytest.fixture
def lake(_whole: LakePaths, tmp_path: Path) -> LakePaths:
    shutil.copytree(_whole.root, tmp_path / "lake")
    return LakePaths(tmp_path / "lake")


def first(folder: Path, pattern: str) -> Path:
    return next(iter(sorted(folder.rglob(pattern))))


def flip_a_bit(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    return path


def flip_published(lake: LakePaths) -> Path:
    return flip_a_bit(first(lake.published / "cells", "*.parquet"))


def flip_raw(lake: LakePaths) -> Path:
    return flip_a_bit(first(lake.objects, "*.zst"))


def flip_extraction(lake: LakePaths) -> Path:
    path = first(lake.extractions, "*.parquet")
    path.write_bytes(path.read_bytes()[:-40])
    return path


def lose_a_file(lake: LakePaths) -> Path:
    path = first(lake.published / "totals", "*.parquet")
    path.unlink()
    return path


def lose_a_dim(lake: LakePaths) -> Path:
    (lake.published / "rules.parquet").unlink()
    return lake.published / "rules.parquet"


def add_a_file(lake: LakePaths) -> Path:
    path = first(lake.published / "reports", "*.parquet").with_name("part-1.parquet")
    path.write_bytes(b"somebody's notes")
    return path


def add_a_raw_file(lake: LakePaths) -> Path:
    path = lake.objects / "00" / "notes.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("notes", encoding="utf-8")
    return path


def break_the_manifest(lake: LakePaths) -> Path:
    lake.manifest.write_text("{", encoding="utf-8")
    return lake.manifest


def lose_the_manifest(lake: LakePaths) -> Path:
    lake.manifest.unlink()
    return lake.manifest


def change_an_extraction(lake: LakePaths) -> Path:
    path = first(lake.extractions, "*.parquet")
    pl.read_parquet(path, hive_partitioning=False).with_columns(
        title=pl.lit("另一个标题")
    ).write_parquet(path)
    province, year = path.parts[-3:-1]
    return lake.published / "reports" / province / year / "part-0.parquet"


def drift(lake: LakePaths) -> Path:
    """A file with a column too many, and a manifest that was made to agree with it."""
    import json

    from annual_reports.lake.manifest import published_file

    path = first(lake.published / "sections", "*.parquet")
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.append_column("extra", table.column(0)), path)
    manifest = json.loads(lake.manifest.read_text(encoding="utf-8"))
    name = path.relative_to(lake.published).as_posix()
    for entry in manifest["files"]:
        if entry["path"] == name:
            forged = published_file(name, "sections", table.num_rows, path.read_bytes(), "")
            entry |= {"bytes": forged.bytes, "sha256": forged.sha256}
    lake.manifest.write_text(json.dumps(manifest), encoding="utf-8")
    return path


def change_the_program(lake: LakePaths) -> Path:
    text = lake.manifest.read_text(encoding="utf-8")
    start = text.index('"code_version": "') + len('"code_version": "')
    lake.manifest.write_text(f"{text[:start]}0{text[start + 1 :]}", encoding="utf-8")
    return lake.manifest


def lose_the_description(lake: LakePaths) -> Path:
    (lake.published / "datapackage.json").unlink()
    return lake.published / "datapackage.json"


def cut_the_database(lake: LakePaths) -> Path:
    (lake.published / "gongkai.duckdb").write_bytes(b"cut")
    return lake.published / "gongkai.duckdb"


DAMAGES: dict[Callable[[LakePaths], Path], str] = {
    flip_published: "file_altered",
    flip_raw: "raw_damaged",
    flip_extraction: "extraction_damaged",
    lose_a_file: "file_missing",
    lose_a_dim: "file_missing",
    add_a_file: "file_foreign",
    add_a_raw_file: "raw_foreign",
    break_the_manifest: "manifest_unreadable",
    lose_the_manifest: "nothing_published",
    change_an_extraction: "partition_stale",
    drift: "schema_drift",
    change_the_program: "code_changed",
    lose_the_description: "description_stale",
    cut_the_database: "database_stale",
}


def test_a_lake_as_published_has_nothing_wrong(lake: LakePaths) -> None:
    verified = verify_lake(lake)
    assert verified.problems == ()
    assert verified.files > 2 * len(list(lake.extractions.rglob("*.parquet")))


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_found_and_named(lake: LakePaths, damage: Callable[[LakePaths], Path]) -> None:
    path = damage(lake).relative_to(lake.root).as_posix()
    problems = verify_lake(lake).problems
    assert (path, DAMAGES[damage]) in {(one.path, one.kind) for one in problems}
    for problem in problems:
        assert "；请" in problem.message or "请移走" in problem.message
        assert ": " in problem.message


def test_the_published_half_is_healed_by_publishing(lake: LakePaths) -> None:
    lose_a_file(lake)
    add_a_file(lake)
    publish_lake(lake)
    assert verify_lake(lake).problems == ()


def test_every_kind_of_problem_says_what_to_do() -> None:
    for row in read_data_rows("verification_problems.csv"):
        assert "请" in row["zh_message"] or "移走" in row["zh_message"]
        assert ": " in row["en_message"]
    assert (ROOT / "flows" / "verify.py").is_file()
