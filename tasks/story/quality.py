"""How well what is published holds together: pass rates, rules broken, and findings with their proof."""

from __future__ import annotations

import polars as pl

from schemas.parameters import province_names
from schemas.rules import rules
from tasks.story.markdown import bar, link, one_line, percent, section, table
from tasks.story.picture import FailingFindings, LakePicture


def quality_page(picture: LakePicture, findings: FailingFindings) -> str:
    """The page `quality`."""
    reports = picture.reports.height
    share = picture.passing / reports if reports else 0.0
    return "\n\n".join(
        [
            "# 核对通过率 Pass rates",
            f"硬规则全部通过 all hard rules hold: **{picture.passing:,}** / {reports:,} {bar(share)}",
            section("按省份 By province", _by_province(picture)),
            section("不符最多的规则 Rules broken most", _by_rule(picture, findings)),
            section("逐条 One by one", _one_by_one(picture, findings)),
        ]
    )


def _by_province(picture: LakePicture) -> str:
    names = province_names()
    counted = (
        picture.reports.group_by("province")
        .agg(
            reports=pl.len(),
            **{s: (pl.col("status") == s).sum() for s in ("ok", "inconsistent", "needs_review")},
        )
        .sort("province")
    )
    rows = [
        (
            f"{row['province']} {names.get(row['province'], '')}",
            row["reports"],
            bar(row["ok"] / row["reports"]),
            row["inconsistent"],
            row["needs_review"],
        )
        for row in counted.iter_rows(named=True)
    ]
    header = ("省份 province", "报告 reports", "通过 pass", "矛盾 inconsistent", "待核 review")
    return table(header, rows, most=40)


def _by_rule(picture: LakePicture, findings: FailingFindings) -> str:
    said = {rule.rule_id: rule.zh_label for rule in rules()}
    total = max(1, picture.reports.height)
    rows = [
        (
            row["rule_id"],
            one_line(said.get(row["rule_id"], "读取程序的疑点 the reader's"), 26),
            row["severity"],
            row["times"],
            f"{row['reports']:,} ({percent(row['reports'] / total)})",
        )
        for row in findings.by_rule.iter_rows(named=True)
    ]
    header = ("规则 rule", "内容 what", "轻重", "次数 times", "报告 reports")
    return table(header, rows, most=20, see_more="`gongkai findings --rule R01`")


def _one_by_one(picture: LakePicture, findings: FailingFindings) -> str:
    """Each finding as a list entry: document, rule, both sides, and how to see the proof."""
    key = ["province", "year", "report_id"]
    urls = picture.reports.select(*key, "url", "sha256")
    shown = findings.first.join(urls, on=key, how="left", validate="m:1", maintain_order="left")
    entries = [
        f"- {row['province']} {row['year']} {link(row['publisher'] or row['report_id'], row['url'])}"
        f" **{row['rule_id']}** {row['severity']}: {one_line(row['message'], 200)}\n"
        f"  - 证据 proof: {proof(row['report_id'], row['place'], row['sha256'])}"
        for row in shown.iter_rows(named=True)
    ]
    left = findings.number - shown.height
    if left > 0:
        entries.append(f"\n… 另有 **{left:,}** 条未列出 more: `gongkai findings --limit 100000`")
    return "\n".join(entries) or "无 none"


def proof(report_id: str, place: str, sha256: str | None) -> str:
    """The command that shows the printed cell where the place is one, and the bytes it stands in."""
    command = (
        f"`gongkai explain {report_id} {place}`" if place.count(".") == 2 else f"`{report_id}`"
    )
    return f"{command}, `raw/objects/{sha256[:2]}/{sha256[:16]}…`" if sha256 else command
