"""Title candidates of a document, most trusted first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from annual_reports.model import Block, TextLine
from annual_reports.narrative.furniture import is_furniture
from annual_reports.narrative.headings import recognise_heading
from schemas.narrative import report_title_patterns

_TITLE_CHARACTERS = 90
_LINES_SEARCHED = 60
_LABEL = re.compile(r"^\s*(?:标题|题名|名称|信息名称|文件名称)\s*[:：]\s*")
_MARKUP = re.compile(r"^[\s#*]+|[\s*]+$")
_NOT_IN_TITLES = re.compile(r"[。；;，,|>\t]|(?<!\d)[:：]")
_ONLY_YEAR = re.compile(r"(?:关于)?[0-9〇零一二三四五六七八九十]{0,4}年?度?")
_SPACES = re.compile(r"\s+")
_TAIL_CHARACTERS = 12


def names_annual_report(title: str) -> bool:
    """Whether a title names an annual report on government information disclosure, by wording."""
    compact = _SPACES.sub("", title)
    return any(pattern.search(compact) for pattern in report_title_patterns())


def names_publisher_or_year(title: str) -> bool:
    """Whether a report's title says more than the name of a site column does."""
    return not _is_column_name(title)


def title_lines(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Heading-like lines before the first chapter that name a report, joined where broken in two."""
    lines = ["", *_lines_before_chapters(blocks)]
    telling = [n for n, line in enumerate(lines) if _may_name_report(line)]
    places = sorted({*telling, *(n + 1 for n in telling if n + 1 < len(lines))})
    found = [
        _title_behind(lines[n - 1], lines[n]) for n in places if len(lines[n]) <= _TITLE_CHARACTERS
    ]
    return tuple(dict.fromkeys(filter(None, found)))


def _may_name_report(text: str) -> bool:
    """Whether a text has the character in which every name of a report ends."""
    return "报" in text or "報" in text


def _title_behind(previous: str, line: str) -> str:
    """The title in a line, or in two together; empty where they hold none."""
    seen = _title_in if len(previous) <= _TITLE_CHARACTERS else _title_in.__wrapped__
    return seen(previous, line)


@lru_cache(maxsize=4096)  # menus are the same on every page of a site
def _title_in(previous: str, line: str) -> str:
    is_title = _is_title(line)
    joined = f"{previous}{line}" if _could_continue(previous) else ""
    if is_title and not (joined and _lacks_publisher(line)):
        return line
    if joined and _is_title(joined):
        return joined
    return line if is_title and not _is_column_name(line) else ""


def find_title_lines(blocks: Sequence[Block]) -> list[tuple[int, str]]:
    """Every line of a document that names a report with publisher or year: (block, title).

    A title broken in two begins at the block of its first half.
    """
    found: list[tuple[int, str]] = []
    for index, block in enumerate(blocks):
        if not isinstance(block, TextLine) or not _may_name_report(block.text):
            continue
        line = _bare_line(block)
        if _is_title(line):
            if _lacks_publisher(line):
                begin, previous = _line_before(blocks, index)
                if _could_continue(previous) and _is_title(previous + line):
                    found.append((begin, previous + line))
                    continue
            if not _is_column_name(line):
                found.append((index, line))
    return found


def _bare_line(line: TextLine) -> str:
    """A line without its label and markup; empty for one far too long to be a title."""
    return _MARKUP.sub("", _LABEL.sub("", line.text)) if len(line.text) < 200 else ""


def _line_before(blocks: Sequence[Block], index: int) -> tuple[int, str]:
    """The last line with words before a block, and its place; empty behind a table."""
    for place in range(index - 1, -1, -1):
        block = blocks[place]
        if not isinstance(block, TextLine):
            break
        if line := _bare_line(block):
            return place, line
    return 0, ""


def _lines_before_chapters(blocks: Sequence[Block]) -> Iterable[str]:
    searched = 0
    for block in blocks:
        if not isinstance(block, TextLine):
            return
        seen = _seen if len(block.text) <= _TITLE_CHARACTERS else _seen.__wrapped__
        line, is_chapter = seen(block.text)
        if not line:
            continue
        searched += 1
        if searched > _LINES_SEARCHED or is_chapter:
            return
        yield line


@lru_cache(maxsize=4096)  # menus are the same on every page of a site
def _seen(text: str) -> tuple[str, bool]:
    """A line without its label and markup, and whether it begins a chapter."""
    return _MARKUP.sub("", _LABEL.sub("", text)), recognise_heading(text) is not None


def _is_title(line: str) -> bool:
    """Short, without sentence marks, and the report's name at its end."""
    return len(line) <= _TITLE_CHARACTERS and _is_short_title(line)


@lru_cache(maxsize=8192)
def _is_short_title(line: str) -> bool:
    if _NOT_IN_TITLES.search(line) or is_furniture(line):
        return False
    compact = _SPACES.sub("", line)
    return any(
        len(compact) - found.end() <= _TAIL_CHARACTERS
        for pattern in report_title_patterns()
        for found in pattern.finditer(compact)
    )


def _lacks_publisher(line: str) -> bool:
    compact = _SPACES.sub("", line)
    starts = [
        found.start() for pattern in report_title_patterns() for found in pattern.finditer(compact)
    ]
    return bool(starts) and _ONLY_YEAR.fullmatch(compact[: min(starts)]) is not None


def _is_column_name(line: str) -> bool:
    """A bare column name such as a navigation entry: neither publisher nor year in it."""
    return _lacks_publisher(line) and not any(char.isdigit() for char in line)


def _could_continue(previous: str) -> bool:
    """A line that may be the first half of a broken title."""
    return 2 <= len(previous) <= _TITLE_CHARACTERS // 2 and _is_half_title(previous)


@lru_cache(maxsize=4096)
def _is_half_title(previous: str) -> bool:
    if _NOT_IN_TITLES.search(previous):
        return False
    return not is_furniture(previous) and not _is_title(previous)
