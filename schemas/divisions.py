"""The gazetteer: administrative divisions down to townships, current and former, with codes and names.

Everything is addressed by row number ("unit") of `divisions.parquet`, because a code alone is not
unique over time. `today` leads from any unit to the one that holds its place now; `parent` always
leads to a unit of today. Source and licences: `schemas/data/divisions/NOTICE.md`.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

import polars as pl

_FOLDER = files("schemas") / "data" / "divisions"

PROVINCE, PREFECTURE, COUNTY, TOWN = 1, 2, 3, 4
STATISTICAL_ZONE = "统计用功能区"
QUASI_TOWNSHIP = "类乡级单位"
_AUTONOMOUS_SUFFIXES = {"自治州": "州", "自治县": "县", "自治旗": "旗"}
_ETHNIC_TOWNSHIP = "民族乡"
# Quasi-townships that publish like townships; the zones among them are run by a prefecture or
# county, whatever district the statistics list them under.
_TOWNSHIP_LIKE = re.compile(r"(?:农场|林场|牧场|种场|畜场|地区|办事处|管理处|团)$")


class Division(NamedTuple):
    """One unit. `code` has 6 digits, 9 for townships. Years are observed years, None = open."""

    code: str
    name: str
    level: int
    kind: str
    province: str
    valid_from: int | None
    valid_to: int | None
    pinyin: str | None


class Province(NamedTuple):
    """One province-level unit with the signs by which pages give it away."""

    unit: int
    code: str
    name: str
    short_name: str
    abbreviation: str
    iso_code: str
    record_characters: tuple[str, ...]
    postcode_prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All units and the indexes over them. Names in the indexes are folded (`fold`)."""

    units: tuple[Division, ...]
    today: tuple[int, ...]
    parent: tuple[int, ...]
    full_names: Mapping[str, tuple[int, ...]]
    short_names: Mapping[str, tuple[int, ...]]
    bare_names: Mapping[int, str]
    code_holders: Mapping[str, tuple[int, ...]]
    provinces: Mapping[str, Province]
    phone_areas: Mapping[str, tuple[int, ...]]

    def path(self, unit: int) -> tuple[int, ...]:
        """The unit of today and everything above it, lowest first."""
        steps = [self.today[unit]]
        while (above := self.parent[steps[-1]]) >= 0:
            steps.append(above)
        return tuple(steps)

    def is_within(self, unit: int, area: int) -> bool:
        """Whether `unit` is `area` or lies in it, both as of today."""
        while unit >= 0:
            if unit == area:
                return True
            unit = self.parent[unit]
        return False


def read_csv_rows(name: str, folder: str = "divisions") -> list[dict[str, str]]:
    """Rows of a CSV file in `schemas/data/<folder>` as dictionaries of text.

    Raises ValueError where a line has more or fewer cells than the header (a comma unquoted).
    """
    text = (files("schemas") / "data" / folder / name).read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    return [dict(zip(header, row, strict=True)) for row in rows]


@cache
def folding_table() -> Mapping[int, str]:
    """Variant and traditional characters → the form names are compared in, by code point.

    Full-width letters and digits become ASCII. Every entry is one character to one character,
    so offsets in folded text are offsets in the text as printed.
    """
    rows = read_csv_rows("char_fold.csv") + read_csv_rows("wording_fold.csv", "identity")
    table = {ord(row["char"]): row["fold"] for row in rows}
    return table | {
        code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()
    }


@cache
def _folded_characters() -> tuple[re.Pattern[str], Mapping[str, str]]:
    table = {chr(code): folded for code, folded in folding_table().items()}
    return re.compile("[" + "".join(map(re.escape, table)) + "]"), table


def fold(text: str) -> str:
    """Text with variant characters folded; same length as the input."""
    pattern, table = _folded_characters()
    return pattern.sub(lambda match: table[match.group()], text)


def _read_parquet(name: str) -> pl.DataFrame:
    return pl.read_parquet(BytesIO((_FOLDER / name).read_bytes()))


def _holders_by_code(rows: pl.DataFrame) -> dict[str, list[int]]:
    """Code → units that carry it, current ones first."""
    holders: dict[str, list[int]] = defaultdict(list)
    for unit, (code, valid_to) in enumerate(rows.select("code", "valid_to").iter_rows()):
        if valid_to is None:
            holders[code].insert(0, unit)
        else:
            holders[code].append(unit)
    return holders


def _units_of_today(rows: pl.DataFrame, holders: Mapping[str, list[int]]) -> list[int]:
    """For each unit the one that took over; former townships without a heir stand for themselves."""
    successors = rows["successor"].to_list()
    return [
        holders[code][0] if code is not None and code in holders else unit
        for unit, code in enumerate(successors)
    ]


def _parents_of_today(
    rows: pl.DataFrame, holders: Mapping[str, list[int]], today: list[int]
) -> list[int]:
    """For each unit the one above it, as of today; -1 above provinces.

    Towns whose parent the tables do not list (codes of 2015 only) hang on their province.
    """
    parents = []
    for code, province in rows.select("parent", pl.col("province").cast(pl.String)).iter_rows():
        if code is None:
            parents.append(-1)
        else:
            above = holders.get(code) or holders[province + "0000"]
            parents.append(today[above[0]])
    return parents


def _full_names(rows: pl.DataFrame, parent: list[int]) -> dict[str, tuple[int, ...]]:
    """Folded official name, and other spellings of townships → units, in table order.

    A spelling that is another township's official name in the same county is left to that one.
    Some townships are listed with their county's name before their own; only their own counts.
    """
    names = rows["name"].to_list()
    index: dict[str, list[int]] = defaultdict(list)
    spellings: list[tuple[str, int]] = []
    columns = rows.select("name", "level", "aliases", pl.col("kind").cast(pl.String))
    for unit, (name, level, aliases, kind) in enumerate(columns.iter_rows()):
        if kind == QUASI_TOWNSHIP and not _TOWNSHIP_LIKE.search(name):
            continue
        if level == TOWN and (own := _without_holders(name, unit, names, parent)) != name:
            spellings.append((fold(own), unit))
            continue
        index[fold(name)].append(unit)
        if level == TOWN and aliases:
            spellings += [(fold(alias), unit) for alias in aliases.split("|")]
        if kind == _ETHNIC_TOWNSHIP:
            spellings += [(fold(short), unit) for short in _without_peoples(name)]
    for spelling, unit in spellings:
        if spelling and all(parent[holder] != parent[unit] for holder in index[spelling]):
            index[spelling].append(unit)
    return {name: tuple(holders) for name, holders in index.items()}


def _without_holders(name: str, unit: int, names: list[str], parent: list[int]) -> str:
    """A township's own name, without those of its county and prefecture before it."""
    county = parent[unit]
    for holder in (parent[county], county):
        if holder >= 0 and name.startswith(names[holder]) and len(name) > len(names[holder]) + 1:
            name = name.removeprefix(names[holder]).removeprefix("人民政府")
    return name


@cache
def _peoples() -> tuple[str, ...]:
    return tuple(row["name"] for row in read_csv_rows("peoples.csv", "identity"))


def _without_peoples(name: str) -> list[str]:
    """The everyday form of an ethnic township's name: 黄腊布依族苗族乡 → 黄腊乡."""
    stem = name.removesuffix("乡").removesuffix("民族")
    while people := next((p for p in _peoples() if stem.endswith(p) and stem != p), None):
        stem = stem.removesuffix(people)
    return [stem + "乡"] if len(stem) > 1 and stem + "乡" != name else []


def _short_names(rows: pl.DataFrame) -> tuple[dict[str, tuple[int, ...]], dict[int, str]]:
    """Names without their type (山西, 浑源), and 昌江县 for an autonomous county; units to county level."""
    index: dict[str, list[int]] = defaultdict(list)
    bare_names: dict[int, str] = {}
    customary = _customary_names()
    corrected = {row["code"]: row["bare_name"] for row in _bare_name_corrections()}
    upper = rows.with_row_index("unit").filter(pl.col("level") <= COUNTY, pl.col("aliases") != "")
    for unit, code, name, listed in upper.select("unit", "code", "name", "aliases").iter_rows():
        aliases = corrected.get(code, listed)
        bare = fold(aliases.split("|")[0])
        bare_names[unit] = bare
        spellings = {fold(alias) for alias in aliases.split("|")}
        spellings |= {
            bare + s for suffix, s in _AUTONOMOUS_SUFFIXES.items() if name.endswith(suffix)
        }
        for spelling in sorted(spellings):
            if len(spelling) > 1:
                index[spelling].append(unit)
    for unit, code in upper.filter(pl.col("valid_to").is_null()).select("unit", "code").iter_rows():
        for name in customary.get(code, ()):
            index[name].append(unit)
    return {name: tuple(units) for name, units in index.items()}, bare_names


def _customary_names() -> dict[str, list[str]]:
    """Code → names in everyday use that no rule gives (巴州, 科左中旗)."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in read_csv_rows("customary_names.csv", "identity"):
        names[row["code"]].append(fold(row["name"]))
    return names


def _bare_name_corrections() -> list[dict[str, str]]:
    return read_csv_rows("bare_name_corrections.csv", "identity")


def _code_holders(holders: Mapping[str, list[int]], today: list[int]) -> dict[str, tuple[int, ...]]:
    """Six-digit code, also of units that ended as early as 1980 → units of today.

    A code given again (230600 was 双鸭山 until 1982, and 大庆 now) means its holder since reports exist.
    """
    index: dict[str, set[int]] = defaultdict(set)
    for code, units in holders.items():
        if len(code) == 6:
            index[code].update(today[unit] for unit in units)
    history = _read_parquet("county_history.parquet").select("code", "successor").drop_nulls()
    for code, successor in history.iter_rows():
        if successor in holders and code not in holders:
            index[code].add(today[holders[successor][0]])
    return {code: tuple(sorted(units)) for code, units in index.items()}


def _provinces(holders: Mapping[str, list[int]]) -> dict[str, Province]:
    return {
        row["province"]: Province(
            unit=holders[row["code"]][0],
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            abbreviation=row["abbr_char"],
            iso_code=row["iso_3166_2"],
            record_characters=tuple(row["icp_chars"].split()),
            postcode_prefixes=tuple(row["postcode_prefixes"].split()),
        )
        for row in read_csv_rows("provinces.csv")
    }


def _phone_areas(holders: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    index: dict[str, list[int]] = defaultdict(list)
    for row in read_csv_rows("area_codes.csv"):
        if row["phone_area_code"] and row["code"] in holders:
            index[row["phone_area_code"]].append(holders[row["code"]][0])
    return {area: tuple(units) for area, units in index.items()}


def _divisions(rows: pl.DataFrame) -> Iterable[Division]:
    pinyin = {row["code"]: row["pinyin"] for row in _bare_name_corrections()}
    columns = rows.with_columns(
        pl.col("code").replace_strict(pinyin, default=pl.col("pinyin")).alias("pinyin")
    ).select(
        "code",
        "name",
        "level",
        pl.col("kind").cast(pl.String),
        pl.col("province").cast(pl.String),
        "valid_from",
        "valid_to",
        "pinyin",
    )
    return map(Division._make, columns.iter_rows())


@cache
def load_gazetteer() -> Gazetteer:
    """Read and index the tables, once per process (well under a second)."""
    rows = _read_parquet("divisions.parquet")
    holders = _holders_by_code(rows)
    today = _units_of_today(rows, holders)
    parent = _parents_of_today(rows, holders, today)
    short_names, bare_names = _short_names(rows)
    return Gazetteer(
        units=tuple(_divisions(rows)),
        today=tuple(today),
        parent=tuple(parent),
        full_names=_full_names(rows, parent),
        short_names=short_names,
        bare_names=bare_names,
        code_holders=_code_holders(holders, today),
        provinces=_provinces(holders),
        phone_areas=_phone_areas(holders),
    )
