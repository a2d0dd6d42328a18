"""PDF files made to take all memory or time, locked ones, and ones with changed bytes: set aside, never a crash."""

from __future__ import annotations

import base64
import io
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from annual_reports.extract import extract_document
from annual_reports.model import QuarantinedDocument, QuarantineReason
from annual_reports.reading.document import read_document
from annual_reports.reading.pdf.limits import MAX_PAGE_OBJECTS, MAX_PAGES, MAX_STREAM_BYTES
from tests.damage.physical import drawn_tables
from tests.damage.truths import random_truth
from tests.rendering.pdf import render_pdf
from tests.rendering.raw_pdf import one_page, stream

SENTENCE = "GovernmentInformationDisclosureReport"


def reason_for(content: bytes) -> QuarantineReason:
    with pytest.raises(QuarantinedDocument) as refusal:
        read_document(content, "report.pdf")
    return refusal.value.reason


def locked(password: str) -> bytes:
    buffer = io.BytesIO()
    lock = StandardEncryption(password, ownerPassword="owner", canPrint=0)
    canvas = Canvas(buffer, pagesize=(595, 842), encrypt=lock)
    canvas.drawString(60, 700, SENTENCE)
    canvas.save()
    return buffer.getvalue()


def bomb(filters: bytes, data: bytes) -> bytes:
    head = b"<< /Length %d /Filter [%s] >>\nstream\n" % (len(data), filters)
    return one_page(head + data + b"\nendstream")


def inflating() -> bytes:
    packer = zlib.compressobj(9)
    blank = b" " * (1 << 22)
    packed = [packer.compress(blank) for _ in range(MAX_STREAM_BYTES // len(blank) + 1)]
    return b"".join((*packed, packer.flush()))


def test_a_password_is_asked_for() -> None:
    assert reason_for(locked("secret")) is QuarantineReason.UNDECODABLE


def test_a_pdf_locked_against_printing_only_is_read() -> None:
    (line,) = read_document(locked(""), "report.pdf").blocks
    assert getattr(line, "text", "") == SENTENCE


@pytest.mark.parametrize("written", ["once", "twice", "as_text"])
def test_a_stream_that_inflates_without_end_is_too_large(written: str) -> None:
    packed = inflating()
    content = {
        "once": lambda: bomb(b"/FlateDecode", packed),
        "twice": lambda: bomb(b"/FlateDecode /FlateDecode", zlib.compress(packed, 9)),
        "as_text": lambda: bomb(b"/ASCII85Decode /FlateDecode", base64.a85encode(packed) + b"~>"),
    }[written]()
    assert len(content) < 1_000_000
    assert reason_for(content) is QuarantineReason.TOO_LARGE


def test_too_many_objects_on_a_page() -> None:
    content = one_page(stream(b"0 0 9 9 re f\n" * (MAX_PAGE_OBJECTS + 1)))
    assert reason_for(content) is QuarantineReason.TOO_LARGE


def test_too_many_pages() -> None:
    content = one_page(stream(b"0 0 9 9 re f\n"), pages=MAX_PAGES + 1)
    assert reason_for(content) is QuarantineReason.TOO_LARGE


SMALL = render_pdf(
    drawn_tables(random_truth(random.Random(4)))[2:], ((),), "ruled", random.Random(4)
)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), max_size=40))
def test_changed_bytes_end_in_a_reading_or_a_refusal(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(SMALL)
    for place, byte in changes:
        damaged[place] = byte
    try:
        extract_document(bytes(damaged), "report.pdf")
    except QuarantinedDocument as refusal:
        assert refusal.remedy


_OPERATORS = st.sampled_from(
    ["cm", "re", "m", "l", "S", "f", "BT", "ET", "Tf", "Td", "Tj", "Tr", "q", "Q", "Tm", "w", "rg"]
)
_OPERANDS = st.sampled_from(
    ["0", "1", "-3", "1e38", "-1e38", "595", "0.0001", "/F1", "(12)", "<0001>"]
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.lists(_OPERANDS, max_size=6), _OPERATORS), max_size=60))
def test_any_drawing_ends_in_a_reading_or_a_refusal(
    operations: list[tuple[list[str], str]],
) -> None:
    drawing = "\n".join(" ".join((*operands, operator)) for operands, operator in operations)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    try:
        extract_document(one_page(stream(drawing.encode()), (font,)), "report.pdf")
    except QuarantinedDocument as refusal:
        assert refusal.remedy
