"""`gongkai sources`: look at the source files, check them, add an address to them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from rich.markup import escape
from rich.table import Table

from annual_reports.columns import column_above
from annual_reports.model import Identity
from gongkai.errors import PROBLEM, CommandError, complain
from gongkai.screen import screen
from schemas.parameters import province_names
from schemas.sources import Source, SourceError
from tasks.lake_paths import PROJECT_ROOT
from tasks.source_entries import NewEntry, add_entry, known_addresses
from tasks.source_files import read_each_source, read_sources


def list_sources(folder: str, province: str | None) -> int:
    """One line per publisher."""
    table = Table()
    for label in (
        "来源 source",
        "省 province",
        "机关 publisher",
        "列表页 list",
        "已知年度 years",
        "证实 verified",
    ):
        table.add_column(label, overflow="fold")
    shown = 0
    for source in read_sources(folder):
        for one in source.publishers:
            if province is not None and one.province != province:
                continue
            shown += 1
            years = ", ".join(str(year) for year in one.expected_years())
            index = source.absolute(one.index) if one.index else ""
            row = (
                source.source,
                one.province,
                one.publisher,
                index,
                years,
                str(one.verified or ""),
            )
            table.add_row(*map(escape, row))
    console = screen()
    console.print(table)
    console.print(f"共 in all: {shown}")
    return 0


def check_sources(folder: str) -> int:
    """Every file is read; each mistake is one line that names file and line."""
    mistakes = [str(error) for error in read_each_source(folder) if isinstance(error, SourceError)]
    sources = [one for one in read_each_source(folder) if isinstance(one, Source)]
    mistakes += _shared_addresses(sources)
    for mistake in mistakes:
        complain(mistake)
    publishers = sum(len(source.publishers) for source in sources)
    print(
        f"来源文件 files {len(sources)}, 机关 publishers {publishers}, 错误 mistakes {len(mistakes)}"
    )
    return PROBLEM if mistakes else 0


def _shared_addresses(sources: list[Source]) -> list[str]:
    """Reports that two publishers claim."""
    seen: dict[str, str] = {}
    mistakes = []
    for source in sources:
        for one in source.publishers:
            for address in one.reports.values():
                url = source.absolute(address)
                if seen.setdefault(url, one.publisher) != one.publisher:
                    mistakes.append(
                        f"{source.source}: {url} 同属两个机关 is claimed by {seen[url]} and {one.publisher}"
                    )
    return mistakes


def add_source(url: str, folder: str, given: Identity, index: str | None, local: bool) -> int:
    """Add the report at an address to the file of its province, with what the page says of itself.

    `given` holds what the caller knows; the page is asked only for the rest.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise CommandError(f"不是 http(s) 网址 no http(s) address: {url}")
    if owner := known_addresses(read_sources(folder)).get(url):
        print(f"已在来源中 already listed: {owner}")
        return 0
    known = given.publisher and given.year and given.province != "ZZ"
    identity = given if known else _identity_at(url, given, local)
    entry = NewEntry(
        str(identity.publisher),
        identity.province,
        identity.level,
        identity.county_code if identity.level in {"county", "township"} else None,
        index or column_above(url),
        (int(identity.year or 0), url),
    )
    path = add_entry(PROJECT_ROOT / folder, entry)
    names = province_names()
    print(
        f"已加入 added to {Path(path).name}: {entry.publisher}, {names[entry.province]}, {identity.year}"
        + (f", 列表页 list {entry.index}" if entry.index else "")
    )
    return 0


def _identity_at(url: str, given: Identity, local: bool) -> Identity:
    """What the page says, overlaid by what was given. Raises CommandError where something is missing."""
    from dataclasses import replace

    from gongkai.extract_command import identity_of_page

    read = identity_of_page(url, local)
    identity = replace(
        read,
        publisher=given.publisher or read.publisher,
        year=given.year or read.year,
        province=given.province if given.province != "ZZ" else read.province,
        level=given.level or read.level,
        county_code=given.county_code or read.county_code,
    )
    missing = [
        option
        for option, value in (
            ("--publisher", identity.publisher),
            ("--year", identity.year),
            ("--province", identity.province if identity.province != "ZZ" else None),
        )
        if not value
    ]
    if missing:
        raise CommandError(
            f"页面没有说明，请补充 the page does not tell: give {' '.join(missing)} for {url}"
        )
    return identity
