"""Archives: every member read or named with a reason, names harmless, bombs refused."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
from pathlib import Path

import pytest

from annual_reports.extract import extract_documents
from annual_reports.model import Extraction, Outcome, RefusedDocument
from annual_reports.reading.archives import MAX_MEMBERS, display_name
from schemas.media import MAX_DOCUMENT_BYTES

REPORT = (Path(__file__).parents[2] / "golden" / "bars_between_cells.txt").read_bytes()


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def parts(content: bytes) -> dict[str, str]:
    return {one.document.part: _what(one) for one in extract_documents(content, "a.zip")}


def _what(outcome: Outcome) -> str:
    return outcome.refusal.reason.value if isinstance(outcome, RefusedDocument) else "report"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("../../etc/年报.txt", "etc/年报.txt"),
        ("/abs/a.txt", "abs/a.txt"),
        ("C:\\附件\\a.txt", "附件/a.txt"),
        (
            "a\x1b[31m\u202etxt.exe",
            "a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}txt.exe",
        ),
        ("..", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_names_are_no_paths(written: str, shown: str) -> None:
    assert display_name(written, is_utf8=True) == shown


def test_names_in_gbk_are_shown_as_written() -> None:
    as_zipfile_gives_it = "壶泉镇年报.doc".encode("gb18030").decode("cp437")
    assert display_name(as_zipfile_gives_it, is_utf8=False) == "壶泉镇年报.doc"


def test_every_member_is_read_or_named() -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = zipped(
        ("folder/", b""),
        ("../r.txt", REPORT),
        ("r.txt", REPORT),
        (link, b"/etc/passwd"),
        ("blank.txt", b"  "),
        ("rar.rar", b"Rar!\x1a\x07\x00rest"),
        ("seven.7z", b"7z\xbc\xaf\x27\x1crest"),
        ("inner.zip", zipped(("x.txt", REPORT))),
        ("r.txt.gz", gzip.compress(REPORT)),
    )
    assert parts(content) == {
        "r.txt": "report",
        "r.txt#2": "report",
        "link": "unsafe_member",
        "blank.txt": "empty",
        "rar.rar": "unsupported_media",
        "seven.7z": "unsupported_media",
        "inner.zip/x.txt": "report",
        "r.txt.gz": "report",
    }


def test_an_encrypted_member_is_named() -> None:
    content = bytearray(zipped(("a.txt", REPORT)))
    for header, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + offset] |= 1
    assert parts(bytes(content)) == {"a.txt": "unsafe_member"}


def test_a_folder_of_an_office_name_makes_no_office_file() -> None:
    assert parts(zipped(("word/a.txt", REPORT))) == {"word/a.txt": "report"}


def test_nested_too_deep_is_refused_where_it_becomes_too_deep() -> None:
    content = REPORT
    for _ in range(5):
        content = zipped(("x", content))
    assert list(parts(content).values()) == ["too_large"]


@pytest.mark.parametrize(
    "content",
    [
        zipped(*((f"{n}", b"x") for n in range(MAX_MEMBERS + 1))),
        zipped(("bomb", b"0" * (MAX_DOCUMENT_BYTES + 1))),
        zipped(("dense", b"0" * (2 << 20))),
        gzip.compress(b"0" * (MAX_DOCUMENT_BYTES + 1)),
    ],
    ids=["members", "bomb", "ratio", "gzip"],
)
def test_bombs_are_refused(content: bytes) -> None:
    assert set(parts(content).values()) == {"too_large"}


def test_broken_archives_are_one_sentence() -> None:
    whole = zipped(("a.txt", REPORT), ("b.txt", REPORT))
    for content in (whole[:-30], whole[: len(whole) // 2], gzip.compress(REPORT)[:-9]):
        assert parts(content) == {"": "damaged_archive"}
    assert parts(gzip.compress(REPORT) + gzip.compress(REPORT)) == {"": "damaged_archive"}
    assert parts(zipped()) == {"": "empty"}


def test_a_damaged_member_does_not_stop_the_others() -> None:
    content = bytearray(zipped(("a.txt", REPORT), ("b.txt", REPORT)))
    content[60] ^= 0xFF
    assert parts(bytes(content)) == {"a.txt": "damaged_archive", "b.txt": "report"}


def test_members_keep_the_hash_of_the_document_received() -> None:
    outcomes = extract_documents(zipped(("a.txt", REPORT), ("b.txt", REPORT)), "a.zip")
    assert len({one.document.sha256 for one in outcomes}) == 1
    assert all(isinstance(one, Extraction) for one in outcomes)
