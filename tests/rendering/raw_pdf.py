"""PDF files written object by object, for what no library writes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /written def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{count} beginbfchar
{pairs}
endbfchar
endcmap
end
end
"""


def raw_pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalog."""
    parts, places = [b"%PDF-1.7\n"], []
    for number, body in enumerate(objects, start=1):
        places.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = sum(map(len, parts))
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    parts += [b"%010d 00000 n \n" % place for place in places]
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    parts.append(b"startxref\n%d\n%%%%EOF\n" % start)
    return b"".join(parts)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object, compressed."""
    packed = zlib.compress(data, 9)
    head = b"<< /Length %d /Filter /FlateDecode %s >>" % (len(packed), entries)
    return head + b"\nstream\n" + packed + b"\nendstream"


def one_page(content: bytes, font: Sequence[bytes] = (), pages: int = 1) -> bytes:
    """Pages of one content stream (an object); `font` are the objects from 5 on, the first of them F1."""
    resources = b"<< /Font << /F1 5 0 R >> >>" if font else b"<< >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>"
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b"3 0 R " * pages),
            page % resources,
            content,
            *font,
        ]
    )


def mapped_page(lines: Sequence[str]) -> bytes:
    """A page of lines in a font that is not embedded, whose own map alone says what its codes mean."""
    characters = sorted(set("".join(lines)))
    codes = {character: index for index, character in enumerate(characters, start=1)}
    pairs = "\n".join(f"<{codes[char]:04X}> <{ord(char):04X}>" for char in characters)
    shown = "".join(
        f"BT /F1 12 Tf 60 {780 - 24 * number} Td <{''.join(f'{codes[c]:04X}' for c in line)}> Tj ET\n"
        for number, line in enumerate(lines)
    )
    descendant = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Written /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /FontDescriptor 8 0 R >>"
    )
    descriptor = (
        b"<< /Type /FontDescriptor /FontName /Written /Flags 4 /FontBBox [0 -200 1000 900] "
        b"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>"
    )
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /Written /Encoding /Identity-H "
    return one_page(
        stream(shown.encode()),
        (
            font + b"/DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
            descendant,
            stream(CMAP.format(count=len(characters), pairs=pairs).encode()),
            descriptor,
        ),
    )
