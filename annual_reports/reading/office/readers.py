"""The readers of office files by media type."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from annual_reports.reading.content import Content
from annual_reports.reading.office import docx, opendocument, rtf, web_archive, word_2003, xlsx
from annual_reports.reading.office.docx import read_docx
from annual_reports.reading.office.ole_documents import MEDIA_TYPES, read_ole
from annual_reports.reading.office.opendocument import read_opendocument
from annual_reports.reading.office.rtf import read_rtf
from annual_reports.reading.office.web_archive import read_web_archive
from annual_reports.reading.office.word_2003 import read_word_xml
from annual_reports.reading.office.xlsx import read_xlsx

OFFICE_READERS: Mapping[str, Callable[[bytes], Content]] = {
    docx.MEDIA_TYPE: read_docx,
    opendocument.MEDIA_TYPE: read_opendocument,
    rtf.MEDIA_TYPE: read_rtf,
    web_archive.MEDIA_TYPE: read_web_archive,
    word_2003.MEDIA_TYPE: read_word_xml,
    **dict.fromkeys(MEDIA_TYPES, read_ole),
    xlsx.MEDIA_TYPE: read_xlsx,
}
