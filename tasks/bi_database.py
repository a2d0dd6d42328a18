"""`gongkai.duckdb`: views over one publication, built beside and put in place in one step."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb

from annual_reports.lake.bi_views import (
    about_statement,
    definition_hash,
    published_tables,
    source_statements,
    source_statements_of_nothing,
    source_statements_of_release,
    statements,
)
from annual_reports.lake.manifest import Manifest, manifest_text
from annual_reports.lake.parquet import parquet_bytes
from schemas.polars_schemas import polars_schema
from tasks.atomic_files import write_atomically

DATABASE = "gongkai.duckdb"


def write_database(published: Path, manifest: Manifest) -> bool:
    """Build the database unless it is that of this publication and program; says whether it was built."""
    path = published / DATABASE
    told, digest = _told(path), _digest(manifest)
    if told == (definition_hash(), digest):
        return False
    views = path.read_bytes() if told[0] == definition_hash() else _views()
    files = {file.version: file.table for file in manifest.files}
    about = about_statement(digest)
    write_atomically(path, _executed(views, files, [*source_statements(manifest), about]))
    return True


def release_database(manifest: Manifest) -> bytes:
    """The database of a release, whose views read the files beside it."""
    files = {file.path: file.table for file in manifest.files}
    about = about_statement(_digest(manifest))
    return _executed(_views(), files, [*source_statements_of_release(), about])


def _views() -> bytes:
    """The views over one empty file of each table: DuckDB looks into every file for each comment."""
    files = {f"{name}.parquet": name for name in published_tables()}
    return _executed(None, files, [*source_statements_of_nothing(), *statements()])


def is_database_of(path: Path, manifest: Manifest) -> bool:
    """Whether a database shows this publication with the views of this program."""
    return _told(path) == (definition_hash(), _digest(manifest))


def _digest(manifest: Manifest) -> str:
    return hashlib.sha256(manifest_text(manifest).encode()).hexdigest()


def _executed(before: bytes | None, files: dict[str, str], commands: Iterable[str]) -> bytes:
    """A database after these commands, run beside one empty file for each it reads.

    `files`: path → table. DuckDB looks at the columns of what a view reads, not at its rows.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table in set(files.values()):
            rows = polars_schema(table).to_frame()
            (folder / f".{table}").write_bytes(parquet_bytes(table, rows))
        for relative, table in files.items():
            (folder / relative).parent.mkdir(parents=True, exist_ok=True)
            (folder / relative).symlink_to(folder / f".{table}")
        if before is not None:
            (folder / DATABASE).write_bytes(before)
        with duckdb.connect(str(folder / DATABASE)) as connection:
            connection.execute(f"SET file_search_path = '{name}'")
            connection.begin()
            for command in commands:
                connection.execute(command)
            connection.commit()
        return (folder / DATABASE).read_bytes()


def _told(path: Path) -> tuple[str | None, str | None]:
    """Which views a database holds and over which manifest; nothing where it cannot be read."""
    if not path.is_file():
        return None, None
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / DATABASE
        copy.write_bytes(path.read_bytes())
        try:
            with duckdb.connect(str(copy), read_only=True) as connection:
                row = connection.execute(
                    "SELECT definition_hash, manifest_sha256 FROM about"
                ).fetchone()
        except duckdb.Error:
            return None, None
    return (None, None) if row is None else (str(row[0]), str(row[1]))
