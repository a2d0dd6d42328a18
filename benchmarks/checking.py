"""All rules on many reports: Polars over the whole frame beside the same rules row by row in Python."""

from __future__ import annotations

import random
import resource
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from annual_reports.checking.evaluation import CompiledInstance, compile_instance
from annual_reports.checking.expressions import NUMBER
from annual_reports.checking.partition import check_and_count
from schemas.fields import all_fields
from schemas.rules import FORM_TABLES, REPORT, operand_kind, rule_instances

REPORTS = 100_000
SAMPLE = 400
FORM = "t2021"
_YEAR = 2024
_BROKEN_SHARE = 0.03
_BLANK_SHARE = 0.01
_TYPES: dict[str, pl.DataType] = {
    "number": NUMBER,
    "flag": pl.Boolean(),
    "date": pl.Date(),
    "text": pl.String(),
}


@dataclass(frozen=True, slots=True)
class CheckingCost:
    """`ratio`: processor time row by row in Python, scaled from a sample, over that of the frame."""

    reports: int
    evaluations: int
    findings: int
    wall_seconds: float
    cpu_seconds: float
    python_cpu_seconds: float
    peak_gib: float

    @property
    def ratio(self) -> float:
        return self.python_cpu_seconds / self.cpu_seconds


def measure_checking(reports: int = REPORTS) -> CheckingCost:
    """Check `reports` synthetic reports of the form of 2021; a sample of them once more in Python."""
    wide = synthetic_reports(reports)
    instances = [compile_instance(one) for one in rule_instances(FORM)]
    wall, cpu = time.perf_counter(), time.process_time()
    checked = check_and_count(wide)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    sample = wide.head(SAMPLE).to_dicts()
    alone = time.process_time()
    for known in sample:
        _judge_row(instances, known)
    alone = (time.process_time() - alone) * reports / len(sample)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return CheckingCost(
        reports=reports,
        evaluations=int(checked.counts["places"].sum()),
        findings=checked.findings.height,
        wall_seconds=wall,
        cpu_seconds=cpu,
        python_cpu_seconds=alone,
        peak_gib=peak,
    )


def _judge_row(instances: list[CompiledInstance], known: dict[str, Any]) -> int:
    return sum(one.judge(known) is not None for one in instances)


def synthetic_reports(count: int) -> pl.DataFrame:
    """Wide rows of reports whose sums hold, but for a share with a wrong number or a blank."""
    chance = random.Random(6)
    kinds = [_one_report(chance) for _ in range(min(count, 2000))]
    paths = dict.fromkeys(p for i in rule_instances(FORM) for p in compile_instance(i).paths)
    base = pl.DataFrame(
        {
            path: pl.Series([one.get(path) for one in kinds], dtype=_TYPES[operand_kind(path)])
            for path in paths
        }
    )
    repeated = pl.concat([base] * (count // len(kinds) + 1)).head(count)
    return repeated.with_columns(
        pl.Series("document", range(count), dtype=pl.UInt32),
        *(pl.lit(FORM).alias(f"form.{table}") for table in (*FORM_TABLES, REPORT)),
        *(pl.lit(False).alias(f"unread.{table}") for table in FORM_TABLES),
    )


def _one_report(chance: random.Random) -> dict[str, Any]:
    values: dict[str, Any] = {
        f"{f.table}.{f.row_key}.{f.column_key}": Decimal(0)
        for f in all_fields()
        if f.template == FORM and f.table in FORM_TABLES
    }
    columns = [
        f.column_key for f in all_fields() if f.template == FORM and f.row_key == "carried_in"
    ]
    for column in (c for c in columns if c != "total"):
        received = Decimal(chance.choice((0, 0, 0, 1, 3, 20)))
        for row in ("new_received", "disclosed_full", "handled_total"):
            values[f"requests.{row}.{column}"] = received
            values[f"requests.{row}.total"] += received
    values |= {f"prev.{path}": value for path, value in values.items()}
    for path in chance.sample(sorted(values), 2):
        if chance.random() < _BROKEN_SHARE:
            values[path] += 1
        elif chance.random() < _BLANK_SHARE:
            values[path] = None
    return values | {
        "report.year": Decimal(_YEAR),
        "report.scope": "own",
        "report.template_detected": FORM,
        "report.template_expected": FORM,
        "report.publisher_has_rule_power": False,
        "report.fee_amount_ceiling_10k_yuan": Decimal(5000),
        "structure.requests_rows": Decimal(25),
        "structure.requests_columns": Decimal(7),
        "structure.review_litigation_values": Decimal(15),
        "structure.active_disclosure_rows": Decimal(6),
        "structure.sections_found": Decimal(6),
        "dataset.is_unique": True,
        "narrative.requests_received.value": values["requests.new_received.total"],
    }


def checking_lines(cost: CheckingCost) -> tuple[str, ...]:
    """The figures as `make bench` prints them."""
    return (
        f"\nall rules on {cost.reports:,} synthetic reports: {cost.evaluations:,} evaluations, "
        f"{cost.findings:,} findings",
        f"  Polars over the frame      {cost.wall_seconds:8.1f} s  ({cost.cpu_seconds:,.1f} s of processor time)",
        f"  row by row in Python       {cost.python_cpu_seconds:8.1f} s of processor time, scaled from a sample;"
        f"  ratio {cost.ratio:.1f}",
        f"  memory at its peak         {cost.peak_gib:8.2f} GiB",
    )


if __name__ == "__main__":
    for line in checking_lines(measure_checking()):
        print(line)
