"""Documents that hold several reports: each its own, never mixed; one report twice stays one."""

from __future__ import annotations

from pathlib import Path

import pytest

from annual_reports.extract import extract_document, extract_documents
from annual_reports.lake import document_id
from annual_reports.model import Cell, CellStatus, Extraction, RefusedDocument

TESTS = Path(__file__).parents[1]
SEVERAL = TESTS / "golden" / "several"
PAGES = TESTS.parent / "sample_site" / "pages"
TOWNS = "guangling/xzxxgk/nb"
OFFICE = "zhengan/zfxxgk/xzjd"
HELD = {
    "two_townships.txt": {"1": f"{TOWNS}/jiaoshan2024.txt", "2": f"{TOWNS}/zuotuan2024.txt"},
    "two_years_of_one_township.txt": {
        "1": f"{OFFICE}/202301/anchang.txt",
        "2": f"{OFFICE}/202201/anchang.txt",
    },
    "yearbook_of_three.html": {
        "1": f"{TOWNS}/huquan2023.html",
        "2": f"{TOWNS}/zuotuan2023.html",
        "3": "guangling/bmxxgk/nb/jyj2023.html",
    },
    "attachments.zip": {
        "附件/壶泉镇2023.html": f"{TOWNS}/huquan2023.html",
        "附件/壶泉镇2024.docx": f"{TOWNS}/huquan2024.html",
    },
    "township.txt.gz": {"": f"{TOWNS}/jiaoshan2024.txt"},
}
"""Document → part → the page on the sample site from which that part was put together."""


def said(cells: tuple[Cell, ...]) -> dict[str, tuple[object, str]]:
    return {
        f"{c.table}.{c.row_key}.{c.column_key}": (c.value, c.status.value)
        for c in cells
        if c.status is not CellStatus.MISSING
    }


def text_of(page: str) -> str:
    return (PAGES / page).read_bytes().decode("utf-8")


def test_every_document_of_several_is_covered() -> None:
    assert {path.name for path in SEVERAL.iterdir()} == HELD.keys()


@pytest.mark.parametrize("name", sorted(HELD))
def test_each_report_says_what_it_says_alone(name: str) -> None:
    outcomes = extract_documents((SEVERAL / name).read_bytes(), name)
    found = {one.document.part: one for one in outcomes if isinstance(one, Extraction)}
    assert found.keys() == HELD[name].keys()
    for part, page in HELD[name].items():
        alone = extract_document((PAGES / page).read_bytes(), page)
        whole = found[part].identity
        assert said(found[part].cells) == said(alone.cells)
        assert (whole.year, whole.county_code) == (alone.identity.year, alone.identity.county_code)
        assert whole.publisher_id == alone.identity.publisher_id
        titles = [section.title for section in alone.sections if section.number]
        assert [s.title for s in found[part].sections if s.number] == titles
    assert {one.document.part_count for one in outcomes} == {len(outcomes)}
    assert len({document_id(one.document) for one in outcomes}) == len(outcomes)


def test_what_is_no_report_in_an_archive_is_named() -> None:
    outcomes = extract_documents((SEVERAL / "attachments.zip").read_bytes(), "a.zip")
    refused = [one for one in outcomes if isinstance(one, RefusedDocument)]
    assert [(one.document.part, one.refusal.reason) for one in refused] == [
        ("说明.txt", "not_a_report")
    ]


def test_the_same_report_twice_is_one() -> None:
    text = text_of(f"{TOWNS}/jiaoshan2024.txt")
    (once,), (twice,) = (extract_documents(t.encode(), "a.txt") for t in (text, text + "\n" + text))
    assert isinstance(once, Extraction) and isinstance(twice, Extraction)
    assert twice.document.part == "" and said(twice.cells) == said(once.cells)


def test_a_link_to_another_report_does_not_begin_one() -> None:
    text = text_of(f"{TOWNS}/jiaoshan2024.txt")
    linked = f"{text}\n蕉山乡2023年政府信息公开工作年度报告\n作疃镇2024年政府信息公开工作年度报告\n"
    (found,) = extract_documents(linked.encode(), "a.txt")
    assert isinstance(found, Extraction) and found.identity.year == 2024


def test_a_slip_in_the_second_title_does_not_cut_a_report_in_two() -> None:
    text = text_of(f"{TOWNS}/jiaoshan2024.txt")
    torn = text.replace(
        "三、收到和处理",
        "广灵县蕉山乡人民政府2023年度政府信息公开工作年度报告\n三、收到和处理",
    )
    assert len(extract_documents(torn.encode(), "a.txt")) == 1


def test_other_tables_without_a_title_are_refused_and_never_mixed() -> None:
    one, two = (text_of(f"{OFFICE}/{year}/anchang.txt") for year in ("202201", "202301"))
    untitled = two.split("\n", 1)[1]
    (found,) = extract_documents(f"{one}\n{untitled}".encode(), "a.txt")
    assert isinstance(found, Extraction)
    first, second = (said(extract_document(text.encode(), "b").cells) for text in (one, two))
    differing = {key for key in first if first[key][0] != second[key][0]}
    assert differing
    assert {said(found.cells)[key][0] for key in differing} == {None}
    assert found.status == "needs_review"
