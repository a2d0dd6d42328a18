"""Broken pages, flattened text, mutated and truncated documents of every medium we have."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.invariants import read_and_check

ROOT = Path(__file__).parents[2]
LABELS = (
    "一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", "（一）予以公开",
    "1.属于国家秘密", "其他", "总计", "（七）总计", "四、结转下年度继续办理", "自然人", "商业企业",
    "行政许可", "规章", "行政规范性文件", "第二十条第（一）项", "本年制发件数", "现行有效件数",
    "行政事业性收费", "结果维持", "未经复议直接起诉", "甲镇2022年政府信息公开工作年度报告",
    "乙镇2021年政府信息公开工作年度报告", "一、总体情况", "六、其他需要报告的事项",
)  # fmt: skip
VALUES = ("0", "1", "12", "0012", "１２", "/", "-", "", "无", "1,234", "3.5", "O", "12 3", "9" * 30)
TAGS = (
    "<table>", "</table>", "<tr>", "<td>", "<td colspan=3>", "<td rowspan=0>", "<td rowspan=9 colspan=2>",
    "</td>", "<p>", "<br>", "<div style='display:none'>", "</div>", "<sup>", "<!--", "-->", "<b", "&#0;",
)  # fmt: skip
SEPARATORS = ("\n", "\t", " | ", "|\n", "||", " ", "", "\r\n\r\n", "\x07", "|---|---|\n")
pieces = st.sampled_from(LABELS) | st.sampled_from(VALUES)
pages = st.lists(pieces | st.sampled_from(TAGS), max_size=120).map("".join)
texts = st.lists(pieces | st.sampled_from(SEPARATORS), max_size=160).map("".join)
QUIET = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def documents() -> list[bytes]:
    """Golden documents and sample pages, one for each suffix and some more."""
    golden = ROOT / "tests" / "golden"
    paths = [*golden.iterdir(), *(golden / "several").iterdir()]
    by_suffix: dict[str, list[Path]] = {}
    for path in sorted(path for path in paths if path.is_file()):
        by_suffix.setdefault(path.suffix, []).append(path)
    return [path.read_bytes() for group in by_suffix.values() for path in group[:3]]


@QUIET
@given(pages)
def test_broken_pages(markup: str) -> None:
    read_and_check(("<!DOCTYPE html><body>" + markup).encode())


@QUIET
@given(texts, st.sampled_from(("utf-8", "gb18030", "utf-16")))
def test_flattened_text(text: str, encoding: str) -> None:
    read_and_check(text.encode(encoding))


@QUIET
@given(st.data())
def test_mutated_and_truncated_documents(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(documents())))
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from((0, 1, 4, 60)))
        content[place : place + length] = data.draw(st.binary(max_size=8))
    end = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    read_and_check(bytes(content[:end]))


def test_a_short_run_of_atheris() -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed: `pip install atheris` to fuzz by coverage")
    run = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.atheris_targets", "text/html", "-runs=100"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
