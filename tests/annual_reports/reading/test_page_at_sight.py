"""A page of which only a part is decoded is read, or refused, as one decoded whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports.model import QuarantinedDocument
from annual_reports.reading import known_tables, page_or_text
from annual_reports.reading.content import Content
from annual_reports.reading.page_or_text import read_page_or_text
from benchmarks.corpus import site_reports

PROSE = (
    "<p>本机关认真贯彻《中华人民共和国政府信息公开条例》，持续推进政府信息公开工作。</p>".encode()
)
ROWS = "".join(f"<tr><td><p>第{n}行的名称</p></td><td><span>{n}</span></td></tr>" for n in range(9))
TABLE = f"<table border=1 class='MsoNormalTable'><tbody>{ROWS}</tbody></table>".encode()
LONG = b"if (i < 3) { show(i); } " * 8
RUN = b"8</span><span style='font-family:\xe5\xae\x8b%s'>4</span>"
PIECES = (
    PROSE, PROSE, TABLE, TABLE, TABLE, b"<script>" + LONG + b"</script>",
    b"<style>" + LONG + "说明".encode() + b"</style>", b"<script>" + LONG, b"</script>", b"<!--", b"-->",
    *[TABLE.replace(b"8</span>", RUN % broken) for broken in (b"\xe4\xbd\x93", b"\xe4\xbd", b"\xe4 \xbd\x93", b"\0", b"\x01")],
    TABLE.replace("第8行".encode(), b"\xb5\xda8\xd0\xd0"), TABLE.replace("行".encode(), "⾏".encode()),
    *[b"<script>" + LONG + doubt + LONG + b"</script>" for doubt in (b"\xff", b"\xe4 \xbd\x93", b"\0", "\ufffd".encode(), b"\x01")],
    "\ufdd00\ufdd1".encode(), "\ufdd0s\ufdd1".encode(), "\ufeff".encode(), "\ufffd".encode(), "\ufffe".encode(),
    "⾏⽬".encode(), b"\0", b"\x01\x02" * 40, b"\xff", b"\xe5", b"\xb5\xda", "é·".encode() * 30,
    "锛岀敤浜庢敼杩涘伐浣滅殑鏂板姙娉曞拰鏂规".encode() * 9, "１".encode(), b"\xa0", b"<td>", b"</table>", b"<TABLE>",
)  # fmt: skip


def outcome(content: bytes) -> Content | tuple[str, str]:
    try:
        return read_page_or_text(content)
    except QuarantinedDocument as refusal:
        return refusal.reason, refusal.message


def outcome_of_whole(content: bytes) -> Content | tuple[str, str]:
    known_tables.forget_tables()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_or_text, "_page_at_sight", lambda content: None)
        return outcome(content)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map(b"".join))
@settings(max_examples=400, deadline=None)
def test_whatever_stands_in_a_page_it_is_read_as_if_decoded_whole(pieces: bytes) -> None:
    content = b"<!DOCTYPE html><body>" + pieces
    whole = outcome_of_whole(content)
    for _ in range(3):
        read_page_or_text(b"<p>" + PROSE + TABLE)
    assert outcome(content) == whole
    assert outcome(content.decode("utf-8", "replace").encode("gb18030", "replace")) == (
        outcome_of_whole(content.decode("utf-8", "replace").encode("gb18030", "replace"))
    )


def test_pages_of_a_site_are_never_decoded_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(content: bytes) -> None:
        raise AssertionError("decoded whole")

    monkeypatch.setattr(page_or_text, "decode_text", refuse)
    for report in site_reports(3, "word", 231_000):
        assert read_page_or_text(report.content).charset == "utf-8"
