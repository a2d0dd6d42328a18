"""The views, macros and comments of `gongkai.duckdb`, as SQL over relative paths.

They read the versions one manifest names: whoever opens the file sees one publication, and the next one
after opening it again.

Numbers of reports that contain one another are never in one view: a view of numbers holds either
the reports of single organs (`_own`), which do not overlap, or consolidated reports of one level
(`_consolidated_county`), or nothing else. Reports of undecided scope are in no such view.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from annual_reports.lake.manifest import Manifest, in_order
from schemas.tables import (
    SCHEMA_VERSION,
    Column,
    Table,
    table,
    tables,
    vocabulary,
    vocabulary_labels,
)

MEASURED = (
    "active_disclosure",
    "requests",
    "review_litigation",
    "statistics_2014",
    "local_statistics",
    "series",
    "indicators",
    "cells",
    "totals",
    "indicator_totals",
)
"""Tables whose numbers may be added up, but never over reports that contain one another."""

_KEYS = {"province": "省份键", "year": "分区年度"}


@dataclass(frozen=True, slots=True)
class View:
    """One view in English. `condition` is empty for all rows of the table."""

    name: str
    table: str
    condition: str
    zh_note: str
    en_note: str

    @property
    def sums(self) -> bool:
        """Whether its numbers may be summed."""
        return self.table in MEASURED


@cache
def views() -> tuple[View, ...]:
    """Every view in English; each has a twin in Chinese, called `<name>_zh`."""
    return tuple(_views())


def _views() -> Iterator[View]:
    for one in tables().values():
        if one.layer != "published":
            continue
        if one.name not in MEASURED:
            yield View(f"v_{one.name}", one.name, "", "", "")
            continue
        for row_kind, rows, zh_rows, en_rows in _row_kinds(one.name):
            for slice_name, condition, zh_note, en_note in _slices():
                parts = [condition, *([rows] if rows else [])]
                yield View(
                    f"v_{one.name}{row_kind}_{slice_name}",
                    one.name,
                    " AND ".join(parts),
                    f"{zh_rows}{zh_note}",
                    f"{en_rows}{en_note}",
                )


def _row_kinds(name: str) -> Iterator[tuple[str, str, str, str]]:
    if name == "requests":
        yield "", "is_total", "总计列；", "The total column. "
        yield (
            "_by_applicant",
            "NOT is_total",
            "六类申请人，不含总计；",
            "Six applicants, no total. ",
        )
    else:
        yield "", "", "", ""


def _slices() -> Iterator[tuple[str, str, str, str]]:
    yield "own", "scope = 'own'", "本机关口径，互不包含，可以相加", "Single organs; may be added."
    labels = vocabulary_labels("levels")
    for level in vocabulary("levels"):
        yield (
            f"consolidated_{level}",
            f"scope = 'consolidated' AND level = '{level}'",
            f"{labels[level]}汇总口径，已含下级；不可与其他视图相加",
            f"Consolidated reports of level {level}, those below included; add to no other view.",
        )


def statements() -> tuple[str, ...]:
    """The views and macros as SQL, in order; `source_statements` must come before."""
    return tuple(_statements())


def source_statements(manifest: Manifest) -> tuple[str, ...]:
    """What the views read: the versions of one publication, so that all tables agree with each other."""
    versions: dict[str, list[str]] = {name: [] for name in published_tables()}
    for file in in_order(manifest.files):
        versions[file.table].append(file.version)
    return tuple(_source_macro(name, paths) for name, paths in versions.items())


def source_statements_of_release() -> tuple[str, ...]:
    """What the views of a release read: its files, which never change."""
    return tuple(
        _source_macro(
            one.name,
            [
                f"{one.name}/province=*/year=*/part-0.parquet"
                if one.partitioned
                else f"{one.name}.parquet"
            ],
        )
        for one in map(table, published_tables())
    )


def source_statements_of_nothing() -> tuple[str, ...]:
    """What the views read until it is said: one file of each table."""
    return tuple(
        _source_macro(name, [f"{name}.parquet"], _KEYS_OF_NOTHING) for name in published_tables()
    )


def published_tables() -> list[str]:
    """The tables that have views."""
    return [one.name for one in tables().values() if one.layer == "published"]


def _source_macro(name: str, paths: list[str], keys: str = "") -> str:
    hive = ", hive_partitioning = true, hive_types = {'province': VARCHAR, 'year': BIGINT}"
    is_hive = table(name).partitioned and not keys
    listed = ", ".join(map(_text, paths))
    return (
        f"CREATE OR REPLACE MACRO {row_source(name)} AS TABLE SELECT *{keys if table(name).partitioned else ''} "
        f"FROM read_parquet([{listed}]{hive if is_hive else ''})"
    )


_KEYS_OF_NOTHING = ", '' AS province, 0::BIGINT AS year"
"""What stands in for the folders' names."""


@cache
def definition_hash() -> str:
    """Changes whenever a view does."""
    return hashlib.sha256("\n".join(statements()).encode()).hexdigest()[:16]


def _statements() -> Iterator[str]:
    for view in views():
        declared = table(view.table)
        for name, columns in (
            (view.name, _english(declared)),
            (f"{view.name}_zh", _chinese(declared)),
        ):
            yield _create(name, view, columns)
            yield f"COMMENT ON VIEW {name} IS {_text(_note(view, declared))}"
            for shown, column in zip(columns, _columns(declared), strict=True):
                yield f"COMMENT ON COLUMN {name}.{shown.alias} IS {_text(column)}"
    yield from history_statements()
    yield from _reports_in_no_sum()


@dataclass(frozen=True, slots=True)
class _Shown:
    expression: str
    alias: str


def _english(declared: Table) -> list[_Shown]:
    return [_Shown(_name(name), _name(name)) for name in _names(declared)]


def _chinese(declared: Table) -> list[_Shown]:
    """Columns under their Chinese labels, codes as Chinese words; equal labels bear their name too."""
    labels = [_KEYS.get(name, "") for name in _names(declared)]
    for place, column in enumerate(declared.columns):
        labels[place] = column.zh_label
    doubled = {label for label in labels if labels.count(label) > 1}
    expressions = {column.name: _in_chinese(column) for column in declared.columns}
    return [
        _Shown(
            expressions.get(name, _name(name)),
            _name(f"{label}（{name}）" if label in doubled else label),
        )
        for name, label in zip(_names(declared), labels, strict=True)
    ]


def _in_chinese(column: Column) -> str:
    labels = _labels_of(column.allowed)
    if not labels:
        return _name(column.name)
    cases = " ".join(f"WHEN {_text(value)} THEN {_text(label)}" for value, label in labels.items())
    return f"CASE {_name(column.name)} {cases} ELSE {_name(column.name)} END"


@cache
def _labels_of(allowed: tuple[str, ...]) -> dict[str, str]:
    from schemas.fields import read_data_rows

    names = dict.fromkeys(row["vocabulary"] for row in read_data_rows("vocabularies.csv"))
    found = next((name for name in names if vocabulary(name) == allowed), None) if allowed else None
    return dict(vocabulary_labels(found)) if found else {}


def _names(declared: Table) -> list[str]:
    return [*declared.column_names, *(_KEYS if declared.partitioned else ())]


def _columns(declared: Table) -> list[str]:
    told = [f"{c.zh_label} {c.en_label}: {c.definition}" for c in declared.columns]
    return [*told, *(f"分区键 partition key {key}" for key in _KEYS if declared.partitioned)]


def _create(name: str, view: View, columns: list[_Shown]) -> str:
    shown = ", ".join(
        c.alias if c.expression == c.alias else f"{c.expression} AS {c.alias}" for c in columns
    )
    where = f" WHERE {view.condition}" if view.condition else ""
    return f"CREATE VIEW {name} AS SELECT {shown} FROM {row_source(view.table)}{where}"


def row_source(name: str) -> str:
    """A macro, which no tool lists among tables: it holds reports beside those that contain them."""
    return f"every_row_of_{name}()"


def _note(view: View, declared: Table) -> str:
    return f"{declared.zh_label} {declared.en_label}. {view.zh_note} {view.en_note}".strip()


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_DAY = "make_timestamp(epoch_us({column}) + 28800000000)::DATE"
"""The day in China of a moment."""


def history_statements() -> Iterator[str]:
    """The macros that say what pages showed on a day in China: `reports_on(day)` and `cells_on(day)`."""
    begun, ended = _DAY.format(column="s.seen_from"), _DAY.format(column="s.seen_until")
    yield (
        "CREATE MACRO reports_on(day) AS TABLE "
        "SELECT r.*, s.address, s.seen_from, s.seen_until "
        f"FROM {row_source('report_revisions')} r LEFT JOIN {row_source('sightings')} s "
        "USING (report_id, document_id, province, year) "
        f"WHERE s.seen_from IS NULL OR ({begun} <= day AND (s.seen_until IS NULL OR {ended} > day)) "
        "QUALIFY row_number() OVER (PARTITION BY province, year, r.report_id "
        "ORDER BY r.revision_order DESC, s.address) = 1"
    )
    yield (
        "CREATE MACRO cells_on(day) AS TABLE "
        "WITH shown AS (SELECT report_id, revision_order, province, year FROM reports_on(day)), "
        'later AS (SELECT c.report_id, c."table", c.row_key, c.column_key, c.value_before AS value, '
        "c.status_before AS status, c.raw_before AS raw, c.province, c.year "
        f"FROM {row_source('cell_changes')} c JOIN shown v USING (report_id, province, year) "
        "WHERE c.revision_order > v.revision_order "
        'QUALIFY row_number() OVER (PARTITION BY c.province, c.year, c.report_id, c."table", '
        "c.row_key, c.column_key ORDER BY c.revision_order) = 1), "
        'now AS (SELECT c.report_id, c."table", c.row_key, c.column_key, c.value, c.status, c.raw, '
        f"c.province, c.year FROM {row_source('cells')} c "
        "JOIN shown v USING (report_id, province, year)) "
        "SELECT * FROM later WHERE status IS NOT NULL UNION ALL "
        "SELECT * FROM now ANTI JOIN later "
        'USING (report_id, "table", row_key, column_key, province, year)'
    )


def _reports_in_no_sum() -> Iterator[str]:
    condition = "scope = 'unknown' OR (scope = 'consolidated' AND level IS NULL)"
    yield (
        "CREATE VIEW v_reports_in_no_sum AS SELECT report_id, publisher, level, scope, report_year, "
        f"province, year FROM {row_source('reports')} WHERE {condition}"
    )
    note = (
        "口径未定或层级不明，不进入任何可相加的视图 in no view of numbers: scope or level undecided"
    )
    yield f"COMMENT ON VIEW v_reports_in_no_sum IS {_text(note)}"


def about_statement(manifest_sha256: str) -> str:
    """A table of one row that says which views these are, and over which publication."""
    return (
        f"CREATE OR REPLACE TABLE about AS SELECT '{SCHEMA_VERSION}' AS schema_version, "
        f"'{definition_hash()}' AS definition_hash, '{manifest_sha256}' AS manifest_sha256, "
        "'相对路径：请在 published 文件夹内打开，或 SET file_search_path=''…/published''。"
        "Paths are relative: open it inside the folder published, "
        "or SET file_search_path=''…/published''.' AS note"
    )
