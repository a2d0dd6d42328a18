"""Markup that means nothing beyond its table, and the numbers that stand in it."""

from __future__ import annotations

import re
from functools import lru_cache

import turbohtml
from turbohtml import Element

MARK_START, MARK_END = "\ufdd0", "\ufdd1"
"""Round what stands for markup that is left out; noncharacters: no decoded text holds them."""
NUMBER = re.compile(r">[ \t\r\n]*([0-9]+(?:\.[0-9]+)?)[ \t\r\n]*<")
TELLING_STYLES = ("display", "visibility", "mso-hide", "line-through")
"""No style hides an element or sets it apart without one of these words."""
RUN_BREAK = "</span><span"
BEFORE, BEHIND = "<!DOCTYPE html><body>", "甲"
"""What stands round markup that is parsed alone."""

_PLAIN_TAGS = frozenset(
    {"thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "col", "p", "div", "center", "span",
     "font", "b", "strong", "i", "em", "u", "br", "o:p"}
)  # fmt: skip
_TAG_NAMES = re.compile(r"</?([^\s<>/]*)")
_TELLING_ATTRIBUTE = re.compile(r"hidden$|src$|data")
_BETWEEN_RUNS = re.compile(r"</span><span([^<>]*)>(?=[0-9.]+<)")
_ONLY_BREAK = re.compile(r"</span><span[^<>]*>")
_DIGITS = frozenset("0123456789.")


def has_plain_tags(markup: str) -> bool:
    """Whether a table's markup has no tags but those that set out cells and how they look."""
    return _PLAIN_TAGS.issuperset(name.lower() for name in _TAG_NAMES.findall(markup))


def is_plain(element: Element) -> bool:
    """Whether an element means nothing beyond its table: it hides, embeds and sets apart nothing."""
    if element.tag not in _PLAIN_TAGS or any(map(_TELLING_ATTRIBUTE.match, element.attrs)):
        return False
    style = (element.attr("style") or "").lower()
    return not any(word in style for word in TELLING_STYLES)


def with_joined_runs(markup: str) -> str:
    """Markup without what breaks numbers into runs: Word does so wherever it was edited, and it shows nothing."""
    return _BETWEEN_RUNS.sub(_joined, markup) if RUN_BREAK in markup else markup


def is_run_break(markup: str) -> bool:
    """Whether markup between two runs of digits may make them one number."""
    return _ONLY_BREAK.fullmatch(markup) is not None


def _joined(between: re.Match[str]) -> str:
    before = between.string[max(0, between.start() - 30) : between.start()].rpartition(">")[2]
    in_number = bool(before) and _DIGITS.issuperset(before)
    return "" if in_number and _is_plain_run(between[1]) else between[0]


@lru_cache(maxsize=256)
def _is_plain_run(attributes: str) -> bool:
    """Whether `<span` with these attributes is a whole tag that sets nothing apart."""
    body = turbohtml.parse(f"{BEFORE}<span{attributes}>{BEHIND}</span>").find("body")
    content = body.children if isinstance(body, Element) else ()
    run = content[0] if len(content) == 1 else None
    return isinstance(run, Element) and run.text == BEHIND and is_plain(run)
