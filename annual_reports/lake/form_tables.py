"""Tables two, three and four with typed columns, from the wide frame of current reports."""

from __future__ import annotations

import polars as pl

from schemas.fields import all_fields
from schemas.tables import identity_columns, table, vocabulary


def active_disclosure(wide: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """One row per report in which table two was found; amounts in 万元 with their text beside them."""
    found = _found(wide, "active_disclosure")
    names = _paths_by_column("active_disclosure")
    declared = table("active_disclosure").column_names
    texts = _printed_texts(cells, [name for name in names if f"{name}_text" in declared])
    return found.select(
        "document",
        "partition",
        *identity_columns(),
        template="template_active_disclosure",
        **{name: pl.col(path) for name, path in names.items()},
    ).join(texts, on="document", how="left", validate="1:1")


def requests(wide: pl.DataFrame) -> pl.DataFrame:
    """Seven rows per report in which table three was found: six kinds of applicant and the total."""
    found = _found(wide, "requests")
    declared = table("requests").column_names
    rows = declared[declared.index("is_total") + 1 :]
    return pl.concat(
        found.select(
            "partition",
            *identity_columns(),
            template="template_requests",
            applicant=pl.lit(applicant),
            is_total=pl.lit(applicant == "total"),
            **{row: pl.col(f"requests.{row}.{applicant}") for row in rows},
        )
        for applicant in vocabulary("applicants")
    )


def review_litigation(wide: pl.DataFrame) -> pl.DataFrame:
    """Three rows per report in which table four was found: reconsideration and two kinds of suits."""
    found = _found(wide, "review_litigation")
    declared = table("review_litigation").column_names
    results = declared[declared.index("case_group") + 1 :]
    return pl.concat(
        found.select(
            "partition",
            *identity_columns(),
            template="template_review_litigation",
            case_group=pl.lit(group),
            **{result: pl.col(f"review_litigation.{group}.{result}") for result in results},
        )
        for group in vocabulary("case_groups")
    )


def statistics_2014(wide: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """One row per report with the statistics form of FY2014–2018; amounts in 万元 with their text."""
    found = _found(wide, "statistics")
    declared = table("statistics_2014").column_names
    names = [name for name in declared if f"statistics.{name}.value" in found.columns]
    texts = (
        cells.filter(pl.col("table") == "statistics")
        .select("document", "raw", name=pl.col("row_key") + "_text")
        .filter(pl.col("name").is_in(declared))
        .pivot(
            on="name",
            on_columns=[name for name in declared if name.endswith("_text")],
            index="document",
            values="raw",
            aggregate_function="first",
        )
    )
    return (
        found.select(
            "document",
            "partition",
            *identity_columns(),
            template="template_statistics",
            **{name: pl.col(f"statistics.{name}.value") for name in names},
        )
        .join(texts, on="document", how="left", validate="1:1")
        .select("partition", *declared)
    )


def _found(wide: pl.DataFrame, table_name: str) -> pl.DataFrame:
    return wide.filter(pl.col(f"template_{table_name}").is_not_null())


def _paths_by_column(table_name: str) -> dict[str, str]:
    """Column of the typed table → path; the row key comes before the column key."""
    return {
        f"{field.row_key}_{field.column_key}": f"{table_name}.{field.row_key}.{field.column_key}"
        for field in all_fields()
        if field.table == table_name
    }


def _printed_texts(cells: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """`document` and a column `<name>_text` with the text of the cell as printed."""
    texts = (
        cells.filter(pl.col("table") == "active_disclosure")
        .with_columns(name=pl.concat_str("row_key", "column_key", separator="_"))
        .filter(pl.col("name").is_in(names))
        .pivot(
            on="name",
            on_columns=names,
            index="document",
            values="raw",
            aggregate_function="first",
        )
    )
    return texts.select("document", pl.col(names).name.suffix("_text"))
