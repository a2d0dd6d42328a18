"""Reading Parquet files of a lake, wherever it lies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.object_paths import ObjectPath, endpoint


def scan_frame(paths: Path | Sequence[Path], **options: Any) -> pl.LazyFrame:
    """One or several files as `polars.scan_parquet` reads them."""
    several = [paths] if isinstance(paths, Path) else list(paths)
    if any(isinstance(path, ObjectPath) for path in several):
        addresses = [str(path) for path in several]
        return pl.scan_parquet(addresses, storage_options=_storage_options(), **options)
    return pl.scan_parquet(several, **options)


def read_frame(paths: Path | Sequence[Path], **options: Any) -> pl.DataFrame:
    """One or several files as `polars.read_parquet` reads them."""
    return scan_frame(paths, **options).collect()


def read_in_one_piece(path: Path) -> pl.DataFrame:
    """A small file that another process may replace while it is read."""
    return pl.read_parquet(path.read_bytes())


def arrow_schema_of(path: Path) -> pa.Schema:
    """The columns of a file, as written."""
    if isinstance(path, ObjectPath):
        return pq.read_schema(pa.BufferReader(path.read_bytes()))
    return pq.read_schema(path)


def _storage_options() -> dict[str, str]:
    """Where the store answers; keys are read from AWS_* by Polars itself."""
    address = endpoint()
    return {"aws_endpoint_url": address, "aws_allow_http": "true"} if address else {}
