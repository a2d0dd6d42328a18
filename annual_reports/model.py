"""What passes between the stages of reading one report: plain, immutable values.

`Grid` and `TextLine` are what readers give to the decoder; `Extraction` is what one document
becomes. `extraction_to_object` gives the JSON object of the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

Number = int | Decimal


class CellStatus(StrEnum):
    """How a cell's value is known. Only PRINTED, INFERRED and CORRECTED may carry a number."""

    PRINTED = "printed"
    INFERRED = "inferred"
    BLANK = "blank"
    NOTE = "note"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    CORRECTED = "corrected"


class FindingClass(StrEnum):
    """Whose error a finding is about: the publisher's numbers or words, its form or layout, ours, or nobody's."""

    SOURCE_CONTENT = "source_content"
    SOURCE_FORMAT = "source_format"
    EXTRACTION = "extraction"
    SCOPE = "scope"
    FETCH = "fetch"


class QuarantineReason(StrEnum):
    """Why a whole document was set aside."""

    EMPTY = "empty"
    UNSUPPORTED_MEDIA = "unsupported_media"
    TOO_LARGE = "too_large"
    UNDECODABLE = "undecodable"
    CUT_OFF = "cut_off"
    NOT_A_REPORT = "not_a_report"
    YEAR_UNRESOLVED = "year_unresolved"
    READER_FAILED = "reader_failed"
    NEEDS_OCR = "needs_ocr"
    REPORT_IN_ATTACHMENT = "report_in_attachment"
    DAMAGED_ARCHIVE = "damaged_archive"
    UNSAFE_MEMBER = "unsafe_member"


class QuarantinedDocument(Exception):
    """Raised when a document cannot become an extraction; it is kept whole with this reason.

    `message` says what was found and `remedy` what to do, one sentence each, in Chinese with
    the English beside it. `document_kind` names what a page is that is no report; `attachments` are
    the addresses (http or https) under which the report itself may stand.
    """

    def __init__(
        self,
        reason: QuarantineReason,
        message: str,
        remedy: str,
        document_kind: str | None = None,
        attachments: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.attachments = attachments
        self.reason = reason
        self.document_kind = document_kind
        self.message = message
        self.remedy = remedy


Box = tuple[float, float, float, float]


class GridCell(NamedTuple):
    """One cell of a ruled or marked-up table, at its origin; spans are never copied out.

    `text` is layout text: block boundaries inside the cell are newlines, runs are joined. `box` is
    (left, top, right, bottom) on the page in points from its upper left corner, where the medium has pages.
    """

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    box: Box | None = None


class GridColumns(NamedTuple):
    """The cells of a grid column by column: their texts, and the other columns of `GridCell` in its order.

    Grids with the same `shared` differ in nothing but their `numbers`, which stand among the texts.
    """

    texts: tuple[str, ...]
    places: tuple[tuple[Any, ...], ...]
    shared: SharedColumns | None = None
    numbers: Sequence[str] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SharedColumns:
    """What grids have in common that differ in their numbers alone; the same object in all of them.

    `number_places` are where the numbers stand among the texts.
    """

    number_places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose cell positions are known. `cells` are in reading order, origins only.

    A grid `of_columns` makes its cells when they are first asked for: tables of a known layout never are.
    """

    table_index: int
    row_count: int
    column_count: int
    cells: tuple[GridCell, ...]
    page: int | None = None
    _columns: GridColumns | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def of_columns(
        cls, table_index: int, row_count: int, column_count: int, columns: GridColumns
    ) -> Grid:
        """A grid of a document without pages."""
        grid = cls.__new__(cls)
        set_value = object.__setattr__
        set_value(grid, "table_index", table_index)
        set_value(grid, "row_count", row_count)
        set_value(grid, "column_count", column_count)
        set_value(grid, "page", None)
        set_value(grid, "_columns", columns)
        return grid

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> tuple[GridCell, ...]:
            """Asked for an attribute that is not set yet, which only `cells` can be."""
            if name != "cells" or self._columns is None:
                raise AttributeError(name)
            columns = zip(self._columns.texts, *self._columns.places, strict=True)
            cells = tuple(map(tuple.__new__, repeat(GridCell), columns))
            object.__setattr__(self, "cells", cells)
            return cells

    @property
    def columns(self) -> GridColumns:
        """Texts and places of all cells, without making them."""
        if self._columns is not None:
            return self._columns
        texts, *places = zip(*self.cells, strict=True) if self.cells else ((),) * 6
        return GridColumns(texts, tuple(places))


class TextLine(NamedTuple):
    """One line of running or flattened text as printed (tabs and pipes kept). `line` counts from 0.

    A tuple, because a flattened document has hundreds of them.
    """

    text: str
    line: int
    page: int | None = None


Block = Grid | TextLine


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """The document as received, or one part of it.

    `sha256` is always that of the bytes received. `part` tells the reports of one document apart: ""
    for the whole, "2" for the second report in it, "attachments/x.docx" for a member of an archive,
    "x.txt/2" for the second report in a member. `part_count` says how many parts there are.
    """

    name: str
    sha256: str
    media_type: str
    charset: str | None
    url: str | None
    part: str = ""
    part_count: int = 1


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What identification reads.

    `titles`: title candidates, most trusted first (article title in meta, h1, first heading line,
    <title>). `lines`: every visible line outside the statutory tables, in reading order, page
    furniture (breadcrumb, footer with 公网安备 and site code) included. `site_metadata`: meta names
    of government sites (SiteName, ColumnName, ContentSource, PubDate, ArticleTitle, SiteDomain …).
    """

    titles: tuple[str, ...]
    lines: tuple[str, ...]
    url: str | None = None
    site_metadata: Mapping[str, str] = field(default_factory=dict)


class CellEvidence(NamedTuple):
    """Where a cell was read. Grid positions count from 0; `line` is for flattened text.

    `rules` names the relations that prove an inferred value; `options` are the values an
    unreadable cell could have; `column_span`/`row_span` tell a merged value cell. `box` is that of
    `GridCell`.
    """

    table_index: int | None = None
    row: int | None = None
    column: int | None = None
    page: int | None = None
    line: int | None = None
    row_span: int = 1
    column_span: int = 1
    rules: tuple[str, ...] = ()
    options: tuple[Number, ...] = ()
    box: Box | None = None


class Cell(NamedTuple):
    """One canonical cell of `fields.csv`. `raw` is the text as printed, None where nothing stands.

    Only printed, inferred and corrected cells carry a number. A tuple, because a document has two hundred of them.
    """

    table: str
    row_key: str
    column_key: str
    value: Number | None
    status: CellStatus
    raw: str | None
    evidence: CellEvidence


class LocalStatistic(NamedTuple):
    """One cell of an indicator table that is no table of a national form.

    `label`: the row's label below its headings, joined by `/`, numbering left out; `printed_label` as
    printed. `column`: the head above, '' where none is printed. `unit` as printed. `canonical`: the path
    of `fields.csv` that means the same, where the wording leaves no choice. Statuses as for `Cell`.
    """

    label: str
    printed_label: str
    column: str
    value: Number | None
    unit: str | None
    status: CellStatus
    raw: str | None
    canonical: str | None
    evidence: CellEvidence


@dataclass(frozen=True, slots=True)
class Section:
    """A narrative chapter, its tables left out. `number` 1–6 of the national form, None if unnumbered."""

    number: int | None
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A number (or an explicit absence) in the prose, by a `narrative` key of `fields.csv`.

    `verdict`: agrees | contradicts | not_assessable, against the tables of the same document.
    `start`/`end` are character offsets in the section's text, `sentence` the printed sentence.
    `covers`: report | part | wider than the report, by the `scope_words` printed (全市, 本机关).
    `period`: reported_year | earlier_year | cumulative | part_of_year, None where none is stated.
    `least`/`most` bound a number that is not exact (约, 余, 1.2万); both None for an exact one.
    A share or growth rate has the numbers it follows from in `operands` (part or new first) and
    the words for its whole in `base_words`.
    """

    metric: str
    value: Number | bool | str
    unit: str | None
    text: str
    section: int | None
    start: int
    end: int
    verdict: str = "not_assessable"
    covers: str = "report"
    scope_words: str | None = None
    period: str | None = None
    least: Number | None = None
    most: Number | None = None
    sentence: str = ""
    operands: tuple[Number, ...] = ()
    base_words: str | None = None

    @property
    def is_approximate(self) -> bool:
        return self.least is not None or self.most is not None

    @property
    def is_of_report(self) -> bool:
        """Whether it is about the whole report and its year, so that the tables can confirm it."""
        return self.covers == "report" and self.period in (None, "reported_year")


@dataclass(frozen=True, slots=True)
class Finding:
    """One relation that failed or could not be assessed, or one doubt of the reader.

    `status`: fail | not_assessable. `scope` names the place (`requests.natural_person`).
    `left`, `right` and `difference` (left - right) are null where they are not numbers.
    `proposal_place` and `proposal_value`: the one cell whose row and column both fail, and the value
    with which both hold; for a person to check, never applied.
    """

    rule_id: str
    severity: str
    status: str
    finding_class: FindingClass
    scope: str
    left: Number | None
    right: Number | None
    difference: Number | None
    message: str
    proposal_place: str | None = None
    proposal_value: Number | None = None


@dataclass(frozen=True, slots=True)
class IdentityEvidence:
    """One hint about who published a document; `code` is the division it speaks for."""

    kind: str
    text: str
    code: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose report this is. Every field is null where the document does not settle it.

    `province` is the partition key (CN-SX; CN central organs, CN-XPCC 兵团, ZZ unresolved). Codes and
    names are those of today, the ones `_in_year` those of the report's year. `publisher` is as
    printed, `publisher_name` in full.
    `confidence`: high | medium | low | none. `year_candidates`: (year, source) in order of trust.
    """

    publisher: str | None = None
    publisher_name: str | None = None
    publisher_id: str | None = None
    organ_type: str | None = None
    level: str | None = None
    scope: str = "unknown"
    scope_evidence: str | None = None
    province: str = "ZZ"
    province_code: str | None = None
    province_name: str | None = None
    prefecture_code: str | None = None
    prefecture_name: str | None = None
    county_code: str | None = None
    county_name: str | None = None
    town_code: str | None = None
    town_name: str | None = None
    prefecture_code_in_year: str | None = None
    prefecture_name_in_year: str | None = None
    county_code_in_year: str | None = None
    county_name_in_year: str | None = None
    town_code_in_year: str | None = None
    town_name_in_year: str | None = None
    year: int | None = None
    year_candidates: tuple[tuple[int, str], ...] = ()
    publish_date: str | None = None
    is_correction: bool = False
    host_is_gov: bool | None = None
    confidence: str = "none"
    evidence: tuple[IdentityEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything one document says. `templates`: table → t2021 | t2019 | None (table not found);
    `statistics` → t2014 stands there only where that table was found.

    `status`: ok | inconsistent | needs_review, as in the design. `structure`: the counts that the
    structure rules judge (requests_rows, requests_columns, review_litigation_values,
    active_disclosure_rows, sections_found); one that was not taken is left out.
    """

    document: DocumentInfo
    title: str | None
    identity: Identity
    templates: Mapping[str, str | None]
    cells: tuple[Cell, ...]
    sections: tuple[Section, ...]
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    status: str
    structure: Mapping[str, int] = field(default_factory=dict)
    local_statistics: tuple[LocalStatistic, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """A document, or a part of one, that cannot become an extraction. `size` is in bytes."""

    document: DocumentInfo
    size: int
    refusal: QuarantinedDocument


Outcome = Extraction | RefusedDocument


def json_number(value: Any) -> Any:
    """Decimals as the shortest exact JSON number: 12 stays 12, 96171.6 stays 96171.6."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def extraction_to_object(extraction: Extraction) -> dict[str, Any]:
    """The JSON object of `gongkai extract --json`, keys and order as in the design."""
    identity = extraction.identity
    return {
        "document": {
            key: getattr(extraction.document, key)
            for key in ("name", "sha256", "media_type", "charset", "url", "part")
        },
        "title": extraction.title,
        "identity": {
            **{key: getattr(identity, key) for key in _IDENTITY_KEYS},
            "year_candidates": [
                {"year": year, "source": source} for year, source in identity.year_candidates
            ],
            "evidence": [
                {"kind": e.kind, "text": e.text, "code": e.code, "weight": e.weight}
                for e in identity.evidence
            ],
        },
        "templates": dict(extraction.templates),
        "cells": [_cell_object(cell) for cell in extraction.cells],
        "local_statistics": [_local_object(one) for one in extraction.local_statistics],
        "sections": [
            {"number": s.number, "title": s.title, "text": s.text} for s in extraction.sections
        ],
        "claims": [_claim_object(claim) for claim in extraction.claims],
        "findings": [_finding_object(finding) for finding in extraction.findings],
        "status": extraction.status,
    }


_IDENTITY_KEYS = (
    "publisher",
    "publisher_name",
    "publisher_id",
    "organ_type",
    "level",
    "scope",
    "scope_evidence",
    "province",
    "province_code",
    "province_name",
    "prefecture_code",
    "prefecture_name",
    "county_code",
    "county_name",
    "town_code",
    "town_name",
    "prefecture_code_in_year",
    "prefecture_name_in_year",
    "county_code_in_year",
    "county_name_in_year",
    "town_code_in_year",
    "town_name_in_year",
    "year",
    "publish_date",
    "is_correction",
    "host_is_gov",
    "confidence",
)


def _finding_object(finding: Finding) -> dict[str, Any]:
    """A proposal stands there only where there is one."""
    told: dict[str, Any] = {
        "rule_id": finding.rule_id,
        "severity": finding.severity,
        "status": finding.status,
        "class": finding.finding_class.value,
        "scope": finding.scope,
        "left": json_number(finding.left),
        "right": json_number(finding.right),
        "difference": json_number(finding.difference),
        "message": finding.message,
    }
    if finding.proposal_place is not None:
        value = json_number(finding.proposal_value)
        told["proposal"] = {"cell": finding.proposal_place, "value": value}
    return told


def _claim_object(claim: Claim) -> dict[str, Any]:
    """What is said of a claim's scope, time and exactness stands there only where it is said."""
    told: dict[str, Any] = {
        "covers": None if claim.covers == "report" else claim.covers,
        "scope_words": claim.scope_words,
        "period": claim.period,
        "approximate": claim.is_approximate or None,
        "least": json_number(claim.least),
        "most": json_number(claim.most),
        "base_words": claim.base_words,
    }
    return {
        "metric": claim.metric,
        "value": json_number(claim.value),
        "unit": claim.unit,
        "text": claim.text,
        "section": claim.section,
        "verdict": claim.verdict,
        **{key: value for key, value in told.items() if value is not None},
    }


def _cell_object(cell: Cell) -> dict[str, Any]:
    return {
        "table": cell.table,
        "row_key": cell.row_key,
        "column_key": cell.column_key,
        "value": json_number(cell.value),
        "status": cell.status.value,
        "raw": cell.raw,
        "evidence": _evidence_object(cell.evidence),
    }


def _local_object(one: LocalStatistic) -> dict[str, Any]:
    return {
        "label": one.label,
        "printed_label": one.printed_label,
        "column": one.column,
        "value": json_number(one.value),
        "unit": one.unit,
        "status": one.status.value,
        "raw": one.raw,
        "canonical": one.canonical,
        "evidence": _evidence_object(one.evidence),
    }


def _evidence_object(place: CellEvidence) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "table_index": place.table_index,
        "row": place.row,
        "column": place.column,
        "page": place.page,
    }
    if place.line is not None:
        evidence["line"] = place.line
    if place.row_span > 1 or place.column_span > 1:
        evidence |= {"row_span": place.row_span, "column_span": place.column_span}
    if place.box is not None:
        evidence["box"] = list(place.box)
    if place.rules:
        evidence["rules"] = list(place.rules)
    if place.options:
        evidence["options"] = [json_number(option) for option in place.options]
    return evidence
