"""DOCX as Word, WPS and converters write it: split runs, revisions, fields, controls, lists."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from tests.damage.physical import Table

from . import Prose
from .placing import Slot, slots_of, table_width

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CHAPTERS = "一二三四五六"
NUMBERING = (
    f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/><w:basedOn w:val="a"/></w:style>'
    '<w:style w:type="character" w:styleId="H"><w:name w:val="unseen"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
)
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>文档1</dc:title></cp:coreProperties>'
)
CORE_RELATION = (
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_MAIN}.styles+xml"/>'
    f'<Override PartName="/word/numbering.xml" ContentType="{_MAIN}.numbering+xml"/>'
    '<Override PartName="/docProps/core.xml"'
    ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
UNPRINTED = (
    "", "", "", "", '<w:proofErr w:type="spellStart"/>', "<w:r><w:softHyphen/></w:r>",
    '<w:del w:id="1" w:author="x"><w:r><w:delText>7</w:delText></w:r></w:del>',
    '<w:moveFrom w:id="2"><w:r><w:t>8</w:t></w:r></w:moveFrom>',
    "<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r>",
    '<w:r><w:rPr><w:rStyle w:val="H"/></w:rPr><w:t>6</w:t></w:r>',
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE 5</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    '<w:bookmarkStart w:id="3" w:name="4"/>',
)  # fmt: skip
WRAPPINGS = (
    "{}", "{}", "{}", '<w:ins w:id="4" w:author="x">{}</w:ins>', "<w:smartTag>{}</w:smartTag>",
    "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
    '<w:hyperlink w:anchor="a">{}</w:hyperlink>', '<w:fldSimple w:instr="=1">{}</w:fldSimple>',
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>=1</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>{}<w:r><w:fldChar w:fldCharType="end"/></w:r>',
)  # fmt: skip


def render_docx(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    """Headings get automatic numbers or typed ones, all alike."""
    return package(document(document_body(tables, prose, rng)))


def document(body: str) -> str:
    return f'<w:document xmlns:w="{W}" xmlns:r="{REL}"><w:body>{body}</w:body></w:document>'


def document_body(tables: Sequence[Table], prose: Prose, rng: random.Random) -> str:
    """The content of `w:body`."""
    numbered = rng.random() < 0.5
    parts = []
    for place, lines in enumerate(prose):
        parts += [paragraph(line, rng, numbered, place == n == 0) for n, line in enumerate(lines)]
        if place < len(tables):
            parts.append(table_markup(tables[place], rng))
    return "".join(parts)


def paragraph(text: str, rng: random.Random, numbered: bool = False, title: bool = False) -> str:
    properties = '<w:pPr><w:pStyle w:val="T"/></w:pPr>' if title else ""
    if numbered and text[:1] in CHAPTERS and text[1:2] == "、":
        properties = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        text = text[2:]
    return f"<w:p>{properties}{runs(text, rng)}</w:p>"


def runs(text: str, rng: random.Random) -> str:
    """The text over several runs, among things that are not printed."""
    if not text:
        return ""
    cut = rng.randint(0, len(text))
    first, second = (plain_run(part) for part in (text[:cut], text[cut:]))
    return rng.choice(WRAPPINGS).format(first + rng.choice(UNPRINTED) + second)


def plain_run(text: str) -> str:
    if not text:
        return ""
    parts = [f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in text.split("\n")]
    return f'<w:r><w:rPr><w:sz w:val="21"/></w:rPr>{"<w:br/>".join(parts)}</w:r>'


def table_markup(table: Table, rng: random.Random) -> str:
    columns = "".join('<w:gridCol w:w="800"/>' for _ in range(table_width(table)))
    rows = []
    for row in slots_of(table):
        cells = "".join(cell_markup(slot, rng) for slot in row)
        before = row[0].column if row else 0
        properties = f'<w:trPr><w:gridBefore w:val="{before}"/></w:trPr>' if before else ""
        rows.append(f"<w:tr>{properties}{cells}</w:tr>")
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def cell_markup(slot: Slot, rng: random.Random) -> str:
    span = f'<w:gridSpan w:val="{slot.cell.columns}"/>' if slot.cell.columns > 1 else ""
    merge = ""
    if slot.continues:
        merge = rng.choice(("<w:vMerge/>", '<w:vMerge w:val="continue"/>'))
    elif slot.rows > 1:
        merge = '<w:vMerge w:val="restart"/>'
    text = "" if slot.continues else slot.cell.text
    cell = f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{paragraph(text, rng)}</w:tc>"
    if rng.random() < 0.05:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{cell}</w:sdtContent></w:sdt>"
    return cell


def links(*pairs: tuple[str, str]) -> str:
    """A relations part: (type, target) each."""
    listed = "".join(
        f'<Relationship Id="r{n}" Type="{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(pairs)
    )
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def parts_of(markup: str) -> dict[str, str]:
    """The parts of a package with styles, numbering, notes and core properties."""
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": links(
            (f"{REL}/officeDocument", "word/document.xml"), (CORE_RELATION, "docProps/core.xml")
        ),
        "word/_rels/document.xml.rels": links(
            (f"{REL}/styles", "styles.xml"),
            (f"{REL}/numbering", "numbering.xml"),
            (f"{REL}/footnotes", "footnotes.xml"),
        ),
        "word/document.xml": markup,
        "word/styles.xml": STYLES,
        "word/numbering.xml": NUMBERING,
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{W}"/>',
        "docProps/core.xml": CORE,
    }


def package(markup: str, replaced: dict[str, str] | None = None) -> bytes:
    """A DOCX of one document part; `replaced` are parts to add or exchange."""
    return zipped({**parts_of(markup), **(replaced or {})})


def zipped(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(member, text.encode(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def without_controls(content: bytes) -> bytes:
    """The same document without content controls, which python-docx does not enter."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    markup = parts["word/document.xml"]
    for control in ("<w:sdt><w:sdtPr/><w:sdtContent>", "</w:sdtContent></w:sdt>"):
        markup = markup.replace(control, "")
    return zipped({**parts, "word/document.xml": markup})
