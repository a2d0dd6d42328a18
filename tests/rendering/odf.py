"""What ODT and ODS share: the table markup and the package."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

from tests.damage.physical import Table

from .placing import slots_of

_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "style", "text", "table", "drawing")
)
STYLES = (
    '<office:automatic-styles><style:style style:name="hide" style:family="text">'
    '<style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>'
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..."'
    ' style:num-suffix="、"/></text:list-style></office:automatic-styles>'
)


def package(mimetype: str, body: str) -> bytes:
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES}>{STYLES}'
        f"<office:body>{body}</office:body></office:document-content>"
    )
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", (1980, 1, 1, 0, 0, 0)), mimetype)
        member = zipfile.ZipInfo("content.xml", (1980, 1, 1, 0, 0, 0))
        archive.writestr(member, content.encode(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def paragraph(text: str, rng: random.Random) -> str:
    if not text:
        return rng.choice(("<text:p/>", ""))
    cut = rng.randint(0, len(text))
    first, second = (
        escape(part).replace("\n", "<text:line-break/>") for part in (text[:cut], text[cut:])
    )
    unseen = rng.choice(
        ("", "", "<text:soft-page-break/>", '<text:span text:style-name="hide">9</text:span>',
         "<office:annotation><text:p>8</text:p></office:annotation>", '<text:change text:change-id="c"/>')
    )  # fmt: skip
    return f"<text:p>{first}{unseen}<text:span>{second}</text:span></text:p>"


def table_rows(table: Table, rng: random.Random, with_values: bool) -> str:
    """Rows with covered cells, runs of equal empty cells stored once."""
    rows = []
    for row in slots_of(table):
        cells = []
        for slot in row:
            covered = "<table:covered-table-cell/>" * slot.cell.columns
            if slot.continues:
                cells.append(covered)
                continue
            spans = ""
            if slot.cell.columns > 1 or slot.rows > 1:
                spans = (
                    f' table:number-columns-spanned="{slot.cell.columns}"'
                    f' table:number-rows-spanned="{slot.rows}"'
                )
            value = ""
            if with_values and slot.cell.text.isdecimal():
                value = f' office:value-type="float" office:value="{int(slot.cell.text)}.0"'
            text = paragraph(slot.cell.text, rng)
            cells.append(f"<table:table-cell{spans}{value}>{text}</table:table-cell>")
            cells.append("<table:covered-table-cell/>" * (slot.cell.columns - 1))
        rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return "".join(rows)
