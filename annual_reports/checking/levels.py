"""A consolidated report beside the own reports of the organs below it.

The sum below is known only where every organ that should report is there and says the number. Who
should: the townships of the gazetteer, the publishers the sources expect, and the organs that
reported in the year before. Scopes are never mixed: only own reports are added up, and agencies led
from above are nobody's children.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from annual_reports.checking.finding_rows import MISSING_SEPARATOR, NAMES_OF_MISSING
from schemas.fields import read_data_rows
from schemas.polars_schemas import division_rows
from schemas.rules import rule_instances

MISSING_BELOW = NAMES_OF_MISSING
SUM_PRESENT = "children.present"
"""Sum of requests received over the own reports that are there, whether or not any is missing."""

CODE_OF_LEVEL = {
    "province": "province_code",
    "prefecture": "prefecture_code",
    "county": "county_code",
}
_LED_FROM_ABOVE = "vertical_agency"
_RECEIVED = "requests.new_received.total"
_MOST_NAMES = 20
_BELOW = ["partition", "level", "below"]
_ORGANS = pl.Schema(
    {"partition": pl.UInt32(), "level": pl.String(), "below": pl.String(), "name": pl.String()}
)


@cache
def summed_paths() -> tuple[str, ...]:
    """The paths that rules sum over the reports below, without their prefix."""
    forms = [row["template"] for row in read_data_rows("forms.csv")]
    required = (path for form in forms for one in rule_instances(form) for path in one.required)
    return tuple(
        dict.fromkeys(
            path.removeprefix("children.") for path in required if path.startswith("children.")
        )
    )


def with_reports_below(
    wide: pl.DataFrame, before: pl.DataFrame | None = None, expected: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The frame with `children.<path>` (sums) and `children.missing` (names) of governments' reports.

    `before`: the reports of the year before, with the number of the partition that follows theirs.
    `expected`: publisher and county_code by `partition`. A sum is null where an organ is missing,
    where one does not say the number, and where nothing lies below.
    """
    code = pl.coalesce(
        pl.when(pl.col("level") == level).then(pl.col(column))
        for level, column in CODE_OF_LEVEL.items()
    )
    above = wide.with_columns(
        below=pl.when(pl.col("organ_type") == "government", pl.col("scope") != "own").then(code)
    )
    places = above.select(_BELOW).drop_nulls().unique()
    if places.is_empty():
        return wide.with_columns(pl.lit(None, pl.String).alias(MISSING_BELOW))
    own = _own(wide)
    sums = _sums(own).join(places, on=_BELOW, how="semi")
    missing = _missing(own, places, before, expected)
    silent = [f"silent.{path}" for path in summed_paths()]
    joined = above
    for part in (sums, missing):
        joined = joined.join(part, on=_BELOW, how="left", validate="m:1", maintain_order="left")
    return (
        joined.with_columns(
            pl.when(pl.col("absent").is_null() & pl.col(f"silent.{path}").is_null())
            .then(f"children.{path}")
            .alias(f"children.{path}")
            for path in summed_paths()
        )
        .with_columns(pl.coalesce("absent", *silent).alias(MISSING_BELOW))
        .drop("below", "absent", *silent)
    )


def _own(reports: pl.DataFrame) -> pl.DataFrame:
    return reports.filter(
        pl.col("scope") == "own", pl.col("organ_type").ne_missing(_LED_FROM_ABOVE)
    )


def _sums(own: pl.DataFrame) -> pl.DataFrame:
    """Per place above: the sum of each path over those that say it, and the names of those that do not."""
    paths = [path for path in summed_paths() if path in own.columns]
    frames = [
        own.drop_nulls(code)
        .group_by("partition", code)
        .agg(
            pl.lit(level).first().alias("level"),
            *(pl.col(path).sum().alias(f"children.{path}") for path in paths),
            *(
                _names(pl.col("publisher").filter(pl.col(path).is_null())).alias(f"silent.{path}")
                for path in paths
            ),
            pl.col(_RECEIVED).sum().alias(SUM_PRESENT),
        )
        .rename({code: "below"})
        for level, code in CODE_OF_LEVEL.items()
    ]
    return pl.concat(frames)


def _names(names: pl.Expr) -> pl.Expr:
    known = names.drop_nulls().unique().sort()
    listed = known.head(_MOST_NAMES).str.join(MISSING_SEPARATOR)
    more = pl.format("{} 等 {} 个", listed, known.len())
    return pl.when(known.len() > _MOST_NAMES).then(more).when(known.len() > 0).then(listed)


def _missing(
    own: pl.DataFrame,
    places: pl.DataFrame,
    before: pl.DataFrame | None,
    expected: pl.DataFrame | None,
) -> pl.DataFrame:
    """Per place above the organs that should have reported and have not: `absent`, null for none."""
    absent = [_ORGANS.to_frame(), _absent_townships(own, places)]
    if before is not None:
        absent.append(_absent_since_last_year(own, before))
    if expected is not None:
        absent.append(_absent_expected(own, expected))
    return (
        pl.concat(absent)
        .join(places, on=_BELOW, how="semi")
        .group_by(_BELOW)
        .agg(absent=_names(pl.col("name")))
    )


def _absent_townships(own: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    towns = pl.concat(
        townships().select(
            pl.lit(level).alias("level"), below=code, town_code="town_code", name="name"
        )
        for level, code in CODE_OF_LEVEL.items()
    )
    return (
        places.join(towns, on=["level", "below"], how="inner")
        .join(own, on=["partition", "town_code"], how="anti")
        .select(_ORGANS.names())
    )


def _absent_since_last_year(own: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    gone = _own(before).join(own, on=["partition", "publisher_id"], how="anti")
    return _above_each(gone.drop_nulls("publisher_id"), "publisher")


def _absent_expected(own: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """Publishers of the sources whose county is known and that no report of the partition names."""
    codes = pl.col("county_code")
    placed = expected.drop_nulls("county_code").with_columns(
        province_code=codes.str.slice(0, 2), prefecture_code=codes.str.slice(0, 4) + "00"
    )
    named = pl.concat(
        own.select("partition", publisher=pl.col(name))
        for name in ("publisher", "publisher_name")
        if name in own.columns
    )
    return _above_each(placed.join(named, on=["partition", "publisher"], how="anti"), "publisher")


def _above_each(organs: pl.DataFrame, name: str) -> pl.DataFrame:
    return pl.concat(
        organs.drop_nulls(code).select(
            "partition", pl.lit(level).alias("level"), below=code, name=name
        )
        for level, code in CODE_OF_LEVEL.items()
    )


@cache
def townships() -> pl.DataFrame:
    """The current townships that publish reports: town_code, name and the codes above."""
    code = pl.col("code")
    without_reports = [row["kind"] for row in read_data_rows("divisions_without_reports.csv")]
    return (
        division_rows()
        .filter(
            pl.col("level") == 4,
            pl.col("valid_to").is_null(),
            pl.col("successor").is_null(),
            ~pl.col("kind").cast(pl.String).is_in(without_reports),
        )
        .select(
            "name",
            town_code="code",
            province_code=code.str.slice(0, 2),
            prefecture_code=code.str.slice(0, 4) + "00",
            county_code=code.str.slice(0, 6),
        )
    )
