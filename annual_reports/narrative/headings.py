"""Chapter headings: the six of the national form, however they are numbered or decorated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from schemas.narrative import chapter_titles

MAX_HEADING_CHARACTERS = 70
_NUMERAL = r"[一二三四五六七八九十]{1,2}"
_MARKUP = r"\s*(?:#{1,6}\s*)?(?:\*{1,2}|_{1,2})?\s*"
_CHAPTER_START = re.compile(
    rf"{_MARKUP}(?P<numeral>{_NUMERAL})?(?P<mark>\s*[、.．,，:：]\s*|\s+|(?<=[一二三四五六七八九十]))"
    r"(?P<title>\S.*)?"
)
_BRACKETED_START = re.compile(rf"{_MARKUP}[（(]\s*{_NUMERAL}\s*[)）]\s*[、.．]?\s*(?P<title>\S.*)")
_OTHER_START = re.compile(
    rf"{_MARKUP}(?:第{_NUMERAL}(?:部分|章)|[1-6１-６]|[①-⑥]|{_NUMERAL}[)）])\s*[、.．:：]?\s*(?P<title>\S.*)"
)
_EDITOR_NOTES = re.compile(r"[（(][^（()）]*(?:[)）]|$)")
_SPACES = re.compile(r"\s+")
_TITLE_TAIL = re.compile(r"[\s。．.：:；;*_#【】]*")


@dataclass(frozen=True, slots=True)
class Heading:
    """A chapter heading. `number` 1-6 of the national form, None for a chapter it does not know.

    `rest` is what follows on the same line, where a site glued the text to its heading.
    """

    number: int | None
    title: str
    rest: str


def recognise_heading(line: str) -> Heading | None:
    """The chapter heading a line holds, or None for running text and sub-headings.

    A chapter of the form needs its wording; its numeral may be missing or wrong. A chapter the
    form does not know (reports before 2019) needs a numeral and a short line.
    """
    if line.isascii() or len(line) > 20 * MAX_HEADING_CHARACTERS:
        return None
    return _read_short(line) if len(line) <= MAX_HEADING_CHARACTERS else _read_heading(line)


def _read_heading(line: str) -> Heading | None:
    if bracketed := _BRACKETED_START.fullmatch(line):
        heading = _statutory_heading(bracketed["title"], exact=True)
        return heading if heading is not None and _is_of_form(heading.title) else None
    if other := _OTHER_START.fullmatch(line):
        return _statutory_heading(other["title"], exact=True)
    start = _CHAPTER_START.fullmatch(line)
    if start is None or not start["title"]:
        return _statutory_heading(line.strip(" #*_\t"), exact=True)
    if not start["numeral"]:
        return _statutory_heading(start["title"], exact=True)
    heading = _statutory_heading(start["title"], exact=False)
    return heading or (_foreign_heading(line) if start["mark"].strip() else None)


_read_short = lru_cache(maxsize=4096)(_read_heading)  # menus and chapters are the same everywhere


def _statutory_heading(title: str, *, exact: bool) -> Heading | None:
    """A chapter of the national form. `exact` asks for the form's own wording and nothing after."""
    bare = _EDITOR_NOTES.sub("", title)
    if (spaced := _spaced_heading(bare)) is not None:
        return Heading(spaced, title.strip(" #*_\t"), "")
    if _any_chapter().match(bare) is None:
        return None
    for chapter in chapter_titles():
        found = chapter.pattern.match(bare)
        if found is None:
            continue
        rest = bare[found.end() :]
        if exact and (_TITLE_TAIL.fullmatch(rest) is None or not _says_form_wording(found[0])):
            continue
        if _TITLE_TAIL.fullmatch(rest):
            return Heading(chapter.number, title.strip(" #*_\t"), "")
        if _separates(rest) or _is_form_wording(found[0], chapter.zh_title):
            return Heading(chapter.number, found[0], rest.lstrip(" 　：:。\t"))
    return None


@cache
def _any_chapter() -> re.Pattern[str]:
    return re.compile("|".join(chapter.pattern.pattern for chapter in chapter_titles()))


def _spaced_heading(title: str) -> int | None:
    """The chapter whose form wording a title is once the spaces inside it are left out."""
    if " " not in title.strip() or len(title) > MAX_HEADING_CHARACTERS:
        return None
    bare = _SPACES.sub("", title)
    return next((one.number for one in chapter_titles() if one.zh_title == bare), None)


def _separates(rest: str) -> bool:
    return rest[:1] in " 　：:。\t"


def _is_form_wording(title: str, zh_title: str) -> bool:
    return _SPACES.sub("", title) == zh_title


def _is_of_form(title: str) -> bool:
    """Whether a chapter is one of the six; in brackets a title of older reports is a sub-heading."""
    bare = _EDITOR_NOTES.sub("", title)
    return any(
        chapter.is_of_form and _is_form_wording(bare, chapter.zh_title)
        for chapter in chapter_titles()
    )


def _says_form_wording(title: str) -> bool:
    return any(_is_form_wording(title, chapter.zh_title) for chapter in chapter_titles())


def _foreign_heading(line: str) -> Heading | None:
    title = line.strip(" #*_\t")
    is_short = len(title) <= MAX_HEADING_CHARACTERS // 2
    if is_short and not any(mark in title for mark in "。；;，,0123456789|\t"):
        return Heading(None, title, "")
    return None


@cache
def glued_heading_pattern() -> re.Pattern[str]:
    """Where a numbered chapter of the form starts in the middle of a line of glued text."""
    titles = "|".join(chapter.zh_title for chapter in chapter_titles())
    return re.compile(rf"(?<=\S)\s*(?=[一二三四五六]\s*、\s*(?:{titles}|政府信息公开工作存在的))")
