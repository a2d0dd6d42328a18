"""The refusal of documents that only OCR reads, worded for whoever can install it."""

from __future__ import annotations

from annual_reports.model import QuarantinedDocument, QuarantineReason


def needs_ocr(zh: str, en: str) -> QuarantinedDocument:
    """The refusal for what `zh` (Chinese) and `en` (English) say of the document."""
    return QuarantinedDocument(
        QuarantineReason.NEEDS_OCR,
        f"{zh}，须用文字识别（OCR）读取，而本机没有安装 / {en} and OCR is not installed",
        "运行 make ocr 安装文字识别，再次运行时自动重读"
        " / run `make ocr`; the next run reads the document",
    )
