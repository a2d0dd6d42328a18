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
from annual_reports.reading.pdf.filters import of_hex, of_lzw, of_runs
from annual_reports.reading.pdf.limits import (
    MAX_FILTERS,
    MAX_PAGE_OBJECTS,
    MAX_PAGES,
    MAX_STREAM_BYTES,
)
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


def lzw_of_zeros(count: int) -> bytes:
    """Codes that each repeat what is known and add a byte, packed as 9 to 12 bits."""
    codes, done = [256, 0], 0
    while done < count:
        codes += range(258, 4094)
        done += sum(range(2, 3838))
        codes += [256, 0]
    codes.append(257)
    bits, held, written = 0, 0, bytearray()
    size, goes_on = 258, False
    for code in codes:
        width = max(9, min(12, (size + 1).bit_length()))
        bits, held = (bits << width) | code, held + width
        while held >= 8:
            held -= 8
            written.append((bits >> held) & 255)
        bits &= (1 << held) - 1
        size, goes_on = (258, False) if code == 256 else (size + goes_on, True)
    return bytes(written) + bytes(((bits << (8 - held)) & 255,))


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


@pytest.mark.parametrize(
    "filters",
    [
        b"/#46late#44ecode",
        b"/Fl",
        b"/AHx /FlateDecode",
        b"/A85 /Fl",
        b"/RunLengthDecode /FlateDecode",
        b"/FlateDecode /RunLengthDecode",
        b"/LZWDecode",
        b"/LZW /RL",
    ],
)
def test_bombs_under_other_names_and_in_chains(filters: bytes) -> None:
    data = {
        b"/AHx /FlateDecode": lambda: inflating().hex().encode() + b">",
        b"/A85 /Fl": lambda: base64.a85encode(inflating()) + b"~>",
        b"/RunLengthDecode /FlateDecode": lambda: as_literals(inflating()),
        b"/FlateDecode /RunLengthDecode": lambda: zlib.compress(
            b"\x81 " * (MAX_STREAM_BYTES // 128 + 1)
        ),
        b"/LZWDecode": lambda: lzw_of_zeros(MAX_STREAM_BYTES + 1),
        b"/LZW /RL": lambda: lzw_of_zeros(MAX_STREAM_BYTES + 1),
    }.get(filters, inflating)()
    assert len(data) < 1_000_000
    assert reason_for(bomb(filters, data)) is QuarantineReason.TOO_LARGE


def as_literals(data: bytes) -> bytes:
    """A run-length stream that repeats nothing."""
    pieces = [data[at : at + 128] for at in range(0, len(data), 128)]
    return b"".join(bytes((len(piece) - 1,)) + piece for piece in pieces) + b"\x80"


def test_more_filters_than_any_writer_chains() -> None:
    content = bomb(b"/FlateDecode " * (MAX_FILTERS + 1), b"x")
    assert reason_for(content) is QuarantineReason.TOO_LARGE


def test_filters_unpack_what_pdf_writers_pack() -> None:
    text = SENTENCE.encode() * 30
    example = bytes.fromhex("800B6050220C0C8501")  # the one of ISO 32000-1, 7.4.4.2
    assert b"".join(of_lzw(iter((example,)))) == bytes((45, 45, 45, 45, 45, 65, 45, 45, 45, 66))
    zeros = b"".join(of_lzw(iter((lzw_of_zeros(9000),))))
    assert len(zeros) > 9000 and not any(zeros)
    assert b"".join(of_runs(iter((as_literals(text),)))) == text
    assert b"".join(of_hex(iter((text.hex().encode() + b">",)))) == text


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
