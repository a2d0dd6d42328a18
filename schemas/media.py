"""What a document's first bytes say it is, and which characters Chinese official prose is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from schemas.fields import read_data_rows

MAX_DOCUMENT_BYTES = 32 * 1024 * 1024
"""Larger documents are set aside unread; the largest real report page seen is under 2 MiB."""


@dataclass(frozen=True, slots=True)
class MediaKind:
    """A recognised kind of file. `zh_name` and `en_name` name it for an operator."""

    media_type: str
    zh_name: str
    en_name: str


@dataclass(frozen=True, slots=True)
class MediaSignature:
    """Bytes that stand at `offset` in every file of a kind."""

    offset: int
    magic: bytes
    kind: MediaKind


@dataclass(frozen=True, slots=True)
class ContainerMember:
    """A member name that tells what kind of document a ZIP or OLE container is."""

    container: str
    member: str
    kind: MediaKind


@dataclass(frozen=True, slots=True)
class TextKind:
    """A kind of text file that is not a page, known by a pattern near its start.

    `word` stands in whatever the pattern fits, in lower case: to look for it costs next to nothing.
    """

    pattern: re.Pattern[str]
    word: bytes
    kind: MediaKind


def _kind(row: dict[str, str]) -> MediaKind:
    return MediaKind(row["media_type"], row["zh_name"], row["en_name"])


@cache
def media_signatures() -> tuple[MediaSignature, ...]:
    """Magic numbers in order of trial."""
    return tuple(
        MediaSignature(int(row["offset"]), bytes.fromhex(row["magic_hex"]), _kind(row))
        for row in read_data_rows("media_signatures.csv")
    )


@cache
def container_members() -> tuple[ContainerMember, ...]:
    """Member names by which containers are told apart, in order of trial."""
    return tuple(
        ContainerMember(row["container"], row["member"], _kind(row))
        for row in read_data_rows("container_media.csv")
    )


@cache
def text_kinds() -> tuple[TextKind, ...]:
    """Text formats that are no pages, in order of trial."""
    return tuple(
        TextKind(re.compile(row["pattern"]), row["word"].encode(), _kind(row))
        for row in read_data_rows("text_media.csv")
    )


@cache
def common_hanzi() -> frozenset[str]:
    """Characters that make up most of any official Chinese text, simplified and traditional."""
    text = resources.files("schemas").joinpath("data", "common_hanzi.txt").read_text("utf-8")
    return frozenset(text.replace("\n", ""))
