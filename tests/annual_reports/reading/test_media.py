"""What a file is, by its bytes and never by its name."""

from __future__ import annotations

import io
import zipfile

import pytest

from annual_reports.model import QuarantinedDocument, QuarantineReason
from annual_reports.reading.archives import ARCHIVES
from annual_reports.reading.document import READERS, read_document
from annual_reports.reading.media import recognise_binary
from schemas.media import MAX_DOCUMENT_BYTES


def archive(*members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        for member in members:
            opened.writestr(member, "x")
    return file.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (archive("[Content_Types].xml", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (archive("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (archive("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
        (archive("reports/a.html"), "application/zip"),
        (b"PK\x03\x04 but cut off", "application/zip"),
        (OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
        (OLE, "application/x-ole-storage"),
        (rb"{\rtf1\ansi", "application/rtf"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\0", "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    ],
)  # fmt: skip
def test_binary_formats_are_named_and_refused(content: bytes, media_type: str) -> None:
    kind = recognise_binary(content)
    assert kind is not None and kind.media_type == media_type
    if media_type in READERS or media_type in ARCHIVES:
        return
    refusal = refused(content, "年度报告.html")
    assert refusal.reason is QuarantineReason.UNSUPPORTED_MEDIA
    assert kind.zh_name in refusal.message and kind.en_name in refusal.message


@pytest.mark.parametrize(
    "content",
    [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe \0", b"\0\0\0", "\ufeff \n\u3000\n".encode()],
)
def test_blank_files_are_empty(content: bytes) -> None:
    assert refused(content).reason is QuarantineReason.EMPTY


def test_a_file_over_the_cap_is_not_read() -> None:
    assert refused(b"<p>" + b" a" * (MAX_DOCUMENT_BYTES // 2)).reason is QuarantineReason.TOO_LARGE


def test_a_web_archive_without_a_page_is_refused() -> None:
    content = (
        b"From: <saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    )
    assert refused(content).reason is QuarantineReason.UNSUPPORTED_MEDIA


def test_html_named_doc_is_read_as_html() -> None:
    content = "<html><body><p>石桥乡2022年政府信息公开工作年度报告</p></body></html>".encode()
    assert read_document(content, "石桥乡.doc").info.media_type == "text/html"


def test_markdown_is_text_even_with_a_few_tags() -> None:
    content = "# 石桥乡2022年政府信息公开工作年度报告\n\n一、总体情况<br>\n正文\n".encode()
    assert read_document(content, "a.html").info.media_type == "text/plain"


def refused(content: bytes, name: str = "file") -> QuarantinedDocument:
    with pytest.raises(QuarantinedDocument) as refusal:
        read_document(content, name)
    assert refusal.value.remedy
    return refusal.value
