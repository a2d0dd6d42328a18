"""Reading an RTF file token by token: groups, text in code pages, paragraphs, rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from annual_reports.reading.office.laid_out import Flow, Paragraph
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.rtf_state import (
    CHARACTERS,
    CHINESE,
    DESTINATIONS,
    FONT_CHARSETS,
    SKIPPED_DESTINATIONS,
    SYMBOLS,
    Destination,
    GroupState,
    RowDefinition,
    codec_of_page,
    is_whole_chinese,
)
from annual_reports.reading.office.rtf_tables import TableStream
from annual_reports.reading.office.rtf_tokens import Token
from schemas.office import office_words

MAX_GROUPS = 500
_PICTURE = office_words("placeholder")["picture"]


class RtfReader:
    """`title` is that of the file's information, `replaced` counts characters lost in decoding.

    Without `\\ansicpg` the code page is taken to be the mainland's.
    """

    def __init__(self) -> None:
        self.title: str | None = None
        self.replaced = 0
        self.charset = CHINESE
        self._state = GroupState()
        self._outer: list[GroupState] = []
        self._opened = self._starred = self._row_open = False
        self._to_skip = 0
        self._bytes = bytearray()
        self._texts: dict[Destination, list[str]] = {
            Destination.TEXT: [], Destination.LABEL: [], Destination.TITLE: [], Destination.NOTE: [],
        }  # fmt: skip
        self._anchors: list[list[str]] = []
        self._notes: list[Flow] = []
        self._fonts: dict[int, str] = {}
        self._stream = TableStream()
        self._row, self._nested_row = RowDefinition(), RowDefinition()

    @property
    def is_closed(self) -> bool:
        """Whether every group was closed."""
        return self._opened and not self._outer

    def take(self, token: Token) -> None:
        """Read on by one token."""
        if token.kind == "open":
            self._open()
        elif token.kind == "close":
            self._close()
        elif token.kind == "word":
            self._word(token.data.decode("ascii"), token.number)
        elif self._to_skip:
            self._skip_fallback(token)
        elif token.kind == "symbol":
            self._symbol(token.data)
        else:
            self._bytes += token.data

    def finish(self) -> list[Flow]:
        """The flow of the document, notes behind it."""
        self._flush()
        self._end_paragraph()
        return [*self._stream.finish(), *self._notes]

    def _open(self) -> None:
        self._flush()
        self._to_skip, self._opened, self._starred = 0, True, False
        if len(self._outer) >= MAX_GROUPS:
            raise office_refusal("too_deep", limit=MAX_GROUPS)
        self._outer.append(self._state)
        self._state = replace(self._state)

    def _close(self) -> None:
        self._flush()
        self._to_skip = 0
        if not self._outer:
            return
        if self._state.apart and not self._outer[-1].apart:
            self._put("\n")
        inner = self._state
        if inner.box > self._outer[-1].box:
            self._end_paragraph()
            self._texts[Destination.TEXT] = self._anchors.pop()
        self._state = self._outer.pop()
        if inner.destination is self._state.destination:
            return
        if inner.destination is Destination.NOTE:
            self._notes.append(Paragraph(self._taken(Destination.NOTE)))
        elif inner.destination is Destination.TITLE:
            self.title = self._taken(Destination.TITLE).strip() or None

    def _taken(self, destination: Destination) -> str:
        """The text gathered there, which starts anew."""
        text = "".join(self._texts[destination])
        self._texts[destination] = []
        if any(0xD800 <= ord(char) < 0xE000 for char in text):
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text

    def _skip_fallback(self, token: Token) -> None:
        """Bytes that stand in for the Unicode character before them."""
        taken = min(self._to_skip, len(token.data)) if token.kind == "text" else 1
        self._to_skip -= taken
        if token.kind == "text":
            self._bytes += token.data[taken:]

    def _symbol(self, symbol: bytes) -> None:
        if symbol in (b"\\", b"{", b"}"):
            self._bytes += symbol  # may be the second byte of a Chinese character
            return
        self._flush()
        if symbol == b"*":
            self._starred = True
        elif symbol in (b"\n", b"\r"):
            self._end_line_of_text()
        elif symbol in SYMBOLS:
            self._put(SYMBOLS[symbol])

    def _flush(self) -> None:
        """Decode the bytes gathered under one font."""
        if not self._bytes:
            return
        data, self._bytes = bytes(self._bytes), bytearray()
        font = self._state.font
        codec = self.charset if font is None else self._fonts.get(font, self.charset)
        if CHINESE in self._fonts.values() and is_whole_chinese(data):
            codec = CHINESE  # the font of East Asian text is named apart from that of the run
        text = data.decode(codec, "replace")
        if self._put(text):
            self.replaced += text.count("\ufffd")

    def _put(self, text: str) -> bool:
        """Whether the text is printed or kept."""
        state = self._state
        if state.hidden or state.deleted or state.destination not in self._texts:
            return False
        self._texts[state.destination].append(text)
        return True

    def _word(self, word: str, number: int | None) -> None:
        self._flush()
        if self._to_skip and word not in ("par", "cell", "nestcell", "row", "nestrow"):
            self._to_skip -= 1
            return
        self._to_skip = 0
        starred, self._starred = self._starred, False
        if self._state.destination is Destination.SKIPPED:
            return
        if word in DESTINATIONS:
            self._enter(word)
        elif starred or word in SKIPPED_DESTINATIONS:
            if word == "pict" and self._state.destination is Destination.TEXT:
                self._put(_PICTURE)
            self._state.destination = Destination.SKIPPED
        elif word in CHARACTERS:
            self._put(CHARACTERS[word])
        elif word in _ACTIONS:
            _ACTIONS[word](self, 1 if number is None else number)

    def _enter(self, word: str) -> None:
        self._state.destination = DESTINATIONS[word]
        if word == "shptxt":
            self._state.box += 1
            self._anchors.append(self._texts[Destination.TEXT])
            self._texts[Destination.TEXT] = []

    def _put_unicode(self, number: int) -> None:
        code = number + 0x10000 if number < 0 else number
        if 0 <= code < 0x110000:
            self._put(chr(code))
        self._to_skip = self._state.fallback

    def _end_line_of_text(self) -> None:
        if self._state.destination is Destination.NOTE:
            self._put("\n")
        elif self._state.destination is Destination.TEXT:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        text = self._taken(Destination.TEXT)
        label = self._taken(Destination.LABEL).replace("\t", "").strip()
        level = self._level()
        if text or level == 0:
            self._stream.add(level, Paragraph(text, label))

    def _level(self) -> int:
        if self._state.level and (self._state.in_table or self._row_open):
            return self._state.level
        return 1 if self._state.in_table or self._row_open else 0

    def _end_cell(self) -> None:
        self._row_open = True
        self._end_paragraph_at(1)
        self._stream.end_cell(1)

    def _end_nested_cell(self) -> None:
        level = max(2, self._state.level)
        self._end_paragraph_at(level)
        self._stream.end_cell(level)

    def _end_paragraph_at(self, level: int) -> None:
        text = self._taken(Destination.TEXT)
        self._texts[Destination.LABEL] = []
        if text:
            self._stream.add(level, Paragraph(text))

    def _end_row(self) -> None:
        self._stream.end_row(1, self._row.shape())
        self._row_open = False

    def _end_nested_row(self) -> None:
        self._stream.end_row(max(2, self._state.level), self._nested_row.shape())

    def _start_row(self) -> None:
        if self._state.destination is Destination.NESTED_ROW:
            self._nested_row = RowDefinition()
        else:
            self._row, self._row_open = RowDefinition(), True

    def _definition(self) -> RowDefinition:
        nested = self._state.destination is Destination.NESTED_ROW
        return self._nested_row if nested else self._row

    def _set_left(self, left: int) -> None:
        self._definition().left = left

    def _add_edge(self, edge: int) -> None:
        self._definition().add_edge(edge)

    def _join_left(self) -> None:
        self._definition().next_shape.joins_left = True

    def _join_above(self) -> None:
        self._definition().next_shape.joins_above = True

    def _set_font_charset(self, number: int) -> None:
        font = self._state.font if self._state.destination is Destination.FONTS else None
        if font is not None and number in FONT_CHARSETS:
            self._fonts[font] = FONT_CHARSETS[number]

    def _set_code_page(self, number: int) -> None:
        self.charset = codec_of_page(number) or self.charset

    def _set_apart(self, apart: bool) -> None:
        if apart != self._state.apart:
            self._put("\n")
        self._state.apart = apart

    def _plain(self) -> None:
        self._set_apart(False)
        self._state.hidden = self._state.deleted = False
        self._state.font = None

    def _paragraph_defaults(self) -> None:
        self._state.in_table, self._state.level = False, 0

    def _set(self, **changes: object) -> None:
        for name, value in changes.items():
            setattr(self._state, name, value)


_ACTIONS: Mapping[str, Callable[[RtfReader, int], None]] = {
    "u": RtfReader._put_unicode,
    "uc": lambda reader, number: reader._set(fallback=max(0, number)),
    "f": lambda reader, number: reader._set(font=number),
    "v": lambda reader, number: reader._set(hidden=number != 0),
    "deleted": lambda reader, number: reader._set(deleted=number != 0),
    "strike": lambda reader, number: reader._set_apart(number != 0),
    "striked": lambda reader, number: reader._set_apart(number != 0),
    "super": lambda reader, number: reader._set_apart(number != 0),
    "sub": lambda reader, number: reader._set_apart(number != 0),
    "nosupersub": lambda reader, _: reader._set_apart(False),
    "plain": lambda reader, _: reader._plain(),
    "pard": lambda reader, _: reader._paragraph_defaults(),
    "intbl": lambda reader, _: reader._set(in_table=True),
    "itap": lambda reader, number: reader._set(level=max(0, number)),
    "par": lambda reader, _: reader._end_line_of_text(),
    "sect": lambda reader, _: reader._end_line_of_text(),
    "page": lambda reader, _: reader._end_line_of_text(),
    "cell": lambda reader, _: reader._end_cell(),
    "nestcell": lambda reader, _: reader._end_nested_cell(),
    "row": lambda reader, _: reader._end_row(),
    "nestrow": lambda reader, _: reader._end_nested_row(),
    "trowd": lambda reader, _: reader._start_row(),
    "trleft": RtfReader._set_left,
    "cellx": RtfReader._add_edge,
    "clmrg": lambda reader, _: reader._join_left(),
    "clvmrg": lambda reader, _: reader._join_above(),
    "fcharset": RtfReader._set_font_charset,
    "ansicpg": RtfReader._set_code_page,
}
