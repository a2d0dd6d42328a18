"""How a run ends: a summary an operator can read in the UI, and one line with the state."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from tasks.lake_summary import LakeSummary, summarise
from tasks.open_run import LONGEST_LIST, OpenRun
from tasks.progress import announce


def conclude(run: OpenRun) -> State[None]:
    """Leave the summary as an artifact; Failed when the run met problems a person should see."""
    summary = summarise(run.lake)
    create_markdown_artifact(
        summary_markdown(run, summary),
        key=f"{run.record.flow}-summary",
        description=f"{run.record.flow} 运行小结 summary",
    )
    announce("%s", run.message)
    if run.problems:
        return Failed(message=run.message)
    return Completed(message=run.message)


def summary_markdown(run: OpenRun, summary: LakeSummary) -> str:
    """The night in one page: what was found, read, set aside; what is in the lake; what to look at."""
    parts = [
        f"# {run.record.flow} 运行小结\n\n{run.message}",
        _counts(run),
        _partitions(summary),
        _quarantined(summary),
        _findings(summary),
        _problems(run),
        f"数据湖 lake: `{run.lake.root}`\n\n清单校验值 manifest SHA-256: `{summary.manifest_sha256}`",
    ]
    return "\n\n".join(part for part in parts if part)


def _counts(run: OpenRun) -> str:
    counts = run.counts
    return _table(
        "## 本次运行 This run",
        (
            "发现 found",
            "新取 new",
            "未变 unchanged",
            "取不到 failed",
            "识读 read",
            "隔离 set aside",
            "发布分区 partitions",
        ),
        [
            (
                counts["found"],
                counts["fetched"],
                counts["unchanged"],
                counts["failed"],
                counts["read"],
                counts["quarantined"],
                counts["partitions_published"],
            )
        ],
    )


def _partitions(summary: LakeSummary) -> str:
    rows = summary.partitions.select(
        pl.format("{} {}", "province", "province_name"),
        "year",
        "reports",
        "ok",
        "inconsistent",
        "needs_review",
        "hard",
        "soft",
    ).rows()
    return _table(
        f"## 数据湖 In the lake: {summary.reports} 份报告 reports",
        (
            "省份 province",
            "年度 year",
            "报告 reports",
            "正常 ok",
            "矛盾 inconsistent",
            "待核 review",
            "硬 hard",
            "软 soft",
        ),
        rows,
    )


def _quarantined(summary: LakeSummary) -> str:
    if summary.quarantined.is_empty():
        return ""
    shown = summary.quarantined.sort("reason", "name").head(LONGEST_LIST)
    rows = [
        (_linked(f"{name} {part}".rstrip(), url), reason, message, remedy)
        for name, part, url, reason, message, remedy in shown.select(
            "name", "part", "url", "reason", "message", "remedy"
        ).iter_rows()
    ]
    title = f"## 隔离的文档 Documents set aside: {summary.quarantined.height}"
    return _table(title, ("文档 document", "原因 reason", "发现 found", "处理 remedy"), rows)


def _findings(summary: LakeSummary) -> str:
    failed = summary.findings.filter(status="fail").head(LONGEST_LIST)
    rows = failed.select("rule_id", "severity", "class", "number").rows()
    return _table(
        "## 不符最多的规则 Rules broken most",
        ("规则 rule", "轻重 severity", "归属 class", "次数 times"),
        rows,
    )


def _problems(run: OpenRun) -> str:
    if not run.problems:
        return ""
    lines = "\n".join(f"- {problem}" for problem in run.problems[:LONGEST_LIST])
    return f"## 需要处理 To be looked at: {len(run.problems)}\n\n{lines}"


def _linked(name: str, url: str | None) -> str:
    return f"[{name}]({url})" if url else name


def _table(title: str, header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    """A markdown table under its title; a title with 无 none when there is no row."""
    if not rows:
        return f"{title}\n\n无 none"
    lines = [_line(header), _line(("---",) * len(header)), *(_line(row) for row in rows)]
    return f"{title}\n\n" + "\n".join(lines)


def _line(values: tuple[object, ...]) -> str:
    cells = (str(value).replace("|", "\\|").replace("\n", " ") for value in values)
    return "| " + " | ".join(cells) + " |"
