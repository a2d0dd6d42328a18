"""RTF to content, by an own reader: what Word and WPS print of the file."""

from __future__ import annotations

from annual_reports.model import Finding
from annual_reports.reading.content import Content
from annual_reports.reading.findings import document_finding
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.rtf_reader import RtfReader
from annual_reports.reading.office.rtf_tokens import rtf_tokens
from annual_reports.reading.office.titled import document_content

MEDIA_TYPE = "application/rtf"


def read_rtf(content: bytes) -> Content:
    """Blocks and titles; raises QuarantinedDocument. A file that stops inside a group is damaged."""
    reader = RtfReader()
    for token in rtf_tokens(content):
        reader.take(token)
    if not reader.is_closed:
        raise office_refusal("damaged", kind="RTF")
    flow = reader.finish()
    read = document_content(flow, MEDIA_TYPE, reader.title)
    findings: tuple[Finding, ...] = ()
    if reader.replaced:
        findings = (document_finding("D01", count=reader.replaced),)
    return Content(
        media_type=read.media_type,
        blocks=read.blocks,
        titles=read.titles,
        charset=reader.charset,
        findings=(*read.findings, *findings),
    )
