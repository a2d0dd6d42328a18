"""One concept over the forms of all years, from the wide frame of current reports."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from annual_reports.checking.expressions import compile_number
from schemas.rules import FORM_TABLES, Node, expression_node, operands_in
from schemas.series import SeriesSource, series_sources
from schemas.tables import identity_columns


def series(wide: pl.DataFrame) -> pl.DataFrame:
    """One row per report and concept of the crosswalk whose table was found in the report.

    In: the wide frame. Out: identity, concept, unit, template, value, comparability (good | fair), terms (the
    cells added up). The value is null where one of its terms is not known; a blank is never a zero. Two forms
    are compared only where the crosswalk has both. Source: report-format, section 4.
    """
    return pl.concat(_rows(wide, source, node) for source, node in _sources())


def _sources() -> Iterator[tuple[SeriesSource, Node]]:
    for source in series_sources():
        node = expression_node(source.expression, source.template)
        if node is None:
            raise ValueError(f"{source.concept}: {source.template} has not {source.expression}")
        yield source, node


def _rows(wide: pl.DataFrame, source: SeriesSource, node: Node) -> pl.DataFrame:
    terms = operands_in(node)
    table = next(one for one in FORM_TABLES if terms[0].startswith(f"{one}."))
    exact = compile_number(node)
    whole = exact.cast(pl.Int64, strict=False)
    return wide.filter(pl.col(f"template_{table}") == source.template).select(
        "partition",
        *identity_columns(),
        concept=pl.lit(source.concept),
        concept_label=pl.lit(source.zh_label),
        unit=pl.lit(source.unit),
        template=pl.lit(source.template),
        value=pl.when(whole == exact).then(whole),
        comparability=pl.lit(source.comparability),
        terms=pl.lit(" ".join(terms)),
    )
