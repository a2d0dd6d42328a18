"""The night in one page: how it went, what changed, what to do, where to look further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.fetch_causes import fetch_causes
from tasks.story.alerts import Alert, alerts_section
from tasks.story.changes import Changes, changes_section
from tasks.story.coverage import chart_by_province
from tasks.story.markdown import bar, link, one_line, section, signed, table
from tasks.story.picture import LakePicture

_COUNTS = {
    "found": "发现 found",
    "fetched": "新取 new",
    "unchanged": "未变 unchanged",
    "failed": "取不到 failed",
    "read": "识读 read",
    "quarantined": "隔离 set aside",
    "partitions_published": "发布分区 partitions",
}
_MOST_CAUSES = 5


@dataclass(frozen=True, slots=True)
class RunStory:
    """What the summary is made from. `last`: the row of the run of this flow before, null for the first.
    `retries`: the section about them, empty without any. `unreadable`: published files that could not be read.
    """

    title: str
    message: str
    counts: Mapping[str, int]
    last: Mapping[str, Any] | None
    problems: Sequence[str]
    warnings: Sequence[str]
    retries: str
    alerts: list[Alert]
    before: LakePicture
    after: LakePicture
    changes: Changes
    unreadable: Sequence[str]
    today: date
    lake: str
    run_id: str


def summary_page(story: RunStory, pages: Mapping[str, str]) -> str:
    """The page; `pages` leads from a title to the address of another page of the run."""
    parts = [
        f"# {story.title} 运行小结：{_verdict(story)}",
        one_line(story.message, 400),
        _pages(pages),
        alerts_section(story.alerts),
        _listed("需要处理 To be looked at", story.problems),
        _listed("注意 Notes", story.warnings),
        story.retries,
        _listed(
            "读不出的发布文件，运行 verify 核对 Published files that cannot be read",
            story.unreadable,
        ),
        section("数据湖 The lake", _lake(story)),
        section("取不到的主要原因 Why reports are missing", _causes(story.after)),
        changes_section(story.changes),
        section("本次与上次 This run and the last", _counts(story)),
        f"运行 run `{story.run_id}`，数据湖 lake `{story.lake}`，"
        f"清单 manifest SHA-256 `{story.after.manifest_sha256}`",
    ]
    return "\n\n".join(part for part in parts if part)


def _verdict(story: RunStory) -> str:
    if story.problems:
        return "有问题，须处理 needs a person"
    if story.alerts or story.warnings:
        return "完成，有提醒 done, with notes"
    return "正常 all well"


def _listed(title: str, messages: Sequence[str]) -> str:
    if not messages:
        return ""
    lines = [f"- {one_line(message, 400)}" for message in messages[:10]]
    if len(messages) > len(lines):
        lines.append(f"- … +{len(messages) - len(lines)}（运行日志 in the log of the run）")
    return section(f"{title}: {len(messages):,}", "\n".join(lines))


def _counts(story: RunStory) -> str:
    last = story.last
    rows = [
        (label, story.counts.get(name, 0), "" if last is None else last[name])
        for name, label in _COUNTS.items()
    ]
    when = "无 none" if last is None else f"{last['started_at']:%Y-%m-%d %H:%M} UTC"
    return table(("", "本次 this run", f"上次 last: {when}"), rows)


def _lake(story: RunStory) -> str:
    before, after = story.before, story.after
    expected, reports = after.expected.height, after.reports.height
    overdue = after.overdue(story.today).height
    rows = [
        ("报告 reports", reports, signed(reports - before.reports.height), ""),
        (
            "覆盖 coverage",
            f"{after.covered:,} / {expected:,}",
            signed(after.covered - before.covered),
            bar(after.covered / expected) if expected else "",
        ),
        (
            "通过 pass",
            f"{after.passing:,} / {reports:,}",
            signed(after.passing - before.passing),
            bar(after.passing / reports) if reports else "",
        ),
        ("逾期未见 overdue", overdue, signed(overdue - before.overdue(story.today).height), ""),
        (
            "隔离 set aside",
            after.quarantined.height,
            signed(after.quarantined.height - before.quarantined.height),
            "",
        ),
    ]
    shown = table(("", "现在 now", "变化 change", ""), rows)
    return f"{shown}\n\n{chart_by_province(after)}" if expected else shown


def _causes(picture: LakePicture) -> str:
    counted = picture.expected.drop_nulls("cause")["cause"].value_counts(sort=True)
    causes = fetch_causes()
    rows = [
        (f"{causes[cause].zh_label} {causes[cause].en_label}", number, causes[cause].zh_remedy)
        for cause, number in counted.sort("count", "cause", descending=[True, False]).iter_rows()
    ]
    header = ("原因 cause", "报告 reports", "怎么办 what to do")
    return table(header, rows, most=_MOST_CAUSES, see_more="见 failures 页 see the page failures")


def _pages(pages: Mapping[str, str]) -> str:
    """Where to look further, on one line."""
    return " · ".join(link(title, address) for title, address in pages.items())
