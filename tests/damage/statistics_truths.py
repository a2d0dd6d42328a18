"""Random reports with a known truth for the statistics form of 2014 and for local indicator tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.indicators import statistics_fields

HEADINGS = {
    "proactive_items": "一、主动公开情况",
    "channel_gazette": "（二）通过不同渠道和方式公开政府信息的情况",
    "hot_topic_responses": "二、回应解读情况",
    "press_conferences": "（二）通过不同渠道和方式回应解读的情况",
    "requests_received": "三、依申请公开情况",
    "dedicated_offices": "八、机构建设和保障经费情况",
    "meetings": "九、政府信息公开会议和培训情况",
}
Value = int | str | None


@dataclass(frozen=True)
class Line:
    """One printed row. `key`: what it is in the truth, None for a heading. `values`: as printed."""

    key: str | None
    label: str
    unit: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """A drawn table: its heads and lines. `truth`: (key, column) → the number printed, None for a blank."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    truth: dict[tuple[str, int], int | str | None]
    year_column: int = 0


def random_statistics(source: random.Random) -> Listed:
    """A consistent form of 2014; now and then one column per kind of organ, or rows of a local kind."""
    numbers = _consistent(source)
    heads, parts = source.choice(
        (
            (("统计数",), 0),
            (("统计数",), 0),
            (("合计", "区政府", "区直单位", "乡镇街道"), 3),
            (("本年度", "历年累计"), 1),
        )
    )
    lines: list[Line] = []
    truth: dict[tuple[str, int], int | str | None] = {}
    for field in statistics_fields():
        if field.row_key in HEADINGS:
            lines.append(Line(None, HEADINGS[field.row_key], "——", ("",) * len(heads)))
        value = numbers[field.row_key]
        values = (str(value), *(str(source.randint(0, 900)) for _ in range(parts)))
        label = field.row_label.rsplit("/", 1)[-1]
        lines.append(Line(field.row_key, label, field.unit, values))
        truth.update({(field.row_key, column): text for column, text in enumerate(values)})
        if field.row_key == "received_mail" and source.random() < 0.3:
            extra = tuple(str(source.randint(0, 9)) for _ in heads)
            lines.append(Line("local", "5.其他形式申请数", "件", extra))
    if source.random() < 0.25:
        lines = _without_a_block(source, lines)
    kept = {line.key for line in lines}
    return Listed(heads, tuple(lines), {at: text for at, text in truth.items() if at[0] in kept})


def _consistent(source: random.Random) -> dict[str, int]:
    n = {field.row_key: _small(source) for field in statistics_fields()}
    for total, prefix in (
        ("requests_received", "received_"),
        ("requests_completed", "completed_"),
        ("staff_total", "staff_"),
    ):
        n[total] = sum(v for k, v in n.items() if k.startswith(prefix) and k != total)
    n["reply_refused"] = sum(v for k, v in n.items() if k.startswith("refused_"))
    n["requests_replied"] = sum(v for k, v in n.items() if k.startswith("reply_"))
    for kind in ("reconsideration", "litigation"):
        n[f"{kind}_total"] = sum(n[f"{kind}_{r}"] for r in ("upheld", "corrected", "other"))
    return n


def _small(source: random.Random) -> int:
    return source.choice((0, 0, 0, source.randint(1, 9), source.randint(10, 9999)))


def _without_a_block(source: random.Random, lines: list[Line]) -> list[Line]:
    """A local variant that leaves out the results of review, or everything after block seven."""
    if source.random() < 0.5:
        gone = ("reconsideration_", "litigation_")
        return [
            line
            for line in lines
            if line.key is None or line.key.endswith("_total") or not line.key.startswith(gone)
        ]
    last = next(i for i, line in enumerate(lines) if line.key == "fees_collected_10k_yuan")
    return lines[: last + 1]


_LOCAL_ROWS = (
    ("主动公开信息数", "条"),
    ("其中：1、全文电子化的主动公开信息数", "条"),
    ("2、新增的行政规范性文件数", "条"),
    ("网站专栏页面访问量", "人次"),
    ("现场接待人数", "人次"),
    ("咨询电话接听数", "人次"),
    ("申请总数", "件"),
    ("其中：1、当面申请数", "件"),
    ("2、传真申请数", "件"),
    ("3、信函申请数", "件"),
    ("对申请的答复总数", "件"),
    ("其中：1、同意公开答复数", "件"),
    ("2、同意部分公开答复数", "件"),
    ("3、免予公开范围1数", "件"),
    ("行政复议数", "件"),
    ("行政诉讼数", "件"),
    ("收取费用总数", "元"),
)


def random_local(source: random.Random) -> Listed:
    """A local table: this year alone, this year and all years, or this period and the year so far."""
    heads = source.choice((("2012年度",), ("2012年度", "历年累计"), ("本期实际", "本年累计")))
    kept = sorted(source.sample(range(len(_LOCAL_ROWS)), source.randint(6, len(_LOCAL_ROWS))))
    lines = []
    truth: dict[tuple[str, int], int | str | None] = {}
    for place in kept:
        label, unit = _LOCAL_ROWS[place]
        values = tuple(str(_small(source)) for _ in heads)
        lines.append(Line(label, label, unit, values))
        truth.update({(label, column): text for column, text in enumerate(values)})
    return Listed(heads, tuple(lines), truth)


def with_blank_values(source: random.Random, listed: Listed) -> Listed:
    """Some values are not printed, or a stroke stands there."""
    truth = dict(listed.truth)
    lines = []
    for line in listed.lines:
        if line.key is None or source.random() > 0.2:
            lines.append(line)
            continue
        column = source.randrange(len(line.values))
        mark = source.choice(("", "/", "—"))
        values = tuple(mark if c == column else text for c, text in enumerate(line.values))
        lines.append(replace(line, values=values))
        truth[line.key, column] = None
    return replace(listed, lines=tuple(lines), truth=truth)


def rows_of(listed: Listed) -> list[list[str]]:
    """The drawn fields of every row below the heads: label, unit, values."""
    return [[line.label, line.unit, *line.values] for line in listed.lines]


def heads_of(listed: Listed, label_head: str, unit_head: str) -> list[str]:
    return [label_head, unit_head, *listed.heads]


Rows = Sequence[Sequence[str]]
