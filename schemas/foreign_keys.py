"""Columns that name a row of a dim (`foreign_keys.csv`), and what each dim of our own data holds.

`publishers` is not among them: it is made from the published reports, and so are the ids of reports;
`annual_reports.lake.row_guard` holds rows to both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from schemas.fields import read_data_rows
from schemas.polars_schemas import division_rows
from schemas.tables import report_level_tables

_SEPARATOR = "\t"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of a table name `dim_columns` of a dim; null in any of them names nothing.

    `besides`: values that name no row of the dim and are right (00: the central organs).
    """

    columns: tuple[str, ...]
    dim: str
    dim_columns: tuple[str, ...]
    besides: frozenset[str]

    @property
    def name(self) -> str:
        """What a row that breaks it is told: `county_code in regions`."""
        return f"{' '.join(self.columns)} in {self.dim}"


@cache
def foreign_keys(table_name: str) -> tuple[ForeignKey, ...]:
    """The foreign keys of a table to the dims, those of the columns it shares with others included."""
    groups = {table_name, *(["identity"] if table_name in report_level_tables() else [])}
    return tuple(
        ForeignKey(
            tuple(row["columns"].split()),
            row["dim"],
            tuple(row["dim_columns"].split()),
            frozenset(row["besides"].split()),
        )
        for row in read_data_rows("foreign_keys.csv")
        if row["table"] in groups
    )


def names_a_row(key: ForeignKey) -> pl.Expr:
    """Whether a row names one of the dim, or none; never null."""
    named = pl.concat_str(key.columns, separator=_SEPARATOR)
    return named.is_in(_known(key).implode()).fill_null(True)


@cache
def _known(key: ForeignKey) -> pl.Series:
    named = pl.concat_str(key.dim_columns, separator=_SEPARATOR)
    held = _dim_rows(key.dim).select(named).to_series().drop_nulls().unique()
    return held.append(pl.Series(sorted(key.besides), dtype=pl.String))


def _dim_rows(dim: str) -> pl.DataFrame:
    if dim == "regions":
        return division_rows().select(
            region_code="code", province_code=pl.col("province").cast(pl.String)
        )
    return pl.DataFrame(read_data_rows(f"{dim}.csv"))
