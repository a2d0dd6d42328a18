"""The tables that explain codes and keys: regions, publishers, fields, rules."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from annual_reports.lake.indicators import indicator_definition_rows
from annual_reports.lake.row_guard import GuardedRows, guard_rows
from schemas.fields import read_data_rows
from schemas.polars_schemas import division_rows
from schemas.rules import rules
from schemas.tables import table


def dimension_tables(reports: pl.DataFrame) -> Mapping[str, GuardedRows]:
    """The dims by name; `reports`: `columns_of_reports` of the published reports of all partitions.

    Raises ValueError where a row does not fit that comes from the program's own data and not from
    reports.
    """
    own = {
        "regions": regions(),
        "fields": fields(),
        "rules": rule_rows(),
        "indicator_definitions": indicator_definition_rows(),
    }
    guarded = {name: _whole(name, rows) for name, rows in own.items()}
    return guarded | {"publishers": guard_rows("publishers", publishers(reports))}


def _whole(name: str, rows: pl.DataFrame) -> GuardedRows:
    guarded = guard_rows(name, rows)
    if not guarded.set_aside.is_empty():
        raise ValueError(f"{name}: {guarded.set_aside.get_column('reasons').to_list()[:5]}")
    return guarded


def regions() -> pl.DataFrame:
    """The gazetteer: current and former divisions down to the township, of several lists."""
    return division_rows().select(
        region_code="code",
        name="name",
        region_level="level",
        kind=pl.col("kind").cast(pl.String),
        parent_code="parent",
        province_code=pl.col("province").cast(pl.String),
        valid_from="valid_from",
        valid_to="valid_to",
        successor_code="successor",
        pinyin="pinyin",
        aliases=pl.when(pl.col("aliases") != "").then(
            pl.col("aliases").str.replace_all("|", "、", literal=True)
        ),
        statistics_code="nbs_code",
        source=pl.col("source").cast(pl.String),
    )


def columns_of_reports() -> list[str]:
    """The columns of `reports` that the dims are made from."""
    return list(
        dict.fromkeys(["publisher_id", "publisher", "report_year", "report_id", *_described()])
    )


def _described() -> list[str]:
    counted = ("publisher_id", "names", "first_year", "last_year", "reports")
    return [name for name in table("publishers").column_names if name not in counted]


def publishers(reports: pl.DataFrame) -> pl.DataFrame:
    """One row per identified publisher, described as in its latest report, with every name it printed."""
    return (
        reports.drop_nulls("publisher_id")
        .sort("report_year", "report_id")
        .group_by("publisher_id", maintain_order=True)
        .agg(
            pl.col(_described()).last(),
            names=pl.col("publisher").drop_nulls().unique(maintain_order=True).str.join("、"),
            first_year=pl.col("report_year").min(),
            last_year=pl.col("report_year").max(),
            reports=pl.len().cast(pl.Int64),
        )
    )


def fields() -> pl.DataFrame:
    """Every cell of every form as listed in `fields.csv`."""
    rows = pl.DataFrame(read_data_rows("fields.csv"))
    return rows.with_columns(
        field_order=pl.col("order").cast(pl.Int64),
        unit=pl.when(pl.col("unit") != "").then("unit"),
    ).select(table("fields").column_names)


def rule_rows() -> pl.DataFrame:
    """Every relation of `rules.csv` with its names."""
    return pl.DataFrame(
        [
            {
                "rule_id": rule.rule_id,
                "template": "|".join(rule.templates),
                "rule_scope": rule.scope,
                "expression": rule.expression,
                "severity": rule.severity,
                "class": rule.finding_class,
                "zh_label": rule.zh_label,
                "en_label": rule.en_label,
                "note": rule.note or None,
            }
            for rule in rules()
        ]
    )
