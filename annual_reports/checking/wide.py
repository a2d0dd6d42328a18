"""The wide frame that the rules read: one row per document, one column per path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from annual_reports.checking.expressions import NUMBER
from schemas.fields import all_fields
from schemas.publisher_facts import expected_form, legal_deadline, publisher_limits
from schemas.rules import FORM_TABLES, REPORT
from schemas.tables import identity_columns

STATUTORY_TABLES = FORM_TABLES
_STRUCTURE = "structure_"
_FACTS = pl.Schema(
    {
        "report_year": pl.Int64(),
        "level": pl.String(),
        "organ_type": pl.String(),
        "report.deadline": pl.Date(),
        "report.deadline_basis": pl.String(),
        "report.publisher_has_rule_power": pl.Boolean(),
        "report.fee_amount_ceiling_10k_yuan": NUMBER,
        "report.template_expected": pl.String(),
    }
)


def wide_reports(current: pl.DataFrame, cells: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """One row per document of `current` (extractions), with the identity columns kept.

    `document` numbers the rows, `partition` the partitions they lie in. `cells` and `claims` are
    the nested columns in long form. A path for which a document gives several values that differ
    is not known.
    """
    return (
        current.select(
            "document",
            "partition",
            *(name for name in identity_columns() if name in current.columns),
            *(f"template_{table}" for table in STATUTORY_TABLES),
            *_report_values(),
            *_structure_counts(current.columns),
        )
        .join(
            publisher_facts(current),
            on=["report_year", "level", "organ_type"],
            how="left",
            nulls_equal=True,
            validate="m:1",
        )
        .with_columns(*_forms())
        .join(cell_values(cells), on="document", how="left", validate="1:1")
        .join(_claimed_values(claims), on="document", how="left", validate="1:1")
        .join(_unread_tables(cells), on="document", how="left", validate="1:1")
        .with_columns(*_unread())
        .with_columns(**{"dataset.is_unique": _is_unique_version()})
    )


def with_previous_year(wide: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """The frame with `prev.` columns: the report of the same publisher and scope a year earlier.

    A row of `previous` bears the number of the partition that follows its own.
    """
    keys = ["partition", "publisher_id", "scope"]
    paths = [path for path in previous.columns if path.split(".", 1)[0] in FORM_TABLES]
    known = previous.drop_nulls("publisher_id").select(*keys, pl.col(paths).name.prefix("prev."))
    return wide.join(known, on=keys, how="left", validate="m:1", maintain_order="left")


def publisher_facts(reports: pl.DataFrame) -> pl.DataFrame:
    """What `schemas.publisher_facts` says of each combination of year, level and organ type."""
    kinds = reports.select("report_year", "level", "organ_type").unique(maintain_order=True)
    rows = []
    for year, level, organ_type in kinds.iter_rows():
        deadline = legal_deadline(year, level, organ_type)
        limits = publisher_limits(level, organ_type)
        rows.append(
            (
                year,
                level,
                organ_type,
                deadline.due_date if deadline else None,
                deadline.basis if deadline else None,
                limits.has_rule_power,
                limits.fee_amount_ceiling_10k_yuan,
                expected_form(year),
            )
        )
    return pl.DataFrame(rows, schema=_FACTS, orient="row")


def publication_day() -> pl.Expr:
    """The publication date; null where the text is no ISO date."""
    return pl.col("publish_date").str.to_date("%Y-%m-%d", strict=False)


def _report_values() -> list[pl.Expr]:
    found = pl.concat_list(f"template_{table}" for table in STATUTORY_TABLES).list
    return [
        pl.col("report_year").cast(NUMBER).alias("report.year"),
        publication_day().alias("report.publish_date"),
        pl.col("publisher_id").alias("report.publisher_id"),
        pl.col("scope").alias("report.scope"),
        pl.lit(True).alias("report.is_current"),
        _nonempty(found.drop_nulls().list.unique().list.sort().list.join("+")).alias(
            "report.template_detected"
        ),
    ]


def _nonempty(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _structure_counts(columns: Sequence[str]) -> list[pl.Expr]:
    return [
        pl.col(name).cast(NUMBER).alias(f"structure.{name.removeprefix(_STRUCTURE)}")
        for name in columns
        if name.startswith(_STRUCTURE)
    ]


def _forms() -> list[pl.Expr]:
    """See `operands.governing_forms`."""
    expected = pl.col("report.template_expected")
    own = {table: pl.col(f"template_{table}") for table in STATUTORY_TABLES}
    governing: Mapping[str, pl.Expr] = {
        **{table: pl.coalesce(form, expected) for table, form in own.items()},
        REPORT: pl.coalesce(*own.values(), expected),
    }
    return [form.alias(f"form.{table}") for table, form in governing.items()]


def cell_values(cells: pl.DataFrame) -> pl.DataFrame:
    """One row per document and a column per path of the statutory tables; null where not known."""
    paths = pl.Series(
        "path",
        list(
            dict.fromkeys(
                f"{f.table}.{f.row_key}.{f.column_key}"
                for f in all_fields()
                if f.table in STATUTORY_TABLES
            )
        ),
    )
    single = cells.select(
        "document",
        "value",
        path=pl.concat_str("table", "row_key", "column_key", separator="."),
    )
    return _columns_of_paths(single, paths)


def _one_value(values: pl.DataFrame) -> pl.DataFrame:
    """One row per document and path; null where its values differ."""
    value = pl.col("value")
    is_single = (value.null_count() == 0) & (value.min() == value.max())
    agreed = pl.when(is_single).then(value.first())
    return values.group_by("document", "path", maintain_order=True).agg(value=agreed)


def _columns_of_paths(values: pl.DataFrame, paths: pl.Series) -> pl.DataFrame:
    """One row per document and a column for each of `paths`; values of other paths are left out.

    As an Enum a path is a number, by which grouping and pivoting cost a tenth.
    """
    numbered = pl.Enum(paths)
    known = values.with_columns(pl.col("path").cast(numbered, strict=False)).drop_nulls("path")
    return _one_value(known).pivot(
        on="path",
        on_columns=paths.cast(numbered),
        index="document",
        values="value",
        aggregate_function="first",
    )


def _claimed_values(claims: pl.DataFrame) -> pl.DataFrame:
    """See `operands.claimed_values`: a column per narrative key, typed as in `fields.csv`."""
    told = claims.filter(
        pl.col("covers") == "report",
        pl.col("period").fill_null("reported_year") == "reported_year",
        pl.col("least").is_null() & pl.col("most").is_null(),
    ).select(
        "document",
        "value",
        "value_text",
        path=pl.format("narrative.{}.value", pl.col("metric")),
    )
    frames = []
    for dtypes, value in _CLAIM_READINGS:
        paths = pl.Series(
            "path",
            [
                f"narrative.{field.row_key}.value"
                for field in all_fields()
                if field.table == "narrative" and field.dtype in dtypes
            ],
        )
        of_type = told.filter(pl.col("path").is_in(paths.implode()))
        frames.append(_columns_of_paths(of_type.select("document", "path", value=value), paths))
    first, *others = frames
    for other in others:
        first = first.join(other, on="document", how="full", coalesce=True, validate="1:1")
    return first


_CLAIM_READINGS = (
    (("int", "signed_int", "decimal"), pl.col("value")),
    (
        ("bool",),
        pl.col("value_text").replace_strict(
            {"true": True, "false": False}, default=None, return_dtype=pl.Boolean()
        ),
    ),
    (("date",), pl.col("value_text").str.to_date("%Y-%m-%d", strict=False)),
)


def _unread_tables(cells: pl.DataFrame) -> pl.DataFrame:
    unreadable = pl.col("status") == "unreadable"
    return cells.group_by("document", maintain_order=True).agg(
        (unreadable & (pl.col("table") == table)).any().alias(f"unread.{table}")
        for table in FORM_TABLES
    )


def _unread() -> list[pl.Expr]:
    absent = {table: pl.col(f"template_{table}").is_null() for table in FORM_TABLES}
    return [
        pl.col(f"unread.{table}").fill_null(False) | is_absent
        for table, is_absent in absent.items()
    ]


def _is_unique_version() -> pl.Expr:
    """Whether no other current version has the same publisher, year and scope; null if unresolved."""
    key = pl.struct("partition", "publisher_id", "report_year", "scope")
    return pl.when(pl.col("publisher_id").is_not_null()).then(key.is_unique())
