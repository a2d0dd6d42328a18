"""Why reports are not in the lake, by cause, each with what to do about it."""

from __future__ import annotations

import polars as pl

from schemas.fetch_causes import fetch_causes
from schemas.tables import vocabulary_labels
from tasks.story.markdown import link, one_line, section, table
from tasks.story.picture import LakePicture

_EXAMPLES = 3


def failures_page(picture: LakePicture) -> str:
    """The page `failures`: causes of fetching, then reasons for setting documents aside, then names."""
    return "\n\n".join(
        part
        for part in (
            "# 取不到和读不了的报告，按原因 Failures by cause",
            fetch_section(picture),
            quarantine_section(picture),
            _missing_section(picture),
        )
        if part
    )


def fetch_section(picture: LakePicture) -> str:
    """Expected reports that could not be fetched, by cause: how many, what to do, examples."""
    missing = _not_fetched(picture)
    causes = fetch_causes()
    entries = []
    for cause, group in _largest_first(missing.drop_nulls("cause"), "cause"):
        known = causes[cause]
        heals = "会自动重试 asked again by itself" if known.heals else "须人处理 needs a person"
        entries.append(
            _entry(
                f"{known.zh_label} {known.en_label}",
                f"{group.height:,} 份 reports，{heals}",
                f"{known.zh_remedy}（{known.en_remedy}）",
                _examples(group, "publisher"),
            )
        )
    title = f"取不到 Not fetched: {missing['cause'].count():,}"
    return section(title, "\n".join(entries) or "无 none")


def quarantine_section(picture: LakePicture) -> str:
    """Documents set aside, by reason: how many, what to do, examples."""
    labels = vocabulary_labels("quarantine_reasons")
    entries = []
    for reason, group in _largest_first(picture.quarantined, "reason"):
        remedies = group["remedy"].value_counts(sort=True)
        entries.append(
            _entry(
                f"{labels.get(reason, reason)} {reason}",
                f"{group.height:,} 份 documents",
                one_line(remedies["remedy"][0], 300),
                _examples(group, "name"),
            )
        )
    title = f"隔离 Set aside: {picture.quarantined.height:,}"
    return section(title, "\n".join(entries) or "无 none")


def _entry(name: str, number: str, remedy: str, examples: str) -> str:
    """A cause as a list entry: a table would be cut off at the right edge of the page."""
    return (
        f"- **{name}**: {number}\n  - 怎么办 what to do: {remedy}\n  - 例 for example: {examples}"
    )


def _missing_section(picture: LakePicture) -> str:
    missing = _not_fetched(picture)
    causes = fetch_causes()
    rows = [
        (
            f"{row['province']} {row['year']}",
            link(row["publisher"] or "", row["url"]),
            causes[row["cause"]].zh_label if row["cause"] else "未见 not seen",
            one_line(row["reason"] or "", 80),
        )
        for row in missing.sort("province", "year", "publisher").iter_rows(named=True)
    ]
    header = ("省份年度", "机关 publisher", "原因 cause", "说明 reason")
    more = "全部见 all: `gongkai coverage --limit 100000`"
    return section(f"逐份 One by one: {missing.height:,}", table(header, rows, see_more=more))


def _not_fetched(picture: LakePicture) -> pl.DataFrame:
    return picture.expected.filter(pl.col("status").is_in(["fetch_failed", "not_found"]))


def _largest_first(rows: pl.DataFrame, by: str) -> list[tuple[str, pl.DataFrame]]:
    groups = [(str(key[0]), group) for key, group in rows.group_by(by, maintain_order=True)]
    return sorted(groups, key=lambda pair: (-pair[1].height, pair[0]))


def _examples(group: pl.DataFrame, name: str) -> str:
    shown = group.select(name, "url").head(_EXAMPLES).rows()
    listed = "、".join(link(str(text), url) for text, url in shown)
    more = group.height - len(shown)
    return f"{listed} +{more:,}" if more > 0 else listed
