"""Traps of each format, one row each: what the cell or line must say."""

from __future__ import annotations

import io

import openpyxl
import pytest

from annual_reports.model import Grid, TextLine
from annual_reports.reading.document import read_document
from annual_reports.reading.office.counting import NUMBER_FORMATS
from annual_reports.reading.office.number_formats import printed_number
from tests.rendering.docx import NUMBERING, W, document, package


def run(text: str, look: str = "") -> str:
    return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("inside", "printed"),
    [
        (run("3") + run("001"), "3001"),
        (run("12") + run("1", '<w:vertAlign w:val="superscript"/>'), "12\n1"),
        (run("12") + run("3", "<w:strike/>"), "12\n3"),
        (run("12") + run("3", '<w:vanish w:val="0"/>'), "123"),
        ("<w:del><w:r><w:delText>5</w:delText></w:r></w:del>" + run("6"), "6"),
        (run("1") + '<w:r><w:footnoteReference w:id="2"/></w:r>', "1"),
        ("<w:r><w:t>1</w:t><w:br/><w:t>2</w:t></w:r>", "1\n2"),
        ("<w:r><w:t>1</w:t><w:noBreakHyphen/><w:t>2</w:t></w:r>", "1-2"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F031"/></w:r>', "\ufffd"),
        (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="0"/>'
            '<w:listEntry w:val="7"/></w:ddList></w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>',
            "7",
        ),
        ("<w:ruby><w:rt>" + run("9") + "</w:rt><w:rubyBase>" + run("4") + "</w:rubyBase></w:ruby>", "4"),
    ],
)  # fmt: skip
def test_a_cell_of_word(inside: str, printed: str) -> None:
    cells = f"<w:tc><w:p>{run('甲')}</w:p></w:tc><w:tc><w:p>{inside}</w:p></w:tc>"
    content = package(document(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"))
    (grid,) = (one for one in read_document(content, "a").blocks if isinstance(one, Grid))
    assert grid.cells[1].text == printed


def lines(content: bytes) -> list[str]:
    return [one.text for one in read_document(content, "a").blocks if isinstance(one, TextLine)]


def test_footnotes_and_text_boxes_are_lines() -> None:
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run('框内')}</w:p></w:txbxContent></w:pict></w:r>"
    call = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    notes = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="2"><w:p>{run("注文")}</w:p></w:footnote></w:footnotes>'
    body = f"<w:p>{run('正文')}{box}{call}</w:p><w:p>{run('下段')}</w:p>"
    content = package(document(body), {"word/footnotes.xml": notes})
    assert lines(content) == ["正文", "框内", "下段", "注文"]


def test_levels_count_on_their_own() -> None:
    second = '<w:lvl w:ilvl="1"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>'
    numbering = NUMBERING.replace("</w:abstractNum>", second)

    def item(level: int, text: str) -> str:
        numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
        return f"<w:p><w:pPr>{numbered}</w:pPr>{run(text)}</w:p>"

    body = "".join((item(0, "甲"), item(1, "乙"), item(1, "丙"), item(0, "丁"), item(1, "戊")))
    content = package(document(body), {"word/numbering.xml": numbering})
    assert lines(content) == ["一、甲", "（一）乙", "（二）丙", "二、丁", "（一）戊"]


def test_a_table_in_a_table_stays_apart() -> None:
    inner = f"<w:tbl><w:tr><w:tc><w:p>{run('1')}</w:p></w:tc><w:tc><w:p>{run('2')}</w:p></w:tc></w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc><w:p>{run('外')}</w:p>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    read = read_document(package(document(outer)), "a").blocks
    assert [type(one) for one in read] == [TextLine, Grid]


@pytest.mark.parametrize(
    ("name", "number", "printed"),
    [
        ("chineseCounting", 1, "一"), ("chineseCounting", 10, "十"), ("chineseCounting", 21, "二十一"),
        ("chineseCountingThousand", 105, "一百〇五"), ("ideographDigital", 10, "一〇"),
        ("chineseLegalSimplified", 12, "壹拾贰"), ("decimalEnclosedCircle", 3, "③"), ("lowerRoman", 4, "iv"),
        ("upperLetter", 27, "AA"), ("ideographTraditional", 2, "乙"),
    ],
)  # fmt: skip
def test_automatic_numbers(name: str, number: int, printed: str) -> None:
    assert NUMBER_FORMATS[name](number) == printed


@pytest.mark.parametrize(
    ("value", "code", "printed"),
    [
        (3001.0, "General", "3001"), (0.1 + 0.2, "General", "0.3"), (45.82, "General", "45.82"),
        (0.4, "0", "0"), (2.5, "0", "3"), (-0.4, "0", "0"), (1234567.0, "#,##0", "1,234,567"),
        (0.5, "0%", "50%"), (0.1234, "0.00%", "12.34%"), (12.0, "0.00_ ", "12.00"),
        (0.0, "0;-0;;@", ""), (0.0, "#", ""), (7.0, '0"件"', "7件"), (-3.0, "0;减0", "减3"),
        (5.0, "[红色]0", "5"), (5.0, "[>3]0", None), (5.0, "[DBNum1]0", None), (1500.0, "0.0,", None),
        (0.5, "# ?/?", None), (45311.0, "yyyy-m-d", "2024年1月20日"), (5.0, "@", "5"),
        (5.0, "G/通用格式", "5"), (3.0, "_ * #,##0_ ;_ * -#,##0_ ;_ * -_ ;_ @_ ", "3"),
    ],
)  # fmt: skip
def test_number_formats(value: float, code: str, printed: str | None) -> None:
    assert printed_number(value, code) == printed


def test_a_formula_without_result_is_no_zero_and_no_blank() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["B1"], sheet["C1"] = "合计", "=SUM(A2:A3)", "#REF!"
    file = io.BytesIO()
    book.save(file)
    read = read_document(file.getvalue(), "a")
    (grid,) = (one for one in read.blocks if isinstance(one, Grid))
    assert [cell.text for cell in grid.cells] == ["合计", "\ufffd", "#REF!"]
    assert [finding.rule_id for finding in read.findings] == ["D22"]


def test_zeros_a_sheet_hides_are_blank() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["甲", 0, 5])
    sheet.sheet_view.showZeros = False
    file = io.BytesIO()
    book.save(file)
    (grid,) = (one for one in read_document(file.getvalue(), "a").blocks if isinstance(one, Grid))
    assert [cell.text for cell in grid.cells] == ["甲", "", "5"]
