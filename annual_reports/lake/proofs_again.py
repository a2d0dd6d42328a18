"""Inferred cells looked at again where a person corrected a cell their proof rests on.

An inferred number stands as long as every relation that proves it and reads a changed cell holds with
what was decided. Otherwise the cell is unreadable, with the number it had as what it could be; what
rests on it is looked at in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from annual_reports.checking.evaluation import PASS, CompiledInstance, compile_instance
from annual_reports.checking.finding_rows import FINDING_SCHEMA
from annual_reports.model import CellStatus
from annual_reports.reading.findings import document_finding
from schemas.fields import STATUTORY_TABLES
from schemas.rules import rule_instances

LOST_PROOF = "G03"
PLACE = ("table", "row_key", "column_key")
LOST_SCHEMA = pl.Schema(
    {"document": pl.UInt32()} | dict.fromkeys(PLACE, pl.String()) | {"rules": pl.String()}
)


@dataclass(frozen=True, slots=True)
class ProofsAgain:
    """`cells`: as given, those without a proof unreadable. `lost`: document, table, row_key, column_key, rules."""

    cells: pl.DataFrame
    lost: pl.DataFrame


def proofs_again(cells: pl.DataFrame, current: pl.DataFrame) -> ProofsAgain:
    """`cells`: long cells after corrections, with `correction`; `current`: their documents."""
    inferred = cells.filter(status=CellStatus.INFERRED.value).select("document")
    decided = cells.filter(pl.col("correction").is_not_null()).select("document")
    touched = inferred.join(decided, on="document", how="semi").unique(maintain_order=True)
    lost = pl.DataFrame(
        [
            (document, *path.split("."), " ".join(rules))
            for document in touched.get_column("document")
            for path, rules in _lost(
                cells.filter(document=document), current.filter(document=document)
            )
        ],
        schema=LOST_SCHEMA,
        orient="row",
    )
    return ProofsAgain(cells if lost.is_empty() else _without_numbers(cells, lost), lost)


def lost_proof_findings(lost: pl.DataFrame) -> pl.DataFrame:
    """A hard doubt for every cell that lost its number, columns of FINDING_SCHEMA."""
    rows = []
    for document, *place, rules in lost.iter_rows():
        path = ".".join(place)
        doubt = document_finding(LOST_PROOF, path, cell=path, rules=rules)
        rows.append(
            {
                "document": document,
                "rule_id": doubt.rule_id,
                "place": path,
                "severity": doubt.severity,
                "status": doubt.status,
                "class": doubt.finding_class.value,
                "message": doubt.message,
            }
        )
    return pl.DataFrame(rows, schema=FINDING_SCHEMA)


def _without_numbers(cells: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    is_lost = pl.col("is_lost").is_not_null()
    kinds = cells.schema
    return (
        cells.join(
            lost.select("document", *PLACE, is_lost=True),
            on=["document", *PLACE],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(
            options=pl.when(is_lost)
            .then(pl.concat_list("value"))
            .otherwise("options")
            .cast(kinds["options"]),
            value=pl.when(~is_lost).then("value").cast(kinds["value"]),
            status=pl.when(is_lost)
            .then(pl.lit(CellStatus.UNREADABLE.value))
            .otherwise("status")
            .cast(kinds["status"]),
        )
        .drop("is_lost")
    )


def _lost(cells: pl.DataFrame, report: pl.DataFrame) -> Iterator[tuple[str, list[str]]]:
    """Paths of one report's inferred cells whose proof no longer holds, with the rules of it."""
    values: dict[str, Any] = {}
    proofs: dict[str, list[str]] = {}
    changed: set[str] = set()
    columns = cells.select(*PLACE, "value", "status", "rules", "correction")
    for *place, value, status, rules, correction in columns.iter_rows():
        path = ".".join(place)
        values[path] = value
        if correction is not None:
            changed.add(path)
        elif status == CellStatus.INFERRED.value:
            proofs[path] = list(rules or ())
    reading = _reading_instances({t: report[f"template_{t}"][0] for t in STATUTORY_TABLES})
    waiting = proofs
    while broken := [p for p in waiting if not _stands(p, proofs[p], reading, values, changed)]:
        for path in broken:
            values[path] = None
            yield path, proofs[path]
        changed.update(broken)
        waiting = {path: rules for path, rules in waiting.items() if path not in changed}


def _stands(
    path: str,
    rules: Iterable[str],
    reading: Mapping[str, tuple[CompiledInstance, ...]],
    values: Mapping[str, Any],
    changed: set[str],
) -> bool:
    """Whether what proves a cell holds wherever it reads a changed one.

    A proof that names no relation of the form rests on its whole table.
    """
    proving = [one for one in reading.get(path, ()) if one.instance.rule.rule_id in rules]
    if not proving:
        table = path.split(".", 1)[0]
        return not any(one.startswith(f"{table}.") for one in changed)
    return all(_holds(one, values) for one in proving if not changed.isdisjoint(one.paths))


def _holds(one: CompiledInstance, values: Mapping[str, Any]) -> bool:
    judgement = one.judge({path: values.get(path) for path in one.paths})
    return judgement is not None and judgement.verdict == PASS


def _reading_instances(
    templates: Mapping[str, str | None],
) -> Mapping[str, tuple[CompiledInstance, ...]]:
    """Path → the relations of its table's form that read it."""
    reading: dict[str, tuple[CompiledInstance, ...]] = {}
    for table, template in templates.items():
        if template:
            reading |= _of_form(template, table)
    return reading


@cache
def _of_form(template: str, table: str) -> Mapping[str, tuple[CompiledInstance, ...]]:
    reading: dict[str, tuple[CompiledInstance, ...]] = {}
    for instance in rule_instances(template):
        if not instance.needs_other_reports:
            compiled = compile_instance(instance)
            for path in compiled.paths:
                if path.startswith(f"{table}."):
                    reading[path] = (*reading.get(path, ()), compiled)
    return reading
