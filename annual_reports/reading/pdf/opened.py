"""Opening PDF bytes with pdfium, and the reasons why it refuses.

pdfium is not thread-safe: one process reads one document at a time (the reader pool has processes).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

from annual_reports.model import QuarantinedDocument, QuarantineReason
from annual_reports.reading.pdf.limits import MAX_PAGES, refuse_more_than

Handle = Any
"""A pdfium document, page or text page: an opaque ctypes pointer."""

_NO_FONTS = (ctypes.POINTER(ctypes.c_char) * 1)()
"""Folders in which pdfium looks for fonts: none. It keeps the address."""
_END_MARK = b"%%EOF"
_TAIL_BYTES = 2048


def _leave_installed_fonts_out() -> None:
    """Start pdfium again without the fonts of the machine.

    What a PDF says must not depend on them, and looking for one takes longer than reading a page.
    """
    settings = pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=_NO_FONTS)
    pdfium.FPDF_DestroyLibrary()
    pdfium.FPDF_InitLibraryWithConfig(settings)


_leave_installed_fonts_out()


@contextmanager
def opened_document(content: bytes) -> Iterator[Handle]:
    """The document; raises QuarantinedDocument where it cannot be opened or has too many pages."""
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        raise _refusal(pdfium.FPDF_GetLastError(), content)
    try:
        pages = pdfium.FPDF_GetPageCount(document)
        if pages < 1:
            raise _damaged(content)
        refuse_more_than(MAX_PAGES, pages, "页数", "pages")
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


@contextmanager
def opened_page(document: Handle, index: int) -> Iterator[Handle | None]:
    """A page from 0; None where pdfium cannot load it."""
    page = pdfium.FPDF_LoadPage(document, index)
    try:
        yield page or None
    finally:
        if page:
            pdfium.FPDF_ClosePage(page)


@contextmanager
def opened_text(page: Handle) -> Iterator[Handle | None]:
    """The text page of a page; None where pdfium cannot load it."""
    text = pdfium.FPDFText_LoadPage(page)
    try:
        yield text or None
    finally:
        if text:
            pdfium.FPDFText_ClosePage(text)


def document_title(document: Handle) -> str:
    """The title in the document's information, empty where there is none."""
    size = pdfium.FPDF_GetMetaText(document, b"Title", None, 0)
    if not 2 < size < 2000:
        return ""
    buffer = (pdfium.c_char * size)()
    pdfium.FPDF_GetMetaText(document, b"Title", buffer, size)
    return bytes(buffer).decode("utf-16-le", errors="replace").strip("\0 \n\t")


def _refusal(error: int, content: bytes) -> QuarantinedDocument:
    if error in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
        return QuarantinedDocument(
            QuarantineReason.UNDECODABLE,
            "PDF 有打开密码 / the PDF is encrypted and asks for a password",
            "请提供没有密码的版本 / supply a version without a password",
        )
    return _damaged(content)


def _damaged(content: bytes) -> QuarantinedDocument:
    if _END_MARK not in content[-_TAIL_BYTES:]:
        return QuarantinedDocument(
            QuarantineReason.CUT_OFF,
            "PDF 在结尾标记之前中断，无法打开 / the PDF stops before its end mark and cannot be opened",
            "请重新抓取完整的文件 / fetch the complete file again",
        )
    return QuarantinedDocument(
        QuarantineReason.UNDECODABLE,
        "PDF 已损坏，无法打开 / the PDF is damaged and cannot be opened",
        "请重新抓取或重新导出 / fetch or export it again",
    )
