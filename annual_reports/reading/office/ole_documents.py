"""OLE files to the reader of the document at their root: a stream inside an embedded one tells nothing."""

from __future__ import annotations

from annual_reports.model import QuarantinedDocument
from annual_reports.reading.content import Content
from annual_reports.reading.office.doc import read_doc
from annual_reports.reading.office.ole import OleFile
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.xls import read_xls

MEDIA_TYPES = (
    "application/msword",
    "application/vnd.ms-excel",
    "application/x-ole-storage",
    "application/vnd.ms-powerpoint",
)


def read_ole(content: bytes) -> Content:
    """DOC, WPS and XLS; raises QuarantinedDocument for the rest."""
    ole = OleFile(content, "OLE")
    if "worddocument" in ole.names:
        return read_doc(ole)
    if "workbook" in ole.names or "book" in ole.names:
        return read_xls(content, ole)
    raise _not_read(ole)


def _not_read(ole: OleFile) -> QuarantinedDocument:
    return office_refusal(
        "no_document", kind="PPT" if "powerpoint document" in ole.names else "OLE"
    )
