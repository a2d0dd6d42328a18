"""One document to the reports in it: read, decode, identify, check. No network, disk or clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from annual_reports.checking import check_extraction
from annual_reports.identity.decided import identify_as_decided
from annual_reports.identity.document_kind import refusal_of_page
from annual_reports.identity.hints import NO_HINTS, IdentityHints
from annual_reports.identity.page_text import PageText, page_text
from annual_reports.model import (
    Cell,
    CellStatus,
    Claim,
    DocumentText,
    Extraction,
    Finding,
    Identity,
    Outcome,
    QuarantinedDocument,
    QuarantineReason,
    RefusedDocument,
    Section,
)
from annual_reports.narrative.claims import find_claims
from annual_reports.narrative.context import reporter_of
from annual_reports.narrative.ending import stops_short
from annual_reports.narrative.sections import (
    count_form_sections,
    find_sections,
    narrative_lines,
)
from annual_reports.narrative.verdicts import contradicted_sentences, judge_claims
from annual_reports.reading.attachments import attachment_urls
from annual_reports.reading.document import ReadDocument, read_documents
from annual_reports.reading.findings import document_finding
from annual_reports.reading.titles import names_annual_report, names_publisher_or_year
from annual_reports.several_reports import split_reports
from annual_reports.tables.decode import DecodedTables, decode_tables
from annual_reports.tables.recognised import count_refused, unconfirmed_refused
from annual_reports.tables.years_beside import blocks_of_year, year_named
from schemas.fields import STATUTORY_TABLES
from schemas.indicators import STATISTICS
from schemas.narrative import table_name
from schemas.publisher_facts import prescribes_tables

EXTRACTOR_VERSION = "3"
"""Changes whenever the same bytes may give another extraction; stored extractions of other
versions are read again."""

_UNRESOLVED_PROVINCE = "ZZ"
_FEWEST_CHAPTERS = 2
_SHOWN_ATTACHMENTS = 5


def extract_documents(
    content: bytes, name: str, url: str | None = None, hints: IdentityHints = NO_HINTS
) -> tuple[Outcome, ...]:
    """Everything one document says: one outcome for each report or archive member in it.

    `name` and `url` are kept as given; the URL helps to identify the publisher, and so does what
    is known beforehand (`hints`). Never empty; what cannot become an extraction is a
    RefusedDocument, and nothing is raised.
    """
    outcomes = [
        _outcome(report, hints)
        for read in read_documents(content, name, url)
        for report in ((read,) if isinstance(read, RefusedDocument) else split_reports(read))
    ]
    count = len(outcomes)
    return tuple(
        one
        if one.document.part_count == count
        else replace(one, document=replace(one.document, part_count=count))
        for one in outcomes
    )


def extract_document(
    content: bytes, name: str, url: str | None = None, hints: IdentityHints = NO_HINTS
) -> Extraction:
    """The report of a document known to hold one: raises its QuarantinedDocument where it is refused."""
    (outcome,) = extract_documents(content, name, url, hints)
    if isinstance(outcome, RefusedDocument):
        raise outcome.refusal
    return outcome


def _outcome(report: ReadDocument | RefusedDocument, hints: IdentityHints) -> Outcome:
    if isinstance(report, RefusedDocument):
        return report
    try:
        return _extract_report(report, hints)
    except QuarantinedDocument as refusal:
        return RefusedDocument(report.info, report.size, refusal)


def _extract_report(document: ReadDocument, hints: IdentityHints) -> Extraction:
    decoded = decode_tables(document.blocks)
    if any(cell.status is CellStatus.UNREADABLE for cell in decoded.cells):
        document, decoded = _of_its_own_year(document, decoded)
    narrative = tuple(narrative_lines(document.blocks, decoded.table_blocks))
    text = _with_linking_title(_document_text(document, narrative), hints)
    page = page_text(text)
    sections = find_sections(narrative)
    if not any(decoded.templates.values()) and count_form_sections(sections) < _FEWEST_CHAPTERS:
        _refuse_cover_page(document, text, page)
    _refuse_what_is_no_report(text, page, decoded, sections)
    of_form = [cell for cell in decoded.cells if cell.table in STATUTORY_TABLES]
    if stops_short(document.blocks, decoded.table_blocks, of_form, decoded.ends_inside_table):
        raise _cut_off()
    return _interpret(document, decoded, page, sections, hints)


def _of_its_own_year(
    document: ReadDocument, decoded: DecodedTables
) -> tuple[ReadDocument, DecodedTables]:
    """A comparison print without the columns of the years that its title does not name, and a finding for them."""
    year = year_named(filter(names_annual_report, document.titles))
    blocks, others = blocks_of_year(document.blocks, year) if year else ((), ())
    if not others:
        return document, decoded
    finding = document_finding("D26", years="、".join(map(str, others)), year=year)
    own = replace(document, blocks=blocks, findings=(*document.findings, finding))
    return own, decode_tables(blocks)


def _interpret(
    document: ReadDocument,
    decoded: DecodedTables,
    page: PageText,
    sections: tuple[Section, ...],
    hints: IdentityHints,
) -> Extraction:
    if document.recognised_pages:
        decoded = _without_unconfirmed(decoded, document.recognised_pages)
    decided = identify_as_decided(page, hints)
    identity = decided.identity
    claims, claim_findings = judge_claims(
        find_claims(sections, reporter_of(identity)), decoded.cells, decoded.templates
    )
    if document.recognised_pages:
        claims, claim_findings = tuple(c for c in claims if c.verdict == "agrees"), ()
    structure = {**decoded.structure, "sections_found": count_form_sections(sections)}
    rule_findings = check_extraction(decoded.cells, claims, decoded.templates, structure, identity)
    findings = (
        *document.findings,
        *decided.broken,
        *_tables_not_found(decoded.templates),
        *decoded.findings,
        *_with_sentences(_still_open(rule_findings, claim_findings), claims),
        *claim_findings,
    )
    return Extraction(
        document=document.info,
        title=_printed_title(document.titles),
        identity=identity,
        templates=decoded.templates,
        cells=decoded.cells,
        sections=sections,
        claims=claims,
        findings=findings,
        status=report_status(decoded.cells, decoded.templates, identity, findings),
        structure=structure,
        local_statistics=decoded.local_statistics,
    )


def _without_unconfirmed(decoded: DecodedTables, pages: frozenset[int]) -> DecodedTables:
    """Numbers that OCR read and no relation confirms are refused, with a finding for each table."""
    cells = unconfirmed_refused(decoded.cells, pages)
    counts = count_refused(decoded.cells, cells)
    findings = [
        document_finding("D07", scope=table, table=table_name(table), count=count)
        for table, count in counts.items()
    ]
    return replace(decoded, cells=cells, findings=(*decoded.findings, *findings))


def report_status(
    cells: Iterable[Cell],
    templates: Mapping[str, str | None],
    identity: Identity,
    findings: Iterable[Finding],
) -> str:
    """needs_review | inconsistent | ok; what a person must look at comes before what is wrong.

    A table whose size is not that of its form is a shape we do not know, not a wrong number.
    """
    not_read = CellStatus.UNREADABLE
    broken = [one.scope for one in findings if one.severity == "hard" and one.status == "fail"]
    if (
        any(cell.status is not_read for cell in cells)
        or not has_its_tables(templates, identity.year)
        or any(scope.startswith(("structure.", "identity.")) for scope in broken)
        or identity.province == _UNRESOLVED_PROVINCE
        or identity.publisher is None
        or identity.year is None
    ):
        return "needs_review"
    return "inconsistent" if broken else "ok"


def has_its_tables(templates: Mapping[str, str | None], year: int | None) -> bool:
    """Whether the tables of a report's form were found.

    Tables two to four go together. A report with the statistics form has no others, and one of the
    years before them may have none at all: many organs published no table then.
    """
    if any(templates.get(table) for table in STATUTORY_TABLES):
        return all(templates.get(table) for table in STATUTORY_TABLES)
    is_before_them = year is not None and not prescribes_tables(year)
    return templates.get(STATISTICS) is not None or is_before_them


def _document_text(document: ReadDocument, narrative: Iterable[str]) -> DocumentText:
    return DocumentText(
        titles=document.titles,
        lines=(*filter(None, narrative), *document.context),
        url=document.info.url,
        site_metadata=document.site_metadata,
    )


def _with_linking_title(text: DocumentText, hints: IdentityHints) -> DocumentText:
    """A file whose own titles name no report is what the page that leads to it says it is."""
    if hints.linking_title is None or any(map(names_annual_report, text.titles)):
        return text
    return replace(text, titles=(*text.titles, hints.linking_title))


def _refuse_cover_page(document: ReadDocument, text: DocumentText, page: PageText) -> None:
    """Raise QuarantinedDocument for a page that names a report and only leads to the file of it."""
    names = (*text.titles, *(link.text for link in document.attachments))
    is_report = any(names_annual_report(name) and names_publisher_or_year(name) for name in names)
    if not document.attachments or not is_report or refusal_of_page(page):
        return
    listed = "、".join(link.text or link.href for link in document.attachments[:_SHOWN_ATTACHMENTS])
    raise QuarantinedDocument(
        QuarantineReason.REPORT_IN_ATTACHMENT,
        f"页面没有报告正文，只有附件：{listed} / the page holds no report, only files",
        "抓取到的页面会自动跟进附件；自行导入的请再导入附件（gongkai ingest）"
        " / files of a fetched page are followed; of a page you took in, take in the files as well",
        attachments=attachment_urls(document.attachments, document.info.url),
    )


def _refuse_what_is_no_report(
    text: DocumentText, page: PageText, decoded: DecodedTables, sections: Sequence[Section]
) -> None:
    if refusal := refusal_of_page(page):
        raise _not_a_report(
            refusal.kind, f"页面不是年度报告：{refusal.reason} / the page is no annual report"
        )
    if any(decoded.templates.values()):
        return
    named = [title for title in text.titles if names_annual_report(title)]
    if not named:
        raise _not_a_report(
            "no_report_words",
            "没有年度报告的标题，也没有国家格式的表格"
            " / neither the title of an annual report nor a table of the national form",
        )
    if not count_form_sections(sections) and not any(map(names_publisher_or_year, named)):
        raise _not_a_report(
            "column_name",
            "只有栏目名称，没有报告正文 / a column name without the text of a report",
        )


def _not_a_report(kind: str, message: str) -> QuarantinedDocument:
    return QuarantinedDocument(
        QuarantineReason.NOT_A_REPORT,
        message,
        "若确是年度报告，请检查网址或补充正文；否则无需处理"
        " / if it is a report after all, check the address or supply its text; otherwise do nothing",
        document_kind=kind,
    )


def _cut_off() -> QuarantinedDocument:
    return QuarantinedDocument(
        QuarantineReason.CUT_OFF,
        "文件在统计表处中断，后面的内容缺失 / the file stops in or before a statutory table",
        "请重新抓取完整的文件 / fetch the complete file again",
    )


def _printed_title(titles: Sequence[str]) -> str | None:
    """The first candidate that names a report, else the most trusted one."""
    return next((title for title in titles if names_annual_report(title)), next(iter(titles), None))


def _still_open(
    rule_findings: Iterable[Finding], claim_findings: Iterable[Finding]
) -> Iterator[Finding]:
    """Rule findings without the gaps that a contradiction by options has settled."""
    settled = {finding.rule_id for finding in claim_findings}
    for finding in rule_findings:
        if finding.status == "fail" or finding.rule_id not in settled:
            yield finding


def _with_sentences(findings: Iterable[Finding], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Contradictions of prose and tables with the sentence they stand in."""
    sentences = contradicted_sentences(claims)
    for finding in findings:
        sentence = sentences.get(finding.rule_id) if finding.status == "fail" else None
        if sentence is None:
            yield finding
        else:
            yield replace(finding, message=f"{finding.message} 原文 text: “{sentence}”")


def _tables_not_found(templates: Mapping[str, str | None]) -> tuple[Finding, ...]:
    """A finding per table two to four that is missing beside others; reports before 2019 have none of them."""
    if not any(templates.get(table) for table in STATUTORY_TABLES):
        return ()
    return tuple(
        document_finding("D03", scope=table, table=table_name(table))
        for table in STATUTORY_TABLES
        if not templates.get(table)
    )
