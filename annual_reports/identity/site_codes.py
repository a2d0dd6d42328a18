"""Codes that pages carry: 公网安备, site code, credit code, 索引号, record characters, phone and postcode."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from annual_reports.identity.evidence import PlaceEvidence, place_evidence
from annual_reports.identity.page_text import PageText
from schemas.divisions import load_gazetteer

_POLICE_RECORD = re.compile(r"公网安备(\d{14})号?")
_SITE_CODE = re.compile(r"网站标识码[::]?([1-8]\d{9})(?!\d)")
_SITE_CODE_KEYS = ("SiteIDCode", "SiteCode", "网站标识码")
_CREDIT_CODE = re.compile(r"1[1-9][1-8]\d{5}[0-9A-Z]{10}(?![0-9A-Za-z])")
_INDEX_CODE = re.compile(r"索引号[::]?\n?[A-Z]{0,2}([1-8]\d{5})(?:\d{3}|[A-Z]{2}\d{6}|-\d{3})?/")
_URL_INDEX_CODE = re.compile(r"[?&]area=[A-Z]{2}([1-8]\d{5})(?!\d)")
_PHONE = re.compile(r"(0[1-9]\d{1,2})(?:-|—|–|－|―|\))+[2-8]\d{6,7}(?!\d)")
_POSTCODE = re.compile(r"(?:邮编|邮政编码|邮政编码为)[::]?(\d{6})(?!\d)")


def find_code_evidence(page: PageText, is_copy: bool) -> Iterator[PlaceEvidence]:
    """Evidence from codes. On a copy (`is_copy`) the page furniture belongs to the copier."""
    text = page.body.folded + "\n" + page.footer
    if not is_copy:
        yield from _record_evidence(text)
        yield from _site_code_evidence(text, page.metadata)
    yield from _credit_evidence(text + "\n" + (page.url or ""))
    yield from _index_evidence(text, "" if is_copy else page.url or "")
    yield from _contact_evidence(text)


def _site_code_evidence(text: str, metadata: Mapping[str, str]) -> Iterator[PlaceEvidence]:
    """The ten-digit code of government sites; its first six digits are the owner's division."""
    stated = [metadata[key] for key in _SITE_CODE_KEYS if key in metadata]
    for code in dict.fromkeys([*_SITE_CODE.findall(text), *filter(_is_site_code, stated)]):
        if units := units_of_code(code[:6]):
            yield place_evidence("site_code", code, units)


def _is_site_code(text: str) -> bool:
    return len(text) == 10 and text.isascii() and text.isdigit()


def _record_evidence(text: str) -> Iterator[PlaceEvidence]:
    """Police and ICP records: the district of the police file, the character of the province."""
    for code in dict.fromkeys(_POLICE_RECORD.findall(text)):
        if units := units_of_code(code[:6]):
            yield place_evidence("police_record", code, units)
    if "备" not in text:
        return
    characters = dict.fromkeys(_record_characters().findall(text))
    for character in characters:
        yield place_evidence("record_character", character, (_province_by_character()[character],))


@cache
def _province_by_character() -> dict[str, int]:
    provinces = load_gazetteer().provinces.values()
    return {character: p.unit for p in provinces for character in p.record_characters}


@cache
def _record_characters() -> re.Pattern[str]:
    return re.compile("([" + "".join(_province_by_character()) + r"])(?:ICP备|ICP证|公网安备)")


def _credit_evidence(text: str) -> Iterator[PlaceEvidence]:
    codes = dict.fromkeys(m.group()[2:8] for m in _CREDIT_CODE.finditer(text) if _starts_afresh(m))
    for code in codes:
        if units := units_of_code(code):
            yield place_evidence("credit_code", code, units)


def _starts_afresh(match: re.Match[str]) -> bool:
    """Whether the match is not the middle of a longer run of letters and digits."""
    before = match.string[match.start() - 1 : match.start()]
    return not (before.isascii() and before.isalnum())


def _index_evidence(text: str, url: str) -> Iterator[PlaceEvidence]:
    for code in dict.fromkeys(_INDEX_CODE.findall(text) + _URL_INDEX_CODE.findall(url)):
        if units := units_of_code(code):
            yield place_evidence("index_code", code, units)


def units_of_code(code: str) -> tuple[int, ...]:
    """Units of today behind a six-digit code, also one that is no longer in force; () if unknown.

    An unknown code (zones have their own) falls back to its prefecture and province.
    """
    holders = load_gazetteer().code_holders
    for candidate in (code, code[:4] + "00", code[:2] + "0000"):
        if candidate in holders:
            return holders[candidate]
    return ()


def _contact_evidence(text: str) -> Iterator[PlaceEvidence]:
    gazetteer = load_gazetteer()
    areas = Counter(match.group(1) for match in _PHONE.finditer(text) if _starts_afresh(match))
    for area in sorted(areas):
        if area in gazetteer.phone_areas:
            yield place_evidence("phone_area", area, gazetteer.phone_areas[area], 1 / len(areas))
    for code in sorted(set(_POSTCODE.findall(text))):
        if provinces := _provinces_by_postcode().get(code[:2]):
            yield place_evidence("postcode", code, provinces)


@cache
def _provinces_by_postcode() -> dict[str, tuple[int, ...]]:
    index: dict[str, list[int]] = {}
    for province in load_gazetteer().provinces.values():
        for prefix in province.postcode_prefixes:
            index.setdefault(prefix, []).append(province.unit)
    return {prefix: tuple(sorted(units)) for prefix, units in index.items()}
