"""Truncated, changed and hostile files: nothing but QuarantinedDocument, and it says what to do."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Iterator

import pytest

from annual_reports.model import QuarantinedDocument, QuarantineReason, RefusedDocument
from annual_reports.reading.document import read_document, read_documents
from tests.damage.physical import drawn_tables
from tests.damage.truths import random_truth
from tests.rendering import REPORT_PROSE
from tests.rendering.docx import document, package
from tests.rendering.media import MEDIA
from tests.rendering.ole import ole_file

ROUNDS = 25


def rendered(medium: str) -> bytes:
    rng = random.Random(f"damaged {medium}")
    return MEDIA[medium](drawn_tables(random_truth(rng)), REPORT_PROSE, rng)


def damaged(content: bytes, rng: random.Random) -> Iterator[bytes]:
    yield content[: rng.randrange(len(content))]
    flipped = bytearray(content)
    for _ in range(rng.choice((1, 3, 30))):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    yield bytes(flipped)
    start = rng.randrange(len(content))
    yield content[:start] + rng.randbytes(rng.randint(1, 600)) + content[start + 200 :]


def recompressed(content: bytes, rng: random.Random) -> bytes:
    """The same archive with one member's bytes changed and all checksums right."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        names = old.namelist()
        chosen = rng.choice(names)
        for name in names:
            data = old.read(name)
            if name == chosen and data:
                at = rng.randrange(len(data))
                data = data[:at] + rng.choice((b"", b"0", b"9", b"<", b"x", b'"')) + data[at + 1 :]
            new.writestr(name, data)
    return file.getvalue()


def read_or_refused(content: bytes) -> None:
    """Damage may leave a mere archive, which is read as its members."""
    for read in read_documents(content, "文件"):
        if isinstance(read, RefusedDocument):
            assert read.refusal.message and read.refusal.remedy


@pytest.mark.parametrize("medium", MEDIA)
def test_damage_is_read_or_quarantined(medium: str) -> None:
    rng, content = random.Random(f"damage {medium}"), rendered(medium)
    for _ in range(ROUNDS):
        for broken in damaged(content, rng):
            read_or_refused(broken)
        if content.startswith(b"PK"):
            read_or_refused(recompressed(content, rng))


@pytest.mark.parametrize("medium", ["docx", "xlsx", "odt", "ods", "rtf", "doc", "flat OPC"])
def test_a_file_cut_in_the_middle_is_never_read_in_part(medium: str) -> None:
    content = rendered(medium)
    for share in (0.3, 0.6, 0.9):
        with pytest.raises(QuarantinedDocument):
            read_document(content[: int(len(content) * share)], "文件")


def test_an_archive_that_unpacks_too_large_is_refused() -> None:
    body = document("<w:p/>")
    bomb = package(body + " " * (80 * 1024 * 1024))
    assert refused(bomb).reason is QuarantineReason.TOO_LARGE


def test_an_archive_of_too_many_members_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(5000):
            archive.writestr(f"word/{number}", "")
    assert refused(file.getvalue()).reason is QuarantineReason.TOO_LARGE


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
        f'<!--{"x" * 5000}--><!DOCTYPE a [<!ENTITY b "bbbb">]>',
    ],
)
def test_entities_are_refused(declaration: str) -> None:
    markup = declaration + document("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>")
    assert "XML" in refused(package(markup)).message


def test_tables_nested_without_end_are_refused() -> None:
    depth = 60
    nested = "<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth
    assert refused(package(document(nested))).reason is QuarantineReason.TOO_LARGE


def test_inline_markup_nested_without_end_is_refused() -> None:
    depth = 3000
    nested = "<w:p>" + "<w:smartTag>" * depth + "</w:smartTag>" * depth + "</w:p>"
    assert refused(package(document(nested)))


def test_rtf_groups_nested_without_end_are_refused() -> None:
    assert refused(b"{\\rtf1" + b"{" * 100_000 + b"}" * 100_001)


def test_a_span_of_millions_of_columns_is_refused() -> None:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr><w:p/></w:tc>'
    assert refused(package(document(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")))


def test_a_loop_in_the_allocation_table_is_refused() -> None:
    content = bytearray(ole_file({"WordDocument": b"x" * 5000, "1Table": b"y" * 5000}))
    table = 512 * (struct.unpack_from("<I", content, 76)[0] + 1)
    struct.pack_into("<I", content, table + 4, 0)
    assert refused(bytes(content))


def test_an_encrypted_document_says_so() -> None:
    for content in (
        ole_file({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}),
        ole_file({"WordDocument": struct.pack("<HH6xH", 0xA5EC, 0xC1, 0x0100), "1Table": b""}),
    ):
        assert "密码" in refused(content).message


def test_word_95_says_so() -> None:
    content = ole_file({"WordDocument": struct.pack("<HH", 0xA5DC, 0x65)})
    assert refused(content).reason is QuarantineReason.UNSUPPORTED_MEDIA


def refused(content: bytes) -> QuarantinedDocument:
    with pytest.raises(QuarantinedDocument) as refusal:
        read_document(content, "文件")
    return refusal.value
