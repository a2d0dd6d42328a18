"""The evaluator for one document and the one for partitions give the same findings."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from reports_that_fit import fitting_values, wide_frame

from annual_reports.checking import check_extraction
from annual_reports.checking.evaluation import compile_instance
from annual_reports.checking.partition import check_reports, verdicts
from annual_reports.checking.wide import wide_reports
from annual_reports.lake.extractions import extraction_frame, long_cells, long_rows
from annual_reports.model import (
    Cell,
    CellEvidence,
    CellStatus,
    Claim,
    DocumentInfo,
    Extraction,
    Finding,
    Identity,
)
from schemas.fields import all_fields
from schemas.rules import RuleInstance, operand_kind, rule_instances, rules

NUMBERS = (0, 0, 0, 1, 2, 13, 14, -1, None, Decimal("0.5"), Decimal("96171.6"))
SEEDS = st.integers(min_value=0, max_value=2**32)
TABLES = ("active_disclosure", "requests", "review_litigation")
KINDS_OF_VALUE: dict[str, tuple[Any, ...]] = {
    "number": NUMBERS,
    "flag": (True, False, None),
    "date": (date(2024, 12, 31), date(2025, 1, 31), date(2025, 3, 1), None),
    "text": ("t2021", "t2019", "own", "consolidated", None),
}


def random_values(chance: random.Random, form: str) -> dict[str, Any]:
    """A report that fits, with some operands drawn anew, unknown ones among them."""
    values = fitting_values(form)
    share = chance.choice((0.02, 0.2, 1.0))
    for path in values:
        if chance.random() < share and path != "report.year":
            values[path] = chance.choice(KINDS_OF_VALUE[operand_kind(path)])
    return values


@settings(max_examples=15)
@given(SEEDS, st.sampled_from(["t2021", "t2019", "t2014"]))
def test_the_same_verdict_on_the_same_values(seed: int, form: str) -> None:
    chance = random.Random(seed)
    reports = [random_values(chance, form) for _ in range(20)]
    instances = rule_instances(form)
    at_once = verdicts(wide_frame(reports, form), instances)
    for place, instance in enumerate(instances):
        compiled = compile_instance(instance)
        one_by_one = [compiled.judge(values) for values in reports]
        assert at_once[str(place)].to_list() == [
            judged.verdict if judged else None for judged in one_by_one
        ], instance.scope


def random_extraction(chance: random.Random, place: int) -> Extraction:
    year = chance.choice((2016, 2019, 2020, 2024))
    templates = {table: chance.choice(("t2021", "t2019", None)) for table in TABLES}
    cells = tuple(
        random_cell(chance, field.table, field.row_key, field.column_key)
        for field in all_fields()
        if templates.get(field.table) == field.template
    )
    identity = Identity(
        publisher="石桥镇",
        publisher_id=chance.choice((None, f"{place}")),
        level=chance.choice((None, "township", "county", "province")),
        organ_type=chance.choice((None, "government", "department", "township_government")),
        scope="own",
        year=year,
        publish_date=chance.choice((None, f"{year + 1}-01-31", f"{year + 1}-04-02", "2025")),
    )
    counts = {
        "requests_rows": chance.choice((25, 23)),
        "requests_columns": 7,
        "review_litigation_values": chance.choice((15, 16)),
        "sections_found": chance.choice((5, 6)),
    }
    structure = {name: count for name, count in counts.items() if chance.random() < 0.8}
    claims = tuple(random_claims(chance))
    return Extraction(
        document=DocumentInfo(f"{place}.html", f"{place:064x}", "text/html", None, None),
        title=None,
        identity=identity,
        templates=templates,
        cells=cells,
        sections=(),
        claims=claims,
        findings=check_extraction(cells, claims, templates, structure, identity),
        status="ok",
        structure=structure,
    )


def random_cell(chance: random.Random, table: str, row_key: str, column_key: str) -> Cell:
    value = chance.choice(NUMBERS) if chance.random() < 0.1 else 0
    absent = chance.choice((CellStatus.BLANK, CellStatus.UNREADABLE))
    status = absent if value is None else CellStatus.PRINTED
    return Cell(table, row_key, column_key, value, status, None, CellEvidence())


def random_claims(chance: random.Random) -> list[Claim]:
    drawn: dict[str, tuple[Any, ...]] = {
        "int": (0, 3, 14),
        "signed_int": (-3, 0, 14),
        "decimal": (Decimal("0.5"), 0),
        "bool": (True, False),
        "date": ("2024-12-31", "2019-12-31", "2019-13-01"),
    }
    keys = [field for field in all_fields() if field.table == "narrative"]
    return [
        Claim(
            field.row_key,
            chance.choice(drawn[field.dtype]),
            None,
            "",
            1,
            0,
            1,
            covers=chance.choice(("report", "report", "part")),
            period=chance.choice((None, "reported_year", "earlier_year")),
            least=chance.choice((None, None, 2)),
        )
        for field in chance.choices(keys, k=chance.randint(0, 30))
    ]


TOLD_BY_BOTH = (
    "rule_id",
    "place",
    "severity",
    "status",
    "class",
    "left",
    "right",
    "difference",
    "message",
)


def as_row(finding: Finding) -> tuple[Any, ...]:
    return (
        finding.rule_id,
        finding.scope,
        finding.severity,
        finding.status,
        finding.finding_class.value,
        finding.left,
        finding.right,
        finding.difference,
        finding.message,
    )


@settings(max_examples=10)
@given(SEEDS)
def test_the_same_findings_on_the_same_documents(seed: int) -> None:
    chance = random.Random(seed)
    extractions = [random_extraction(chance, place) for place in range(12)]
    frame = _numbered(extraction_frame(extractions, "1"))
    found = check_reports(
        wide_reports(frame, long_cells(frame), long_rows(frame, "claims"))
    ).filter(pl.col("rule_id").is_in(sorted(rules_of_one_document())))
    for number, extraction in enumerate(extractions):
        rows = found.filter(pl.col("document") == number).select(TOLD_BY_BOTH).rows()
        assert sorted(rows, key=str) == sorted(
            (as_row(finding) for finding in extraction.findings),
            key=lambda row: str(_decimals(row)),
        )


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of one partition, numbered as those of a batch."""
    return frame.with_row_index("document").with_columns(partition=pl.lit(0, pl.UInt32))


def _decimals(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers as the frame holds them, so that both sort alike."""
    return tuple(
        Decimal(item).quantize(Decimal("0.00000001")) if isinstance(item, int | Decimal) else item
        for item in row
    )


def rules_of_one_document() -> set[str]:
    def stands_alone(instance: RuleInstance) -> bool:
        return not instance.needs_other_reports

    forms = ("t2008", "t2014", "t2019", "t2021")
    together = {
        i.rule.rule_id for form in forms for i in rule_instances(form) if not stands_alone(i)
    }
    return {rule.rule_id for rule in rules()} - together


def test_checking_one_document_loads_no_dataframe_library() -> None:
    script = (
        "import sys, annual_reports.checking as c; c.check_extraction((), (), {}, {}, "
        "__import__('annual_reports.model').model.Identity(year=2024)); "
        "sys.exit(any(m in sys.modules for m in ('polars', 'pandera', 'pyarrow')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
