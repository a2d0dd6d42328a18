"""RTF to tokens: control words, bytes of text, and groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<group>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)


class Token(NamedTuple):
    """`kind`: word, hex, symbol, open, close or text. `number` is None where a word has none."""

    kind: str
    data: bytes
    number: int | None = None


def rtf_tokens(content: bytes) -> Iterator[Token]:
    """Tokens in order; binary data behind `\\bin` is skipped."""
    position = 0
    while position < len(content) and (found := _TOKEN.match(content, position)):
        position = found.end()
        if (word := found["word"]) is not None:
            number = int(found["number"]) if found["number"] else None
            if word == b"bin" and number and number > 0:
                position += number
            else:
                yield Token("word", word, number)
        elif (code := found["hex"]) is not None:
            yield Token("hex", bytes.fromhex(code.decode("ascii")))
        elif (symbol := found["symbol"]) is not None:
            yield Token("symbol", symbol)
        elif (group := found["group"]) is not None:
            yield Token("open" if group == b"{" else "close", group)
        elif (text := found["text"]) is not None:
            yield Token("text", text)
