"""Archives taken apart in memory: ZIP members and gzip content, with caps, and names never as paths."""

from __future__ import annotations

import lzma
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from annual_reports.model import QuarantinedDocument, QuarantineReason
from schemas.media import MAX_DOCUMENT_BYTES

ZIP = "application/zip"
GZIP = "application/gzip"
ARCHIVES = frozenset({ZIP, GZIP})

MAX_DEPTH = 3
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 4 * MAX_DOCUMENT_BYTES
_MAX_RATIO = 400
_RATIO_COUNTS_FROM_BYTES = 1 << 20
_MAX_NAME_CHARACTERS = 200
_ENCRYPTED = 0x1
_NAME_IS_UTF8 = 0x800
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0\ufdd1]"
)
_DRIVE = re.compile(r"^[A-Za-z]:")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    UnicodeError,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
)
"""What zipfile and its decompressors raise on bytes that are not what they claim to be."""


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked from one document, archives inside archives included."""

    bytes_left: int = MAX_UNPACKED_BYTES
    members_left: int = MAX_MEMBERS

    def take(self, size: int) -> None:
        """Raises QuarantinedDocument when the document unpacks to more than is allowed."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise _too_large("解压后的总量", "its content when unpacked", MAX_UNPACKED_BYTES)

    def take_members(self, count: int) -> None:
        """Raises QuarantinedDocument when the document holds more members than are allowed."""
        self.members_left -= count
        if self.members_left < 0:
            raise _too_large("压缩包内的文件数", "the number of its members", MAX_MEMBERS)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. `name` is for display and never a path; `refusal` stands for content."""

    name: str
    content: bytes
    refusal: QuarantinedDocument | None = None


def zip_members(content: bytes, allowance: Allowance) -> Iterator[Member]:
    """The files of a ZIP archive in its own order, each named once; folders are no files.

    Raises QuarantinedDocument for an archive that is broken as a whole or exceeds the caps.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        files = [info for info in archive.infolist() if not info.is_dir()]
    except _BROKEN as error:
        raise _damaged() from error
    allowance.take_members(len(files))
    seen: Counter[str] = Counter()
    for info in files:
        name = display_name(info.orig_filename, is_utf8=bool(info.flag_bits & _NAME_IS_UTF8))
        seen[name] += 1
        yield _read_member(
            archive, info, name if seen[name] == 1 else f"{name}#{seen[name]}", allowance
        )


def gzip_content(content: bytes, allowance: Allowance) -> bytes:
    """The one file inside a gzip stream; raises QuarantinedDocument where that is not all there is."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(content, MAX_DOCUMENT_BYTES + 1)
    except zlib.error as error:
        raise _damaged() from error
    allowance.take(len(unpacked))
    if len(unpacked) > MAX_DOCUMENT_BYTES:
        raise _too_large("解压后的文件", "the unpacked file", MAX_DOCUMENT_BYTES)
    if not unpacker.eof or unpacker.unused_data.strip(b"\0"):
        raise _damaged()
    return unpacked


def display_name(name: str, *, is_utf8: bool) -> str:
    """A member's name as its maker wrote it, in a form that is no path to anywhere.

    Names without the UTF-8 flag come decoded as CP437; Chinese programs wrote GBK there.
    """
    written = name if is_utf8 else _redecoded(name)
    shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _DRIVE.sub("", written)).replace("\\", "/")
    steps = [step for step in shown.split("/") if step.strip(". ")]
    return "/".join(steps)[-_MAX_NAME_CHARACTERS:] or "\N{REPLACEMENT CHARACTER}"


def _redecoded(name: str) -> str:
    try:
        written = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _read_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, allowance: Allowance
) -> Member:
    if refusal := _refused_unread(info):
        return Member(name, b"", refusal)
    try:
        with archive.open(info) as stream:
            content = stream.read(MAX_DOCUMENT_BYTES + 1)
    except _BROKEN:
        return Member(name, b"", _damaged())
    allowance.take(len(content))
    if len(content) > MAX_DOCUMENT_BYTES:
        return Member(
            name, b"", _too_large("解压后的文件", "the unpacked file", MAX_DOCUMENT_BYTES)
        )
    return Member(name, content)


def _refused_unread(info: zipfile.ZipInfo) -> QuarantinedDocument | None:
    """Why a member is not even unpacked, by what the archive says of it."""
    if info.flag_bits & _ENCRYPTED:
        return QuarantinedDocument(
            QuarantineReason.UNSAFE_MEMBER,
            "压缩包内的文件有密码 / the file in the archive is encrypted",
            "请索取未加密的文件后重新导入 / ask for the file without a password and take it in again",
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        return QuarantinedDocument(
            QuarantineReason.UNSAFE_MEMBER,
            "压缩包内是一个链接，不是文件 / the member is a symbolic link, not a file",
            "请导入链接所指的文件 / take in the file the link points to",
        )
    if info.file_size > MAX_DOCUMENT_BYTES:
        return _too_large("解压后的文件", "the unpacked file", MAX_DOCUMENT_BYTES)
    is_bomb = info.file_size > _MAX_RATIO * max(1, info.compress_size)
    if is_bomb and info.file_size > _RATIO_COUNTS_FROM_BYTES:
        return _too_large("压缩比", "the ratio of compression", _MAX_RATIO)
    return None


def empty_archive() -> QuarantinedDocument:
    """The refusal of an archive without a single file."""
    return QuarantinedDocument(
        QuarantineReason.EMPTY,
        "压缩包里没有文件 / the archive holds no file",
        "请重新抓取或重新导出 / fetch or export it again",
    )


def too_deep() -> QuarantinedDocument:
    """The refusal of an archive inside too many archives."""
    return _too_large("压缩包嵌套层数", "the nesting of archives", MAX_DEPTH)


def _too_large(zh_what: str, en_what: str, cap: int) -> QuarantinedDocument:
    return QuarantinedDocument(
        QuarantineReason.TOO_LARGE,
        f"{zh_what}超过上限 {cap} / {en_what} exceeds the cap of {cap}",
        "请确认它是年度报告，并把报告单独导入 / check that it holds annual reports and take them in one by one",
    )


def _damaged() -> QuarantinedDocument:
    return QuarantinedDocument(
        QuarantineReason.DAMAGED_ARCHIVE,
        "压缩包或其中的文件已损坏、不完整，无法解开 / the archive or this file in it is damaged or incomplete",
        "请重新抓取，或解压后直接导入其中的文件 / fetch it again, or unpack it and take in the files",
    )
