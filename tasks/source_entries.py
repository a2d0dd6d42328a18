"""Adding a publisher's address to the source file of its province, leaving the rest of the file as it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from schemas.parameters import province_names
from schemas.sources import Source, SourceError, parse_source
from tasks.atomic_files import write_atomically

_PLAIN = re.compile(r"[\w()（）·、/:.?&=%+~#@,-]+")
_NO_PLAIN_START = re.compile(r"[-?:,#&%@\d]")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A publisher to add: one known report, or the page that lists its reports."""

    publisher: str
    province: str
    level: str | None = None
    county_code: str | None = None
    index: str | None = None
    report: tuple[int, str] | None = None


def known_addresses(sources: list[Source]) -> dict[str, str]:
    """Every address of the sources → the publisher it belongs to."""
    return {
        source.absolute(address): publisher.publisher
        for source in sources
        for publisher in source.publishers
        for address in (publisher.index, *publisher.reports.values())
        if address is not None
    }


def add_entry(folder: Path, entry: NewEntry) -> Path:
    """Append the entry to the file of its province, which is made if there is none; gives the file.

    Raises SourceError where the file would not be valid afterwards; it is then left as it was.
    """
    path = _file_of(folder, entry.province)
    before = path.read_text(encoding="utf-8") if path.is_file() else _new_file(path, entry)
    after = before.rstrip("\n") + "\n" + "\n".join(_lines(entry)) + "\n"
    parsed = parse_source(after, str(path))
    if parsed.publishers[-1].publisher != entry.publisher:
        raise SourceError(f"{path}: publishers 须是文件的最后一项 must be the last key of the file")
    write_atomically(path, after.encode())
    return path


def _file_of(folder: Path, province: str) -> Path:
    """The file that already lists publishers of the province, the one with most of them."""
    holders = []
    for path in sorted(folder.glob("*.yml")):
        source = parse_source(path.read_text(encoding="utf-8"), str(path))
        number = sum(one.province == province for one in source.publishers)
        if number and source.base_url is None:
            holders.append((-number, path))
    return min(holders)[1] if holders else folder / f"{province.lower()}.yml"


def _new_file(path: Path, entry: NewEntry) -> str:
    return f"source: {path.stem}\nname: {province_names()[entry.province]}\npublishers:\n"


def _lines(entry: NewEntry) -> list[str]:
    lines = [f"  - publisher: {_scalar(entry.publisher)}"]
    if entry.index:
        lines.append(f"    index: {_scalar(entry.index)}")
    if entry.report:
        lines += ["    reports:", f"      {entry.report[0]}: {_scalar(entry.report[1])}"]
    if entry.level:
        lines.append(f"    level: {entry.level}")
    lines.append(f"    province: {entry.province}")
    if entry.county_code:
        lines.append(f'    county_code: "{entry.county_code}"')
    return [*lines, "    verified: null"]


def _scalar(text: str) -> str:
    """A YAML scalar: plain where that is safe, quoted otherwise."""
    plain = _PLAIN.fullmatch(text) and not _NO_PLAIN_START.match(text) and ": " not in text
    return text if plain and not text.endswith(":") else json.dumps(text, ensure_ascii=False)
