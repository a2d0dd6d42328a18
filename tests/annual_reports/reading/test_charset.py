"""Bytes to text: right text or a refusal, never mojibake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annual_reports.model import QuarantinedDocument, QuarantineReason
from annual_reports.reading.charset import chinese_plausibility, decode_text

PROSE = (
    "青山镇人民政府2023年政府信息公开工作年度报告。本年度共收到政府信息公开申请三件，"
    "全部按期答复；没有发生行政复议和行政诉讼。下一步将加强培训，提高公开质量。\n"
) * 4
TRADITIONAL = "本機關二〇一六年政府資訊公開工作年度報告，主動公開訊息，收到申請，依法答覆。\n" * 6


@pytest.mark.parametrize(
    ("charset", "expected"),
    [("utf-8", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-16-le", "utf-16-le")],
)
def test_prose_is_read_whatever_the_encoding(charset: str, expected: str) -> None:
    decoded = decode_text(PROSE.encode(charset))
    assert (decoded.text, decoded.charset, decoded.replaced) == (PROSE, expected, 0)


@pytest.mark.parametrize(
    "mark_and_charset",
    [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")],
)
def test_a_byte_order_mark_decides_and_is_no_text(mark_and_charset: tuple[bytes, str]) -> None:
    mark, charset = mark_and_charset
    assert decode_text(mark + PROSE.encode(charset)).text == PROSE


def test_big5_is_not_read_as_gb18030() -> None:
    content = TRADITIONAL.encode("big5hkscs")
    content.decode("gb18030")  # strictly valid there as well, which is the trap
    decoded = decode_text(content)
    assert (decoded.text, decoded.charset) == (TRADITIONAL, "big5")


def test_a_rare_character_of_a_name_is_kept() -> None:
    text = PROSE + "负责人：䶮𫖯"
    assert decode_text(text.encode("gb18030")).text == text


def test_a_lying_declaration_is_not_believed() -> None:
    page = f'<html><head><meta charset="gb2312"></head><body>{PROSE}</body></html>'
    assert PROSE in decode_text(page.encode()).text
    page = page.replace("gb2312", "utf-8")
    assert PROSE in decode_text(page.encode("gb18030")).text


def test_a_few_bad_bytes_are_replaced_and_counted() -> None:
    content = PROSE.encode() * 3
    decoded = decode_text(content[:500] + b"\xff" + content[500:])
    assert 0 < decoded.replaced == decoded.text.count("\ufffd") <= 2


def test_a_stray_nul_never_joins_two_numbers() -> None:
    decoded = decode_text(f"{PROSE}1\0002".encode())
    assert decoded.text.endswith("1\ufffd2") and decoded.replaced == 1


def test_many_bad_bytes_are_refused() -> None:
    content = bytearray(PROSE.encode())
    content[::20] = b"\xff" * len(content[::20])
    assert refused(bytes(content)) is QuarantineReason.UNDECODABLE


@pytest.mark.parametrize(
    "content",
    [
        PROSE.encode().decode("gb18030", "replace").encode(),
        PROSE.encode().decode("latin-1").encode(),
        bytes(range(0x81, 0xFF)) * 30,
    ],
    ids=["utf-8 read as gbk", "utf-8 read as latin-1", "high bytes"],
)
def test_garbled_text_is_refused(content: bytes) -> None:
    assert refused(content) is QuarantineReason.UNDECODABLE


def test_binary_junk_is_refused() -> None:
    assert refused(bytes(range(256)) * 8) is QuarantineReason.UNSUPPORTED_MEDIA


def test_mojibake_scores_far_below_prose() -> None:
    assert chinese_plausibility(PROSE) > 0.5
    assert chinese_plausibility(PROSE.encode().decode("gb18030", "replace")) < 0.05


@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_a_refusal(content: bytes) -> None:
    try:
        assert "\0" not in decode_text(content).text
    except QuarantinedDocument as refusal:
        assert refusal.message and refusal.remedy


def refused(content: bytes) -> QuarantineReason:
    with pytest.raises(QuarantinedDocument) as refusal:
        decode_text(content)
    return refusal.value.reason
