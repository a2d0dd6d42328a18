"""A page whose tables were read before is read as a page never seen, block for block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports.model import Grid, QuarantinedDocument
from annual_reports.reading import known_tables, shortened_page
from annual_reports.reading.charset import decode_text
from annual_reports.reading.page import Page, read_page
from benchmarks.corpus import HTML_STYLES, made_reports, site_reports
from tests.annual_reports.reading.page_content import said

GOLDEN = Path(__file__).parents[2] / "golden"
SHARED = Path(__file__).resolve().parents[4] / "shared"
STANDING_NUMBER = re.compile(r"(?<=>)\d+(?=<)")
ROWS = "".join(f"<tr><td><p><span>第{n}行的名称</span></p></td><td>{n}</td></tr>" for n in range(9))
TABLE = f"<table border=1><tbody>{ROWS}</tbody></table>"


@pytest.fixture(autouse=True)
def no_tables() -> Iterator[None]:
    known_tables.forget_tables()
    yield
    known_tables.forget_tables()


def read_afresh(html: str) -> Page:
    known_tables.forget_tables()
    return read_page(html)


def read_known(html: str) -> tuple[Page, int]:
    """The page read once its tables are known, and how many of them were."""
    for _ in range(2):
        read_page(html)
    return read_page(html), len(shortened_page.parse_page(html)[1])


def agrees(html: str, renumbered: str) -> int:
    """The number of known tables in a page with other numbers, which must be read as afresh."""
    read_known(html)
    found, taken = read_page(renumbered), len(shortened_page.parse_page(renumbered)[1])
    assert said(found) == said(read_afresh(renumbered))
    return taken


def other_numbers(html: str) -> str:
    return STANDING_NUMBER.sub(lambda found: str(int(found[0][:9]) * 7 + 3), html)


@pytest.mark.parametrize("style", HTML_STYLES)
def test_pages_of_one_style_share_their_tables(style: str) -> None:
    pages = [report.content.decode() for report in made_reports(12, (style,))]
    afresh = [said(read_afresh(html)) for html in pages]
    known_tables.forget_tables()
    for html in pages[:6] * 2:
        read_page(html)
    assert [said(read_page(html)) for html in pages] == afresh
    assert sum(len(shortened_page.parse_page(html)[1]) for html in pages[6:]) > 6


def test_pages_as_heavy_as_real_ones_are_read_alike() -> None:
    for style, size in (("old_editor", 58_000), ("word", 231_000)):
        html = next(iter(site_reports(1, style, size))).content.decode()
        assert agrees(html, html) > 0


def documents_on_disk() -> Iterator[str]:
    paths = sorted(GOLDEN.iterdir())
    if SHARED.exists():
        paths += sorted(SHARED.rglob("*.*"))
    for path in paths:
        if path.suffix in (".html", ".htm"):
            try:
                yield decode_text(path.read_bytes()).text
            except QuarantinedDocument:
                continue


def test_golden_and_shared_pages_are_read_alike() -> None:
    taken = 0
    for html in documents_on_disk():
        taken += agrees(html, html) + agrees(html, other_numbers(html))
    assert taken > 10


SURROUNDINGS = (
    "{}",
    "<p>前{}后",
    "<b><i>前{}后",
    "<a href=x>前{}后</a>",
    "<a href=x><div>前{}",
    "<h1>标题{}</h1>",
    "<table><tr><td>前{}后<td>3</table>",
    "<table><tr>{}<tr><td>4</table>",
    "<table>{}",
    "<table><tr><td><img src=x>{}<td>9</table>",
    "<div style='display:none'>{}</div>",
    "<div hidden>{}</div><table><tr><td>5<td>6</table>",
    "<table><tr><td><del>{}</del><td>9</table>",
    "<ol><li>{}<li>后</ol>",
    "<!-- {} -->",
    "<!-- {}",
    "<script>var t = '{}'</script>",
    "<textarea>{}</textarea>",
    "<title>{}</title>",
    "<noscript>{}</noscript>",
    "<template>{}</template>",
    "<select><option>{}</select>",
    "<svg><g>{}</g></svg>",
    "<svg><desc>{}</desc></svg>",
    "<math><mi>{}</mi></math>",
    '<p title="{}">',
    "<p title='{}'>",
    "<p title={}>",
    "<table title='{}'><tr><td>8<td>9</table>",
    "<plaintext>{}",
    "<frameset>{}",
    "<form><p>{}</form><form>",
    "<button>{}</button>",
    "&#xfdd0;0&#xfdd1;{}",
    "<table><tr><td>&#xfdd0;0&#xfdd1;</table>{}",
    "{}<table><tr><td>&#xfdd0;0&#xfdd1;</table>",
    "\ufdd00\ufdd1{}",
)
INSIDE = (
    ("", ""),
    ("<td>7</td>", "<td> 7\n</td>"),
    ("<td>7</td>", "<td>&nbsp;7</td>"),
    ("<td>7</td>", "<td>7<br></td>"),
    ("<td>7</td>", "<td>共 7</td>"),
    ("<td>7</td>", "<td><p>7</p><p>8</p></td>"),
    ("<td>7</td>", "<td><span>7</span><span lang=EN-US>8</span></td>"),
    ("<td>7</td>", "<td><span>7</span><span style='display:block'>8</span></td>"),
    ("<td>7</td>", "<td><span>7</span><span title=\">8</span></td>"),
    ("<td>7</td>", "<td><span>7</span><span style='display:none'>8</span></td>"),
    ("<td>7</td>", "<td><sup>7</sup></td>"),
    ("<td>7</td>", "<td title='a>7<b'>x</td>"),
    ("<td>7</td>", "<td colspan=2>7.50</td>"),
    ("<td>7</td>", "<td>7</td></tr></tbody>8<tbody><tr>"),
    ("<td>7</td>", "<td hidden>7</td>"),
    ("<td>7</td>", "<td>7<!-- </table> --></td>"),
    ("<td>7</td>", "<td>7</td></form><td><a href=y>8</a></td>"),
    ("<td>7</td>", "<td><b>7</td>"),
    ("<td>7</td>", "<th>7</th>"),
    ("<tbody>", "<caption>表</caption><tbody>"),
    ("</tbody></table>", "</tbody></table >"),
    ("border=1", "style='visibility:hidden'"),
    ("border=1", "title='>'"),
)  # fmt: skip


@pytest.mark.parametrize("around", SURROUNDINGS)
@pytest.mark.parametrize("inside", INSIDE)
def test_wherever_a_known_table_stands_nothing_changes(
    around: str, inside: tuple[str, str]
) -> None:
    html = f"<!DOCTYPE html><body>{TABLE}<p>正文</p>{TABLE.replace(*inside)}尾"
    read_known(html)
    placed = around.replace("{}", TABLE.replace(*inside)) + "<p>尾 1</p><table><tr><td>1<td>2"
    pages = (placed, other_numbers(placed), placed.upper())
    found = [said(read_page(page)) for page in pages]
    assert found == [said(read_afresh(page)) for page in pages]


PIECES = st.sampled_from(
    [
        TABLE, TABLE, TABLE, "<table>", "</table>", "<tr>", "<td>", "</td>", "<tbody>", "<p>", "</p>", "<b>",
        "</b>", "<a href=x>", "</a>", "<div style='display:none'>", "<div>", "</div>", "<select>", "<option>",
        "</select>", "<svg>", "</svg>", "<form>", "</form>", "<h1>", "</h1>", "<!--", "-->", "<script>",
        "</script>", "<caption>", "<ol>", "<li>", "<p title='", "'", '"', ">", "12", "<td>12</td>", "文字",
        "<template>", "</template>", "<title>", "</title>", "<math><mi>", "<noscript>", "</noscript>", "<del>",
        "<button>", "<iframe src=y>", "</iframe>", "<textarea>", "</textarea>", "<td><img src=z>", "<nobr>",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
@settings(max_examples=400, deadline=None)
def test_a_known_table_in_any_markup_changes_nothing(html: str) -> None:
    afresh = said(read_afresh(html))
    for _ in range(2):
        read_page(TABLE)
    assert said(read_page(html)) == afresh


def test_a_plain_table_is_known_the_third_time() -> None:
    _, taken = read_known(f"<p>前{TABLE}<p>后")
    assert taken == 1
    grid = next(b for b in read_page(other_numbers(TABLE)).blocks.blocks if isinstance(b, Grid))
    assert [cell.text for cell in grid.cells][1::2] == [str(n * 7 + 3) for n in range(9)]


WORD_CELL = "<td><p><span lang=EN-US>{}</span><span><o:p></o:p></span></p></td>"
NUMBERS = (
    "0", "7", "1204", "3.50", " 12 ", "1</span><span lang=EN-US>204", "1</span><span>2</span><span>3", "", "/",
    "1</span><span style='display:none'>204", "1</span><span>", "1</span><b>2", "１", "1.", "0</span>0<span>", "<", "²",
    "1</span><span style='font-family:宋体'>204", "1</span><span style='font-family:宋体;display:none'>204",
)  # fmt: skip


def word_table(rows: Sequence[Sequence[str]]) -> str:
    cells = ("".join(map(WORD_CELL.format, row)) for row in rows)
    body = "".join(f"<tr><td><p>第{n}行</p></td>{row}</tr>" for n, row in enumerate(cells))
    return f"<p>前<table border=1 class=MsoNormalTable><tbody>{body}</tbody></table><p>后"


@pytest.mark.parametrize("printed", NUMBERS)
@pytest.mark.parametrize("place", [(0, 0), (1, 2), (3, 1)])
def test_numbers_of_known_tables_are_read_however_they_are_written(
    printed: str, place: tuple[int, int]
) -> None:
    for number in ("0", "8"):
        rows = [[number] * 3 for _ in range(4)]
        read_known(word_table(rows))
        assert len(shortened_page.parse_page(word_table(rows))[1]) == 1
        rows[place[0]][place[1]] = printed
        page = word_table(rows)
        assert said(read_page(page)) == said(read_afresh(page))
