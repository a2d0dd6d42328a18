"""DOC and WPS (OLE) to content: the piece table's text, with its cells at their places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from annual_reports.reading.content import Content
from annual_reports.reading.office.doc_bytes import KIND
from annual_reports.reading.office.doc_lists import read_doc_lists
from annual_reports.reading.office.doc_pieces import Header, Piece, read_header, read_pieces
from annual_reports.reading.office.doc_properties import (
    CharacterLook,
    ParagraphLook,
    Runs,
    character_look,
    paragraph_look,
    read_runs,
)
from annual_reports.reading.office.laid_out import Flow, Paragraph
from annual_reports.reading.office.lists import Lists
from annual_reports.reading.office.ole import OleFile
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.rtf_tables import TableStream
from annual_reports.reading.office.titled import document_content
from schemas.office import office_words

MEDIA_TYPE = "application/msword"
_STORIES = ("main", "footnotes", "endnotes", "boxes")
_MARKS = re.compile("[\x00-\x1f]|[^\x00-\x1f]+")
_CELL, _LINE, _PAGE, _PARAGRAPH = "\x07", "\x0b", "\x0c", "\r"
_FIELD, _RESULT, _FIELD_END = "\x13", "\x14", "\x15"
_CHARACTERS = {"\t": "\t", _LINE: "\n", "\x0e": "\n", "\x1e": "-", "\x1f": "", "\x01": office_words("placeholder")["picture"]}  # fmt: skip


def read_doc(ole: OleFile) -> Content:
    """Blocks and titles; raises QuarantinedDocument."""
    document = ole.read("WordDocument")
    header = read_header(document)
    table = ole.read(header.table_stream)
    pieces = read_pieces(document, table, header)
    characters = read_runs(document, table, header.table(12), paragraphs=False)
    paragraphs = read_runs(document, table, header.table(13), paragraphs=True)
    if not len(paragraphs):
        raise office_refusal("damaged", kind=KIND)
    reader = _DocReader(pieces, characters, paragraphs, ole.read("Data"), read_doc_lists(table, header))  # fmt: skip
    flow = [one for start, end in _stories(header) for one in reader.story(start, end)]
    return document_content(flow, MEDIA_TYPE, ole.title())


def _stories(header: Header) -> Iterator[tuple[int, int]]:
    """Character ranges of what is printed with the text; page headers and remarks are left out."""
    start = 0
    for name, length in header.lengths.items():
        if name in _STORIES and length:
            yield start, start + length
        start += length


class _DocReader:
    def __init__(
        self, pieces: list[Piece], characters: Runs, paragraphs: Runs, data: bytes, lists: Lists
    ) -> None:
        self._pieces, self._characters, self._paragraphs = pieces, characters, paragraphs
        self._data, self._lists = data, lists
        self._looks: dict[bytes, CharacterLook] = {}
        self._texts: list[str] = []
        self._fields: list[bool] = []
        self._stream = TableStream()

    def story(self, start: int, end: int) -> list[Flow]:
        """The flow of one range of characters."""
        self._stream, self._texts, self._fields = TableStream(), [], []
        covered = start
        for piece in self._pieces:
            left, right = max(piece.start, start), min(piece.end, end)
            if left < right:
                self._read(piece, left, right)
                covered = max(covered, right)
        if covered < end:
            raise office_refusal("damaged", kind=KIND)
        self._end_paragraph(ParagraphLook())
        return self._stream.finish()

    def _read(self, piece: Piece, start: int, end: int) -> None:
        first = piece.offset + (start - piece.start) * piece.width
        last = piece.offset + (end - piece.start) * piece.width
        for left, right, properties in self._characters.between(first, last):
            key = properties + b"\0\0" + piece.properties
            look = self._looks.get(key)
            if look is None:
                look = self._looks[key] = character_look(properties, piece.properties)
            text_from = (left - piece.offset) // piece.width
            text = piece.text[text_from : (right - piece.offset) // piece.width]
            self._read_run(text, look, piece, text_from)

    def _read_run(self, text: str, look: CharacterLook, piece: Piece, start: int) -> None:
        if look.apart:
            self._texts.append("\n")
        for found in _MARKS.finditer(text):
            part = found[0]
            if part in (_PARAGRAPH, _CELL, _PAGE):
                if part == _PARAGRAPH and look.deleted:
                    continue
                place = piece.offset + (start + found.start()) * piece.width
                self._mark(part, self._paragraph_look(place, piece))
            elif part == _FIELD:
                self._fields.append(False)
            elif part == _RESULT and self._fields:
                self._fields[-1] = True
            elif part == _FIELD_END and self._fields:
                self._fields.pop()
            elif not look.hidden and not look.deleted and all(self._fields):
                self._texts.append(_shown(part, look))
        if look.apart:
            self._texts.append("\n")

    def _paragraph_look(self, place: int, piece: Piece) -> ParagraphLook:
        return paragraph_look(self._data, self._paragraphs.at(place), piece.properties)

    def _mark(self, mark: str, look: ParagraphLook) -> None:
        level = look.table_level
        if mark == _CELL and look.ends_row:
            self._texts = []
            self._stream.end_row(max(1, level), look.row)
        elif mark == _CELL:
            self._end_paragraph(look)
            self._stream.end_cell(max(1, level))
        elif look.ends_inner_row:
            self._texts = []
            self._stream.end_row(max(2, level), look.row)
        else:
            self._end_paragraph(look)
            if look.ends_inner_cell:
                self._stream.end_cell(max(2, level))

    def _end_paragraph(self, look: ParagraphLook) -> None:
        text = "".join(self._texts)
        self._texts = []
        if any(0xD800 <= ord(char) < 0xE000 for char in text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        label = ""
        if look.list_number and text.strip():
            label = self._lists.label(str(look.list_number), look.list_level)
        if text:
            self._stream.add(look.table_level, Paragraph(text, label))


def _shown(part: str, look: CharacterLook) -> str:
    """Text as it is; a character of a symbol font is not the one stored for it."""
    if look.symbol:
        return "\ufffd" * len(part)
    return part if part >= " " else _CHARACTERS.get(part, "")
