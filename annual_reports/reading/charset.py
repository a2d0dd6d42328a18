"""Bytes to text. The page's own declaration is never asked: on real sites it lies both ways.

Strict UTF-8 proves itself. Anything else is decided by which decoding looks like Chinese, because
strict GB18030 accepts nearly every byte pair and turns Big5 or binary junk into rare characters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from resiliparse.parse.encoding import detect_encoding

from annual_reports.model import QuarantinedDocument, QuarantineReason
from annual_reports.reading.radicals import with_ideographs
from schemas.media import common_hanzi

MAX_REPLACED_SHARE = 0.01
MAX_REPLACED = 10
"""More undecodable characters than this number, and than this share of all that are not ASCII,
and a text is refused; with fewer it is read and flagged."""

_MIN_COMMON_SHARE = 0.15  # real prose and statutory forms: 0.45-0.75; mojibake: under 0.05
_SURE_COMMON_SHARE = 0.4
_MIN_HANZI_TO_JUDGE = 40
_SAMPLED_HANZI = 2000
_JUDGED_STRETCH = 250
_JUDGED_BEGINNING = 900  # bytes
_JUDGED_BYTES_EACH = 12  # where one hanzi in four is common, one common hanzi stands in so many
_LEAST_HANZI_BYTES = 3
_HANZI_RUNS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0003ffff]+")
_REPLACEMENT = "\ufffd"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY_CODECS = (("gb18030", "gb18030"), ("big5", "big5hkscs"))
_TRIED_LABELS = frozenset({"gbk", "gb2312", "gb18030", "x-gbk", "euc-cn", "big5", "utf-8"})
_NONCHARACTERS = re.compile(r"[\0\ufffe\ufdd0-\ufdef]")
_ZERO_WIDTH_MARK = "\ufeff"
# A single character is found fastest in the text, but for zeros, which are half of every wide one.
_CHANGED_CHARACTERS = (_ZERO_WIDTH_MARK, "\ufffe")
_CHANGED_BYTES = (b"\0", "\ufdd0".encode()[:2])
_RADICAL_BYTES = re.compile(rb"\xe2[\xba-\xbf]")  # U+2E80 to U+2FFF
# U+0080 to U+00FF in UTF-8: the only characters whose first byte is one of these.
_LATIN_LEADS = (b"\xc2", b"\xc3")
_NO_BREAK_SPACE = "\u00a0".encode()
_CONTROL_BYTES = bytes([*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_TO_MEND = re.compile(
    "[\u2e80-\u2fff\ufdd0-\ufdef\ufeff\ufffd\ufffe]"
)  # what `decode_text` changes or counts
_ASCII = bytes(range(0x80))
_PLAIN_ASCII = bytes(byte for byte in _ASCII if byte not in _CONTROL_BYTES)


@dataclass(frozen=True, slots=True)
class DecodedText:
    """`replaced` counts the characters lost in decoding (U+FFFD in `text`)."""

    text: str
    charset: str
    replaced: int


def decode_text(content: bytes) -> DecodedText:
    """Text of a document; raises QuarantinedDocument (undecodable, unsupported_media)."""
    beyond_plain = beyond_plain_ascii(content)
    decoded = (
        _decode_marked(content)
        or _decode_wide(content, beyond_plain)
        or _decode_unmarked(content, beyond_plain)
    )
    text = decoded.text
    if decoded.charset != "utf-8" or _REPLACEMENT in text:
        beyond_plain = beyond_plain_ascii(text.encode("utf-8", "replace"))
    if any(map(text.__contains__, _CHANGED_CHARACTERS)) or any(
        map(beyond_plain.__contains__, _CHANGED_BYTES)
    ):
        text = _NONCHARACTERS.sub(_REPLACEMENT, text.replace(_ZERO_WIDTH_MARK, ""))
        beyond_plain = text.encode("utf-8", "replace")
    if _RADICAL_BYTES.search(beyond_plain):
        text = with_ideographs(text)
    replaced = text.count(_REPLACEMENT)
    if replaced > MAX_REPLACED and replaced > MAX_REPLACED_SHARE * len(_without_ascii(text)):
        raise _undecodable(f"{replaced} 个字符无法解码 / {replaced} characters cannot be decoded")
    return DecodedText(text, decoded.charset, replaced)


def decode_sound_utf8(markup: bytes, foreign: bytes, size: int) -> str | None:
    """The text of markup that is part of a page of `size` bytes, which all holds `foreign` beyond plain ASCII.

    None unless `decode_text` would take the page for UTF-8 and change nothing in it.
    """
    beyond = foreign.translate(None, _CONTROL_BYTES)
    if len(beyond) < len(foreign) and (
        b"\0" in foreign or len(foreign) - len(beyond) > MAX_REPLACED_SHARE * size
    ):
        return None
    try:
        judged, text = beyond.decode(), markup.decode()
    except UnicodeDecodeError:
        return None
    return None if _TO_MEND.search(judged) or _is_garbled(beyond) else text


def beyond_plain_ascii(content: bytes) -> bytes:
    """The bytes of a content that are no plain ASCII: other characters and controls."""
    return content.translate(None, _PLAIN_ASCII)


def chinese_plausibility(text: str) -> float:
    """Share of common characters among the first hanzi of a text (0-1); 0 where it has none."""
    sample = _hanzi_of(_without_ascii(text))[:_SAMPLED_HANZI]
    return sum(map(common_hanzi().__contains__, sample)) / len(sample) if sample else 0.0


def _without_ascii(text: str) -> str:
    """Markup is most of a page; dropped as bytes it costs a tenth of what a pattern does."""
    return text.encode("utf-8", "replace").translate(None, _ASCII).decode()


def _hanzi_of(text: str) -> str:
    return "".join(_HANZI_RUNS.findall(text))


def _has_common_share(hanzi: str, share: float) -> bool:
    """Whether at least `share` of the first hanzi are common; real prose shows it soon."""
    sample = hanzi[:_SAMPLED_HANZI]
    common = 0
    for start in range(0, len(sample), _JUDGED_STRETCH):
        stretch = sample[start : start + _JUDGED_STRETCH]
        common += sum(map(common_hanzi().__contains__, stretch))
        if common / len(sample) >= share:
            return True
    return False


def _decode_marked(content: bytes) -> DecodedText | None:
    for mark, charset in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return DecodedText(content[len(mark) :].decode(charset, "replace"), charset, 0)
    return None


def _decode_wide(content: bytes, beyond_plain: bytes) -> DecodedText | None:
    """UTF-16 without a mark and binary files are full of control bytes; a text has a few strays.

    `beyond_plain` is the content without plain ASCII.
    """
    controls = len(beyond_plain) - len(beyond_plain.translate(None, _CONTROL_BYTES))
    if controls <= MAX_REPLACED_SHARE * len(content):
        return None
    for charset in ("utf-16-le", "utf-16-be"):
        text = _strict(content, charset)
        if text is not None and chinese_plausibility(text) >= _MIN_COMMON_SHARE:
            return DecodedText(text, charset, 0)
    raise QuarantinedDocument(
        QuarantineReason.UNSUPPORTED_MEDIA,
        "这是无法识别的二进制文件 / this is a binary file of an unknown kind",
        "请提供网页或文本版本 / supply the page or text version",
    )


def _decode_unmarked(content: bytes, beyond_plain: bytes) -> DecodedText:
    text = _strict(content, "utf-8")
    if text is not None:
        if _is_garbled(beyond_plain.translate(None, _CONTROL_BYTES)):
            raise _undecodable(
                "文字是乱码（曾被错误转码）/ the text was garbled by a wrong conversion"
            )
        return DecodedText(text, "utf-8", 0)
    return _decode_legacy(content) or _decode_with_loss(content)


def _decode_legacy(content: bytes) -> DecodedText | None:
    """The most plausible strict decoding; GB18030 alone when nothing could beat it."""
    candidates: list[tuple[float, str, str]] = []
    for label, codec in _legacy_candidates(content):
        if (text := _strict(content, codec)) is not None:
            candidates.append((chinese_plausibility(text), label, text))
        if candidates and candidates[0][0] >= _SURE_COMMON_SHARE:
            break
    return _most_plausible(candidates)


def _decode_with_loss(content: bytes) -> DecodedText:
    lossy = [
        (chinese_plausibility(text), label, text)
        for label, codec in (("utf-8", "utf-8"), *_LEGACY_CODECS)
        if (text := content.decode(codec, "replace"))
    ]
    decoded = _most_plausible(lossy)
    if decoded is None:
        raise _undecodable(
            "没有一种编码能读出正常的中文 / no encoding gives plausible Chinese text"
        )
    return decoded


def _most_plausible(candidates: list[tuple[float, str, str]]) -> DecodedText | None:
    """The best decoding if it looks like Chinese; the first wins a tie."""
    if not candidates:
        return None
    share, charset, text = max(candidates, key=lambda candidate: candidate[0])
    return DecodedText(text, charset, 0) if share >= _MIN_COMMON_SHARE else None


def _legacy_candidates(content: bytes) -> Iterator[tuple[str, str]]:
    """(name, Python codec) to try in turn; the statistical detector is asked last."""
    yield from _LEGACY_CODECS
    guessed = (detect_encoding(content) or "").lower()
    if guessed not in _TRIED_LABELS and _is_codec(guessed):
        yield guessed, guessed


def _is_codec(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _strict(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeError:
        return None


def _is_garbled(beyond: bytes) -> bool:
    """Whether valid UTF-8, here without ASCII, holds text that was decoded wrongly and saved again."""
    leads = sum(map(beyond.count, _LATIN_LEADS))
    known = _plausible_beginning(beyond)
    if known is not None and leads <= max(2 * known, _MIN_HANZI_TO_JUDGE):
        return False
    latin = leads - beyond.count(_NO_BREAK_SPACE)
    hanzi = _hanzi_of(beyond.decode())
    is_implausible = len(hanzi) >= _MIN_HANZI_TO_JUDGE and not _has_common_share(
        hanzi, _MIN_COMMON_SHARE / 2
    )
    return is_implausible or latin > max(2 * len(hanzi), _MIN_HANZI_TO_JUDGE)


def _plausible_beginning(beyond: bytes) -> int | None:
    """How many hanzi stand at the beginning of text without ASCII, if they alone make the whole of it plausible.

    They do if they hold as many common ones as would do among all the hanzi it can have.
    """
    most = min(len(beyond) // _LEAST_HANZI_BYTES, _SAMPLED_HANZI)
    enough = max(1.0, most * _MIN_COMMON_SHARE / 2)
    hanzi, common = _counted_hanzi(
        beyond[: min(_JUDGED_BEGINNING, int(_JUDGED_BYTES_EACH * enough))]
    )
    return hanzi if common >= enough else None


@lru_cache(maxsize=256)  # the pages of a site begin with the same menu
def _counted_hanzi(beyond: bytes) -> tuple[int, int]:
    """All hanzi and the common ones in text without ASCII that may be cut off in a character."""
    hanzi = _hanzi_of(beyond.decode("utf-8", "ignore"))
    return len(hanzi), sum(map(common_hanzi().__contains__, hanzi))


def _undecodable(what: str) -> QuarantinedDocument:
    return QuarantinedDocument(
        QuarantineReason.UNDECODABLE,
        what,
        "请重新抓取原始网页，或另存为 UTF-8 / fetch the original page again, or save it as UTF-8",
    )
