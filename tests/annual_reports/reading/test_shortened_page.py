"""A page whose scripts and style sheets were left unparsed is read as one parsed whole."""

from __future__ import annotations

import pytest
import turbohtml
from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports.reading import page as page_reader
from annual_reports.reading.page import Page, read_page
from annual_reports.reading.shortened_page import parse_page
from benchmarks.corpus import site_reports
from tests.annual_reports.reading.page_content import said

LONG = "if (i < 3) { show('甲'); } " * 8
SCRIPT = f"<script>{LONG}</script>"
STYLE = f"<style>.a li > b {{ color: red }} {LONG}</style>"
PIECES = (
    "<p>前", "后</p>", "<!--", "-->", SCRIPT, STYLE, "<svg>", "</svg>", "<textarea>", "</textarea>",
    "<title>", "</title>", "<table><tr><td>1", "</table>", "<select>", "</select>", "<a title='", "'>",
    f"<script>{LONG}<!-- <script> {LONG}</script> 甲 --></script>", f"<script>{LONG}</SCRIPT>",
    f"<style type=x>{LONG}</styles>乙</style >", f"<script src=x>{LONG}", "<noscript>", "</noscript>",
    f"<template>{STYLE}", "</template>", f"<math><style>{LONG}<b>丙</b></style></math>", "<h1>题</h1>",
    "<div style='display:none'>", "</div>",
)  # fmt: skip


def read_whole(html: str) -> Page:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_reader, "parse_page", lambda html: (turbohtml.parse(html), {}))
        return read_page(html)


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
@settings(max_examples=400)
def test_scripts_and_style_sheets_anywhere_change_nothing(html: str) -> None:
    assert said(read_page(html)) == said(read_whole(html))


def test_real_pages_are_shortened_and_read_alike() -> None:
    html = next(iter(site_reports(1, "old_editor", 58_000))).content.decode()
    shown = parse_page(html)[0].select("script,style")
    assert shown and all(len(one.text) < 10 for one in shown)
    assert said(read_page(html)) == said(read_whole(html))
