"""What a document is, by its bytes. Names and suffixes lie: many `.doc` files are HTML inside."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import NoReturn

from annual_reports.model import QuarantinedDocument, QuarantineReason
from annual_reports.reading.blanks import is_blank
from schemas.media import (
    MAX_DOCUMENT_BYTES,
    MediaKind,
    TextKind,
    container_members,
    media_signatures,
    text_kinds,
)

_BLANK_BYTES = b" \t\r\n\x0b\x0c\xef\xbb\xbf\xff\xfe\x00"
_HEAD_BYTES = 8192
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def refuse_unreadable_bytes(content: bytes) -> None:
    """Raise QuarantinedDocument for what is empty, too large or a binary format; else return."""
    refuse_unreadable_size(content)
    if kind := recognise_binary(content):
        refuse_medium(kind)


def refuse_unreadable_size(content: bytes) -> None:
    """Raise QuarantinedDocument for what is empty or too large; else return."""
    if not content.strip(_BLANK_BYTES):
        raise _empty(len(content))
    if len(content) > MAX_DOCUMENT_BYTES:
        raise QuarantinedDocument(
            QuarantineReason.TOO_LARGE,
            f"文件有 {len(content)} 字节，超过 {MAX_DOCUMENT_BYTES} 字节的上限"
            f" / the file exceeds the cap of {MAX_DOCUMENT_BYTES} bytes",
            "请确认它是一份年度报告，或拆成单份 / check that it is one report, or split it",
        )


def refuse_medium(kind: MediaKind) -> NoReturn:
    """Raise QuarantinedDocument for a medium that is recognised and not read."""
    raise _unsupported(kind)


def refuse_blank_text(text: str, size: int) -> None:
    """Raise QuarantinedDocument when decoding shows nothing but blanks, wide ones included."""
    if is_blank(text):
        raise _empty(size)


def recognise_text_format(content: bytes) -> MediaKind | None:
    """The kind of a text file that is no page; None where no pattern fits its head."""
    head = content[:_HEAD_BYTES]
    if content.startswith(_WIDE_MARKS):
        return _first_kind(text_kinds(), head.decode("utf-16", "replace"))
    lowered = head.lower()
    possible = [known for known in text_kinds() if known.word in lowered]
    return _first_kind(possible, head.decode("latin-1")) if possible else None


def _first_kind(kinds: Iterable[TextKind], head: str) -> MediaKind | None:
    return next((known.kind for known in kinds if known.pattern.search(head)), None)


def recognise_binary(content: bytes) -> MediaKind | None:
    """The kind of a binary file, containers looked into; None where no magic number fits."""
    for signature in media_signatures():
        if content.startswith(signature.magic, signature.offset):
            return _container_kind(content, signature.kind)
    return None


def _container_kind(content: bytes, kind: MediaKind) -> MediaKind:
    names = _member_names(content, kind.media_type)
    for member in container_members():
        if member.container == kind.media_type and _holds(names, member.member):
            return member.kind
    return kind


def _holds(names: str, member: str) -> bool:
    """Whether a container holds a member; a folder of an Office file has XML in it."""
    if not names.startswith("\n"):
        return member in names
    if not member.endswith("/"):
        return f"\n{member}\n" in names
    return re.search(rf"\n{re.escape(member)}[^/\n]*\.xml\n", names) is not None


def _member_names(content: bytes, media_type: str) -> str:
    """Member names of a container as one searchable text; empty for anything else."""
    if media_type == "application/zip":
        try:
            return "\n".join(("", *zipfile.ZipFile(BytesIO(content)).namelist(), ""))
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            return ""
    if media_type == "application/x-ole-storage":
        # Directory entries of an OLE file are UTF-16; every second byte of an ASCII name is NUL.
        return content.replace(b"\0", b"").decode("latin-1")
    return ""


def _empty(size: int) -> QuarantinedDocument:
    return QuarantinedDocument(
        QuarantineReason.EMPTY,
        f"文件是空的或只有空白（{size} 字节）/ the file is empty or holds only blanks",
        "请重新抓取或重新导出 / fetch or export it again",
    )


def _unsupported(kind: MediaKind) -> QuarantinedDocument:
    return QuarantinedDocument(
        QuarantineReason.UNSUPPORTED_MEDIA,
        f"这是 {kind.zh_name}，本版本还不能读取 / this is a file of kind {kind.en_name},"
        " which cannot be read yet",
        "请提供网页或文本版本；原件已保存，支持该格式后会自动重读"
        " / supply the page or text version; the original is kept and read once the format is supported",
    )
