"""Word documents in one file: flat OPC, Word 2003 XML, and the web archive Word saves."""

from __future__ import annotations

import base64
import quopri
import random
from collections.abc import Sequence
from html import escape

from tests.damage.physical import Table

from . import Prose
from .docx import document, document_body, parts_of

PACKAGE_2006 = "http://schemas.microsoft.com/office/2006/xmlPackage"
WORD_2003 = "http://schemas.microsoft.com/office/word/2003/wordml"


def render_flat_opc(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    parts = "".join(
        f'<pkg:part pkg:name="/{name}" pkg:contentType="application/xml"><pkg:xmlData>{text}</pkg:xmlData></pkg:part>'
        for name, text in parts_of(document(document_body(tables, prose, rng))).items()
        if not name.startswith("[")
    )
    head = '<?xml version="1.0" standalone="yes"?><?mso-application progid="Word.Document"?>'
    return f'{head}<pkg:package xmlns:pkg="{PACKAGE_2006}">{parts}</pkg:package>'.encode()


def render_word_2003(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    body = document_body(tables, prose, rng)
    for new, old in (
        ("w:vMerge", "w:vmerge"),
        ("<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>", "<w:listPr><w:ilvl w:val=\"0\"/><w:ilfo w:val=\"1\"/></w:listPr>"),
        ("<w:moveFrom w:id=\"2\"><w:r><w:t>8</w:t></w:r></w:moveFrom>", ""),
        ("<w:del w:id=\"1\" w:author=\"x\">", "<aml:annotation aml:id=\"1\" w:type=\"Word.Deletion\"><aml:content>"),
        ("</w:del>", "</aml:content></aml:annotation>"),
    ):  # fmt: skip
        body = body.replace(new, old)
    lists = (
        '<w:lists><w:listDef w:listDefId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:nfc w:val="37"/><w:suff w:val="Nothing"/>'
        '<w:lvlText w:val="%1、"/></w:lvl></w:listDef><w:list w:ilfo="1"><w:ilst w:val="0"/></w:list></w:lists>'
    )
    styles = (
        '<w:styles><w:style w:type="paragraph" w:default="on" w:styleId="a"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="character" w:styleId="H"><w:name w:val="unseen"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><?mso-application progid="Word.Document"?>'
        f'<w:wordDocument xmlns:w="{WORD_2003}" xmlns:aml="http://schemas.microsoft.com/aml/2001/core"'
        f' xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint">{lists}{styles}'
        f"<w:body><wx:sect>{body}</wx:sect></w:body></w:wordDocument>"
    ).encode()


def render_mhtml(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    parts = []
    for place, lines in enumerate(prose):
        parts += [f"<p class=MsoNormal>{escape(line)}</p>" for line in lines]
        if place < len(tables):
            parts.append(_html_table(tables[place]))
    charset = rng.choice(("utf-8", "gb18030"))
    page = f"<html><body>{''.join(parts)}</body></html>".encode(charset)
    encoding = rng.choice(("quoted-printable", "base64"))
    coded = (
        quopri.encodestring(page) if encoding == "quoted-printable" else base64.encodebytes(page)
    )
    return (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_NextPart"\r\n\r\n'
        b"------=_NextPart\r\nContent-Location: file:///C:/report.htm\r\n"
        + f'Content-Transfer-Encoding: {encoding}\r\nContent-Type: text/html; charset="us-ascii"\r\n\r\n'.encode()
        + coded
        + b"\r\n------=_NextPart\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n------=_NextPart--\r\n"
    )


def _html_table(table: Table) -> str:
    rows = (
        "".join(
            f"<td colspan={cell.columns} rowspan={cell.rows}>{escape(cell.text).replace(chr(10), '<br>')}</td>"
            for cell in row
        )
        for row in table
    )
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
