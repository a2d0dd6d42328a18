"""How fast reports are identified, and what the index of places costs, measured in this run.

The reference is the cheapest thing that could be done with the same text: folding it and
splitting it into lines.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from annual_reports.identity.identify import identify_report
from annual_reports.identity.page_text import page_text
from annual_reports.model import DocumentText
from schemas.divisions import COUNTY, TOWN, load_gazetteer

_REPORTS = 3000
_SENTENCE = (
    "{name}认真贯彻落实《中华人民共和国政府信息公开条例》，坚持以公开为常态、不公开为例外，在{county}的领导下，"
    "全年通过政府网站、公告栏、微信公众号等主动公开信息{number}条，没有收到行政复议和行政诉讼。"
)
_INDEX = """
import time
import polars, yaml, pydantic

def most_used():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

before, start = most_used(), time.process_time()
from annual_reports.identity.identify import identify_report
from annual_reports.model import DocumentText
identify_report(DocumentText(("甲镇2023年政府信息公开工作年度报告",), ("来源：甲县",), "http://www.abc.gov.cn/a"))
seconds = time.process_time() - start
print(seconds, (most_used() - before) / 1024)
"""


class IndexCost(NamedTuple):
    """From nothing to the first identified report, in a process of its own."""

    seconds: float
    megabytes: float


def measure_index() -> IndexCost:
    """Imports, tables and indexes, in seconds of processor time; memory by which the peak grew."""
    answer = subprocess.run(
        [sys.executable, "-c", _INDEX], check=True, capture_output=True, text=True
    )
    seconds, megabytes = map(float, answer.stdout.split())
    return IndexCost(seconds, megabytes)


def measure_identity() -> list[tuple[str, float, float]]:
    """(work, reports per second, ratio to the reference) over whole pages, all different."""
    pages = made_up_pages(_REPORTS)
    identify_report(pages[0])
    reference = _speed(page_text, pages)
    speed = _speed(identify_report, pages)
    return [
        ("preparing the text alone (reference)", reference, 1.0),
        ("identify: publisher, place, year, scope", speed, speed / reference),
    ]


def _speed(work: Callable[[DocumentText], object], pages: Sequence[DocumentText]) -> float:
    start = time.process_time()
    for page in pages:
        work(page)
    return len(pages) / (time.process_time() - start)


def made_up_pages(count: int) -> list[DocumentText]:
    """Pages of some 2,500 characters, each of another township, with navigation and foot."""
    gazetteer = load_gazetteer()
    towns = [
        unit
        for unit, division in enumerate(gazetteer.units)
        if division.level == TOWN
        and division.valid_to is None
        and gazetteer.units[gazetteer.parent[unit]].level == COUNTY
    ]
    step = max(1, len(towns) // count)
    return [_page(unit, number) for number, unit in enumerate(towns[::step][:count])]


def _page(unit: int, number: int) -> DocumentText:
    gazetteer = load_gazetteer()
    town, county = gazetteer.units[unit], gazetteer.units[gazetteer.parent[unit]]
    year = 2016 + number % 10
    title = f"{county.name}{town.name}{year}年政府信息公开工作年度报告"
    sentence = _SENTENCE.format(name=town.name, county=county.name, number=number)
    host = (county.pinyin or "abc").replace(" ", "")
    lines = (
        f"当前位置：首页 > 政务公开 > {town.name} > 政府信息公开年报",
        f"发布时间：{year + 1}-01-1{number % 10}",
        f"统计期限自{year}年1月1日起至{year}年12月31日止。",
        *[f"{chapter}、{sentence}" for chapter in "一二三四五六七八九十" * 2],
        f"公网安备 {county.code}02000101号",
        f"网站标识码：{county.code}0001",
    )
    return DocumentText(
        (title,), lines, f"http://www.{host}.gov.cn/a/t{year + 1}0115_{number}.html"
    )
