"""What the rules would say if a blank cell were a zero: a second reading, never the published value.

A form filled in by hand leaves cells empty that mean zero. Strictly such a place cannot be judged;
that it fails even so is worth knowing. Only cells that are there and empty count: a missing, unread
or worded cell may hold anything, and a text that states no number denies nothing.
"""

from __future__ import annotations

import polars as pl

from annual_reports.checking.wide import cell_values
from schemas.rules import FORM_TABLES


def blanks_as_zero(wide: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The wide frame with zero for each blank cell of the tables, its rows and order kept."""
    is_blank = (pl.col("status") == "blank") & pl.col("table").is_in(FORM_TABLES)
    with_blanks = cells.filter(is_blank).select("document").unique()
    if with_blanks.is_empty():
        return wide
    filled = cells.join(with_blanks, on="document", how="semi").with_columns(
        value=pl.when(is_blank).then(pl.lit(0, wide.schema[_A_COUNT])).otherwise("value")
    )
    return wide.update(cell_values(filled), on="document", how="left", maintain_order="left")


_A_COUNT = "requests.new_received.total"


def rows_with_blanks(strict: pl.DataFrame, filled: pl.DataFrame) -> pl.DataFrame:
    """The rows of `filled` that know a value which the same row of `strict` does not."""
    paths = [path for path in strict.columns if path.removeprefix("prev.").startswith(_TABLES)]
    paths += [path for path in strict.columns if path.startswith("children.")]
    unknown = pl.sum_horizontal(pl.col(path).is_null().cast(pl.UInt16) for path in paths)
    differs = strict.select(unknown).to_series() != filled.select(unknown).to_series()
    return filled.filter(differs)


_TABLES = tuple(f"{table}." for table in FORM_TABLES)
