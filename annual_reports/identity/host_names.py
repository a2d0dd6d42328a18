"""Place names in the addresses of government sites: longyou, gztongzi, zjxj, maojian.shiyan."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import NamedTuple
from urllib.parse import urlsplit

from annual_reports.identity.evidence import PlaceEvidence, place_evidence
from annual_reports.identity.page_text import PageText
from schemas.divisions import COUNTY, PREFECTURE, PROVINCE, Division, Gazetteer, load_gazetteer
from schemas.organs import known_hosts

_GENERIC_LABELS = frozenset(
    (
        "www",
        "wap",
        "m",
        "xxgk",
        "zwgk",
        "gk",
        "public",
        "zfxxgk",
        "gkml",
        "admin",
        "en",
        "big5",
        "gb",
    )
)
_OFFICE_ENDINGS = (
    "rmzf",
    "zf",
    "gov",
    "city",
    "county",
    "china",
    "jkq",
    "gxq",
    "kfq",
    "hitech",
    "htz",
    "etdz",
)
_TYPE_INITIALS = {
    "市": ("s",),
    "区": ("q",),
    "县": ("x",),
    "旗": ("q",),
    "州": ("z",),
    "盟": ("m",),
    "省": ("s",),
}
_TYPE_WORDS = {"市": "shi", "区": "qu", "县": "xian", "旗": "qi", "州": "zhou", "盟": "meng"}
_DIGRAPHS = {"z": "zh", "c": "ch", "s": "sh"}
_MOST_READINGS = 40
_BY_INITIALS = frozenset(("host_initials", "host_prefixed_initials"))
_SHARE_OF_INITIALS = 0.7
_GOVERNMENT_FOLDER = re.compile(r"([a-z]{2,3}[qxs])(?:rmzf|zf)(?:bgs|b)?")


class HostNames(NamedTuple):
    """Indexes over pinyin: whole names, initials, and initials of provinces and prefectures."""

    whole: Mapping[str, tuple[int, ...]]
    initials: Mapping[str, tuple[int, ...]]
    prefixes: Mapping[str, tuple[int, ...]]


def is_government_host(url: str | None) -> bool | None:
    """Whether the address lies under gov.cn; None without an address."""
    host = _host(url)
    if host is None:
        return None
    return host == "gov.cn" or host.endswith(".gov.cn")


def _host(url: str | None) -> str | None:
    if not url:
        return None
    try:
        return urlsplit(url if "//" in url else "//" + url).hostname
    except ValueError:
        return None


@cache
def host_names() -> HostNames:
    """Build the pinyin indexes over provinces, prefectures and counties, former ones included."""
    gazetteer = load_gazetteer()
    whole: dict[str, set[int]] = defaultdict(set)
    initials: dict[str, set[int]] = defaultdict(set)
    prefixes: dict[str, set[int]] = defaultdict(set)
    for unit, division in enumerate(gazetteer.units):
        if division.level > COUNTY or not division.pinyin:
            continue
        today = gazetteer.today[unit]
        syllables = _without_people(division)
        ending = division.name[-1]
        name = "".join(syllables)
        for spelling in (name, *(name + t for t in _endings(ending))):
            whole[spelling].add(today)
        for short in _initials(syllables):
            for spelling in (short, *(short + t for t in _TYPE_INITIALS.get(ending, ()))):
                initials[spelling].add(today)
            if division.level in (PROVINCE, PREFECTURE):
                prefixes[short].add(today)
        if division.level in (PROVINCE, PREFECTURE):
            prefixes[name].add(today)
    return HostNames(*(_sorted_units(index) for index in (whole, initials, prefixes)))


def _without_people(division: Division) -> list[str]:
    """Syllables of the bare name; the 族 that 鄂温克族 and 东乡族 keep is no part of an address."""
    syllables = (division.pinyin or "").lower().split()
    return syllables[:-1] if syllables[-1:] == ["zu"] and len(syllables) > 2 else syllables


def _endings(ending: str) -> tuple[str, ...]:
    word = _TYPE_WORDS.get(ending)
    return (*_TYPE_INITIALS.get(ending, ()), *((word,) if word else ()))


def _initials(syllables: list[str]) -> set[str]:
    """xc and xch for 西城: every initial may be written with or without its h."""
    choices = [(s[0], s[:2]) if s[:2] in _DIGRAPHS.values() else (s[0],) for s in syllables if s]
    return {"".join(combination) for combination in product(*choices)}


def _sorted_units(index: Mapping[str, set[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(sorted(units)) for name, units in index.items()}


def find_host_evidence(page: PageText) -> Iterator[PlaceEvidence]:
    """Evidence from a gov.cn address; each reading of the host is one piece."""
    if not is_government_host(page.url):
        return
    host = _host(page.url) or ""
    labels = [part for part in host.split(".")[:-2] if part not in _GENERIC_LABELS]
    if not labels:
        return
    readings = _readings(labels[-1])
    nested = list(_nested(labels[:-1], readings))
    yield from nested
    if nested:
        return
    yield from (place_evidence(kind, labels[-1], units) for kind, units in readings)
    yield from _path_evidence(page.url or "", readings)
    yield from _confirmed_by_text(readings, page.body.folded)


def _readings(label: str) -> list[tuple[str, tuple[int, ...]]]:
    """The ways to read one label, the better kinds first; a better kind shuts out the weaker ones."""
    if label in known_hosts():
        return [("host_known", (known_hosts()[label],))]
    strong = _strong_readings(label)
    if strong:
        return strong
    for ending in _OFFICE_ENDINGS:
        if label.endswith(ending) and len(label) > len(ending) + 1:
            stem = label.removesuffix(ending)
            return _strong_readings(stem) or _weak_readings(stem)
    return _weak_readings(label)


def _strong_readings(label: str) -> list[tuple[str, tuple[int, ...]]]:
    names = host_names()
    readings = []
    if units := names.whole.get(label):
        readings.append(("host_full_name", units))
    if units := _prefixed(label, names.whole, 3):
        readings.append(("host_prefixed_name", units))
    if label.startswith("cn") and (units := names.whole.get(label[2:])):
        readings.append(("host_full_name", units))
    return readings


def _weak_readings(label: str) -> list[tuple[str, tuple[int, ...]]]:
    names = host_names()
    readings = []
    if units := _prefixed(label, names.initials, 2):
        readings.append(("host_prefixed_initials", units))
    short = set(names.initials.get(label, ()))
    if label.startswith("cn"):
        short |= set(names.initials.get(label[2:], ()))
    if short:
        readings.append(("host_initials", tuple(sorted(short))))
    return readings


def _prefixed(label: str, endings: Mapping[str, tuple[int, ...]], shortest: int) -> tuple[int, ...]:
    """Units whose spelling follows the spelling of a province or prefecture that holds them."""
    gazetteer = load_gazetteer()
    found = set()
    for cut in range(1, len(label) - shortest + 1):
        above = host_names().prefixes.get(label[:cut])
        below = endings.get(label[cut:])
        if above and below:
            found |= {unit for unit in below if _lies_below(gazetteer, unit, above)}
    return tuple(sorted(found))


def _lies_below(gazetteer: Gazetteer, unit: int, areas: tuple[int, ...]) -> bool:
    return any(area in gazetteer.path(unit)[1:] for area in areas)


def _nested(
    labels: list[str], readings: list[tuple[str, tuple[int, ...]]]
) -> Iterator[PlaceEvidence]:
    """maojian.shiyan: a lower unit's name as a label before its superior's."""
    gazetteer = load_gazetteer()
    areas = tuple(sorted({unit for _, units in readings for unit in units}))
    for label in labels:
        spelled = host_names().whole.get(label, ()) if len(label) > 3 else ()
        below = tuple(u for u in spelled if _lies_below(gazetteer, u, areas))
        if not below and _names_a_type(label):
            below = tuple(
                u for u in host_names().initials.get(label, ()) if _lies_below(gazetteer, u, areas)
            )
            if below:
                yield place_evidence("host_prefixed_initials", label, below)
                return
        if below:
            yield place_evidence("host_nested_name", label, below)
            return


def _names_a_type(label: str) -> bool:
    return len(label) > 2 and label[-1] in "qx"


def _path_evidence(
    url: str, readings: list[tuple[str, tuple[int, ...]]]
) -> Iterator[PlaceEvidence]:
    """A folder spelled like a unit below the host's own: yzcity.gov.cn/jiangyong/, /qhqrmzf/."""
    gazetteer = load_gazetteer()
    areas = tuple(sorted({unit for _, units in readings for unit in units}))
    for folder in re.findall(r"/([a-z]{5,24})(?=/)", urlsplit(url).path)[:6]:
        spelled = host_names().whole.get(folder, ())
        if government := _GOVERNMENT_FOLDER.fullmatch(folder):
            spelled = host_names().initials.get(government.group(1), ())
        below = tuple(u for u in spelled if _lies_below(gazetteer, u, areas))
        if below:
            yield place_evidence("host_path", folder, below)
            return


def _confirmed_by_text(
    readings: list[tuple[str, tuple[int, ...]]], text: str
) -> Iterator[PlaceEvidence]:
    """Names the host may mean that the text uses, even in their short form."""
    gazetteer = load_gazetteer()
    units = sorted({unit for _, units in readings for unit in units})
    if len(units) > _MOST_READINGS:
        return
    confirmed = tuple(
        unit
        for unit in units
        if len(bare := gazetteer.bare_names.get(unit, "")) > 1 and bare in text
    )
    is_spelled = any(kind not in _BY_INITIALS for kind, _ in readings)
    if confirmed:
        names = "、".join(gazetteer.bare_names[unit] for unit in confirmed[:5])
        share = 1.0 if is_spelled else _SHARE_OF_INITIALS
        yield place_evidence("host_name_in_text", names, confirmed, share)
