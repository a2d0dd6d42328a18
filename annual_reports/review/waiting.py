"""The waiting list: what only a person can settle, the heaviest first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from annual_reports.identity.decided import BROKEN_DECISION
from annual_reports.lake.corrections import guard_rules
from schemas.decision_records import REOPENED
from schemas.fields import all_fields
from schemas.review import ReviewKind, review_kinds

_RECOGNISED = "D07"
"""The finding that counts recognised numbers which no sum confirms; see decision 0006."""
COLUMNS_OF_REPORTS = (
    "province",
    "report_year",
    "report_id",
    "publisher",
    "publisher_id",
    "publisher_name",
    "scope",
    "province_name",
    "prefecture_name",
    "county_name",
    "title",
    "document_name",
    "url",
    "sha256",
    "part",
)
"""What the list says of a report."""


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One thing to decide. `cell` is table.row.column where it is about a cell, else empty.

    `number` names the item on every screen; it changes with the document and with the values.
    `value`, `status` and `raw` are what a decision about a cell is made on, `seen` one about an identity.
    """

    number: str
    kind: ReviewKind
    province: str
    year: int | None
    report_id: str
    publisher: str
    document_name: str
    url: str | None
    sha256: str
    part: str
    cell: str = ""
    template: str = ""
    value: Decimal | None = None
    status: str = ""
    raw: str | None = None
    options: tuple[str, ...] = ()
    rule_id: str = ""
    place: str = ""
    fingerprint: str = ""
    left: Decimal | None = None
    right: Decimal | None = None
    message: str = ""
    record_id: str | None = None
    seen: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReviewTables:
    """What the list is made of: published tables with `province` and `year`, documents set aside.

    `reports`: those the other tables speak of and those of `reports_unresolved`, COLUMNS_OF_REPORTS.
    `cells`: those without a certain reading; `findings`: those of `findings_to_look_at`;
    `corrections`: decisions that no longer hold.
    """

    reports: pl.DataFrame
    cells: pl.DataFrame
    findings: pl.DataFrame
    corrections: pl.DataFrame
    quarantined: pl.DataFrame


def waiting_items(tables: ReviewTables) -> tuple[WaitingItem, ...]:
    """Everything that waits; by weight, then by province, year, publisher and place."""
    known = {row["report_id"]: row for row in tables.reports.iter_rows(named=True)}
    items = [
        *_broken_guards(tables.corrections, known),
        *_broken_identities(tables.findings, known),
        *_unresolved(tables.reports),
        *_judgeable(tables.findings, known),
        *_unread_cells(tables, known),
        *_set_aside(tables.quarantined),
    ]
    return tuple(sorted(items, key=_order))


def findings_to_look_at() -> pl.Expr:
    """The published findings a list is made of: far fewer than those that fail or cannot be judged."""
    fails = pl.col("status") == "fail"
    return (
        (fails & _waits_for_judgement())
        | (fails & (pl.col("rule_id") == BROKEN_DECISION))
        | (pl.col("rule_id") == _RECOGNISED)
    )


def reports_unresolved() -> pl.Expr:
    """The reports whose publisher is not known for certain."""
    return (
        (pl.col("province") == "ZZ")
        | pl.col("publisher").is_null()
        | pl.col("publisher_id").is_null()
    )


def _waits_for_judgement() -> pl.Expr:
    """Hard and not judged, or judged on other values; guards have items of their own."""
    reopened = pl.col("judgement").eq_missing(REOPENED)
    unjudged = (pl.col("severity") == "hard") & pl.col("judgement").is_null()
    return (reopened | unjudged) & ~pl.col("rule_id").is_in(sorted(guard_rules()))


def _order(item: WaitingItem) -> tuple[Any, ...]:
    return (
        -item.kind.weight,
        item.province,
        item.year or 0,
        item.publisher,
        item.report_id,
        _positions().get((item.template, item.cell), 0),
        item.rule_id,
        item.place,
        item.number,
    )


@cache
def _positions() -> Mapping[tuple[str, str], int]:
    """Template and cell → where it stands in its form, in reading order."""
    return {
        (field.template, f"{field.table}.{field.row_key}.{field.column_key}"): field.order
        for field in reversed(all_fields())
    }


def item_number(kind: ReviewKind, *basis: object) -> str:
    """A letter and eight hex digits: the same as long as document and values are."""
    written = "\n".join("" if part is None else str(part) for part in basis)
    return kind.letter + hashlib.sha256(written.encode()).hexdigest()[:8]


def cell_item(kind: ReviewKind, report: dict[str, Any], cell: dict[str, Any]) -> WaitingItem:
    """The item of one published cell of a report."""
    path = f"{cell['table']}.{cell['row_key']}.{cell['column_key']}"
    return WaitingItem(
        number=item_number(kind, report["sha256"], report["part"], report["report_id"], path),
        kind=kind,
        cell=path,
        template=cell["template"],
        value=cell["value"],
        status=cell["status"],
        raw=cell["raw"],
        options=tuple(map(plain_number, (cell["options"] or "").split())),
        **_of_report(report),
    )


def plain_number(text: str | Decimal) -> str:
    """12.00000000 as 12."""
    number = Decimal(text)
    return f"{number.normalize():f}"


def _of_report(report: dict[str, Any]) -> dict[str, Any]:
    return {
        "province": report["province"],
        "year": report["report_year"],
        "report_id": report["report_id"],
        "publisher": report["publisher_name"] or report["publisher"] or report["document_name"],
        "document_name": report["document_name"],
        "url": report["url"],
        "sha256": report["sha256"],
        "part": report["part"],
    }


def _unread_cells(tables: ReviewTables, known: dict[str, dict[str, Any]]) -> Iterator[WaitingItem]:
    recognised = set(
        tables.findings.filter(rule_id=_RECOGNISED).select("report_id", "place").iter_rows()
    )
    kinds = review_kinds()
    for cell in tables.cells.filter(status="unreadable").iter_rows(named=True):
        is_recognised = (cell["report_id"], cell["table"]) in recognised
        kind = kinds["recognised_cell" if is_recognised else "unreadable_cell"]
        if cell["report_id"] in known:
            yield cell_item(kind, known[cell["report_id"]], cell)


def _judgeable(findings: pl.DataFrame, known: dict[str, dict[str, Any]]) -> Iterator[WaitingItem]:
    waiting = findings.filter(pl.col("status") == "fail", _waits_for_judgement())
    kinds = review_kinds()
    for finding in waiting.iter_rows(named=True):
        kind = kinds["judgement_reopened" if finding["judgement"] else "hard_failure"]
        if finding["report_id"] in known:
            yield WaitingItem(
                number=item_number(kind, finding["fingerprint"], finding["finding_order"]),
                kind=kind,
                **_of_report(known[finding["report_id"]]),
                **{name: finding[name] for name in ("rule_id", "place", "fingerprint")},
                **{name: finding[name] for name in ("left", "right", "message")},
                record_id=finding["judgement_record"],
            )


def _broken_guards(
    corrections: pl.DataFrame, known: dict[str, dict[str, Any]]
) -> Iterator[WaitingItem]:
    kind = review_kinds()["guard_broken"]
    for row in corrections.filter(pl.col("state") != "applied").iter_rows(named=True):
        report = known.get(row["report_id"])
        if report is None:
            continue
        path = f"{row['table']}.{row['row_key']}.{row['column_key']}"
        yield WaitingItem(
            number=item_number(kind, row["record_id"], report["sha256"]),
            kind=kind,
            cell=path,
            value=row["found_value"],
            status=row["found_status"] or "",
            raw=row["found_raw"],
            message=(
                f"{row['file']}：{row['record_id']}，当时所见 seen then "
                f"{row['expected_status']} {row['expected_raw']!r}，"
                f"所定 decided {_or_blank(row['value'])}"
            ),
            record_id=row["record_id"],
            **_of_report(report),
        )


def _broken_identities(
    findings: pl.DataFrame, known: dict[str, dict[str, Any]]
) -> Iterator[WaitingItem]:
    kind = review_kinds()["identity_guard_broken"]
    for finding in findings.filter(rule_id=BROKEN_DECISION, status="fail").iter_rows(named=True):
        report = known.get(finding["report_id"])
        if report is not None:
            record = finding["place"].removeprefix("identity.")
            yield WaitingItem(
                number=item_number(kind, record, report["sha256"]),
                kind=kind,
                raw=report["publisher"],
                message=finding["message"],
                record_id=record,
                seen=_seen_identity(report),
                **_of_report(report),
            )


def _seen_identity(report: dict[str, Any]) -> dict[str, Any]:
    """What was read of a report about whose identity no decision holds."""
    names = ("publisher", "publisher_id", "scope")
    return {name: report[name] for name in names} | {"year": report["report_year"]}


def _or_blank(value: Decimal | None) -> str:
    return "无数 null" if value is None else plain_number(value)


def _unresolved(reports: pl.DataFrame) -> Iterator[WaitingItem]:
    kind = review_kinds()["identity_unresolved"]
    for report in reports.filter(reports_unresolved()).iter_rows(named=True):
        place = report["county_name"] or report["prefecture_name"] or report["province_name"]
        yield WaitingItem(
            number=item_number(kind, report["sha256"], report["part"], report["url"]),
            kind=kind,
            raw=report["publisher"],
            seen=_seen_identity(report),
            message=f"标题 title：{report['title'] or '无 none'}；已知地方 place known：{place or '无 none'}",
            **_of_report(report),
        )


_QUARANTINE_KINDS = {"needs_ocr": "needs_ocr", "year_unresolved": "identity_unresolved"}


def _set_aside(quarantined: pl.DataFrame) -> Iterator[WaitingItem]:
    for row in quarantined.iter_rows(named=True):
        if row["reason"] not in _QUARANTINE_KINDS:
            continue
        kind = review_kinds()[_QUARANTINE_KINDS[row["reason"]]]
        yield WaitingItem(
            number=item_number(kind, row["sha256"], row["part"], row["url"]),
            kind=kind,
            province="ZZ",
            year=None,
            report_id="",
            publisher=row["name"],
            document_name=row["name"],
            url=row["url"],
            sha256=row["sha256"],
            part=row["part"],
            message=row["message"],
            seen={"year": None} if row["reason"] == "year_unresolved" else {},
        )


def find_item(items: Iterable[WaitingItem], number: str) -> WaitingItem | None:
    """The item of this number."""
    return next((item for item in items if item.number == number), None)
