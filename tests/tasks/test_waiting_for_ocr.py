"""A document that waits for OCR is not read again until OCR is there, and then it is."""

from __future__ import annotations

import polars as pl
import pytest

from annual_reports.extract import EXTRACTOR_VERSION
from annual_reports.reading.needs_ocr import needs_ocr
from tasks import documents as documents_module
from tasks.documents import DocumentToRead
from tasks.extractions import PLACES_SCHEMA, unread_documents
from tasks.reading import quarantined_frame, refused_whole


@pytest.mark.parametrize("installed", [False, True])
def test_read_again_once_the_extra_is_installed(
    installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents_module, "ocr_is_installed", lambda: installed)
    document = DocumentToRead("a" + "0" * 63, "scan.png", None)
    row = refused_whole(document, 12, needs_ocr("这是图片", "this is a picture"))
    rows = quarantined_frame([row]).with_columns(path=pl.lit("a.parquet"))
    places = rows.select(PLACES_SCHEMA.names())
    unread = unread_documents([document], places, EXTRACTOR_VERSION)
    assert unread == ([document] if installed else [])
