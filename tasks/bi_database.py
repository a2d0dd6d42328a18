"""`gongkai.duckdb`: views over the published files, built beside and put in place in one step."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from annual_reports.lake.bi_views import about_statement, definition_hash, statements
from annual_reports.lake.manifest import PartitionKey, dimension_path, partition_path
from annual_reports.lake.parquet import parquet_bytes
from schemas.polars_schemas import polars_schema
from schemas.tables import tables
from tasks.atomic_files import write_atomically

DATABASE = "gongkai.duckdb"
_NOWHERE = PartitionKey("ZZ", 2000)


def write_database(published: Path) -> bool:
    """Build the database where it is absent or of another program; says whether it was built.

    Its views read whatever files lie beside it, so it changes with the program, not with the data.
    """
    if database_definition(published / DATABASE) == definition_hash():
        return False
    write_atomically(published / DATABASE, _database_bytes())
    return True


def _database_bytes() -> bytes:
    """The database, made beside one empty file of each table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for one in tables().values():
            if one.layer == "published":
                relative = partition_path(one.name, _NOWHERE)
                path = folder / (relative if one.partitioned else dimension_path(one.name))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(parquet_bytes(one.name, polars_schema(one.name).to_frame()))
        with duckdb.connect(str(folder / DATABASE)) as connection:
            connection.execute(f"SET file_search_path = '{name}'")
            for statement in (*statements(), about_statement()):
                connection.execute(statement)
        return (folder / DATABASE).read_bytes()


def database_definition(path: Path) -> str | None:
    """Which views a database holds; None where there is none or it cannot be read."""
    if not path.is_file():
        return None
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / DATABASE
        copy.write_bytes(path.read_bytes())
        try:
            with duckdb.connect(str(copy), read_only=True) as connection:
                row = connection.execute("SELECT definition_hash FROM about").fetchone()
        except duckdb.Error:
            return None
    return None if row is None else str(row[0])
