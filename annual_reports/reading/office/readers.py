"""The readers of office files by media type."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from annual_reports.reading.content import Content
from annual_reports.reading.office import docx, opendocument, xlsx
from annual_reports.reading.office.docx import read_docx
from annual_reports.reading.office.opendocument import read_opendocument
from annual_reports.reading.office.xlsx import read_xlsx

OFFICE_READERS: Mapping[str, Callable[[bytes], Content]] = {
    docx.MEDIA_TYPE: read_docx,
    opendocument.MEDIA_TYPE: read_opendocument,
    xlsx.MEDIA_TYPE: read_xlsx,
}
