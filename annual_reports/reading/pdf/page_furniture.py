"""Headers, footers and page numbers: what stands at the edge of page after page is no report text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from annual_reports.reading.pdf.pages import PrintedLine, PrintedPage

_EDGE = 0.09  # of the page's height
_SAME_HEIGHT = 6.0
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(
    r"[-—–―·•.\s第]*(\d{1,4})\s*(?:页)?\s*(?:[/／共of\s]+\d{1,4}\s*页?)?[-—–―·•.\s]*"
)
_MARKED = re.compile(r"[-—–―·•第]|页|[/／]")
_LETTERS = re.compile(r"[^\W\d_]")


def without_furniture(pages: Sequence[PrintedPage]) -> tuple[list[PrintedPage], list[str]]:
    """The pages without their furniture, and the headers that were taken out, each once."""
    numbers = _page_numbers(pages)
    repeated = _repeated(pages)
    removed: list[str] = []
    kept = []
    for page in pages:
        parts = []
        for part in page.parts:
            if isinstance(part, PrintedLine) and (id(part) in numbers or id(part) in repeated):
                if id(part) in repeated:
                    removed.append(part.text)
            else:
                parts.append(part)
        kept.append(replace(page, parts=tuple(parts)))
    return kept, list(dict.fromkeys(removed))


def _edge_lines(page: PrintedPage) -> list[PrintedLine]:
    margin = _EDGE * page.height
    return [
        part
        for part in page.parts
        if isinstance(part, PrintedLine)
        and (part.box[3] < margin or part.box[1] > page.height - margin)
    ]


def _page_numbers(pages: Sequence[PrintedPage]) -> set[int]:
    """Lines at the edge with a number that counts with the pages, or is marked as a page's."""
    counted: dict[int, list[PrintedLine]] = defaultdict(list)
    found: set[int] = set()
    for page in pages:
        for line in _edge_lines(page):
            match = _NUMBER.fullmatch(line.text)
            if match and _MARKED.search(line.text):
                found.add(id(line))
            elif match:
                counted[int(match[1]) - page.number].append(line)
    return found | {id(line) for lines in counted.values() if len(lines) > 1 for line in lines}


def _repeated(pages: Sequence[PrintedPage]) -> set[int]:
    """Lines at the edge whose words stand at one height on most pages, numbers aside."""
    places: dict[tuple[str, int], list[PrintedLine]] = defaultdict(list)
    for page in pages:
        for line in _edge_lines(page):
            words = _DIGITS.sub("#", line.text)
            if len(_LETTERS.findall(words)) >= 4 and "\t#\t" not in words:
                places[words, round(line.box[1] / _SAME_HEIGHT)].append(line)
    enough = max(2, len(pages) / 2)
    return {id(line) for lines in places.values() if len(lines) >= enough for line in lines}
