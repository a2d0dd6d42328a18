"""`run_items`: what a run did with each address, document and partition; kept after Prefect forgets.

A batch writes its file as soon as it is done, so that a killed run has said all it did. Requests need
no file of their own: they stand in the observations of the run and are laid in when it ends, or when a
later run finds it cut off.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from schemas.polars_schemas import polars_schema
from tasks.atomic_files import write_atomically
from tasks.guarded_rows import fitting_rows
from tasks.lake_paths import LakePaths
from tasks.observations import NOT_FINAL, Purpose, read_observations
from tasks.parquet_files import read_frame

Item = Mapping[str, Any]
_STAGE_OF_PURPOSE = {
    Purpose.INDEX.value: "discover",
    Purpose.REPORT.value: "fetch",
    Purpose.ATTACHMENT.value: "fetch",
    Purpose.FILE.value: "fetch",
}


def keep_items(lake: LakePaths, run_id: str, batch: str, items: Sequence[Item]) -> None:
    """Write the items of one batch of a run; none leave no file."""
    if not items:
        return
    schema = polars_schema("run_items")
    empty: dict[str, Any] = dict.fromkeys(schema.names())
    rows = [empty | {"run_id": run_id} | dict(item) for item in items]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    ordered = frame.with_columns(item_order=pl.int_range(1, pl.len() + 1).over("stage"))
    kept = fitting_rows(lake, "run_items", ordered.select(schema.names()), f"{run_id}-{batch}")
    buffer = io.BytesIO()
    kept.write_parquet(buffer, compression="zstd")
    write_atomically(_folder(lake, run_id) / f"{batch}.parquet", buffer.getvalue())


def keep_request_items(lake: LakePaths, run_ids: Iterable[str]) -> None:
    """Lay in what runs asked for, from their observations."""
    wanted = list(run_ids)
    if not wanted:
        return
    observations = read_observations(lake.observations).filter(pl.col("run_id").is_in(wanted))
    for run_id in wanted:
        keep_items(lake, run_id, "requests", request_items(observations, run_id))


def request_items(observations: pl.DataFrame, run_id: str) -> list[Item]:
    """The last word of a run on each address or file; one without a final answer is `interrupted`."""
    rows = (
        observations.filter(
            pl.col("run_id") == run_id, pl.col("purpose").is_in(list(_STAGE_OF_PURPOSE))
        )
        .with_columns(item=pl.coalesce("url", "name"))
        .sort(pl.col("outcome").is_in(NOT_FINAL), descending=True, maintain_order=True)
        .unique(["purpose", "item", "sha256"], keep="last", maintain_order=True)
        .unique(["purpose", "item"], keep="last", maintain_order=True)
        .sort("purpose", "item")
    )
    return [
        {
            "stage": _STAGE_OF_PURPOSE[row["purpose"]],
            "item": row["item"],
            "outcome": row["outcome"],
            "publisher": row["publisher"],
            "province": row["province"],
            "report_year": row["year"],
            "cause": row["cause"],
            "message": row["error"],
        }
        for row in rows.iter_rows(named=True)
    ]


def partition_items(partitions: Iterable[tuple[str, int]]) -> list[Item]:
    """The partitions a run built anew."""
    return [
        {
            "stage": "publish",
            "item": f"{province}/{year}",
            "outcome": "published",
            "province": province,
            "report_year": year,
        }
        for province, year in partitions
    ]


def read_items(lake: LakePaths, run_id: str) -> pl.DataFrame:
    """Every item of one run, in the order of its stages."""
    files = sorted(_folder(lake, run_id).glob("*.parquet"))
    if not files:
        return polars_schema("run_items").to_frame()
    stages = pl.Enum(["discover", "fetch", "extract", "publish"])
    return read_frame(files).sort(pl.col("stage").cast(stages), "item", maintain_order=True)


def _folder(lake: LakePaths, run_id: str) -> Path:
    return lake.root / "run_items" / f"{run_id[:4]}-{run_id[4:6]}" / run_id
