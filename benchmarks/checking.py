"""All rules on many reports: Polars over whole frames beside the same rules row by row in Python."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from annual_reports.checking.evaluation import CompiledInstance, compile_instance
from annual_reports.checking.expressions import NUMBER
from annual_reports.checking.partition import check_and_count, verdicts
from annual_reports.lake.manifest import MOST_DOCUMENTS_AT_ONCE
from schemas.fields import all_fields
from schemas.rules import FORM_TABLES, REPORT, RuleInstance, operand_kind, rule_instances

REPORTS = 100_000
SAMPLE = 400
FORM = "t2021"
_YEAR = 2024
_BROKEN_SHARE = 0.03
_BLANK_SHARE = 0.01
_COPIED_SHARE = 0.05
_KINDS = 2000
"""Different reports; each stands for as many as are asked for."""
_TYPES: dict[str, pl.DataType] = {
    "number": NUMBER,
    "flag": pl.Boolean(),
    "date": pl.Date(),
    "text": pl.String(),
}


@dataclass(frozen=True, slots=True)
class CheckingCost:
    """Seconds for all reports; those in Python are scaled from a sample.

    `cpu_seconds`: verdicts, findings with their words, counts and proposals.
    `verdict_cpu_seconds`: the verdicts alone, which is what the Python beside it computes.
    """

    reports: int
    evaluations: int
    findings: int
    wall_seconds: float
    cpu_seconds: float
    verdict_cpu_seconds: float
    python_cpu_seconds: float
    peak_gib: float


def measure_checking(reports: int = REPORTS) -> CheckingCost:
    """Check `reports` synthetic reports of the form of 2021 in a process of its own.

    They come in batches as large as publishing makes them, each report beside the one of the same
    publisher a year earlier.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        return alone.submit(_measured, reports).result()


def _measured(reports: int) -> CheckingCost:
    instances = rule_instances(FORM)
    wall = cpu = verdict_cpu = 0.0
    evaluations = findings = 0
    check_and_count(next(synthetic_batches(1)))
    for batch in synthetic_batches(reports):
        started, used = time.perf_counter(), time.process_time()
        checked = check_and_count(batch)
        wall, cpu = wall + time.perf_counter() - started, cpu + time.process_time() - used
        evaluations += int(checked.counts["places"].sum())
        findings += checked.findings.height
        used = time.process_time()
        verdicts(batch, instances)
        verdict_cpu += time.process_time() - used
    return CheckingCost(
        reports=reports,
        evaluations=evaluations,
        findings=findings,
        wall_seconds=wall,
        cpu_seconds=cpu,
        verdict_cpu_seconds=verdict_cpu,
        python_cpu_seconds=_python_seconds_a_report(instances) * reports,
        peak_gib=_peak_gib(),
    )


def _peak_gib() -> float:
    """The most memory this process ever used; unlike `ru_maxrss` without that of its parent."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024**2


def _python_seconds_a_report(instances: tuple[RuleInstance, ...]) -> float:
    compiled = [compile_instance(one) for one in instances]
    sample = next(synthetic_batches(SAMPLE)).to_dicts()
    used = time.process_time()
    for known in sample:
        _judge_row(compiled, known)
    return (time.process_time() - used) / len(sample)


def _judge_row(instances: list[CompiledInstance], known: dict[str, Any]) -> int:
    return sum(one.judge(known) is not None for one in instances)


def synthetic_batches(count: int) -> Iterator[pl.DataFrame]:
    """Wide rows of reports whose sums hold, but for a share with a wrong number or a blank."""
    chance = random.Random(6)
    kinds = [_one_report(chance) for _ in range(min(count, _KINDS))]
    paths = dict.fromkeys(p for i in rule_instances(FORM) for p in compile_instance(i).paths)
    base = pl.DataFrame(
        {
            path: pl.Series([one.get(path) for one in kinds], dtype=_TYPES[operand_kind(path)])
            for path in paths
        }
    ).with_columns(
        *(pl.lit(FORM).alias(f"form.{table}") for table in (*FORM_TABLES, REPORT)),
        *(pl.lit(False).alias(f"unread.{table}") for table in FORM_TABLES),
    )
    for first in range(0, count, MOST_DOCUMENTS_AT_ONCE):
        rows = pl.int_range(first, min(first + MOST_DOCUMENTS_AT_ONCE, count), eager=True)
        yield base[rows % len(kinds)].with_columns(rows.cast(pl.UInt32).alias("document"))


def _one_report(chance: random.Random) -> dict[str, Any]:
    values = _form_that_fits(chance)
    before = values if chance.random() < _COPIED_SHARE else _form_that_fits(chance)
    values = values | {f"prev.{path}": value for path, value in before.items()}
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


def _form_that_fits(chance: random.Random) -> dict[str, Any]:
    """The cells of a form: requests of some applicants, all disclosed in full; nothing else."""
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
    return values


def checking_lines(cost: CheckingCost) -> tuple[str, ...]:
    """The figures as `make bench` prints them."""
    whole = cost.python_cpu_seconds / cost.cpu_seconds
    alone = cost.python_cpu_seconds / cost.verdict_cpu_seconds
    return (
        f"\nall rules on {cost.reports:,} synthetic reports: {cost.evaluations:,} evaluations, "
        f"{cost.findings:,} findings; batches of {MOST_DOCUMENTS_AT_ONCE:,}",
        f"  Polars, with findings      {cost.wall_seconds:8.1f} s  ({cost.cpu_seconds:,.1f} s of processor time)",
        f"  Polars, verdicts alone     {cost.verdict_cpu_seconds:8.1f} s of processor time",
        f"  row by row in Python       {cost.python_cpu_seconds:8.1f} s of processor time, verdicts alone, scaled "
        f"from a sample; {alone:.0f} times Polars' verdicts, {whole:.1f} times all of it",
        f"  memory at its peak         {cost.peak_gib:8.2f} GiB",
    )


if __name__ == "__main__":
    for line in checking_lines(measure_checking()):
        print(line)
