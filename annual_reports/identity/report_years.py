"""The year a report is about, with every candidate and where it stands."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from annual_reports.identity.page_text import PageText, folded_text
from annual_reports.identity.titles import ReportTitle

_FIRST_YEAR, _LAST_YEAR = 2003, 2049
_PERIOD = re.compile(
    r"(20\d\d)年?0?1月?0?1日?(?:起|开始)?(?:至|到|-|—|–|~|―|——)(?:(20\d\d)年?)?(?:当年)?12月?31日?"
)
_YEAR_WORD = re.compile(r"20\d\d年度?(?!\d)")
_BEFORE_OTHER_YEARS = frozenset("0123456789较比含与从自")
_DATE = r"(20\d\d)(?:年|-|/|\.)(\d{1,2})(?:月|-|/|\.)(\d{1,2})"
_LABELLED_DATE = re.compile(
    r"(?:发布日期|发布时间|公开日期|公开时间|生成日期|成文日期|发文日期|发布于|更新时间|更新日期|日期|时间)[::]?\n?"
    + _DATE
)
_LINE_DATE = re.compile(
    r"(?:^|\n)[^\n自至从到起止限,。]{0,40}?"
    + _DATE
    + r"(?:日|\d{1,2}:\d{2}(?::\d{2})?)*[^\n自至从到起止限,。]{0,20}(?=\n|$)"
)
_URL_DATE = re.compile(
    r"(?:/t|/|_|content_|art_)(20\d{2})[-/]?(0[1-9]|1[0-2])(?:[-/]?(0[1-9]|[12]\d|3[01]))?(?=[_/.\-]|\d{6,}|$)"
    r"|/(20\d{2})/(\d{1,2})/(\d{1,2})/"
)
_URL_PARAMETER = re.compile(r"[?&](?:fbtime|year|nd|timeFrame)=(20\d\d)(?!\d)|/(20\d\d)\.s?html?$")
_URL_FOLDER = re.compile(r"/(20\d\d)(?:n|nb|nd|ndbg|nian|ndgz)?(?:_\d+)?/")
_DATE_KEYS = ("PubDate", "pubdate", "publishdate", "PublishDate", "发布日期")
_SEASON_END = 4


@dataclass(frozen=True, slots=True)
class ReportYear:
    """`year` None where nothing decides; `candidates` (year, source) in order of trust."""

    year: int | None
    candidates: tuple[tuple[int, str], ...]
    publish_date: str | None


def find_year(page: PageText, titles: tuple[ReportTitle, ...]) -> ReportYear:
    """The report year by the order of trust: title, period, text, publication date, address."""
    published = find_publish_date(page)
    candidates = [
        *((year, "title") for year in _title_years(titles)),
        *((year, "period_statement") for year in _period_years(page)),
        *((year, "text_majority") for year in _text_years(page, _expected_years(page, published))),
        *((year, "url_parameter") for year in _url_parameter(page)),
        *((year, "publish_date") for year in _year_by_date(published, last_month=_SEASON_END)),
        *((year, "url_date") for year in _url_years(page)),
    ]
    plausible = [c for c in candidates if _FIRST_YEAR <= c[0] <= _LAST_YEAR]
    unique = tuple(dict.fromkeys(plausible))
    return ReportYear(_decided(unique, published), unique, published)


def decided_year(found: ReportYear, year: int) -> ReportYear:
    """The year a person decided, before all that the page says."""
    return ReportYear(year, ((year, "decision"), *found.candidates), found.publish_date)


def _decided(candidates: tuple[tuple[int, str], ...], published: str | None) -> int | None:
    """The year of the first source that names one, if that is no later than publication.

    A source that names several leaves the choice among them to the next one, but what the
    text leaves open no date may settle.
    """
    open_years: set[int] = set()
    for source in dict.fromkeys(source for _, source in candidates):
        years = {year for year, from_source in candidates if from_source == source}
        if open_years:
            years &= open_years
        if len(years) == 1:
            (year,) = years
            is_possible = published is None or year <= int(published[:4])
            return year if is_possible or source == "title" else None
        if not years or source == "text_majority":
            return None
        open_years = years
    return None


def _title_years(titles: tuple[ReportTitle, ...]) -> tuple[int, ...]:
    return next((title.years for title in titles if title.years), ())


def _period_years(page: PageText) -> tuple[int, ...]:
    years = []
    for text in (page.body.folded, page.footer):
        for match in _PERIOD.finditer(text):
            first, last = match.groups()
            if last is None or first == last:
                years.append(int(first))
    return tuple(dict.fromkeys(years))


def _expected_years(page: PageText, published: str | None) -> tuple[int, ...]:
    """The report years that the date of publication, or else the address, lets expect."""
    return _year_by_date(published, last_month=12) if published else _url_years(page)


def _text_years(page: PageText, expected: tuple[int, ...]) -> tuple[int, ...]:
    """The year named most often.

    Where the lead is thin and the year is not one that publication lets expect, the expected
    ones are named beside it, and the text has not decided.
    """
    text = page.body.folded
    counts = Counter(
        int(match.group()[:4])
        for match in _YEAR_WORD.finditer(text)
        if text[match.start() - 1 : match.start()] not in _BEFORE_OTHER_YEARS
    )
    if not counts:
        return ()
    top = max(counts.values())
    leaders = sorted(year for year, count in counts.items() if count == top)
    if len(leaders) > 1:
        return tuple(year for year in leaders if year in expected) or tuple(leaders)
    others = sum(counts.values()) - top
    if expected and leaders[0] not in expected and top < 2 * max(others, 1):
        return tuple(sorted({leaders[0], *expected}))
    return tuple(leaders)


def _year_by_date(date: str | None, last_month: int) -> tuple[int, ...]:
    """Publication in November or December speaks of its own year, before that of the year before."""
    if date is None:
        return ()
    year, month = int(date[:4]), int(date[5:7])
    if month >= 11:
        return (year,)
    return (year - 1,) if month <= last_month else ()


def find_publish_date(page: PageText) -> str | None:
    """Publication date as YYYY-MM-DD: metadata, then a labelled date, then a date line near the top."""
    for key in _DATE_KEYS:
        value = folded_text(page.metadata.get(key) or "").folded
        if match := re.search(_DATE, value):
            return _iso_date(*match.groups())
    for pattern in (_LABELLED_DATE, _LINE_DATE):
        if match := pattern.search(page.opening.folded[:500]):
            return _iso_date(*match.groups())
    return None


def _iso_date(year: str, month: str, day: str) -> str | None:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    return f"{int(year):04d}-{int(month):02d}-{int(day):02d}"


def _url_parameter(page: PageText) -> tuple[int, ...]:
    match = _URL_PARAMETER.search(page.url or "")
    return (int(match.group(1) or match.group(2)),) if match else ()


def _url_years(page: PageText) -> tuple[int, ...]:
    """Year by the date in the address, where no folder of another year stands against it."""
    dates = [
        f"{m.group(1) or m.group(4)}-{int(m.group(2) or m.group(5)):02d}-01"
        for m in _URL_DATE.finditer(page.url or "")
    ]
    if not dates:
        return ()
    years = _year_by_date(dates[-1], last_month=3)
    folders = {int(year) for year in _URL_FOLDER.findall(page.url or "")}
    allowed = {int(dates[-1][:4]), *years}
    return years if folders <= allowed else (*years, *sorted(folders - allowed))
