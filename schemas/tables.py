"""Every table of the lake, declared once: columns, types, keys, labels, units, definitions.

The declarations are data: `tables.csv`, `columns.csv`, `vocabularies.csv`; the value columns of the
form tables follow `fields.csv` and those of `totals` follow `total_measures.csv`. From them come the
Arrow schemas (`schemas.arrow_schemas`), the pandera models that guard what is written
(`schemas.models`) and `docs/data_dictionary.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from schemas.fields import Field, all_fields, read_data_rows

SCHEMA_VERSION = "3"
"""Raised whenever a column is added, removed or changes its type or meaning."""

KINDS = ("string", "int64", "decimal", "float64", "bool", "date", "timestamp")

FINDING_LISTS = (
    "rules.csv",
    "reader_findings.csv",
    "document_findings.csv",
    "claim_findings.csv",
    "scope_findings.csv",
    "decision_findings.csv",
)
"""What a finding may be about: a rule, a doubt of the reader, a decision that no longer holds."""

_REPORT_LEVEL = (
    "reports",
    "report_revisions",
    "cells",
    "active_disclosure",
    "requests",
    "review_litigation",
    "statistics_2014",
    "local_statistics",
    "series",
    "indicators",
    "sections",
    "claims",
    "corrections",
    "findings",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` is one of KINDS; a decimal has 28 digits, 8 of them after the point.

    `allowed` (a closed list), `minimum` and `pattern` bound its values where they are given.
    """

    name: str
    kind: str
    nullable: bool
    zh_label: str
    en_label: str
    unit: str
    definition: str
    source: str
    allowed: tuple[str, ...] = ()
    minimum: int | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `key`: the columns that name a row; files are sorted by them.

    `partitioned`: one file per province and year, else one file. `layer`: published, runs, raw
    or quarantined.
    """

    name: str
    zh_label: str
    en_label: str
    definition: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partitioned: bool
    layer: str

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns in file order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class TotalMeasure:
    """One sum of `totals`; `expression` is written like those of `rules.csv`."""

    name: str
    zh_label: str
    en_label: str
    unit: str
    expression: str


@cache
def tables() -> Mapping[str, Table]:
    """Every table by name, in the order of `tables.csv`."""
    return {
        row["name"]: Table(
            name=row["name"],
            zh_label=row["zh_label"],
            en_label=row["en_label"],
            definition=row["definition"],
            columns=tuple(_columns(row["name"])),
            key=tuple(row["key"].split()),
            partitioned=row["partitioned"] == "yes",
            layer=row["layer"],
        )
        for row in read_data_rows("tables.csv")
    }


def table(name: str) -> Table:
    """One table. Raises KeyError for a name that is not declared."""
    return tables()[name]


def report_level_tables() -> tuple[str, ...]:
    """The tables whose rows belong to one report and carry its identity."""
    return _REPORT_LEVEL


@cache
def identity_columns() -> tuple[str, ...]:
    """The columns that say whose report a row belongs to."""
    return tuple(column.name for column in _declared("identity"))


@cache
def total_measures() -> tuple[TotalMeasure, ...]:
    """The sums of `totals`, in file order."""
    return tuple(TotalMeasure(**row) for row in read_data_rows("total_measures.csv"))


@cache
def vocabulary(name: str) -> tuple[str, ...]:
    """The allowed values of a closed list. Raises KeyError for a list that is not declared."""
    lists: dict[str, list[str]] = {
        "forms": [row["template"] for row in read_data_rows("forms.csv")],
        "form_tables": [*dict.fromkeys(f.table for f in _form_fields()), "statistics"],
        "applicants": [f.column_key for f in _form_fields("requests", "new_received")],
        "case_groups": [f.row_key for f in _form_fields("review_litigation")],
        "fetch_causes": [row["cause"] for row in read_data_rows("fetch_causes.csv")],
        "narrative_keys": [f.row_key for f in all_fields() if f.table == "narrative"],
        "finding_rules": [r["rule_id"] for name in FINDING_LISTS for r in read_data_rows(name)],
        "table_names": [row["name"] for row in read_data_rows("tables.csv")],
    }
    for row in read_data_rows("vocabularies.csv"):
        lists.setdefault(row["vocabulary"], []).append(row["value"])
    return tuple(dict.fromkeys(lists[name]))


@cache
def vocabulary_labels(name: str) -> Mapping[str, str]:
    """Value → Chinese label, of a list in `vocabularies.csv`."""
    rows = read_data_rows("vocabularies.csv")
    return {row["value"]: row["zh_label"] for row in rows if row["vocabulary"] == name}


def _columns(table_name: str) -> Iterator[Column]:
    if table_name in _REPORT_LEVEL:
        yield from _declared("identity")
    if table_name in ("active_disclosure", "requests", "review_litigation", "statistics_2014"):
        yield from _declared("form")
    yield from _declared(table_name)
    yield from _derived_columns(table_name)


def _declared(table_name: str) -> Iterator[Column]:
    for row in read_data_rows("columns.csv"):
        if row["table"] == table_name:
            yield _column(row)


def _column(row: Mapping[str, str]) -> Column:
    bound = row["bound"]
    is_minimum = bound.startswith(">=")
    return Column(
        name=row["name"],
        kind=row["kind"],
        nullable=row["nullable"] == "yes",
        zh_label=row["zh_label"],
        en_label=row["en_label"],
        unit=row["unit"],
        definition=row["definition"],
        source=row["source"],
        allowed=vocabulary(bound) if bound and not is_minimum else (),
        minimum=int(bound.removeprefix(">=")) if is_minimum else None,
        pattern=row["pattern"],
    )


def _derived_columns(table_name: str) -> Iterator[Column]:
    match table_name:
        case "active_disclosure":
            for fields in _grouped(_form_fields(table_name), by_column=True, by_row=True):
                yield from _single_value_columns(fields)
        case "requests":
            for fields in _grouped(_form_fields(table_name), by_row=True):
                yield _value_column(fields[0].row_key, fields, _last(fields[0].row_label))
        case "review_litigation":
            for fields in _grouped(_form_fields(table_name), by_column=True):
                yield _value_column(fields[0].column_key, fields, fields[0].column_label)
        case "statistics_2014":
            for field in all_fields():
                if field.table == "statistics":
                    yield from _value_and_text(field.row_key, [field], _last(field.row_label))
        case "totals":
            for measure in total_measures():
                yield from _total_columns(measure)


def _form_fields(table_name: str | None = None, row_key: str | None = None) -> list[Field]:
    """The fields of the statutory tables of all forms, newest form first as in `fields.csv`."""
    return [
        field
        for field in all_fields()
        if field.table in ("active_disclosure", "requests", "review_litigation")
        and table_name in (None, field.table)
        and row_key in (None, field.row_key)
    ]


def _grouped(
    fields: Iterable[Field], by_row: bool = False, by_column: bool = False
) -> list[list[Field]]:
    """Fields that share a row, a column or both, in the order of their first appearance."""
    groups: dict[tuple[str, str], list[Field]] = {}
    for field in fields:
        key = (field.row_key if by_row else "", field.column_key if by_column else "")
        groups.setdefault(key, []).append(field)
    return list(groups.values())


def _single_value_columns(fields: list[Field]) -> Iterator[Column]:
    first = fields[0]
    label = f"{_last(first.row_label)}·{first.column_label}"
    yield from _value_and_text(f"{first.row_key}_{first.column_key}", fields, label)


def _value_and_text(name: str, fields: list[Field], label: str) -> Iterator[Column]:
    """A number and, for an amount, its text as printed."""
    value = _value_column(name, fields, label)
    yield value
    if value.kind == "decimal":
        yield Column(
            name=f"{value.name}_text",
            kind="string",
            nullable=True,
            zh_label=f"{label}（原文）",
            en_label=f"{value.en_label}, as printed",
            unit="",
            definition="金额单元格的原文。Text of the amount as printed.",
            source=value.source,
        )


def _value_column(name: str, fields: list[Field], label: str) -> Column:
    """A number of the form: null where it is not printed, never zero for a blank."""
    forms = "、".join(dict.fromkeys(field.template for field in fields))
    printed = "；".join(dict.fromkeys(f"{f.row_label} {f.column_label}" for f in fields[:1]))
    is_money = fields[0].dtype == "decimal"
    return Column(
        name=name,
        kind="decimal" if is_money else "int64",
        nullable=True,
        zh_label=label,
        en_label=name.replace("_", " "),
        unit="万元" if is_money else fields[0].unit,
        definition=f"表格 {forms}：{printed}。空为未印出，不是零。Null: not printed; never zero.",
        source=f"{fields[0].table} ({forms})",
        minimum=None if fields[0].dtype == "signed_int" else 0,
    )


def _total_columns(measure: TotalMeasure) -> Iterator[Column]:
    yield Column(
        name=measure.name,
        kind="int64",
        nullable=True,
        zh_label=f"{measure.zh_label}合计",
        en_label=f"sum of {measure.en_label}",
        unit=measure.unit,
        definition=f"{measure.expression} 之和；缺一个数的报告不计入。"
        f"Sum over the reports that know every term; null where none does.",
        source=measure.expression,
        minimum=0,
    )
    yield Column(
        name=f"{measure.name}_reports",
        kind="int64",
        nullable=False,
        zh_label=f"{measure.zh_label}所依报告数",
        en_label=f"reports behind {measure.en_label}",
        unit="份",
        definition="合计所依的报告数，其余为未印出。Reports behind the sum; the others do not print it.",
        source=measure.expression,
        minimum=0,
    )


def _last(label: str) -> str:
    return label.rsplit("/", 1)[-1]
